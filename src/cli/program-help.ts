// `purser --help`: the list of commands, and the options that all of them take. Loads the table of options and nothing else,
// so that it is as quick as Node itself.
import { formatFlag } from '../config/option-row.js';
import { listOptions } from '../config/options.js';
import type { CommandRow } from './commands.js';

const GROUPS = [
  ['setting up', 'Setting up'],
  ['policies', 'Policies'],
  ['running', 'Running'],
  ['looking', 'Looking'],
  ['handles', 'Handles'],
] as const;

/** Each on one line; docs/options.md tells all of it, with variables, keys and defaults. */
function listGlobalOptions(): string[] {
  const rows = listOptions().flatMap((row) => {
    const flag = formatFlag(row);
    const [first = ''] = row.description.split(/(?<=\.) /);
    return flag === undefined ? [] : [{ flag, text: row.choices === undefined ? first : row.choices.join(', ') }];
  });
  const wide = Math.max(...rows.map(({ flag }) => flag.length));
  return rows.map(({ flag, text }) => `  ${flag.padEnd(wide)}  ${text}`);
}

export function renderProgramHelp(commands: readonly CommandRow[]): string {
  const wide = Math.max(...commands.map((command) => command.name.length));
  const groups = GROUPS.map(([group, title]) => {
    const rows = commands.filter((command) => command.group === group);
    return [title, ...rows.map(({ name, summary }) => `  ${name.padEnd(wide)}  ${summary}`)].join('\n');
  });
  return [
    'purser: keeps fleets of rented virtual machines at the size you declared, and lets no period be paid that nobody needs.',
    'Usage: purser COMMAND [OPTION...] [OPERAND...]',
    ...groups,
    ['Options of every command (as variables and keys of purser.yaml: docs/options.md)', ...listGlobalOptions()].join(
      '\n',
    ),
    'purser COMMAND --help shows its options and an example. A first try without a key: purser demo.\n',
  ].join('\n\n');
}
