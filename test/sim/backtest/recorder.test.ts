import { describe, expect, it } from 'vitest';
import { makeScenario, MONDAY, settle, stepsOf, wantSteps } from './sample-scenario.js';
import { DAY, HOUR, makeReap } from '../../core/samples.js';
import { playPurser } from '../../../src/sim/backtest/simulate.js';

/** One VM is wanted for 30 hours; the provider ends it after ten, and another takes its place. */
const setting = settle(
  makeScenario({
    demands: wantSteps(stepsOf([0, 1], [30, 0])),
    terminations: [{ at: MONDAY + 10 * HOUR, vm: '*', country: undefined, count: 1 }],
  }),
);

describe('what is recorded for a page', () => {
  const { outcome, stage } = playPurser(setting, true);
  const lives = stage.recorder!.readLives();

  it('tells a VM that the provider ended from one that was deleted, though the record of both is removed', () => {
    expect(lives.map(({ endedBy }) => endedBy)).toEqual(['provider', 'deletion']);
    const [ended, deleted] = lives;
    expect(ended).toMatchObject({ endedAt: MONDAY + 10 * HOUR, deletionCalledAt: undefined });
    expect(deleted!.deletionCalledAt).toBeLessThan(deleted!.periods.at(-1)!.to);
    expect(deleted!.deletionCalledAt).toBeGreaterThanOrEqual(MONDAY + 30 * HOUR);
  });

  it("tells what somebody else's VM came to: its owner deleted it, or a follower did before", () => {
    const vm = { at: MONDAY, country: undefined, configuration: undefined, price: undefined, paidUntil: undefined };
    const owned = ['ci-used', 'ci-idle'].map((name) => ({ ...vm, name, until: MONDAY + 40 * HOUR }));
    const idle = [{ vm: 'ci-idle', steps: [{ at: MONDAY, answer: 'yes' as const }] }];
    const played = playPurser(
      settle(makeScenario({ vms: owned, idle }), {}, { fleets: [], reaps: [makeReap()] }),
      true,
    );
    const ends = played.stage.recorder!.readLives().map(({ name, endedBy }) => [name, endedBy]);
    expect(ends).toEqual([
      ['ci-used', 'owner'],
      ['ci-idle', 'deletion'],
    ]);
  });

  it('has the paid periods of each, and what was paid by when, up to the total', () => {
    expect(lives.map(({ periods }) => periods.map(({ from, to }) => to - from))).toEqual([[DAY], [DAY]]);
    expect(stage.recorder!.readPaid().at(-1)!.paid).toBe(outcome.total);
    expect(lives.flatMap(({ periods }) => periods).reduce((sum, { cost }) => sum + cost, 0n)).toBe(outcome.total);
  });

  it('changes nothing of what is played', () => {
    expect(playPurser(setting, false).outcome).toEqual(outcome);
  });

  it('has a point for each change of wanted, running or parked', () => {
    const points = stage.recorder!.readFleets().get('web')!;
    expect(points.map(({ wanted }) => wanted)).toContain(0);
    expect(points.some(({ parked }) => parked === 1)).toBe(true);
    const unwanted = points.find(({ at, wanted }) => at >= MONDAY + 30 * HOUR && wanted === 0)!;
    expect(unwanted).toMatchObject({ running: 1, parked: 1 });
    for (const [index, point] of points.slice(1).entries())
      expect({ ...point, at: 0 }).not.toEqual({ ...points[index], at: 0 });
  });
});
