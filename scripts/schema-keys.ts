// Tables of the keys of a schema, for the pages that are printed from schemas. Makes texts.

interface SchemaNode {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly expects?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly patternProperties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly items?: SchemaNode;
}

interface Key {
  readonly path: string;
  readonly node: SchemaNode;
  readonly isRequired: boolean;
}

function listKeys(schema: SchemaNode, above: string, notOpened: ReadonlySet<string>): Key[] {
  const named = Object.entries(schema.properties ?? {});
  const anyName = Object.values(schema.patternProperties ?? {}).map((node) => ['NAME', node] as const);
  return [...named, ...anyName].flatMap(([name, node]): Key[] => {
    const path = above === '' ? name : `${above}.${name}`;
    const own = { path, node, isRequired: schema.required?.includes(name) ?? false };
    if (notOpened.has(path)) return [own];
    return [
      own,
      ...(node.items === undefined ? listKeys(node, path, notOpened) : listKeys(node.items, `${path}[]`, notOpened)),
    ];
  });
}

function describeForm(node: SchemaNode): string {
  if (node.expects !== undefined) return node.expects;
  if (node.const !== undefined) return `\`${node.const as string}\``;
  if (node.enum !== undefined) return node.enum.join(', ');
  if (node.type === 'boolean') return 'true or false';
  return node.type === 'string' ? 'a text' : 'a mapping';
}

function toRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

export function toTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  return [headings, headings.map(() => '---'), ...rows].map(toRow).join('\n');
}

function describeDefault({ default: usual }: SchemaNode): string {
  if (usual === undefined) return '';
  return `\`${typeof usual === 'string' ? usual : JSON.stringify(usual)}\``;
}

/** `notOpened`: keys whose own keys are told elsewhere. */
export function renderSchemaKeys(schema: object, notOpened: ReadonlySet<string> = new Set()): string {
  const rows = listKeys(schema as SchemaNode, '', notOpened).map(({ path, node, isRequired }) => [
    `\`${path}\``,
    describeForm(node),
    isRequired ? 'required' : describeDefault(node),
    node.description ?? '',
  ]);
  return toTable(['key', 'value', 'default', 'meaning'], rows);
}
