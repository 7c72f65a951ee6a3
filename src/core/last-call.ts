// What became of the last call for a doomed VM's deletion. Reads claim and intent together; decides nothing.
import type { Claim, Intent } from './books.js';
import { isOpenIntent } from './ownership.js';
import type { Instant, Millis } from './types.js';

/** How long after its call a deletion may still land; what the list shows within that time says nothing yet. */
export const LANDING_MILLIS: Millis = 60_000;

/** Whether only what is left of the VM was to go: it had ended before anybody called for it. */
export function isRecordOnly({ unwanted }: Pick<Claim, 'unwanted'>): boolean {
  return unwanted === 'record-only' || unwanted === 'orphan';
}

export interface LastCall {
  /** The deletion's intent waits or is being called. */
  readonly isOpen: boolean;
  /** The call surely failed, so that waiting for it is idle. */
  readonly hasFailed: boolean;
  readonly calledAt: Instant;
  /** Until when the VM was paid as its deletion was planned; the claim's own boundary moves with every look. */
  readonly boundary: Instant | undefined;
}

export function readLastCall(claim: Claim, intents: ReadonlyMap<string, Intent>): LastCall {
  const intent = intents.get(claim.deletion?.intent ?? '');
  const begunAt = claim.deletion?.calledAt ?? claim.stateSince;
  if (intent === undefined) return { isOpen: false, hasFailed: false, calledAt: begunAt, boundary: undefined };
  const target = intent.delete?.targets.find(({ vmId }) => vmId === claim.vmId);
  return {
    isOpen: isOpenIntent(intent),
    hasFailed: target?.outcome?.result === 'failed',
    // The claim keeps its first call; a later one has its own clock, or it would be repeated at every look.
    calledAt: Math.max(begunAt, intent.calledAt ?? begunAt),
    boundary: target?.paidUntil ?? target?.boundary,
  };
}
