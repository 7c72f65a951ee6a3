// What a hard budget takes for charged anyway when it decides who isn't renewed: no more than what will be charged, and no less.
import { describe, expect, it } from 'vitest';
import { wantAlways } from '../../../src/core/demand.js';
import type { Plan } from '../../../src/core/plan-types.js';
import type { PolicySet } from '../../../src/core/policy-types.js';
import type { Part } from '../../../src/core/types.js';
import { playPurser } from '../../../src/sim/backtest/simulate.js';
import {
  givenVm,
  makeScenario,
  makeScenarioOffer,
  MONDAY,
  settle,
  stepsOf,
  wantSteps,
} from '../../sim/backtest/sample-scenario.js';
import {
  DAY,
  deletedIds,
  HOUR,
  makeClaim,
  makeEvidence,
  makeFleet,
  makeOffer,
  makeOrphans,
  makePart,
  makeReap,
  makeRun,
  makeSnapshot,
  makeVm,
  makeWhere,
  MINUTE,
  NO_RAILS,
  NOON,
  planOf,
} from '../samples.js';
import { dayAt, makeBudget } from './budget-samples.js';

const PRICE = { amount: 100n, periodMillis: HOUR };
const WHERE = makeWhere({ maxPrice: PRICE });

describe('a hard budget beside what other rules let go', () => {
  /** One member, due at 12:02; beside it what is due at 12:05, and money for one of both until the day's end. */
  function plan(idle: number, over: Partial<PolicySet>, settings: object = {}, leftovers: readonly Part[] = []): Plan {
    const ids = Array.from({ length: idle }, (_, index) => `c${index}`);
    const a = { price: PRICE, paidUntil: NOON + 2 * MINUTE };
    const c = { name: 'ci-1', price: PRICE, paidUntil: NOON + 5 * MINUTE, createdAt: NOON - DAY };
    const vms = [makeVm('a', { createdAt: NOON - DAY, ...a }), ...ids.map((id) => makeVm(id, c))];
    const evidence = ids.map((id) => makeEvidence(id, [makeRun('yes', NOON - HOUR, NOON)]));
    const since = NOON - 10 * DAY;
    const snapshot = makeSnapshot(
      vms,
      { claims: [makeClaim('a', a)], evidence },
      {
        offers: [makeOffer({ price: PRICE })],
        budgets: { team: { spent: 1_000n } },
        stoodSince: { web: since, 'reap-ci': since, orphans: since },
      },
    );
    const inventory = { ...snapshot.inventory, ...(leftovers.length === 0 ? {} : { leftovers }) };
    const budgets = [
      makeBudget({ limit: 1_050n + 1_200n * BigInt(Math.max(1, idle)), per: 'day', periodAt: dayAt, hard: true }),
    ];
    return planOf(
      { ...snapshot, inventory },
      {
        fleets: [makeFleet({ demand: wantAlways(1), where: WHERE })],
        settings: { periodMillis: HOUR, tickMillis: 30_000, rails: NO_RAILS, ...settings },
        policies: { budgets, ...over },
      },
    );
  }

  it('lets nobody go for an idle VM that a reap deletes at its boundary', () => {
    expect(deletedIds(plan(1, { reaps: [makeReap()] }))).toEqual([]);
  });

  it('sets aside what a reap only observes', () => {
    expect(deletedIds(plan(1, { reaps: [makeReap({ mode: 'observe' })] }))).toEqual(['a']);
  });

  it('lets nobody go for a free disk that is removed at its boundary', () => {
    const paidUntil = NOON + 5 * MINUTE;
    const disk = makePart('d1', { price: PRICE, paidUntil, createdAt: NOON - DAY, attachedTo: [] });
    const orphans = [makeOrphans({ select: () => true, minAgeMillis: 0 })];
    expect(deletedIds(plan(0, {}, {}, [disk]))).toEqual(['a']);
    expect(deletedIds(plan(0, { orphans }, {}, [disk]))).toEqual([]);
  });

  it('buys nothing anew, as without the budget', () => {
    const scenario = makeScenario({
      product: 'cloud',
      parts: { storagePerGb: 0n, publicIp: 0n },
      to: MONDAY + DAY,
      offers: [makeScenarioOffer('cloud', { price: PRICE })],
      demands: wantSteps(stepsOf([0, 1])),
      vms: [givenVm('ci-1', { at: MONDAY + 10 * HOUR + 3 * MINUTE })],
      idle: [{ vm: 'ci-*', steps: [{ at: MONDAY, answer: 'yes' }] }],
    });
    const where = makeWhere({ countries: [], maxPrice: PRICE });
    const budgets = [makeBudget({ limit: 2_550n, per: 'day', periodAt: dayAt, hard: true })];
    const setting = settle(scenario, { readyBy: 'buy', where }, { reaps: [makeReap()], budgets });
    expect(playPurser(setting).outcome).toMatchObject({ total: 2_500n, deploys: 1, deletes: 1 });
  });
});
