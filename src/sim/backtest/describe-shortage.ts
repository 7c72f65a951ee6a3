// What a shortage of VMs came from, in words: for the notes of a report and the sentence that it opens with. Words only.
import { formatDayMinute } from '../../core/instant.js';
import type { Millis } from '../../core/types.js';
import type { Outcome, Shortage, ShortageCause } from './report.js';

/** So many VM-minutes that launches don't explain are told before anything else. */
const CONSIDERABLE: Millis = 30 * 60_000;

const WORDS: Readonly<Record<ShortageCause, (policy: string, by: string) => string>> = {
  budget: (policy, by) => `budget ${by} held ${policy} back`,
  rails: (policy, by) => `the rail ${by} held ${policy} back`,
  'no-offer': (policy) => `nothing that fits ${policy} was on offer`,
  'no-balance': (policy) => `there was no money for ${policy}`,
  reaped: (policy) => `${policy} let go what was used again`,
  other: (policy, by) => `${policy} could not buy (${by})`,
  launches: (policy) => `VMs of ${policy} were launching`,
};

export function formatVmMinutes(millis: Millis): string {
  const minutes = millis / 60_000;
  return `${minutes >= 100 ? Math.round(minutes) : minutes.toFixed(1)} VM-minutes`;
}

/** `budget team held web back 4 times, 2026-12-21 07:00Z to 2026-12-31 19:00Z: 2766 VM-minutes short`. */
export function describeShortage({ policy, cause, by = '', times, from, to, vmMillis }: Shortage): string {
  const often = times === 1 ? 'once' : `${times} times`;
  const when = `${formatDayMinute(from)} to ${formatDayMinute(to)}`;
  return `${WORDS[cause](policy, by)} ${often}, ${when}: ${formatVmMinutes(vmMillis)} short`;
}

/** What was short though nothing was launching. */
export function listHeld({ shortages }: Outcome): readonly Shortage[] {
  return shortages.filter(({ cause }) => cause !== 'launches');
}

/** Whether who reads the sums must hear of it first. */
export function isConsiderablyShort(outcome: Outcome): boolean {
  return listHeld(outcome).reduce((sum, { vmMillis }) => sum + vmMillis, 0) >= CONSIDERABLE;
}
