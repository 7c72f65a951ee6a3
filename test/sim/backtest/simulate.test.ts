// A backtest whole: the gap and its parts, reaps, other people's VMs and their bound, and what simulate reports of all of it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IdleTrace, Scenario, ScenarioVm } from '../../../src/core/scenario.js';
import { attributeGap } from '../../../src/sim/backtest/attribute-gap.js';
import { sumForeign } from '../../../src/sim/backtest/bound-inputs.js';
import type { BacktestSetting } from '../../../src/sim/backtest/setting.js';
import { playBaseline, playPurser, simulate } from '../../../src/sim/backtest/simulate.js';
import type { Stage } from '../../../src/sim/backtest/stage.js';
import { DAY, HOUR, makeOrphans, makePolicies, makeReap, makeSettings, NO_RAILS } from '../../core/samples.js';
import {
  DELAYS,
  givenVm,
  makeScenario,
  makeScenarioOffer,
  MONDAY,
  periodOf,
  settle,
  stepsOf,
  wantSteps,
} from './sample-scenario.js';

function sumGap(gap: ReturnType<typeof attributeGap>): bigint {
  return Object.values(gap).reduce((sum, part) => sum + part, 0n);
}

const SEVEN_DAYS = 7 * 24;

/** Wanted for exactly seven days, on epochs of a day. */
function sale(over: Partial<Scenario> = {}): Scenario {
  const demands = wantSteps(stepsOf([0, 0], [6, 3], [6 + SEVEN_DAYS, 0]));
  return makeScenario({ ...DELAYS, to: MONDAY + 9 * DAY, demands, ...over });
}

describe('The gap to the lower bound', () => {
  it('is what readiness costs where a window lasts whole epochs', () => {
    const setting = settle(sale(), { readyBy: 'start', keepIfWantedWithinMillis: undefined });
    const { outcome } = playPurser(setting);
    const bound = 3n * 7n * 306_980n;
    expect(outcome.periods).toBe(24);
    const gap = attributeGap(setting, outcome.total, bound);
    expect(sumGap(gap)).toBe(outcome.total - bound);
    expect(gap.launch + gap.readiness).toBe(3n * 306_980n);
    expect(gap).toMatchObject({ rails: 0n, provider: 0n, lookAhead: 0n, price: 0n });
  });

  it('is nothing where what is bought when the window opens is paid as long as that', () => {
    const { outcome } = playPurser(settle(sale(), { readyBy: 'buy' }));
    expect(outcome.periods).toBe(21);
  });

  it('names the rails where they keep what is not wanted', () => {
    const deletes = { perPlan: { count: 1, percent: 100 }, perHour: { count: 1, percent: 100 } };
    // A number that was edited is no edge of a window: the scenario begins with five of somebody's that a reap may not all take.
    const vms = [1, 2, 3, 4, 5].map((index) => givenVm(`ci-${index}`, { paidUntil: MONDAY + 12 * HOUR }));
    const idle = [{ vm: 'ci-*', steps: [{ at: MONDAY, answer: 'yes' as const }] }];
    const setting = settle(makeScenario({ vms, idle }), {}, { fleets: [], reaps: [makeReap()] });
    const railed = { ...setting, settings: makeSettings({ ...setting.settings, rails: { ...NO_RAILS, deletes } }) };
    const free = playPurser(setting).outcome;
    expect(free).toMatchObject({ deletes: 5, total: 0n, missedBoundaries: 0 });
    const { outcome: held, follower } = playPurser(railed);
    expect(held.total).toBeGreaterThan(0n);
    expect(follower.wasRailed).toBe(true);
    expect(attributeGap(railed, held.total, 0n).rails).toBe(held.total);
  });

  it.each(['marketplace', 'cloud'] as const)('plays nothing again without what was not in the way: %s', (product) => {
    const over = { product, to: MONDAY + (product === 'cloud' ? 9 * HOUR : 9 * DAY) };
    const setting = settle(sale(over), { readyBy: 'buy' });
    const { outcome, follower } = playPurser(setting);
    expect(follower.wasRailed).toBe(false);
    const played = new Set<string>();
    const tell = (what: string) => void played.add(what);
    const gap = attributeGap(setting, outcome.total, 0n, { wasRailed: false, tell });
    expect([...played].filter((what) => /rails|failures|readiness/.test(what))).toEqual([]);
    // To the same end as with all of it.
    expect(gap).toEqual(attributeGap(setting, outcome.total, 0n));
    const failing = settle(sale({ ...over, meanDaysToTermination: 1 }), { readyBy: 'buy' });
    attributeGap(failing, playPurser(failing).outcome.total, 0n, { tell });
    expect([...played].some((what) => what.includes('failures'))).toBe(true);
  });
});

describe('A reap in a backtest', () => {
  const vm = {
    name: 'ci-1',
    at: MONDAY,
    until: undefined,
    country: undefined,
    configuration: undefined,
    price: undefined,
    paidUntil: MONDAY + 6 * HOUR,
  };
  const traceOf = (...steps: readonly (readonly [hours: number, answer: 'yes' | 'no' | 'unknown'])[]) => [
    { vm: 'ci-*', steps: steps.map(([hours, answer]) => ({ at: MONDAY + hours * HOUR, answer })) },
  ];
  const play = (idle: Scenario['idle']) =>
    playPurser(settle(makeScenario({ vms: [vm], idle }), {}, { fleets: [], reaps: [makeReap()] })).outcome;

  it('deletes what is idle before its boundary, once', () => {
    expect(play(traceOf([0, 'no'], [4, 'yes']))).toMatchObject({ deletes: 1, total: 0n });
  });

  it('pays on for what is busy or unknown at its boundary', () => {
    expect(play(traceOf([0, 'yes'], [5.9, 'no']))).toMatchObject({ deletes: 0, periods: 2 });
    expect(play(traceOf([0, 'unknown']))).toMatchObject({ deletes: 0, periods: 2 });
    expect(play([])).toMatchObject({ deletes: 0, periods: 2 });
  });

  it('counts what was idle as wasted', () => {
    // Charged at 6 h, busy until 12 h, idle until it goes shortly before 30 h.
    expect(play(traceOf([0, 'no'], [12, 'yes']))).toMatchObject({ periods: 1, wasted: (306_980n * 18n) / 24n });
  });
});

describe("Other people's VMs in a backtest", () => {
  const traceOf = (...steps: readonly (readonly [hours: number, answer: 'yes' | 'no'])[]): IdleTrace => ({
    vm: 'ci-*',
    steps: steps.map(([hours, answer]) => ({ at: MONDAY + hours * HOUR, answer })),
  });
  const reaped = { fleets: [], reaps: [makeReap()] };
  it('are missed by who deletes while they are idle what is used again later, until their owner is done', () => {
    const vms = [givenVm('ci-1', { until: MONDAY + 9 * HOUR })];
    const idle = [traceOf([0, 'no'], [2, 'yes'], [5, 'no'], [7, 'yes'], [8, 'no'])];
    const setting = settle(makeScenario({ vms, idle }), {}, reaped);
    // Deleted at 2:30; missed from 5:00 to 7:00, and from 8:00 to 9:00.
    expect(playBaseline(setting, 'immediate').outcome.shortfall.vmMillis).toBe(3 * HOUR);
    expect(playBaseline(setting, 'lastMinutes').outcome.shortfall.vmMillis).toBe(0);
    expect(playPurser(setting).outcome.shortfall.vmMillis).toBe(0);
  });

  it('are missed by nobody where the provider would have ended them', () => {
    const terminations = [{ at: MONDAY + 6 * HOUR, vm: 'ci-1', country: undefined, count: undefined }];
    const idle = [traceOf([0, 'no'], [2, 'yes'], [5, 'no'])];
    const setting = settle(makeScenario({ vms: [givenVm('ci-1')], idle, terminations }), {}, reaped);
    expect(playBaseline(setting, 'immediate').outcome.shortfall.vmMillis).toBe(HOUR);
    // Nobody pays for it at 24 h, whoever follows; its first day was charged as it came.
    expect(sumForeign(setting)).toEqual({ total: 306_980n, periods: 1 });
    expect(playPurser(setting).outcome.total).toBe(306_980n);
  });

  it('cost at the least the same in whatever order they are listed', () => {
    const vms = [givenVm('ci-late', { at: MONDAY + 30 * HOUR }), givenVm('db-1')];
    const sum = (list: readonly ScenarioVm[]) =>
      sumForeign(settle(makeScenario({ to: MONDAY + 4 * DAY, vms: list }), {}, reaped));
    // The database at 0, 24, 48 and 72 h, the other at 30, 54 and 78 h: nobody can tell that it is idle.
    expect(sum(vms).periods).toBe(7);
    expect(sum([...vms].reverse())).toEqual(sum(vms));
    expect(playPurser(settle(makeScenario({ to: MONDAY + 4 * DAY, vms }), {}, reaped)).outcome.periods).toBe(7);
  });

  it.each(['marketplace', 'cloud'] as const)(
    'are charged as they come within the span, not for what was paid before, in the bound and by every follower (%s)',
    (product) => {
      const period = periodOf(product);
      const play = (over: Partial<ScenarioVm>) => {
        const vms = [givenVm('ci-1', over)];
        const idle = [traceOf([0, 'no'])];
        const setting = settle(makeScenario({ product, vms, idle, to: MONDAY + 3 * period }), {}, reaped);
        const { outcome, follower } = playPurser(setting);
        expect(sumForeign(setting)).toEqual({ total: outcome.total, periods: outcome.periods });
        follower.look();
        // Who says until when it is paid has had it paid before it came: a look can't tell that.
        if (over.paidUntil === undefined) expect(follower.counted.total).toBe(outcome.total);
        expect(playBaseline(setting, 'neverDelete').outcome.total).toBe(outcome.total);
        return outcome.periods;
      };
      expect(play({})).toBe(3);
      expect(play({ at: MONDAY + period / 2 })).toBe(3);
      expect(play({ at: MONDAY + period / 2, paidUntil: MONDAY + period })).toBe(2);
      // It keeps its own time of day: charged at a half, one and a half, and two and a half.
      expect(play({ at: MONDAY - 2.5 * period })).toBe(3);
      expect(play({ at: MONDAY - 2.5 * period, paidUntil: MONDAY + 1.5 * period })).toBe(2);
    },
  );

  it('are looked at when their evidence turns or ripens, and hardly in between', () => {
    const month = { to: MONDAY + 30 * DAY, vms: [givenVm('ci-1', { at: MONDAY + DAY })] };
    const idle = [traceOf([0, 'no'], [20 * 24 + 3, 'yes'])];
    const { outcome } = playPurser(settle(makeScenario({ ...month, idle }), {}, reaped));
    // Each day from the second to the twenty-first.
    expect(outcome).toMatchObject({ periods: 20, deletes: 1, missedBoundaries: 0 });
    expect(outcome.looks).toBeLessThan(400);
    const aged = makeReap({
      selectText: 'vm.ageHours > 30.0',
      select: ({ createdAt = 0 }, { now }) => now - createdAt > 30 * HOUR,
    });
    const old = playPurser(
      settle(makeScenario({ ...month, idle: [traceOf([0, 'yes'])] }), {}, { ...reaped, reaps: [aged] }),
    ).outcome;
    // Selected at 54 h, idle since ever, gone before 72 h.
    expect(old).toMatchObject({ periods: 2, deletes: 1 });
  });

  describe('bound what every follower pays', () => {
    const past = (name: string) => givenVm(name, { paidUntil: MONDAY + 6 * HOUR });
    const total = (setting: BacktestSetting) => ({
      bound: sumForeign(setting).total,
      purser: playPurser(setting).outcome.total,
      immediate: playBaseline(setting, 'immediate').outcome.total,
      lastMinutes: playBaseline(setting, 'lastMinutes').outcome.total,
    });
    const settleIdle = (idle: readonly IdleTrace[], reap = makeReap()) =>
      settle(makeScenario({ vms: [past('ci-1')], idle, to: MONDAY + 4 * DAY }), {}, { fleets: [], reaps: [reap] });
    const nothing = { bound: 0n, purser: 0n, immediate: 0n, lastMinutes: 0n };

    it('where what was idle is used again after a reap took it', () => {
      expect(total(settleIdle([traceOf([0, 'yes'], [50, 'no'], [52, 'yes'])]))).toEqual(nothing);
      const unknown = traceOf([0, 'yes'], [40, 'no']);
      const steps = unknown.steps.map((step, index) => (index === 1 ? { ...step, answer: 'unknown' as const } : step));
      expect(total(settleIdle([{ ...unknown, steps }]))).toEqual(nothing);
    });

    // What reads an age is asked every ten minutes.
    const selectText = 'vm.ageHours > 3.0';

    it('where a reap selects by age, which the others, too, judge over time', () => {
      const select = (vm: { name: string; createdAt: number | undefined }, { now }: { now: number }) =>
        vm.name.startsWith('ci-') && now - vm.createdAt! > 3 * HOUR;
      expect(total(settleIdle([traceOf([0, 'yes'])], makeReap({ select, selectText })))).toEqual(nothing);
      const later = (vm: { createdAt: number | undefined }, { now }: { now: number }) =>
        now - vm.createdAt! > 28 * HOUR;
      // Charged at 6 h, taken before 30 h.
      const once = { bound: 306_980n, purser: 306_980n, immediate: 306_980n, lastMinutes: 306_980n };
      expect(total(settleIdle([traceOf([0, 'yes'])], makeReap({ select: later, selectText })))).toEqual(once);
    });

    it('whatever signals say, and whenever a reap selects', () => {
      const answers = fc.constantFrom('yes' as const, 'no' as const, 'unknown' as const);
      const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 90 }), answers), { maxLength: 8 });
      fc.assert(
        fc.property(steps, fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 12 }), (raw, from, idleFor) => {
          let hours = 0;
          const trace = [
            { at: MONDAY, answer: 'no' as const },
            ...raw.map(([gap, answer]) => ({ at: MONDAY + (hours += gap) * (HOUR / 2), answer })),
          ];
          const reap = makeReap({
            select: ({ createdAt }, { now }) => now - createdAt! >= from * HOUR,
            selectText,
            minAgeMillis: 0,
          });
          const setting = settleIdle([{ vm: 'ci-*', steps: trace }], {
            ...reap,
            idle: { ...reap.idle, forMillis: idleFor * 10 * 60_000 },
          });
          const { bound, ...paid } = total(setting);
          for (const sum of Object.values(paid)) expect(sum).toBeGreaterThanOrEqual(bound);
        }),
        { numRuns: 12 },
      );
    });
  });

  it('are no deletion of whoever removes the record of one that the provider ended', () => {
    const terminations = [{ at: MONDAY + 6 * HOUR, vm: 'web-*', country: undefined, count: 2 }];
    const demands = wantSteps(stepsOf([0, 3], [12, 1]));
    const setting = settle(makeScenario({ demands, terminations }));
    // Two ended, and were bought anew; two of three were not wanted any more at noon.
    const purser = playPurser(setting).outcome;
    expect(purser).toMatchObject({ deploys: 5, deletes: 2 });
    expect(playBaseline(setting, 'immediate').outcome).toMatchObject({ deploys: 5, deletes: 2 });
    expect(playBaseline(setting, 'neverDelete').outcome).toMatchObject({ deploys: 5, deletes: 0 });
  });

  it('leave disks and IPs that only a policy for orphans lets a follower remove', () => {
    const vms = [givenVm('ci-1', { until: MONDAY + 2.5 * HOUR })];
    const scenario = makeScenario({ product: 'cloud', vms });
    const without = settle(scenario, {}, reaped);
    const orphans = [makeOrphans({ select: ({ name }) => name.startsWith('ci-'), minAgeMillis: 0 })];
    const tidied = settle(scenario, {}, { ...reaped, orphans });
    const leftOf = ({ stage }: { readonly stage: Stage }) => stage.market.listLeftovers()!.length;
    for (const name of ['immediate', 'lastMinutes', 'neverDelete'] as const)
      expect(leftOf(playBaseline(without, name))).toBe(2);
    expect(leftOf(playPurser(without))).toBe(2);
    expect(leftOf(playBaseline(tidied, 'immediate'))).toBe(0);
    expect(leftOf(playBaseline(tidied, 'neverDelete'))).toBe(2);
    expect(leftOf(playPurser(tidied))).toBe(0);
  });
});

describe('simulate', () => {
  const input = (scenario: Scenario) => {
    const { policies, settings } = settle(scenario, { readyBy: 'start', keepIfWantedWithinMillis: undefined });
    return { scenario, policies, settings, isRecorded: true, stopwatch: () => 0 };
  };

  it('reports everybody on one scenario, and the same again', async () => {
    const scenario = makeScenario({
      ...DELAYS,
      to: MONDAY + 4 * DAY,
      demands: wantSteps(stepsOf([0, 2], [8, 6], [20, 2], [32, 6], [44, 2])),
    });
    const report = await simulate(input(scenario));
    expect(report.purser.total).toBe(report.lowerBound.total + sumGap(report.gap));
    expect(report.lowerBound).toMatchObject({ method: 'sweep', isRelaxed: false });
    expect(report.purser.total <= report.baselines.immediate.total).toBe(true);
    expect(report.baselines.immediate.total <= report.baselines.neverDelete.total).toBe(true);
    expect([...report.timeline!.paid].map(([name, points]) => [name, points.at(-1)!.paid])).toEqual([
      ['purser', report.purser.total],
      ['immediate', report.baselines.immediate.total],
      ['lastMinutes', report.baselines.lastMinutes.total],
      ['neverDelete', report.baselines.neverDelete.total],
    ]);
    expect(await simulate(input(scenario))).toEqual(report);
  });

  it('reckons the least that moving prices allow', async () => {
    const cheap = { amount: 200_000n, periodMillis: DAY };
    const changes = [{ at: MONDAY + DAY, price: cheap }];
    const offers = [makeScenarioOffer('marketplace', { changes })];
    const report = await simulate(input(makeScenario({ offers, demands: wantSteps(stepsOf([0, 1])) })));
    // The second day is had for the price of the second day.
    expect(report.lowerBound).toMatchObject({ method: 'min-cost', total: 306_980n + 200_000n, periods: 2 });
    expect(report.purser.total).toBe(2n * 306_980n);
    expect(report.gap.price).toBe(106_980n);
  });

  it('says of a policy that only observes that it was played as if it acted', async () => {
    const scenario = makeScenario({ demands: wantSteps(stepsOf([0, 1])) });
    const { policies, ...rest } = input(scenario);
    const fleets = policies.fleets.map((fleet) => ({ ...fleet, mode: 'observe' as const }));
    const report = await simulate({ ...rest, policies: makePolicies({ fleets }) });
    expect(report.purser.deploys).toBe(1);
    expect(report.notes).toContain('web only observes: played as if it acted');
  });

  it("counts other people's VMs for as long as anybody needs them, or no reap may end them", async () => {
    const paid = { paidUntil: MONDAY + 6 * HOUR };
    const idle = [
      {
        vm: 'ci-*',
        steps: [
          { at: MONDAY, answer: 'no' as const },
          { at: MONDAY + 12 * HOUR, answer: 'yes' as const },
        ],
      },
    ];
    const scenario = makeScenario({ vms: [givenVm('ci-1', paid), givenVm('db-1', paid)], idle });
    const { settings } = settle(scenario);
    const policies = makePolicies({ fleets: [], reaps: [makeReap()] });
    const report = await simulate({ scenario, policies, settings, isRecorded: false, stopwatch: () => 0 });
    // At 6 h both are charged, at 30 h the database alone.
    expect(report.lowerBound).toMatchObject({ total: 3n * 306_980n, periods: 3 });
    expect(report.purser).toMatchObject({ total: 3n * 306_980n, periods: 3, deletes: 1 });
    expect(sumGap(report.gap)).toBe(0n);
  });
});
