// Notes whether the account charges all its VMs at one time of day, so that it is known when no VM is left to show it. It changes
// no claim, and no deadline goes by it.
import { judgeFixedClock } from '../fixed-clock.js';
import type { Reckoning } from './reckoning.js';

/** Of a listing that is believed. What contradicts the note ends it; what says nothing leaves it. */
export function reckonBillingClock(reckoning: Reckoning): void {
  const { snapshot, settings, now, notes } = reckoning;
  const { fixedClock } = notes;
  const judged = judgeFixedClock(snapshot.inventory.vms, settings.periodMillis, now, fixedClock);
  if (judged === 'untold') return;
  if (judged === 'rolling') {
    if (fixedClock !== undefined) reckoning.notes = { ...notes, fixedClock: undefined };
  } else if (fixedClock?.phaseMillis !== judged.phaseMillis || fixedClock.periodMillis !== judged.periodMillis) {
    reckoning.notes = { ...notes, fixedClock: judged };
  }
}
