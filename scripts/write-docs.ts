// Writes the pages that are printed from the code: docs/errors.md, docs/options.md, docs/policies.md, docs/scenarios.md and
// docs/policy-tests.md (`npm run docs`).
// docs/reasons.md is written by hand; a test holds its list against the code.
import { writeFileSync } from 'node:fs';
import { describeForm } from '../src/config/option-row.js';
import type { OptionGroup } from '../src/config/option-row.js';
import { listOptions } from '../src/config/options.js';
import { errorTable } from '../src/core/errors.js';
import { renderPoliciesPage } from './policies-page.js';
import { renderScenarioPage } from './scenario-page.js';
import { renderPolicyTestsPage } from './policy-tests-page.js';

function toRow(cells: readonly (string | number)[]): string {
  return `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
}

function toTable(headings: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [headings, headings.map(() => '---'), ...rows].map(toRow).join('\n');
}

function toCode(text: string | undefined): string {
  return text === undefined ? '' : `\`${text}\``;
}

const GROUPS: readonly { readonly group: OptionGroup; readonly title: string; readonly text: string }[] = [
  {
    group: 'account',
    title: 'Accounts',
    text:
      "Without a file there is one account, `main`. With several accounts a variable can't say which one it means: it only " +
      'fills what the file leaves out, so that no account ever gets the key of another.',
  },
  { group: 'engine', title: 'Engine', text: 'How Purser runs.' },
  { group: 'safety', title: 'Safety', text: 'What must not happen. Nothing here can be taken back by a lower source.' },
  {
    group: 'rails',
    title: 'Rails',
    text: [
      "Caps on what one plan, one hour and one day may do without a person. They stand for each account; the same keys below `accounts.NAME` are that account's own.",
      'Deletions are judged when a VM is first found unwanted, long before it is due: each policy by itself, then the sum of the account, smallest policies first. A refusal holds all counted deletions of that policy until ' +
        '`purser approve` (its id stands for exactly those VMs at those prices: that of the newest plan counts, an older one is refused); what has begun goes on, and so do other policies. Not counted are: what a fleet gives back by its own schedule, if its unchanged policy wanted as many within the last 8 days, and stood when the VM ' +
        'was last charged or the VM was bought under it; the records of ended VMs; and what goes after its own VM. A number that was edited, a budget, a purchase that turned up late, `reap` and `orphans` (a disk or address as ' +
        'one) are counted.',
      'Purchases beyond a cap are not made, and nobody can approve them: they wait for the hour or day to pass, or for a higher cap. Besides, a fleet buys at most twice what it wants and two more in an hour.',
    ].join('\n\n'),
  },
  { group: 'process', title: 'This process', text: 'What concerns the one command that is run.' },
];

function renderOptions(): string {
  const sections = GROUPS.map(({ group, title, text }) => {
    const rows = listOptions()
      .filter((row) => row.group === group)
      .map((row) => [
        toCode(row.variable),
        toCode(row.flag),
        toCode(row.key),
        describeForm(row),
        toCode(row.default),
        row.description,
      ]);
    return `## ${title}\n\n${text}\n\n${toTable(['variable', 'flag', 'purser.yaml', 'value', 'default', 'meaning'], rows)}`;
  });
  return `# Options

Printed from \`src/config/options.ts\` by \`npm run docs\`. A flag wins over an environment variable, that over \`purser.yaml\`,
that over the default. An empty variable counts as not set. Paths in the file start at its folder, all others where the
command runs. \`*\` stands for the name of an account.

${sections.join('\n\n')}
`;
}

function renderErrors(): string {
  const rows = Object.entries(errorTable).map(([code, row]) => [
    toCode(code),
    row.exitCode,
    row.httpStatus,
    row.remedy,
  ]);
  return `# Errors

Printed from \`src/core/errors.ts\` by \`npm run docs\`. A message says what, where and what to do; with \`--json\` stdout is \`{"error": {"code", "message", "remedy"}}\`.
Exit codes: 1 failed, 2 bad input (policy, option, configuration), 4 refused by a rail.

${toTable(['code', 'exit code', 'HTTP status', 'remedy'], rows)}
`;
}

writeFileSync('docs/options.md', renderOptions());
writeFileSync('docs/errors.md', renderErrors());
writeFileSync('docs/policies.md', renderPoliciesPage());
writeFileSync('docs/scenarios.md', renderScenarioPage());
writeFileSync('docs/policy-tests.md', renderPolicyTestsPage());
