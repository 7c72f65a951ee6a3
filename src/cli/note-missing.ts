// An account that could not be asked while others were: what is shown lacks it, and that is told.
import { errorTable, PurserError } from '../core/errors.js';
import type { CommandContext } from './command.js';

/** Whether an error is about one account's API or key: the others can go on. Not where a person has stopped the command. */
export function isAboutAccount(error: unknown, { signal }: Pick<CommandContext, 'signal'>): error is PurserError {
  return error instanceof PurserError && error.code.startsWith('api-') && !signal.aborted;
}

export function noteMissing(context: Pick<CommandContext, 'note'>, account: string, error: PurserError): void {
  const text = /[.!?]$/.test(error.message) ? error.message : `${error.message}.`;
  const remedy = error.saysRemedy ? '' : ` ${errorTable[error.code].remedy}`;
  context.note(`Account ${account} is missing here: ${text}${remedy}`);
}
