// A boundary that was missed because Purser itself decided late counts as missed; one that something unforeseen left no time for
// does not.
import { describe, expect, it } from 'vitest';
import { PurserFollower } from '../../../src/sim/backtest/purser-follower.js';
import { Stage } from '../../../src/sim/backtest/stage.js';
import { DAY, HOUR, MINUTE } from '../../core/samples.js';
import { makeScenario, MONDAY, settle, stepsOf, wantSteps } from './sample-scenario.js';

/** One VM, not wanted from `hours` on; its deletion takes longer than the two minutes that the late look leaves. */
function playLate(hours: number, isForeseen: boolean): { readonly missed: number; readonly charges: bigint } {
  const deletion = { leastMillis: 170_000, mostMillis: 170_000 };
  const demands = wantSteps(stepsOf([0, 1], [hours, 0]), isForeseen);
  const setting = settle(makeScenario({ deletion, demands }), { readyBy: 'buy', keepIfWantedWithinMillis: 0 });
  const stage = new Stage(setting, false);
  const follower = new PurserFollower(stage);
  stage.watch(follower);
  for (const at of [0, 1_000, MINUTE, 2 * MINUTE, DAY - 2 * MINUTE, DAY + MINUTE, DAY + 5 * MINUTE]) {
    stage.advanceTo(MONDAY + at);
    follower.look();
  }
  return { missed: stage.missedBoundaries, charges: stage.finish({ takenBack: 0, looks: 0 }).total / 306_980n };
}

describe('A boundary whose deletion began too late', () => {
  it('is missed where what was to come was known while there was time', () => {
    expect(playLate(12, true)).toEqual({ missed: 1, charges: 2n });
    expect(playLate(12, false)).toEqual({ missed: 1, charges: 2n });
    expect(playLate(24 - 3 / 60, true)).toEqual({ missed: 1, charges: 2n });
  });

  it('is not where it came unforeseen', () => {
    expect((DAY - 3 * MINUTE) / HOUR).toBe(24 - 3 / 60);
    expect(playLate(24 - 3 / 60, false)).toEqual({ missed: 0, charges: 2n });
  });
});
