// Whether an account charges all its VMs at one time of day: judged from what VMs show, never guessed. A model that only says when
// not to buy; when a VM is charged stands in its own `paidUntil`.
import type { Instant, Millis, Vm } from './types.js';

/** All boundaries lie `phaseMillis` after a multiple of the period, counted from the epoch. */
export interface FixedClock {
  readonly phaseMillis: Millis;
  readonly periodMillis: Millis;
}

/** What the notes of an account keep of it. */
export interface ClockNotes {
  /** All VMs were seen to be charged at one time of day. Absent: they were not. */
  readonly fixedClock?: FixedClock | undefined;
}

/** Boundaries this near to each other are one. */
const SAME_WITHIN: Millis = 60_000;
/** On a rolling clock the first period begins while the VM comes up: so long after its creation at most. */
const BEGINS_WITHIN: Millis = 30 * 60_000;
const FEWEST_VMS = 2;

function isSamePhase(a: Millis, b: Millis, period: Millis): boolean {
  const apart = Math.abs(a - b) % period;
  return Math.min(apart, period - apart) <= SAME_WITHIN;
}

/** Its first period was shorter than those that follow: its boundaries have nothing to do with when it was made. */
function wasCutShort({ createdAt }: Pick<Vm, 'createdAt'>, paidUntil: Instant, period: Millis): boolean {
  if (createdAt === undefined) return false;
  const since = (((paidUntil - createdAt) % period) + period) % period;
  return since > Math.min(BEGINS_WITHIN, period / 4) && period - since > SAME_WITHIN;
}

/**
 * fixed: two VMs or more share their time of day, and the first period of at least one was cut short. rolling: VMs have times of
 * their own, or one has another than `known`. untold: the VMs don't say.
 */
export function judgeFixedClock(
  vms: readonly Pick<Vm, 'paidUntil' | 'createdAt' | 'price'>[],
  periodMillis: Millis,
  now: Instant,
  known?: FixedClock,
): FixedClock | 'rolling' | 'untold' {
  let phase = known?.periodMillis === periodMillis ? known.phaseMillis : undefined;
  let count = 0;
  let isCut = false;
  for (const vm of vms) {
    const { paidUntil, price } = vm;
    if (paidUntil === undefined || paidUntil <= now || price?.periodMillis !== periodMillis) continue;
    const own = paidUntil % periodMillis;
    phase ??= own;
    if (!isSamePhase(own, phase, periodMillis)) return 'rolling';
    count += 1;
    isCut ||= wasCutShort(vm, paidUntil, periodMillis);
  }
  return count >= FEWEST_VMS && isCut ? { phaseMillis: phase!, periodMillis } : 'untold';
}

/**
 * When what is bought at an instant is charged for the second time, at the earliest. With a fixed clock that is its next boundary,
 * however near; of a launch that takes longer it is one later.
 */
export function findFirstRenewal(
  { fixedClock }: ClockNotes,
  boughtAt: Instant,
  { periodMillis }: { readonly periodMillis: Millis },
): Instant {
  return fixedClock?.periodMillis === periodMillis ? findNextBoundary(fixedClock, boughtAt) : boughtAt + periodMillis;
}

/** The first of the clock's boundaries after `at`. */
export function findNextBoundary({ phaseMillis, periodMillis }: FixedClock, at: Instant): Instant {
  return (Math.floor((at - phaseMillis) / periodMillis) + 1) * periodMillis + phaseMillis;
}
