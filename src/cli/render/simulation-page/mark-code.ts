// Sentences of a report whose words between backticks are code. Everything in them is escaped all the same.
import { markup, type Markup, type Piece } from './markup.js';

/** A text that is put into markup loses the spaces at its ends, which part words here. */
function keepSpaces(text: string): Markup {
  const [before, after] = [text.startsWith(' '), text.length > 1 && text.endsWith(' ')];
  return markup`${before && markup` `}${text}${after && markup` `}`;
}

/** A backtick without its second one stays as it is. */
export function markCode(text: string): readonly Piece[] {
  const parts = text.split('`');
  const rest = parts.length % 2 === 0 ? `\`${parts.pop()!}` : '';
  const last = parts.length - 1;
  return parts.map((part, index) => {
    if (index % 2 === 1) return markup`<code>${part}</code>`;
    return keepSpaces(index === last ? part + rest : part);
  });
}
