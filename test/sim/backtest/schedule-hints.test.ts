// What `plan` and `calendar` advise about a window, played with and without it: a hint must save at least what it promises when the
// schedule is edited as it says.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeFleetSavings } from '../../../src/cli/fleet-savings.js';
import type { Plan } from '../../../src/core/plan-types.js';
import type { Demand, FleetPolicy } from '../../../src/core/policy-types.js';
import type { EdgeHint } from '../../../src/core/schedule-hints.js';
import type { ScheduleSavings } from '../../../src/core/schedule-savings.js';
import type { Product } from '../../../src/core/types.js';
import { playPurser } from '../../../src/sim/backtest/simulate.js';
import { DAY, HOUR, makeFleet } from '../../core/samples.js';
import { scheduleWeek, type WeekWindow } from '../../core/week-schedule.js';
import { DELAYS, makeScenario, MONDAY, settle } from './sample-scenario.js';

/** Minutes. */
const H = 60;
const D = 24 * H;
const WEEKS = 4;
const REPLICAS = 3;
const WEDNESDAY = 2 * D + 8 * H;

interface Case {
  readonly product: Product;
  readonly readyBy: FleetPolicy['readyBy'];
  readonly base: number;
  readonly windows: readonly WeekWindow[];
}

function demandOf({ base, windows }: Case): Demand {
  return scheduleWeek(base, windows);
}

function judge({ product, readyBy, ...schedule }: Case, days = 7): ScheduleSavings | undefined {
  const fleet = makeFleet({ readyBy, demand: demandOf({ product, readyBy, ...schedule }) });
  const accounts = [{ name: fleet.account, product, tickMillis: 30_000 }];
  return judgeFleetSavings({ accounts }, [fleet], { from: MONDAY, to: MONDAY + days * DAY })[0]?.savings;
}

function play({ product, readyBy, ...schedule }: Case, weeks = WEEKS) {
  const scenario = makeScenario({ ...DELAYS, product, to: MONDAY + weeks * 7 * DAY });
  const demand = demandOf({ product, readyBy, ...schedule });
  return playPurser(settle(scenario, { readyBy, demand })).outcome;
}

function edit(each: Case, { window, edge, minutes, to }: Pick<EdgeHint, 'window' | 'edge' | 'minutes' | 'to'>): Case {
  const by = to === 'earlier' ? -minutes : minutes;
  const move = (of: WeekWindow): WeekWindow =>
    of.name !== window ? of : edge === 'open' ? { ...of, from: of.from + by } : { ...of, to: of.to + by };
  return { ...each, windows: each.windows.map(move) };
}

/** Wednesdays from eight on. */
function wednesdays(product: Product, readyBy: FleetPolicy['readyBy'], minutes: number): Case {
  const windows = [{ name: 'wed', from: WEDNESDAY, to: WEDNESDAY + minutes, wanted: REPLICAS }];
  return { product, readyBy, base: 0, windows };
}

const TOO_LONG: readonly Case[] = [
  wednesdays('marketplace', 'start', D + 15),
  wednesdays('marketplace', 'start', 2 * D + 5),
  wednesdays('marketplace', 'buy', D + 15),
  wednesdays('cloud', 'start', 3 * H + 5),
];

it.each(TOO_LONG)('One VM fewer in a window saves in each week what is promised ($product, $readyBy)', (each) => {
  const [line, ...others] = judge(each)!.lines;
  expect(line).toMatchObject({ window: 'wed', replicas: REPLICAS });
  expect(others).toEqual([]);
  const fewer = { ...each, windows: each.windows.map((window) => ({ ...window, wanted: REPLICAS - 1 })) };
  expect(play(each).periods - play(fewer).periods).toBe(WEEKS * line!.oneFewerSaves);
});

describe('A hint about a window that is some minutes too long', () => {
  it.each(TOO_LONG)('saves in each week what it promises ($product, $readyBy)', (each) => {
    const { hints } = judge(each)!;
    expect(hints.map(({ edge }) => edge)).toEqual(['open', 'close']);
    const without = play(each);
    for (const hint of hints) {
      expect(hint.saves).toBe(REPLICAS);
      const played = play(edit(each, hint));
      expect(without.periods - played.periods).toBe(WEEKS * REPLICAS);
      // Nobody is let go while he is wanted: what is lacking are launches alone.
      expect(played.shortfall.longestMillis).toBeLessThanOrEqual(DELAYS.launch.mostMillis);
    }
  });

  it('names more minutes than the window is too long, which are not enough', () => {
    const each = wednesdays('marketplace', 'start', D + 15);
    // Bought three minutes before it opens, and let go three and a half before the boundary.
    expect(judge(each)!.hints.map(({ minutes }) => minutes)).toEqual([22, 22]);
    const short = play(wednesdays('marketplace', 'start', D));
    expect(play(each).periods - short.periods).toBeLessThan(WEEKS * REPLICAS);
  });

  it('is none where the minutes that it takes are more than a window could be moved by', () => {
    expect(judge(wednesdays('marketplace', 'start', D + 55))!.hints).toEqual([]);
    expect(judge(wednesdays('marketplace', 'buy', D + 55))!.hints).toHaveLength(2);
  });

  it('is none where launches make it short enough: a charge that is not paid is none to save', () => {
    const each = wednesdays('marketplace', 'buy', D + 1);
    const { hints, paid } = judge(each)!;
    expect(hints).toEqual([]);
    const close = { window: 'wed', edge: 'close', to: 'earlier', minutes: 5 } as const;
    expect(play(each).periods).toBe(WEEKS * paid);
    expect(play(edit(each, close)).periods).toBe(WEEKS * paid);
  });

  it('is given where the schedule costs more than the fewest charges with which it could be covered', () => {
    const weekend = { name: 'weekend', from: 5 * D, to: 7 * D, wanted: 2 };
    const each: Case = { product: 'marketplace', readyBy: 'start', base: 5, windows: [weekend] };
    const savings = judge(each, 14)!;
    // Bought a launch before Monday, they are renewed on Friday night for the last minutes.
    expect(savings).toMatchObject({ always: 70, needed: 58, paid: 64 });
    expect(play(each, 2).periods).toBe(savings.paid);
    const hint = judge(each)!.hints.find(({ edge }) => edge === 'open')!;
    expect(hint).toEqual({ window: 'weekend', edge: 'open', to: 'earlier', minutes: 7, saves: 3 });
    // In the first week nobody was bought ahead.
    expect(play(each).periods - play(edit(each, hint)).periods).toBe((WEEKS - 1) * hint.saves);
  });
});

describe('Of windows that lie in or over each other a hint', () => {
  const day = { name: 'day', from: 8 * H, to: 18 * H, wanted: REPLICAS };
  const NESTED: Case = {
    ...{ product: 'cloud', readyBy: 'buy', base: 0 },
    windows: [day, { name: 'lunch', from: 12 * H + 5, to: 14 * H, wanted: 0 }],
  };
  const SHORTER: Case = { ...NESTED, windows: [{ ...day, to: 17 * H + 50 }, NESTED.windows[1]!] };
  const OVERLAPPING: Case = {
    ...{ product: 'cloud', readyBy: 'start', base: 1 },
    windows: [
      { ...day, to: 10 * H + 2 },
      { name: 'late', from: 9 * H + 30, to: 10 * H + 46, wanted: REPLICAS },
    ],
  };

  it.each([
    ['nested', NESTED],
    ['nested, shorter', SHORTER],
    ['overlapping', OVERLAPPING],
    ['covered', { ...OVERLAPPING, windows: [OVERLAPPING.windows[0]!, { ...OVERLAPPING.windows[1]!, to: 9 * H + 53 }] }],
  ])('names the edge that it is about (%s)', (_, each) => {
    const without = play(each, 1);
    for (const hint of judge(each)!.hints)
      expect([hint, without.periods - play(edit(each, hint), 1).periods]).toEqual([hint, hint.saves]);
  });

  it('is about the window that opens too late, not about the one around it', () => {
    // Whether an afternoon of whole hours costs one more is up to its launch: nothing is promised then.
    expect(judge(NESTED)!.hints).toEqual([]);
    expect(judge(SHORTER)!.hints.filter(({ minutes }) => minutes < 30)).toEqual([
      { window: 'day', edge: 'open', to: 'later', minutes: 9, saves: REPLICAS },
      { window: 'lunch', edge: 'open', to: 'earlier', minutes: 9, saves: REPLICAS },
    ]);
  });

  it('promises nothing that only another choice of who is renewed would save', () => {
    const each: Case = {
      ...{ product: 'cloud', readyBy: 'start', base: 0 },
      windows: [
        { name: 'outer', from: 5652, to: 5772, wanted: 2 },
        { name: 'inner', from: 5652, to: 5664, wanted: 3 },
      ],
    };
    const without = play(each, 2).periods;
    for (const hint of judge(each)!.hints)
      expect(without - play(edit(each, hint), 2).periods).toBeGreaterThanOrEqual(hint.saves);
  });

  it('promises nothing that is not saved', () => {
    const window = fc.record({
      from: fc.integer({ min: H, max: 5 * D }),
      periods: fc.integer({ min: 1, max: 3 }),
      extra: fc.integer({ min: -20, max: 40 }),
      wanted: fc.nat(4),
    });
    /** The second begins within the first. */
    const within = fc.record({
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      length: fc.double({ min: 0.1, max: 1.2, noNaN: true }),
      wanted: fc.nat(4),
    });
    const cases = fc.record({
      base: fc.nat(2),
      product: fc.constantFrom<Product>('cloud', 'marketplace'),
      readyBy: fc.constantFrom<FleetPolicy['readyBy']>('start', 'buy'),
      outer: window,
      inner: within,
    });
    let hinted = 0;
    fc.assert(
      fc.property(cases, ({ base, product, readyBy, outer, inner }) => {
        const to = outer.from + (product === 'cloud' ? H : D) * outer.periods + outer.extra;
        const from = outer.from + Math.floor(inner.share * (to - outer.from - 1));
        const windows = [
          { name: 'outer', from: outer.from, to, wanted: outer.wanted },
          { name: 'inner', from, to: from + Math.ceil(inner.length * (to - outer.from)), wanted: inner.wanted },
        ];
        if (windows.some((each) => each.to > 7 * D - 2 * H)) return;
        const each: Case = { product, readyBy, base, windows };
        const hints = judge(each)?.hints ?? [];
        if (hints.length === 0) return;
        hinted += 1;
        const without = play(each, 2);
        for (const hint of hints) {
          const saved = without.periods - play(edit(each, hint), 2).periods;
          expect(saved, JSON.stringify([each, hint])).toBeGreaterThanOrEqual(hint.saves);
        }
      }),
      // Played: each run is some weeks.
      { numRuns: Number(process.env['RUNS'] ?? 40), seed: Number(process.env['SEED'] ?? 5) },
    );
    expect(hinted).toBeGreaterThan(5);
  });
});

it('An account that charges all at one time of day has its own savings, and no hints', () => {
  const each = wednesdays('marketplace', 'start', D + 15);
  const fleet = makeFleet({ readyBy: each.readyBy, demand: demandOf(each) });
  const accounts = [{ name: fleet.account, product: each.product, tickMillis: 30_000 }];
  const summary = { policy: fleet.name } as Plan['fleets'][number];
  const judgeWith = (over: Partial<Plan>) =>
    judgeFleetSavings({ accounts }, [fleet], { from: MONDAY, to: MONDAY + 7 * DAY }, [
      { fleets: [summary], leadMillis: HOUR / 20, ...over },
    ]);
  expect(judgeWith({})[0]!.savings.hints).toHaveLength(2);
  const chargedAt = (phaseMillis: number) => judgeWith({ fixedClock: { phaseMillis, periodMillis: DAY } })[0]!.savings;
  // From Wednesday at eight to a quarter past eight on Thursday: bought, and charged again in the evening.
  expect(chargedAt(18 * HOUR)).toMatchObject({ always: 21, needed: 6, paid: 6, hints: [], useless: [] });
  expect(chargedAt(18 * HOUR).lines).toEqual([{ window: 'wed', replicas: 3, oneFewerSaves: 2 }]);
  // At five past eight it is charged three times.
  expect(chargedAt(8 * HOUR + HOUR / 12)).toMatchObject({ needed: 9, paid: 9 });
});
