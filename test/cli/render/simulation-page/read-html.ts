// A small check of HTML: whether every tag is closed in its order, and what elements there are. It understands what the page uses,
// no more.
const VOID = new Set(['meta', 'br', 'wbr', 'hr', 'link', 'img', 'input']);

export interface ReadElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly parents: readonly string[];
  /** Of the element and all in it, with entities as they stand. */
  text: string;
}

function readAttributes(text: string): ReadonlyMap<string, string> {
  return new Map([...text.matchAll(/([\w:-]+)(?:="([^"]*)")?/g)].map(([, name, value]) => [name!, value ?? '']));
}

/** Elements in the order of their beginning. Throws where tags don't match. */
export function readHtml(html: string): readonly ReadElement[] {
  const elements: ReadElement[] = [];
  const open: ReadElement[] = [];
  const pattern = /<!doctype html>|<(\/?)([a-zA-Z][\w-]*)((?:\s+[\w:-]+(?:="[^"<>]*")?)*)\s*(\/?)>|([^<]+)|(<)/gi;
  for (const [, closes, name, attributes = '', closed, text, stray] of html.matchAll(pattern)) {
    if (stray !== undefined) throw new Error('a `<` that opens no tag');
    for (const element of text === undefined ? [] : open) element.text += text;
    if (name === undefined) continue;
    if (closes === '/') {
      const last = open.pop();
      if (last?.name !== name) throw new Error(`</${name}> closes <${last?.name ?? 'nothing'}>`);
      continue;
    }
    const element = {
      name,
      attributes: readAttributes(attributes),
      parents: open.map((parent) => parent.name),
      text: '',
    };
    elements.push(element);
    if (closed !== '/' && !VOID.has(name)) open.push(element);
  }
  if (open.length > 0) throw new Error(`<${open.at(-1)!.name}> is not closed`);
  return elements;
}
