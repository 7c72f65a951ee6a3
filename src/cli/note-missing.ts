// Tells that an account could not be asked while others were: what is shown lacks it.
import { errorTable, type PurserError } from '../core/errors.js';
import type { CommandContext } from './command.js';

export function noteMissing(context: Pick<CommandContext, 'note'>, account: string, error: PurserError): void {
  const text = /[.!?]$/.test(error.message) ? error.message : `${error.message}.`;
  const remedy = error.saysRemedy ? '' : ` ${errorTable[error.code].remedy}`;
  context.note(`Account ${account} is missing here: ${text}${remedy}`);
}
