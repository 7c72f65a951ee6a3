// Plays one follower through a scenario, from instant to instant at which something happens. What nobody tells (a launch that is
// done, a charge) is seen at the next tick, as by the scheduler; edges of demand and what the follower waits for at their instant.
import { earliest } from './earliest.js';
import type { Stage } from './stage.js';
import type { Follower } from './follower.js';
import type { Outcome } from './report.js';
import type { PolicySet } from '../../core/policy-types.js';
import type { Instant, Millis } from '../../core/types.js';

/** Where nothing happens at all. */
const LONGEST_SLEEP: Millis = 6 * 3_600_000;
/** Where something may turn without an event: an expression that reads an age, a rail that has room again. */
const LONGEST_DOZE: Millis = 10 * 60_000;
/** Of `select`: what changes as time goes by. A word of it in a text does no harm, it only looks more often. */
const READS_TIME = /\b(now|ageHours|idleHours)\b/;
/** So many looks between two words of how far it is. */
const LOOKS_A_WORD = 50;

function findTick({ from }: { readonly from: Instant }, tickMillis: Millis, at: Instant): Instant {
  return from + Math.ceil((at - from) / tickMillis) * tickMillis;
}

function readsTime({ reaps, orphans }: PolicySet): boolean {
  return [...reaps, ...orphans].some(({ selectText }) => selectText !== undefined && READS_TIME.test(selectText));
}

/** Hears who plays what, and which share of the span is played. */
export type Tell = (what: string, share: number) => void;

export function playFollower(stage: Stage, follower: Follower, tellShare?: (share: number) => void): Outcome {
  const { scenario, settings, policies } = stage.setting;
  const { tickMillis } = settings;
  const isTimely = readsTime(policies);
  // What is charged at the end itself belongs to the time after it.
  const end = scenario.to - 1;
  let looks = 0;
  while (stage.now() < end) {
    const wakeAt = follower.look();
    stage.recordLook();
    looks += 1;
    if (tellShare !== undefined && looks % LOOKS_A_WORD === 1)
      tellShare((stage.now() - scenario.from) / (end - scenario.from));
    const now = stage.now();
    const sleep = isTimely || follower.isRefused === true ? LONGEST_DOZE : LONGEST_SLEEP;
    const event = stage.nextEventAt();
    const next = earliest([
      wakeAt,
      stage.nextEdgeAt(),
      event === undefined ? undefined : findTick(scenario, tickMillis, event),
      now + sleep,
    ])!;
    const tick = findTick(scenario, tickMillis, now + 1);
    const lookAt = tick < next && stage.market.isSettling() ? tick : next;
    stage.advanceTo(Math.min(Math.max(lookAt, now + 1), end));
  }
  return stage.finish({ takenBack: follower.takenBack, looks });
}
