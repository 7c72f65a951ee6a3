// The page docs/policy-tests.md: its sentences stand here, its tables are printed from the schema of test files.
import { testFileSchema } from '../src/policy/schemas/test-file.js';

interface Node {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly expects?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly additionalProperties?: Node | boolean;
}

export interface KeyRow {
  readonly key: string;
  readonly value: string;
  readonly meaning: string;
}

const MOST_WORDS = 12;

function describeValue({ expects, enum: words, type, default: standard }: Node): string {
  const text = expects ?? (words === undefined || words.length > MOST_WORDS ? String(type ?? '') : words.join(', '));
  return standard === undefined ? text : `${text}; default ${JSON.stringify(standard)}`;
}

/** `given` is told once, though it may stand above all tests and in each. */
function isToldElsewhere(key: string): boolean {
  return key === 'tests[].given';
}

/** Every key below a schema, dotted: `tests[].expect.delete.vm`. */
export function listKeys(node: Node, above = ''): readonly KeyRow[] {
  const below = node.properties ?? node.items?.properties;
  const inner = typeof node.additionalProperties === 'object' ? node.additionalProperties : undefined;
  if (below === undefined && inner?.properties !== undefined) return listKeys(inner, `${above}.NAME`);
  return Object.entries(below ?? {}).flatMap(([name, child]) => {
    const list = node.properties === undefined ? '[]' : '';
    const key = above === '' ? name : `${above}${list}.${name}`;
    const row = { key, value: describeValue(child), meaning: child.description ?? '' };
    return [row, ...(isToldElsewhere(key) ? [] : listKeys(child, key))];
  });
}

function toTable(rows: readonly KeyRow[]): string {
  const escape = (text: string): string => text.replaceAll('|', '\\|');
  const lines = rows.map(({ key, value, meaning }) => `| \`${key}\` | ${escape(value)} | ${escape(meaning)} |`);
  return ['| key | value | meaning |', '| --- | --- | --- |', ...lines].join('\n');
}

const EXAMPLE = `# web.test.yaml, beside web.yaml
timezone: Europe/Paris # of every time without a zone
given: # what every test supposes; a test replaces it key by key
  offers: [{ country: FR, configuration: cpu-2-ram-4gb-storage-25gb, price: 0.306980/day }]
tests:
  - name: one that the provider ended is replaced at once
    at: 2026-11-20T19:10
    given:
      vms: [{ policy: web, count: 3 }, { name: web-lost, policy: web, status: terminated }]
    expect:
      only: true # nothing else is done
      deploy: { policy: web, count: 1, country: FR, reason: replacement }
      hold: { vm: web-lost, reason: record-only }`;

/** The page as prettier will write it, or nearly. */
export function renderPolicyTestsPage(): string {
  const rows = listKeys(testFileSchema as unknown as Node);
  const within = (prefix: string): readonly KeyRow[] => rows.filter(({ key }) => key.startsWith(prefix));
  const top = rows.filter(({ key }) => !key.startsWith('given.') && !key.startsWith('tests[].expect.'));
  return `# Policy tests

The tables are printed from the schema by \`npm run docs\`.

\`purser test\` runs the tests of policies: what is supposed of an account at one instant, and what the plan is to be. The plan is made by the functions that
make it when \`up\` and \`apply\` act; nothing is asked of a network, a Redis, a key or a purser.yaml, so a test says the same everywhere.

\`\`\`yaml
${EXAMPLE}
\`\`\`

- **Files** end in \`.test.yaml\` and are no policies. \`purser test\` runs those of \`policies/\`, \`purser test PATH...\` files and folders; \`--filter TEXT\` only tests whose name holds the text.
  Several documents may stand in one file, each with \`policies\` of its own. Exit codes: 0 all passed, 1 one failed, 2 a file is wrong (the other tests are run all the same).
- **Instants**: \`2026-11-20T19:10\` on the clock of \`timezone\`, \`2026-11-20T19:10Z\`, and, counted from the test's \`at\`: \`in 40m\`, \`30m ago\`, \`now\`, \`06:50\` (the next one), \`today 06:50\`, \`tomorrow 06:50\`,
  \`yesterday 06:50\`. The test's own \`at\` is a date with its time. They are compared to the minute, as plans show them; with seconds to the second.
- **Money** is exact: \`0.306980\` is not \`0.30698001\`. A price says its unit: \`0.306980/day\`.
- **VMs**: \`{policy: web, count: 4}\` are four members, web-1 to web-4; one without \`policy\` is nobody's. Half a period old and paid for the other half, if nothing else is said; place, size and price are those of the fleet
  and the offers. A VM whose price can't be told has no charge and saves nothing.
- **Signals**: \`idle: yes for 40m\` is idle throughout, \`no\` busy now, \`[yes for 50m, unknown for 5m]\` one after the other.
- **Budgets**: \`spent: {team: 150.00}\` is all that was charged in the present period, what is given included; forecast and expected figures follow from the VMs, as in a plan. A step that holds already is given with \`held\`;
  \`had\` tells a replacement from growth. Approvals (\`resume: approval\`) can't be given.
- **Expectations**: what isn't said isn't judged. An entry is a name, or a mapping that some row of the plan must fit; \`count\` says how many do. Entries take their rows in their order, so the narrower one comes first. \`none\` is an empty list,
  \`only: true\` says that nothing else is done or refused, \`only: all\` that nothing else is held either, \`nothing: true\` that nothing is done or refused at all.
- **Not yet**: what a fleet of several accounts has in the others can't be given, so its purchases are held (\`account-unread\`); nor disks and IPs of the cloud's VMs.

A failing test shows what was expected, what the plan has instead, its own sentence, and what the rules say of the VM, as \`purser explain\` does.

\`# yaml-language-server: $schema=./test.schema.json\` in the first line lets editors complete and check; \`purser schema --of test --out policies/test.schema.json\` writes that file.

## A file

${toTable(top)}

## What is supposed: \`given\`

Above all tests, or in one.

${toTable(within('given.'))}

## What is expected: \`expect\`

${toTable(within('tests[].expect.'))}
`;
}
