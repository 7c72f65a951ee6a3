// Plays one follower through a scenario, from instant to instant at which something happens. What nobody tells (a launch that is
// done, a charge) is seen at the next tick, as by the scheduler; edges of demand and what the follower waits for at their instant.
import { earliest, type Stage } from './stage.js';
import type { Follower } from './follower.js';
import type { Outcome } from './report.js';
import type { Instant, Millis } from '../../core/types.js';

/** Where nothing happens at all. */
const LONGEST_SLEEP: Millis = 6 * 3_600_000;
/** Ages and evidence ripen without an event. */
const LONGEST_SLEEP_WITH_SIGNALS: Millis = 10 * 60_000;

/** So many looks between two words of how far it is. */
const LOOKS_A_WORD = 50;

function findTick({ from }: { readonly from: Instant }, tickMillis: Millis, at: Instant): Instant {
  return from + Math.ceil((at - from) / tickMillis) * tickMillis;
}

/** Hears who plays what, and which share of the span is played. */
export type Tell = (what: string, share: number) => void;

export function playFollower(stage: Stage, follower: Follower, tellShare?: (share: number) => void): Outcome {
  const { scenario, settings, policies } = stage.setting;
  const { tickMillis } = settings;
  const sleep = policies.reaps.length > 0 ? LONGEST_SLEEP_WITH_SIGNALS : LONGEST_SLEEP;
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
