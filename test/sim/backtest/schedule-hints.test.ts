// What `plan` and `calendar` advise about a window, played with and without it: a hint must save at least what it promises.
import { describe, expect, it } from 'vitest';
import { judgeFleetSavings } from '../../../src/cli/fleet-savings.js';
import type { Demand, DemandStep, FleetPolicy } from '../../../src/core/policy-types.js';
import type { EdgeHint, ScheduleSavings } from '../../../src/core/schedule-savings.js';
import type { Millis, Product } from '../../../src/core/types.js';
import { playPurser } from '../../../src/sim/backtest/simulate.js';
import { DAY, HOUR, makeFleet, MINUTE } from '../../core/samples.js';
import { DELAYS, makeScenario, MONDAY, settle } from './sample-scenario.js';

const WEEKS = 4;
const REPLICAS = 3;

interface Case {
  readonly product: Product;
  readonly readyBy: FleetPolicy['readyBy'];
  readonly length: Millis;
}

/** Wednesdays from eight on. */
function weekly(length: Millis, openLater: Millis = 0, wanted = REPLICAS): Demand {
  return (from, to) => {
    const steps: DemandStep[] = [{ at: Number.NEGATIVE_INFINITY, wanted: 0, window: undefined }];
    for (let week = -4; week <= WEEKS + 4; week += 1) {
      const at = MONDAY + (week * 7 + 2) * DAY + 8 * HOUR;
      steps.push({ at: at + openLater, wanted, window: 'wed' });
      steps.push({ at: at + length, wanted: 0, window: undefined });
    }
    const first = steps.findLastIndex((step) => step.at <= from);
    return steps.slice(first).filter((step, index) => index === 0 || step.at < to);
  };
}

function judge({ product, readyBy, length }: Case): ScheduleSavings {
  const fleet = makeFleet({ readyBy, demand: weekly(length) });
  const accounts = [{ name: fleet.account, product, tickMillis: 30_000 }];
  const [judged] = judgeFleetSavings({ accounts }, [fleet], { from: MONDAY, to: MONDAY + 7 * DAY });
  return judged!.savings;
}

function listHints(each: Case): readonly EdgeHint[] {
  return judge(each).hints;
}

function play({ product, readyBy }: Case, demand: Demand) {
  const scenario = makeScenario({ ...DELAYS, product, to: MONDAY + WEEKS * 7 * DAY });
  return playPurser(settle(scenario, { readyBy, demand })).outcome;
}

const TOO_LONG: readonly Case[] = [
  { product: 'marketplace', readyBy: 'start', length: 24 * HOUR + 15 * MINUTE },
  { product: 'marketplace', readyBy: 'start', length: 48 * HOUR + 5 * MINUTE },
  { product: 'marketplace', readyBy: 'buy', length: 24 * HOUR + 15 * MINUTE },
  { product: 'cloud', readyBy: 'start', length: 3 * HOUR + 5 * MINUTE },
];

it.each(TOO_LONG)(
  'One VM fewer in a window saves in each week what is promised ($product, $readyBy, $length)',
  (each) => {
    const [line, ...others] = judge(each).lines;
    expect(line).toMatchObject({ window: 'wed', replicas: REPLICAS });
    expect(others).toEqual([]);
    const saved = play(each, weekly(each.length)).periods - play(each, weekly(each.length, 0, REPLICAS - 1)).periods;
    expect(saved).toBe(WEEKS * line!.oneFewerSaves);
  },
);

describe('A hint about a window that is some minutes too long', () => {
  it.each(TOO_LONG)('saves in each week what it promises ($product, $readyBy)', (each) => {
    const hints = listHints(each);
    expect(hints.map(({ edge }) => edge)).toEqual(['open', 'close']);
    const without = play(each, weekly(each.length));
    for (const { edge, minutes, saves } of hints) {
      expect(saves).toBe(REPLICAS);
      const isOpen = edge === 'open';
      const demand = isOpen ? weekly(each.length, minutes * MINUTE) : weekly(each.length - minutes * MINUTE);
      const played = play(each, demand);
      expect(without.periods - played.periods).toBe(WEEKS * REPLICAS);
      // Nobody is let go while he is wanted: what is lacking are launches alone.
      expect(played.shortfall.longestMillis).toBeLessThanOrEqual(DELAYS.launch.mostMillis);
    }
  });

  it('names more minutes than the window is too long, which are not enough', () => {
    const each: Case = { product: 'marketplace', readyBy: 'start', length: 24 * HOUR + 15 * MINUTE };
    // Bought three minutes before it opens, and let go three and a half before the boundary.
    expect(listHints(each).map(({ minutes }) => minutes)).toEqual([22, 22]);
    const short = play(each, weekly(24 * HOUR));
    expect(play(each, weekly(each.length)).periods - short.periods).toBeLessThan(WEEKS * REPLICAS);
  });

  it('is none where the minutes that it takes are more than a window could be moved by', () => {
    expect(listHints({ product: 'marketplace', readyBy: 'start', length: 24 * HOUR + 55 * MINUTE })).toEqual([]);
    expect(listHints({ product: 'marketplace', readyBy: 'buy', length: 24 * HOUR + 55 * MINUTE })).toHaveLength(2);
  });
});
