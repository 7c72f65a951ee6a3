// A listing of VMs for commands that show or look up VMs, and plans of what was seen. A listing that failed is an error; a partial
// one is told.
import { PurserError } from '../core/errors.js';
import type { Inventory } from '../core/types.js';
import type { CallOptions, Cloud } from '../ports/cloud.js';
import type { Look } from '../scheduler/look.js';
import type { CommandContext } from './command.js';

/** Throws `api-unreachable` with what the API client said. */
function refuseFailed(account: string, { state, problems }: Inventory): void {
  const [first = `the VMs of account ${account} could not be listed`] = problems;
  if (state === 'failed') throw new PurserError('api-unreachable', `${first[0]!.toUpperCase()}${first.slice(1)}.`);
}

/** What can be shown of an account. Throws `api-unreachable`; what is partial is to be told by `noteGaps`. */
export async function listShown(cloud: Cloud, call: CallOptions): Promise<Inventory> {
  const inventory = await cloud.listVms(call);
  refuseFailed(cloud.account, inventory);
  return inventory;
}

/** Whether the listing is complete; what is partial is noted. */
export function noteGaps(context: CommandContext, account: string, inventory: Inventory): boolean {
  if (inventory.state === 'complete') return true;
  context.note(`The list of account ${account} is not complete: ${inventory.problems.join('; ')}`);
  return false;
}

/** A plan of accounts that nobody could look at says nothing. Throws `api-unreachable` where not one could be listed. */
export function requireSeen(looks: readonly Look[]): void {
  const seen = looks.filter(({ plan }) => plan.seen.state !== 'failed');
  const [first] = looks;
  if (first === undefined || seen.length > 0) return;
  refuseFailed(first.plan.account, first.observed.inventory);
}
