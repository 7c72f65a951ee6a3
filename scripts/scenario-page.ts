// docs/scenarios.md: every key of a scenario, printed from its schema, and what is usual where nothing is said. Makes a text.
import { readdirSync, readFileSync } from 'node:fs';
import { formatUsdc } from '../src/core/money.js';
import { listUsualOffers } from '../src/policy/scenario/usual-offers.js';
import { scenarioSchema } from '../src/policy/schemas/scenario.js';
import { renderSchemaKeys, toTable } from './schema-keys.js';

/** What the keys of `hardware` are, stands where policies are described. */
const NOT_OPENED = new Set(['offers[].hardware']);

function renderKeys(): string {
  return renderSchemaKeys(scenarioSchema, NOT_OPENED);
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
whatever the policies call it: two names among them are an error, since each account has its own market, balance and rails. Make a scenario of each. \`purser simulate PATH --scenario FILE\` and \`--compare PATH\` play what PATH holds instead of the scenario's policies of the same names (or of a file of the same name); all its others stay, and what is new
is added. Both sides have the same luck, and each has a lower bound of its own; where the two want something else, that is said.

## What the figures mean

- **PAID** is every charge from \`from\` to \`to\`, whole periods also where they reach beyond \`to\`. **WASTED** is what of it was paid for time in which nobody wanted the VM, or it was idle: money that is gone though the VM was there. Nobody can waste nothing
  where periods are longer than what is wanted: the lower bound has waste, too.
- **VMS SHORT** is what was wanted and not running, in VM-minutes; some minutes of it are launches. What budgets, rails, the market or the balance held back is told first, by name, and stands in \`shortages\` of \`--json\`. Who has less pays less, so
  a ratio below 1 is no praise; the gap says how much of it is the \`budget\`'s, and what was \`unserved\` since it could not be had.
- **DAY** is a day of the scenario's \`timezone\`.
- It begins with an empty account: fleets buy all that they want at \`from\`. What they run already can't be written down; \`vms\` are other people's.

## Other people's VMs

\`vms\` and \`idle\` are there for reaps. A VM that comes within the span is charged as it comes, and then each period; with \`paidUntil\` its first charge is there. Those that run now, as \`vms\` to paste:

\`\`\`
purser vms --json | jq '[.[] | select(.policy == null) | {name, at: .createdAt, paidUntil}]'
\`\`\`

What a VM is charged counts for every follower, whoever made it. immediate deletes what has been idle for as long as the reap asks at once, lastMinutes in the last five minutes before its boundary, if
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

A backtest that plays these prices says so. For those of the marketplace of today, ask it, and write what it answers as \`offers\` (JSON is YAML; one entry a configuration and country, the cheapest):

\`\`\`
purser offers --json | jq 'unique_by([.configuration, .place.country])
  | [.[] | {configuration, country: .place.country, price: (.price + "/day"), capacity}]'
\`\`\`

On the cloud \`offers\` of the command hold the disk and the address, those of a scenario don't: \`purser prices\` tells them apart.

## Scenarios that ship

${renderShipped()}
`;
}
