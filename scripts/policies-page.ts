// docs/policies.md: every key of every kind of policy, printed from the schemas that judge them. Makes a text.
import { budgetSchema } from '../src/policy/schemas/budget.js';
import { fleetSchema } from '../src/policy/schemas/fleet.js';
import { holidaysSchema } from '../src/policy/schemas/holidays.js';
import { keysSchema } from '../src/policy/schemas/keys.js';
import { orphansSchema } from '../src/policy/schemas/orphans.js';
import { reapSchema } from '../src/policy/schemas/reap.js';
import { renderSchemaKeys } from './schema-keys.js';

const KINDS: readonly (readonly [string, string, object])[] = [
  ['fleet', 'Keeps so many VMs, by number and by schedule.', fleetSchema],
  ['reap', 'Deletes VMs that are idle, shortly before they are charged again.', reapSchema],
  ['budget', 'Holds what is charged in a day, a week or a month to a limit.', budgetSchema],
  [
    'orphans',
    'Finds what serves nobody: ended VMs that lock a reserve, disks and addresses attached to nothing.',
    orphansSchema,
  ],
  ['keys', 'Keeps SSH keys registered in an account.', keysSchema],
  ['holidays', 'Dates that the windows of schedules name.', holidaysSchema],
];

/** The text of docs/policies.md, before it is formatted. */
export function renderPoliciesPage(): string {
  const kinds = KINDS.map(([kind, what, schema]) => `## ${kind}\n\n${what}\n\n${renderSchemaKeys(schema)}`);
  return `# Policies

Printed from \`src/policy/schemas\` by \`npm run docs\`. A file holds one or several YAML documents, each of them a policy of one \`kind\`. A key that isn't listed is an error with a "did you mean". Durations are \`90s\`, \`30m\`, \`36h\`, \`7d\`;
prices name their unit, \`0.50/day\` or \`0.02/hour\`. Files in [policies/](../policies) show each kind at work; editors complete and check with the first line
\`# yaml-language-server: $schema=./policy.schema.json\` (\`purser schema --out policy.schema.json\`).

${kinds.join('\n\n')}
`;
}
