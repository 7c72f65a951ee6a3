// docs/scenarios.md: every key of a scenario, printed from its schema, and what is usual where nothing is said. Makes a text.
import { readdirSync, readFileSync } from 'node:fs';
import { formatUsdc } from '../src/core/money.js';
import { listUsualOffers } from '../src/policy/scenario/usual-offers.js';
import { scenarioSchema } from '../src/policy/schemas/scenario.js';

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

/** What the keys of `hardware` are, stands where policies are described. */
const NOT_OPENED = new Set(['offers[].hardware']);

function listKeys(schema: SchemaNode, above: string): Key[] {
  const named = Object.entries(schema.properties ?? {});
  const anyName = Object.values(schema.patternProperties ?? {}).map((node) => ['NAME', node] as const);
  return [...named, ...anyName].flatMap(([name, node]): Key[] => {
    const path = above === '' ? name : `${above}.${name}`;
    const own = { path, node, isRequired: schema.required?.includes(name) ?? false };
    if (NOT_OPENED.has(path)) return [own];
    return [own, ...(node.items === undefined ? listKeys(node, path) : listKeys(node.items, `${path}[]`))];
  });
}

function describeForm(node: SchemaNode): string {
  if (node.expects !== undefined) return node.expects;
  if (node.const !== undefined) return `\`${node.const as string}\``;
  if (node.enum !== undefined) return node.enum.join(', ');
  return node.type === 'boolean' ? 'true or false' : 'a mapping';
}

function toRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function toTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  return [headings, headings.map(() => '---'), ...rows].map(toRow).join('\n');
}

function renderKeys(): string {
  const rows = listKeys(scenarioSchema as object as SchemaNode, '').map(({ path, node, isRequired }) => [
    `\`${path}\``,
    describeForm(node),
    isRequired ? 'required' : node.default === undefined ? '' : `\`${node.default as string}\``,
    node.description ?? '',
  ]);
  return toTable(['key', 'value', 'default', 'meaning'], rows);
}

function renderUsualOffers(): string {
  const rows = (['marketplace', 'cloud'] as const).flatMap((product) =>
    listUsualOffers(product).map(({ configuration, country, price, tier, capacity }) => [
      product,
      configuration,
      country,
      `${formatUsdc(price.amount)}/${product === 'cloud' ? 'hour' : 'day'}`,
      String(tier),
      String(capacity),
    ]),
  );
  return toTable(['product', 'configuration', 'country', 'price', 'tier', 'capacity'], rows);
}

function renderShipped(): string {
  const folder = 'policies/scenarios';
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  const rows = files.sort().map((name) => {
    const [, description = ''] = /^description: (.*)$/m.exec(readFileSync(`${folder}/${name}`, 'utf8')) ?? [];
    return [`[${name}](../${folder}/${name})`, description];
  });
  return toTable(['file', 'what it shows'], rows);
}

/** The text of docs/scenarios.md, before it is formatted. */
export function renderScenarioPage(): string {
  const example = readFileSync('policies/scenarios/provider-outage.yaml', 'utf8').trimEnd();
  return `# Scenarios

Printed from \`src/policy/schemas/scenario.ts\` by \`npm run docs\`. A scenario is one YAML document: a span of time, a market whose prices and capacity move, what is wanted, what befalls
VMs, and the policies that are played on it. It needs \`kind\`, \`from\`, \`to\` (or \`for\`) and \`policies\`; everything else has a default. Unknown keys are errors with a "did you mean"; every error
of a scenario, of its policies and of its CSV files is told at once, with file, line and column.

\`\`\`yaml
${example}
\`\`\`

Editors complete and check it: the first line names [scenario.schema.json](../policies/scenarios/scenario.schema.json), which \`purser schema --of scenario\` prints. Keep scenarios in a folder of their own below your policies: what lies in folders
below is not read as policies.

## Keys

${renderKeys()}

## Times

A time without an offset is local to \`timezone\`: \`2026-11-10T08:00\`, or a date, which means its midnight. \`2026-11-10T08:00Z\` and \`2026-11-10T08:00+01:00\` are the same everywhere, and \`+36h\` counts from \`from\`. A local time that
the clock skips is the first instant after the gap, one that it shows twice is the first of them; both are warned of. \`to\` itself is not played. Lists are in the order of time. A scenario lasts at most five years.

## Policies

Paths count from the folder of the scenario; what lies in a folder is read as \`purser validate\` reads it. A policy may also stand in the scenario itself: its errors have their place there, and anchors (\`&name\`, \`*name\`) work across them. There is one account,
whatever accounts the policies name.

## Other people's VMs

\`vms\` and \`idle\` are there for reaps. What a VM is charged counts for every follower, whoever made it. immediate deletes what has been idle for as long as the reap asks at once, lastMinutes in the last five minutes before its boundary, if
it is idle then; neverDelete reaps nothing. Who deletes a VM whose trace says later that it is used lacks it from then on ("VMs short"), until its owner would have deleted it. The lower bound holds for
every follower: each VM until a reap may take it for the first time (it is selected, and its signal says idle), or until it is gone. Whom a reap selects is judged over time, by every follower. On the cloud a reaped VM leaves its disks and its IP behind, and they are charged on: a policy of kind \`orphans\` with
a \`select\` removes them, and only where there is one does a follower of it.

## CSV files

For \`demand\` the first line is \`time,replicas\`, for \`idle\` it is \`time,idle\`; other columns are not read. A value holds until the next line.

- Times as above (a blank instead of the T will do), or in seconds since 1970. Every line is later than the one before.
- \`replicas\` is a whole number from 0 to 100000, \`idle\` is yes, no or unknown. An empty value is refused: leave the line out where nothing changes.
- The first time of \`demand\` is at or before \`from\`; of earlier ones the last counts. What lies at or after \`to\` is not played.
- UTF-8, with or without a byte order mark; lines end with LF, CRLF or CR; cells may stand in quotes; blank lines at the end are fine.
- At most 200 MB and 5 million lines. It is read line by line; equal neighbours are one step.

## What is usually offered

Where \`offers\` is left out:

${renderUsualOffers()}

On the cloud disks and IPs are charged besides (\`parts\`).

## Scenarios that ship

${renderShipped()}
`;
}
