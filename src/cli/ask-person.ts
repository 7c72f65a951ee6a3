// Asks before something is done that is hard to take back. Only a terminal is asked; everywhere else `--yes` is the answer.
import { PurserError } from '../core/errors.js';
import { askYes } from './ask-yes.js';
import type { CommandContext, CommandOption } from './command.js';

export const yesOption: CommandOption = ['--yes', 'do not ask'];

/** Whether to go on; `what` is half a sentence: `let 3 VMs go`. Throws `confirmation-needed` where nobody can be asked. */
export async function askPerson(context: CommandContext, what: string): Promise<boolean> {
  if (context.options['yes'] === true) return true;
  if (!context.isInteractive || context.json) {
    throw new PurserError('confirmation-needed', `This would ${what}: run it in a terminal to be asked, or add --yes.`);
  }
  const isSure = await askYes(`${what[0]!.toUpperCase()}${what.slice(1)}?`);
  if (!isSure) context.print('Nothing was changed.');
  return isSure;
}
