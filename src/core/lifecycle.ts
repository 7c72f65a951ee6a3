// The life cycle of a VM as one pure table (DESIGN "The life cycle of a VM"): status x paidUntil x ownership -> does it count
// as a member, may it be deleted, and under which caps. It decides nothing about demand, time or money.
import type { Millis, Vm, VmStatus } from './types.js';

/** Who a VM belongs to, by the books. by-name: its name is ours, the books don't know it (the store was lost). */
export type Ownership = 'member' | 'parked' | 'doomed' | 'unclaimed' | 'by-name' | 'foreign';

/** past: the boundary that the API shows lies behind us; never extrapolated. */
export type PaidUntil = 'known' | 'past' | 'unknown';

export interface LifecycleFacts {
  readonly ownership: Ownership;
  /** Whether the last complete listing showed it. */
  readonly listed: boolean;
  /** undefined when not listed. */
  readonly status: VmStatus | undefined;
  readonly paidUntil: PaidUntil;
  /** Bought, but not what was ordered. */
  readonly mismatched: boolean;
  /** New or launching for longer than `launchTimeout`. */
  readonly launchTimedOut: boolean;
  /** Parked for what it is, not for what is wanted: another was bought in its place. */
  readonly replaced?: boolean;
}

export type Standing =
  | 'pending'
  | 'launching'
  | 'stuck'
  | 'active'
  | 'small-balance'
  | 'ended'
  | 'status-unknown'
  | 'mismatched'
  | 'missing'
  | 'parked'
  | 'doomed'
  | 'unclaimed'
  | 'by-name'
  | 'foreign';

/**
 * never: no rule may. record: at once, the workload is gone already. at-once: nothing is paid yet. boundary: in
 * [deadline, boundary), replaced before that. by-rule: a fleet's rules choose. going-on: it has begun. reap: only by a reap
 * that selects it.
 */
export type DeletionRight = 'never' | 'record' | 'at-once' | 'boundary' | 'by-rule' | 'going-on' | 'reap';

export interface LifecycleRow {
  readonly standing: Standing;
  /** Whether nothing is bought in its place. */
  readonly counts: boolean;
  readonly deletion: DeletionRight;
  /** Why it may not be deleted although it otherwise could. */
  readonly hold: 'charge-pending' | 'boundary-unknown' | 'status-unknown' | undefined;
  /** Whether the rails count its deletion. */
  readonly capped: boolean;
}

function row(
  standing: Standing,
  counts: boolean,
  deletion: DeletionRight,
  capped = true,
  hold?: LifecycleRow['hold'],
): LifecycleRow {
  return { standing, counts, deletion, capped, hold };
}

/** Takes the right to delete away while the boundary isn't known to lie ahead: it is never guessed. */
function unlessBoundaryIsDoubtful(judged: LifecycleRow, paidUntil: PaidUntil): LifecycleRow {
  if (paidUntil === 'known') return judged;
  const hold = paidUntil === 'past' ? 'charge-pending' : 'boundary-unknown';
  return { ...judged, deletion: 'never', hold };
}

export function isEnded(status: VmStatus): boolean {
  return status === 'terminated' || status === 'stopped' || status === 'failed' || status === 'insufficient-funds';
}

/**
 * A VM that shows as ended is replaced at once, but its record stays so long and for so many looks: the list may be wrong for a
 * while, and deleting the "record" of a VM that runs ends it, outside the caps. Only its reserve waits.
 */
export const ENDED_FOR: Millis = 10 * 60_000;
export const ENDED_LOOKS = 3;

/** How an ended VM came to its end, as the first half of a sentence. */
export function describeEnd({ status, statusText }: Pick<Vm, 'status' | 'statusText'>): string {
  if (status === 'terminated') return 'the provider terminated it';
  if (status === 'insufficient-funds') return 'the balance could not pay it any more';
  return `it is ${statusText}`;
}

/** Nothing may be deleted in such a state, and it passes by itself: it is paid, renewed and let go like its fleet's other members. */
export function isPassing({ standing, hold, deletion }: LifecycleRow): boolean {
  if (deletion !== 'never') return false;
  return standing === 'pending' || standing === 'missing' || hold === 'charge-pending' || hold === 'boundary-unknown';
}

export function isRunning(status: VmStatus): boolean {
  return status === 'active' || status === 'small-balance';
}

function judgeOwned(facts: LifecycleFacts, status: VmStatus): LifecycleRow {
  if (isEnded(status)) return row('ended', false, 'record', false);
  if (status === 'unknown') return row('status-unknown', true, 'never', true, 'status-unknown');
  const launching = status === 'new' || status === 'launching';
  if (launching && facts.launchTimedOut) {
    if (facts.paidUntil === 'unknown') return row('stuck', false, 'at-once');
    return unlessBoundaryIsDoubtful(row('stuck', false, 'boundary'), facts.paidUntil);
  }
  if (facts.mismatched) return unlessBoundaryIsDoubtful(row('mismatched', false, 'boundary'), facts.paidUntil);
  if (facts.ownership === 'parked') {
    return unlessBoundaryIsDoubtful(row('parked', false, 'boundary'), facts.paidUntil);
  }
  if (launching) return unlessBoundaryIsDoubtful(row('launching', true, 'by-rule'), facts.paidUntil);
  const standing = status === 'small-balance' ? 'small-balance' : 'active';
  return unlessBoundaryIsDoubtful(row(standing, true, 'by-rule'), facts.paidUntil);
}

/** One row of the table. Pure and total: every combination of facts has an answer. */
export function judgeLifecycle(facts: LifecycleFacts): LifecycleRow {
  if (facts.ownership === 'doomed') return row('doomed', false, 'going-on');
  if (facts.ownership === 'unclaimed') return row('unclaimed', false, 'never');
  if (facts.ownership === 'by-name') {
    const gone = facts.status !== undefined && isEnded(facts.status);
    return row('by-name', !gone, 'never');
  }
  if (facts.ownership === 'foreign') return row('foreign', false, 'reap');
  // Bought and not listed yet, or gone from the list without an end that we know: either way it may be there.
  if (!facts.listed || facts.status === undefined) {
    return row(facts.ownership === 'parked' ? 'missing' : 'pending', facts.replaced !== true, 'never');
  }
  return judgeOwned(facts, facts.status);
}
