// Why surplus was paid once more, as far as the books tell: what kept Purser from letting it go before its boundary. One sentence
// for the ledger; it judges no charge and guesses no reason.
import type { Claim } from '../books.js';
import { formatDayMinute } from '../instant.js';
import { readBaseLead } from '../ownership.js';
import type { Instant } from '../types.js';
import type { Reckoning } from './reckoning.js';

/** The look before this one lay before the deadline, so that none could delete it in time. */
function explainGap({ snapshot, settings }: Reckoning, boundary: Instant): string | undefined {
  const last = snapshot.books.notes.lastCompleteLook?.at;
  if (last === undefined || last >= boundary - readBaseLead(snapshot, settings)) return undefined;
  return `nobody looked between ${formatDayMinute(last)} and its boundary ${formatDayMinute(boundary)}, so its deadline passed unseen`;
}

/** Of a VM that was parked when `boundary` came; undefined: the books don't tell. */
export function explainPaid(reckoning: Reckoning, claim: Claim, boundary: Instant): string | undefined {
  const { freeze } = reckoning.snapshot.books.handles;
  if (freeze !== undefined && freeze.since <= boundary) return 'deletions were frozen';
  const refused = claim.railExempt ? undefined : reckoning.snapshot.books.notes.refusedDeletions?.[claim.policy];
  return refused === undefined ? explainGap(reckoning, boundary) : `a rail refused its deletion (${refused})`;
}
