// `purser --help`: the list of commands. Loads nothing, so that it is as quick as Node itself.
import type { CommandRow } from './commands.js';

const GROUPS = [
  ['setting up', 'Setting up'],
  ['policies', 'Policies'],
  ['running', 'Running'],
  ['looking', 'Looking'],
  ['handles', 'Handles'],
] as const;

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
    'purser COMMAND --help shows its options and an example. A first try without a key: purser demo.\n',
  ].join('\n\n');
}
