// The command line's entry: finds the command, loads it alone, reads its options, and turns every error into one sentence and
// an exit code. It knows no command by name.
import type { WorkerModule } from './command.js';
import { commands } from './commands.js';
import { renderProgramHelp } from './program-help.js';

export interface MainParts {
  readonly loadWorkers: () => Promise<WorkerModule>;
}

function isAskingForHelp(first: string | undefined): boolean {
  return first === undefined || first === '--help' || first === '-h' || first === 'help';
}

/** Runs the command line and sets the exit code of the process. Never throws. */
export async function main(argv: readonly string[], parts: MainParts): Promise<void> {
  const [first, second] = argv;
  if (isAskingForHelp(first) && (first !== 'help' || second === undefined)) {
    process.stdout.write(renderProgramHelp(commands));
    return;
  }
  const name = first === 'help' ? second! : first!;
  const rest = first === 'help' ? ['--help'] : argv.slice(1);
  if (name === '--version' || name === '-V') {
    const { readVersion } = await import('../version.js');
    process.stdout.write(`${readVersion()}\n`);
    return;
  }
  const { runCommand } = await import('./run-command.js');
  process.exitCode = await runCommand(name, rest, parts);
}
