// What the planner makes of budgets, by tables: purchases that pass no limit, steps that hold, fleets that shrink, hard limits.
import { describe, expect, it } from 'vitest';
import type { BudgetPolicy } from '../../../src/core/budgets/budget-policy.js';
import type { BudgetNote } from '../../../src/core/budgets/budget-notes.js';
import { hashStep, judgeStep } from '../../../src/core/budgets/judge-steps.js';
import { wantAlways } from '../../../src/core/demand.js';
import type { FixedClock } from '../../../src/core/fixed-clock.js';
import type { Plan, Snapshot } from '../../../src/core/plan-types.js';
import type { FleetPolicy } from '../../../src/core/policy-types.js';
import type { Claim, Intent } from '../../../src/core/books.js';
import {
  daily,
  DAY,
  demandOf,
  deployedCount,
  holdCodes,
  HOUR,
  intentId,
  makeBooks,
  makeClaim,
  makeDeploy,
  makeFleet,
  makeIntent,
  makeNotes,
  makeOffer,
  makeSnapshot,
  makeVm,
  makeWhere,
  NO_RAILS,
  NOON,
  planOf,
} from '../samples.js';
import { budgetOf, makeBudget, monthAt, step } from './budget-samples.js';

/** Of the 20th: ten and a half days are left, so a daily VM has ten or eleven boundaries still to come. */
const ONE = daily(1_000_000n);
const USDC = 1_000_000n;
const { from: FROM } = monthAt(NOON);

interface Scene {
  readonly budgets: readonly BudgetPolicy[];
  readonly fleets?: readonly FleetPolicy[];
  /** Members of each fleet. */
  readonly members?: Readonly<Record<string, number>>;
  readonly foreign?: number;
  readonly spent?: Readonly<Record<string, bigint>>;
  readonly note?: BudgetNote;
  readonly intents?: readonly Intent[];
  readonly claims?: readonly Claim[];
  readonly approvals?: readonly string[];
  readonly over?: Partial<Snapshot>;
  readonly clock?: FixedClock;
  readonly isProtected?: (name: string) => boolean;
}

function fleet(name: string, wanted: number, over: Partial<FleetPolicy> = {}): FleetPolicy {
  return makeFleet({ name, demand: wantAlways(wanted), where: makeWhere({ maxPrice: ONE }), ...over });
}

/** All at one a day; the boundary of the n-th lies n hours ahead. */
function look(scene: Scene): Snapshot {
  const { members = {}, foreign = 0, spent = {}, note, intents = [], claims = [], approvals = [], over, clock } = scene;
  const owned = Object.entries(members).flatMap(([policy, count]) =>
    Array.from({ length: count }, (_, index) => ({
      id: `${policy}${index}`,
      policy,
      paidUntil: NOON + (index + 1) * HOUR,
    })),
  );
  const vms = [
    ...owned.map(({ id, paidUntil }) => makeVm(id, { price: ONE, paidUntil })),
    ...Array.from({ length: foreign }, (_, index) =>
      makeVm(`db${index}`, { price: ONE, paidUntil: NOON + 90 * 60_000 }),
    ),
  ];
  const until = NOON + 10 * DAY;
  const books = makeBooks({
    claims: [...owned.map(({ id, policy, paidUntil }) => makeClaim(id, { policy, price: ONE, paidUntil })), ...claims],
    intents,
    notes: makeNotes({
      launchMillis: [0],
      fixedClock: clock,
      ...(note === undefined ? {} : { budgets: { team: note } }),
    }),
    handles: {
      freeze: undefined,
      protect: [],
      approvals: approvals.map((hash) => ({ hash, policy: 'team', at: NOON, until })),
    },
  });
  const budgets = Object.fromEntries(scene.budgets.map(({ name }) => [name, { spent: spent[name] ?? 0n }]));
  const offers = [makeOffer({ price: ONE })];
  return makeSnapshot(vms, books, { offers, budgets, stoodSince: {}, ...over });
}

function plan(scene: Scene): Plan {
  const { budgets, fleets = [], isProtected = () => false } = scene;
  return planOf(look(scene), {
    fleets,
    policies: { budgets, isProtected: (vm) => isProtected(vm.id) },
    settings: { rails: NO_RAILS },
  });
}

function heldSteps(planned: Plan): readonly string[] {
  return budgetOf(planned).steps.flatMap((each) => (each.isHeld ? [`${each.atPercent} ${each.of} ${each.do}`] : []));
}

/** VMs that the plan means to delete at their boundary, by id. */
function leaving(planned: Plan): readonly string[] {
  return planned.charges.flatMap(({ fate, vm }) => (fate === 'delete' || fate === 'deleting' ? [vm.id] : [])).sort();
}

describe('what a budget expects', () => {
  it('is what was spent, what is reserved and what is still to come, foreign VMs included', () => {
    // Of each VM eleven boundaries are left in November: the 20th after noon to the 30th.
    const planned = plan({
      budgets: [makeBudget({ limit: 500n * USDC })],
      fleets: [fleet('web', 3)],
      members: { web: 2 },
      foreign: 1,
      spent: { team: 40n * USDC },
      intents: [
        makeIntent(intentId('0000'), {
          state: 'calling',
          deploy: makeDeploy(1, {
            cap: ONE,
            offer: { country: 'FR', configuration: 'x', hardware: undefined, price: ONE },
          }),
        }),
      ],
    });
    // The purchase was begun at 11:40: its renewals are at 11:40 of ten days.
    expect(budgetOf(planned)).toMatchObject({
      spent: 40n * USDC,
      reserved: 1n * USDC,
      forecast: (2n * 11n + 11n + 10n) * USDC,
      expected: (41n + 43n) * USDC,
      from: FROM,
    });
  });

  it('counts the fleets of its scope alone, and only the accounts of its scope', () => {
    const fleets = [fleet('web', 2), fleet('ops', 2)];
    const scene = { fleets, members: { web: 2, ops: 2 }, foreign: 3 };
    const ofWeb = makeBudget({ scope: { policies: ['web'] } });
    expect(budgetOf(plan({ ...scene, budgets: [ofWeb] })).forecast).toBe(22n * USDC);
    const elsewhere = makeBudget({ scope: { accounts: ['spare'] } });
    expect(plan({ ...scene, budgets: [elsewhere] }).budgets).toBeUndefined();
    const selected = makeBudget({ scope: { select: (vm) => vm.id.endsWith('0'), selectText: 'x' } });
    expect(budgetOf(plan({ ...scene, budgets: [selected] })).forecast).toBe(33n * USDC);
  });

  it('counts windows that will open, and not what is lacking now', () => {
    const demand = demandOf([
      [NOON - DAY, 1],
      [NOON + 2 * DAY, 3],
    ]);
    const scene = { fleets: [fleet('web', 0, { demand })], budgets: [makeBudget()] };
    // Two more from the 22nd at noon on: bought then, and renewed at noon of eight days.
    expect(budgetOf(plan({ ...scene, members: { web: 1 } })).forecast).toBe((11n + 2n * 9n) * USDC);
    expect(budgetOf(plan({ ...scene, fleets: [fleet('web', 5)], members: { web: 5 } })).forecast).toBe(55n * USDC);
  });

  it('says nothing where there are no budgets, and nothing of those that are paused', () => {
    expect(plan({ budgets: [] })).not.toHaveProperty('budgets');
    expect(plan({ budgets: [makeBudget({ mode: 'pause' })] })).not.toHaveProperty('budgets');
  });
});

describe('a purchase', () => {
  // Bought at noon of the 20th: charged then, and at noon of ten days more.
  const COST = 11n * USDC;

  it.each([
    ['all of it where all fits', 4n * COST, 4, []],
    ['what fits', 4n * COST - 1n, 3, ['budget']],
    ['none where not even one does', COST - 1n, 0, ['budget']],
  ])('is made: %s', (_, limit, count, codes) => {
    const planned = plan({
      budgets: [makeBudget({ limit, scope: { policies: ['web'] } })],
      fleets: [fleet('web', 4, { where: makeWhere({ maxPrice: ONE }) })],
    });
    expect(deployedCount(planned)).toBe(count);
    expect(holdCodes(planned)).toEqual(codes);
    const { expected, notBought } = budgetOf(planned);
    expect(expected).toBe(COST * BigInt(count));
    expect(notBought).toBe(4 - count);
  });

  it('is reckoned with two charges within minutes where all is charged at one time of day', () => {
    const admitted = (limit: bigint, minutes: number) => {
      const phaseMillis = (NOON + minutes * 60_000) % DAY;
      const clock = { phaseMillis, periodMillis: DAY };
      return deployedCount(plan({ budgets: [makeBudget({ limit })], fleets: [fleet('web', 4)], clock }));
    };
    // At ten past twelve of eleven days, the first of them today.
    expect(admitted(4n * (COST + USDC), 10)).toBe(4);
    expect(admitted(4n * (COST + USDC) - 1n, 10)).toBe(3);
    expect(admitted(4n * COST, -10)).toBe(4);
    // One that is ordered, and one that is bought and not listed yet, as well.
    const order = makeIntent(intentId('0000'), {
      policy: 'web',
      state: 'calling',
      deploy: makeDeploy(1, { cap: ONE }),
    });
    const claims = [makeClaim('new', { policy: 'web', price: ONE, paidUntil: undefined, claimedAt: NOON })];
    const fleets = [fleet('web', 2)];
    const budgets = [makeBudget({ limit: 500n * USDC })];
    const clock = { phaseMillis: (NOON + 10 * 60_000) % DAY, periodMillis: DAY };
    const later = budgetOf(plan({ budgets, fleets, intents: [order], claims })).expected;
    expect(budgetOf(plan({ budgets, fleets, intents: [order], claims, clock })).expected - later).toBe(
      USDC + order.deploy!.offer.price.amount,
    );
  });

  it('names the budget, its figures, and what to change', () => {
    const planned = plan({
      budgets: [makeBudget({ limit: 20n * USDC })],
      fleets: [fleet('web', 2)],
      spent: { team: 5n * USDC },
    });
    expect(planned.holds.find(({ reason }) => reason.code === 'budget')?.reason.text).toBe(
      '1 of 2 not bought: with them budget team would expect 27.000000 by 2026-12-01 00:00Z, over its limit of 20.000000 a month: ' +
        'spent 5.000000, reserved 0.000000, still to come 0.000000; raise its limit, or want less (replicas, windows, priority and floor of its fleets)',
    );
  });

  it('counts only its renewals as far as it will be wanted', () => {
    const demand = demandOf([
      [NOON - DAY, 4],
      [NOON + 2 * DAY - HOUR, 0],
    ]);
    // Charged at noon of the 20th and of the 21st.
    const planned = plan({ budgets: [makeBudget({ limit: 8n * USDC })], fleets: [fleet('web', 0, { demand })] });
    expect(deployedCount(planned)).toBe(4);
    expect(budgetOf(planned).expected).toBe(8n * USDC);
  });

  it('goes to the fleet of the higher priority, and what one reserves the next one lacks', () => {
    const fleets = [fleet('low', 2, { priority: 1 }), fleet('high', 2, { priority: 9 })];
    const planned = plan({ budgets: [makeBudget({ limit: 3n * COST })], fleets });
    const bought = planned.actions.flatMap((action) =>
      action.kind === 'deploy' ? [[action.policy, action.count]] : [],
    );
    expect(bought).toEqual([
      ['high', 2],
      ['low', 1],
    ]);
  });

  it('obeys the strictest of overlapping budgets, and says which', () => {
    const budgets = [
      makeBudget({ name: 'wide', limit: 4n * COST }),
      makeBudget({ name: 'tight', limit: 2n * COST, scope: { policies: ['web'] } }),
      makeBudget({ name: 'other', limit: 1n, scope: { policies: ['ops'] } }),
    ];
    const planned = plan({ budgets, fleets: [fleet('web', 6), fleet('ops', 0)] });
    expect(deployedCount(planned)).toBe(2);
    expect(planned.holds.map(({ reason }) => reason.text)).toEqual([
      expect.stringContaining('budget tight would expect'),
    ]);
  });

  it('is only told by a budget that observes', () => {
    const planned = plan({ budgets: [makeBudget({ limit: 1n, mode: 'observe' })], fleets: [fleet('web', 2)] });
    expect(deployedCount(planned)).toBe(2);
    expect(planned.holds.map(({ policy, reason }) => [policy, reason.code])).toEqual([['team', 'observing']]);
    expect(budgetOf(planned).notBought).toBe(2);
  });
});

describe('a step', () => {
  const spend = (percent: bigint) => ({ spent: { team: percent * USDC } });
  const onSpent = makeBudget({ limit: 100n * USDC, steps: [step(90, 'spent', 'stop-buying')] });

  it.each([
    ['is not reached below its percentage', 89n, false, []],
    ['is reached at it', 90n, false, ['90 spent stop-buying']],
    ['holds until two points below', 89n, true, ['90 spent stop-buying']],
    ['ends two points below', 88n, true, []],
  ])('%s', (_, percent, hasHeld, held) => {
    const note = { steps: { '90% spent stop-buying': { since: NOON - DAY, from: FROM } } };
    const planned = plan({
      budgets: [onSpent],
      fleets: [fleet('web', 1)],
      ...spend(percent),
      ...(hasHeld ? { note } : {}),
    });
    expect(heldSteps(planned)).toEqual(held);
    expect(deployedCount(planned)).toBe(held.length > 0 ? 0 : 1);
    const isToldAnew = held.length > 0 !== hasHeld;
    expect(planned.budgetNews?.length ?? 0).toBe(isToldAnew ? 1 : 0);
  });

  it('is remembered with its time, and told once with its figures', () => {
    const first = plan({ budgets: [onSpent], ...spend(91n) });
    expect(first.budgetNotes).toEqual({ team: { steps: { '90% spent stop-buying': { since: NOON, from: FROM } } } });
    expect(first.budgetNews).toEqual([
      { budget: 'team', text: 'team: 90% of spent is reached: stop-buying (91.000000 of 100.000000, 91.0 %)' },
    ]);
    const again = plan({ budgets: [onSpent], ...spend(91n), note: first.budgetNotes!['team']! });
    expect(again.budgetNotes).toBeUndefined();
    expect(again.budgetNews).toBeUndefined();
  });

  it('is another one when it is edited', () => {
    const note = { steps: { '90% spent stop-buying': { since: NOON - DAY, from: FROM } } };
    const edited = makeBudget({ ...onSpent, steps: [step(95, 'spent', 'stop-buying')] });
    expect(heldSteps(plan({ budgets: [edited], ...spend(91n), note }))).toEqual([]);
  });

  it('waits for a person where the budget says so, whatever its figure', () => {
    const budget = makeBudget({ ...onSpent, resume: 'approval' });
    const before = FROM - 20 * DAY;
    const note = { steps: { '90% spent stop-buying': { since: before, from: monthAt(before).from } } };
    const id = hashStep(budget, budget.steps[0]!, monthAt(before).from);
    const waiting = plan({ budgets: [budget], fleets: [fleet('web', 1)], ...spend(5n), note });
    expect(budgetOf(waiting).steps[0]).toMatchObject({ isHeld: true, approve: id });
    expect(deployedCount(waiting)).toBe(0);
    const approved = plan({ budgets: [budget], fleets: [fleet('web', 1)], ...spend(5n), note, approvals: [id] });
    expect(heldSteps(approved)).toEqual([]);
    expect(deployedCount(approved)).toBe(1);
  });

  it('that was approved does not hold again in the same period', () => {
    const budget = makeBudget({ ...onSpent, resume: 'approval' });
    const id = hashStep(budget, budget.steps[0]!, FROM);
    expect(heldSteps(plan({ budgets: [budget], ...spend(91n) }))).toEqual(['90 spent stop-buying']);
    expect(heldSteps(plan({ budgets: [budget], ...spend(91n), approvals: [id] }))).toEqual([]);
  });

  it.each([
    ['a lower limit', { limit: 20n * USDC }],
    ['a wider scope', { scope: { policies: ['web', 'ops'] } }],
    ['another select', { scope: { policies: ['web'], select: () => true, selectText: 'true' } }],
    ['another period', { per: 'week' as const }],
    ['a limit that has become hard', { hard: true }],
  ])('that was approved is asked about anew with %s', (_, over) => {
    const budget = makeBudget({ ...onSpent, resume: 'approval', scope: { policies: ['web'] } });
    const facts = { now: NOON, from: FROM, notes: [], isBlind: false };
    const approved = new Set([hashStep(budget, budget.steps[0]!, FROM)]);
    const judge = (judged: BudgetPolicy) => judgeStep(judged, judged.steps[0]!, 91n * USDC, { ...facts, approved });
    expect(judge(budget).summary.isHeld).toBe(false);
    const { summary } = judge(makeBudget({ ...budget, ...over }));
    expect(summary.isHeld).toBe(true);
    expect([...approved]).not.toContain(summary.approve);
  });

  it('neither begins nor ends by a look that can not be believed', () => {
    const failed = { inventory: { ...look({ budgets: [] }).inventory, state: 'failed' as const } };
    const note = { steps: { '90% spent stop-buying': { since: NOON - DAY, from: FROM } } };
    expect(heldSteps(plan({ budgets: [onSpent], ...spend(99n), over: failed }))).toEqual([]);
    expect(heldSteps(plan({ budgets: [onSpent], ...spend(1n), note, over: failed }))).toEqual(['90 spent stop-buying']);
  });
});

describe('stop-growth', () => {
  const budget = makeBudget({ limit: 100n * USDC, steps: [step(50, 'spent', 'stop-growth')] });

  it('buys replacements and nothing beyond what the fleet had', () => {
    const first = plan({
      budgets: [budget],
      fleets: [fleet('web', 5)],
      members: { web: 3 },
      spent: { team: 51n * USDC },
    });
    expect(deployedCount(first)).toBe(0);
    const note = first.budgetNotes!['team']!;
    expect(note.had).toEqual({ web: 3 });
    const later = plan({
      budgets: [budget],
      fleets: [fleet('web', 5), fleet('new', 2)],
      members: { web: 1 },
      spent: { team: 51n * USDC },
      note,
    });
    const bought = later.actions.flatMap((action) => (action.kind === 'deploy' ? [[action.policy, action.count]] : []));
    expect(bought).toEqual([['web', 2]]);
    expect(later.holds.filter(({ reason }) => reason.code === 'budget').map(({ reason }) => reason.text)).toEqual([
      "budget team holds it to 0 of 2 wanted now; raise the budget's limit, or want less",
      "budget team holds it to 3 of 5 wanted now; raise the budget's limit, or want less",
    ]);
  });

  it('lets nothing go that is wanted', () => {
    const planned = plan({
      budgets: [budget],
      fleets: [fleet('web', 3)],
      members: { web: 3 },
      spent: { team: 99n * USDC },
    });
    expect(leaving(planned)).toEqual([]);
  });
});

describe('shrink', () => {
  // Two fleets of four: eleven boundaries each are 88 until the end of the month.
  const fleets = [fleet('low', 4, { priority: 1, floor: 1 }), fleet('high', 4, { priority: 9, floor: 3 })];
  const scene = { fleets, members: { low: 4, high: 4 } };
  const shrinking = (limit: bigint, over: Partial<BudgetPolicy> = {}): BudgetPolicy =>
    makeBudget({ limit: limit * USDC, steps: [step(100, 'expected', 'shrink')], ...over });

  it.each([
    ['lets nobody go while all fits', 89n, {}, []],
    ['lets go as few as it takes, of the lowest priority', 70n, { low: 2 }, ['low0', 'low1']],
    [
      'goes no lower than the floor, then on to the next fleet',
      50n,
      { low: 1, high: 3 },
      ['high0', 'low0', 'low1', 'low2'],
    ],
    ['stops at the floors, whatever it costs', 3n, { low: 1, high: 3 }, ['high0', 'low0', 'low1', 'low2']],
  ])('%s', (_, limit, most, ids) => {
    const planned = plan({ ...scene, budgets: [shrinking(limit)] });
    expect(leaving(planned)).toEqual(ids);
    expect(Object.fromEntries(budgetOf(planned).held.map((held) => [held.policy, held.most]))).toEqual(most);
    expect(planned.actions.filter(({ kind }) => kind !== 'rename')).toEqual([]);
    const codes = planned.holds.filter(({ vm }) => vm !== undefined).map(({ reason }) => reason.code);
    expect(new Set(codes)).toEqual(new Set(ids.length === 0 ? [] : ['parked']));
  });

  it('says by what each is let go, and marks it with that', () => {
    const planned = plan({ ...scene, budgets: [shrinking(70n)] });
    expect(planned.marks.map(({ vmId, reason }) => [vmId, reason.code, reason.text])).toEqual([
      ['low0', 'budget', 'budget team holds low to 2 of 4 wanted, and it has 4'],
      ['low1', 'budget', 'budget team holds low to 2 of 4 wanted, and it has 4'],
    ]);
  });

  it('is judged by the rails like other surplus', () => {
    const planned = planOf(look({ ...scene, budgets: [shrinking(3n)] }), {
      fleets,
      policies: { budgets: [shrinking(3n)] },
    });
    // Three of eight are more than 34 %, and so is each fleet's own part of four.
    expect(planned.refused.map(({ rail }) => rail)).toEqual(['deletes.perPlan']);
    expect(planned.holds.filter(({ reason }) => reason.code === 'rail').length).toBeGreaterThan(0);
    // Whom the rails keep is one of those that are wanted without the budget, not one more.
    expect(budgetOf(planned).staying).toMatchObject({ because: 'rail' });
    expect(budgetOf(planned).wished).toBe(budgetOf(plan({ ...scene, budgets: [shrinking(3n)] })).wished);
  });

  it('lets nobody go before its boundary, though the fleet deletes its own surplus at once', () => {
    const eager = fleets.map((each) => ({ ...each, deleteAt: 'now' as const }));
    const planned = plan({ ...scene, fleets: eager, budgets: [shrinking(70n)] });
    expect(planned.actions.filter(({ kind }) => kind === 'delete')).toEqual([]);
    expect(leaving(planned)).toEqual(['low0', 'low1']);
  });

  it('never touches what is protected; others go in its place', () => {
    const planned = plan({ ...scene, budgets: [shrinking(70n)], isProtected: (id) => id === 'low0' });
    expect(leaving(planned)).toEqual(['low1', 'low2']);
  });

  it('keeps its ceilings while the figure lies within two points, and raises them below', () => {
    const members = { low: 2, high: 4 };
    const note = { steps: { '100% expected shrink': { since: NOON - DAY, from: FROM } }, shrunk: { low: 2 } };
    const at = (limit: bigint) =>
      plan({
        fleets,
        members,
        note,
        budgets: [makeBudget({ limit: (limit * USDC) / 100n, steps: [step(100, 'expected', 'shrink')] })],
      });
    // Eight members are 88, seven 77: 99 % of 77.8, and a bit under 98 % of 78.6.
    expect(budgetOf(at(7_780n)).held).toMatchObject([{ policy: 'low', most: 2 }]);
    expect(budgetOf(at(7_860n)).held).toMatchObject([{ policy: 'low', most: 3 }]);
    // 98 % of 89.8.
    expect(budgetOf(at(8_970n)).steps[0]!.isHeld).toBe(true);
    expect(budgetOf(at(8_980n)).steps[0]!.isHeld).toBe(false);
    expect(budgetOf(at(8_980n)).held).toEqual([]);
  });

  it('leaves what a fleet that shrinks later lacks to that one', () => {
    const lacking = { members: { low: 4, high: 2 } };
    const budgets = [makeBudget({ limit: 70n * USDC, steps: [step(100, 'expected', 'shrink')] })];
    // Six of eight can be paid: the four that high wants, and two.
    const planned = plan({ fleets, ...lacking, budgets });
    expect(budgetOf(planned).held).toMatchObject([{ policy: 'low', most: 2 }]);
    expect(budgetOf(planned).wished).toBe(88n * USDC);
    expect(deployedCount(planned)).toBe(2);
    // Where nobody offers any, nothing is kept for them.
    const barren = plan({ fleets, ...lacking, budgets, over: { offers: [] } });
    expect(budgetOf(barren).held).toEqual([]);
    expect(leaving(barren)).toEqual([]);
  });

  it('buys nothing that it would have to shrink at once', () => {
    const budget = makeBudget({ limit: 100n * USDC, steps: [step(50, 'expected', 'shrink')] });
    const planned = plan({ budgets: [budget], fleets: [fleet('web', 8)] });
    // Five cost 55, four 44.
    expect(deployedCount(planned)).toBe(4);
  });

  it('is only told by a budget that observes', () => {
    const planned = plan({ ...scene, budgets: [shrinking(50n, { mode: 'observe' })] });
    expect(leaving(planned)).toEqual([]);
    expect(budgetOf(planned).held).toHaveLength(2);
  });
});

describe('a hard budget', () => {
  const fleets = [fleet('low', 2, { priority: 1, floor: 2 }), fleet('high', 2, { priority: 9, floor: 2 })];
  const scene = { fleets, members: { low: 2, high: 2 } };
  const hard = (limit: bigint): BudgetPolicy => makeBudget({ limit: limit * USDC, hard: true });

  it.each([
    ['renews all that fits, without a thought of the month', 4n, []],
    ['lets the lowest priority go first, the later boundary before the nearer', 3n, ['low1']],
    ['goes below floors', 1n, ['high1', 'low0', 'low1']],
    ['renews nothing when nothing is left', 0n, ['high0', 'high1', 'low0', 'low1']],
  ])('%s', (_, left, ids) => {
    const planned = plan({ ...scene, budgets: [hard(50n)], spent: { team: (50n - left) * USDC } });
    expect(leaving(planned)).toEqual(ids);
    expect(budgetOf(planned).notRenewed).toBe(ids.length);
    expect(planned.actions).toEqual([]);
  });

  it("counts what it may not touch to the period's end first", () => {
    const spent = { team: 50n * USDC };
    const planned = plan({ ...scene, foreign: 1, budgets: [hard(73n)], spent, isProtected: (id) => id === 'high0' });
    // 23 are left: eleven for the foreign one, eleven for the protected one.
    expect(leaving(planned)).toEqual(['low0', 'low1']);
    const [going] = planned.charges.filter(({ vm }) => vm.id === 'low0');
    expect(going!.why).toBe(
      "budget team is hard: with its charge of 1.000000 at 2026-11-20 13:00Z the limit of 73.000000 a month would be passed: 50.000000 is spent, 22.000000 set aside for what can't be let go until 2026-12-01 00:00Z, 1.000000 for renewals that come first; paid until 2026-11-20 13:00Z, deletion starts 12:56Z",
    );
    expect(budgetOf(planned)).toMatchObject({ notRenewed: 2, notRenewedFrom: NOON + HOUR });
    const holds = planned.holds.filter(({ reason }) => reason.code === 'parked');
    expect(holds.map(({ vm, budget }) => [vm!.id, budget])).toEqual([
      ['low0', 'team'],
      ['low1', 'team'],
    ]);
  });

  it('lets nobody go early for a limit that what it may not touch passes by itself', () => {
    const spent = { team: 50n * USDC };
    const scarce = (limit: bigint) =>
      plan({ ...scene, foreign: 1, budgets: [hard(limit)], spent, isProtected: (id) => id === 'high0' });
    // 22 come anyway, until the end of the month; five of all within the day.
    expect(leaving(scarce(64n))).toEqual([]);
    expect(leaving(scarce(54n))).toEqual(['low1']);
    expect(leaving(scarce(52n))).toEqual(['high1', 'low1']);
  });

  it('deletes at the boundary alone, for its own reason', () => {
    const at = NOON + HOUR - 3 * 60_000;
    const planned = plan({ ...scene, budgets: [hard(50n)], spent: { team: 50n * USDC }, over: { at } });
    const deleted = planned.actions.flatMap((action) =>
      action.kind === 'delete' ? [[action.vm.id, action.reason.code]] : [],
    );
    expect(deleted).toEqual([
      ['high0', 'budget-hard'],
      ['low0', 'budget-hard'],
    ]);
  });

  it('only tells while it observes', () => {
    const planned = plan({ ...scene, budgets: [{ ...hard(50n), mode: 'observe' }], spent: { team: 50n * USDC } });
    expect(leaving(planned)).toEqual([]);
    expect(planned.holds.map(({ reason }) => reason.code)).toEqual(new Array(4).fill('observing'));
  });

  it('says, soft, what it lets pass, and when', () => {
    const soft = plan({ ...scene, budgets: [makeBudget({ limit: 30n * USDC })], spent: { team: 10n * USDC } });
    expect(leaving(soft)).toEqual([]);
    // 20 are left: five rounds of four. The 21st charge comes on the sixth day at 13:00.
    const { passesAt } = budgetOf(soft);
    expect(Math.abs(passesAt! - (NOON + 5 * DAY + HOUR))).toBeLessThan(10 * 60_000);
    expect(budgetOf(plan({ ...scene, budgets: [makeBudget()] })).passesAt).toBeUndefined();
  });
});
