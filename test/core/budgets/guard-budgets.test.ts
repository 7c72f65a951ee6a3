// What a hard budget takes for charged anyway when it decides who isn't renewed: no more than what will be charged, and no less.
import fc from 'fast-check';
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
  makeBooks,
  makeClaim,
  makeEvidence,
  makeFleet,
  makeNotes,
  makeOffer,
  makeOrphans,
  makePart,
  makeReap,
  makeRun,
  makeSettings,
  makeSnapshot,
  makeVm,
  makeWhere,
  MINUTE,
  NO_RAILS,
  NOON,
  planOf,
} from '../samples.js';
import { budgetOf, dayAt, makeBudget } from './budget-samples.js';

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

  it('sets aside what a reap may not delete, because a rail refuses it', () => {
    const one = { count: 1, percent: 100 };
    const { deploys } = NO_RAILS;
    const planned = plan(3, { reaps: [makeReap()] }, { rails: { deploys, deletes: { perPlan: one, perHour: one } } });
    expect(planned.refused.map(({ policy }) => policy)).toEqual(['reap-ci']);
    expect(deletedIds(planned)).toEqual(['a']);
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

describe('a hard budget beside deletions that rails refuse', () => {
  const DAWN = Date.UTC(2026, 10, 20);
  const BOUNDARY = DAWN + 23 * HOUR + 40 * MINUTE;

  interface Scene {
    readonly limit: bigint;
    /** By fleet: how many there are, how many are wanted, and its priority. */
    readonly fleets: Readonly<Record<string, readonly [count: number, wanted: number, priority: number]>>;
    readonly at?: number;
    readonly perPlan?: number;
    readonly over?: Partial<PolicySet>;
  }

  /** 27,800 are spent; all have the same boundary, each charge is 100. */
  function plan({ limit, fleets, at = BOUNDARY - 3 * MINUTE, perPlan = 10, over }: Scene): Plan {
    const names = Object.keys(fleets);
    const boundary = BOUNDARY - Math.floor((BOUNDARY - at) / HOUR) * HOUR;
    const times = { price: PRICE, paidUntil: boundary };
    const idsOf = (name: string) => Array.from({ length: fleets[name]![0] }, (_, index) => `${name}${index}`);
    const vms = names.flatMap((name) => idsOf(name).map((id) => makeVm(id, { createdAt: DAWN - DAY, ...times })));
    const claims = names.flatMap((policy) =>
      idsOf(policy).map((id) => makeClaim(id, { policy, claimedAt: DAWN - DAY, ...times })),
    );
    const stoodSince = Object.fromEntries(names.map((name) => [name, at - 10 * DAY]));
    const facts = { at, offers: [makeOffer({ price: PRICE })], budgets: { team: { spent: 27_800n } }, stoodSince };
    const cap = { count: perPlan, percent: 100 };
    return planOf(makeSnapshot(vms, { claims }, facts), {
      fleets: names.map((name) =>
        makeFleet({ name, demand: wantAlways(fleets[name]![1]), where: WHERE, priority: fleets[name]![2] }),
      ),
      settings: { periodMillis: HOUR, rails: { ...NO_RAILS, deletes: { perPlan: cap, perHour: cap } } },
      policies: { budgets: [makeBudget({ limit, per: 'day', periodAt: dayAt, hard: true })], ...over },
    });
  }

  const refusedOf = ({ refused }: Plan) => refused.map(({ policy, targets }) => [policy, targets.length]);

  it('takes whom a rail keeps for charged, as whom `protect` keeps', () => {
    const scene = { limit: 29_050n, fleets: { old: [12, 0, 1], web: [2, 2, 9] } } as const;
    const planned = plan(scene);
    expect(refusedOf(planned)).toEqual([['old', 12]]);
    expect(deletedIds(planned)).toEqual(['web0', 'web1']);
    const isProtected = ({ id }: { readonly id: string }) => id.startsWith('old');
    expect(deletedIds(plan({ over: { isProtected }, ...scene }))).toEqual(['web0', 'web1']);
    expect(deletedIds(plan({ perPlan: 12, ...scene }))).toHaveLength(12);
  });

  it("sets money aside for them until the period's end, and lets nobody go early where that alone passes the limit", () => {
    const fleets = { old: [12, 0, 1], web: [2, 2, 9] } as const;
    const at = BOUNDARY - 2 * HOUR - 3 * MINUTE;
    // Three times twelve come anyway: 31,400.
    expect(deletedIds(plan({ limit: 31_500n, fleets, at }))).toEqual(['web1']);
    expect(deletedIds(plan({ limit: 31_300n, fleets, at }))).toEqual([]);
  });

  it('asks for others where a rail refuses what it asked for, and leaves that to be allowed', () => {
    // Money for eight renewals of sixteen.
    const fleets = { low: [12, 12, 1], web: [4, 4, 9] } as const;
    const allowed = deletedIds(plan({ limit: 28_600n, fleets }));
    expect([allowed.length, allowed.every((id) => id.startsWith('low'))]).toEqual([8, true]);
    const planned = plan({ limit: 28_600n, fleets, perPlan: 7 });
    expect(refusedOf(planned)).toEqual([['low', 8]]);
    // The twelve of low pass the limit by themselves.
    expect(deletedIds(planned)).toEqual(['web0', 'web1', 'web2', 'web3']);
    expect(budgetOf(planned).notRenewed).toBe(12);
  });

  it('asks for nothing that would make a rail refuse what it lets through without that', () => {
    // Six of web are surplus and go; that the twelve are kept leaves no money for the other four.
    const fleets = { old: [12, 0, 1], web: [10, 4, 9] } as const;
    const planned = plan({ limit: 29_000n, fleets, perPlan: 8 });
    expect(refusedOf(planned)).toEqual([['old', 12]]);
    expect(deletedIds(planned)).toHaveLength(6);
    expect(budgetOf(planned).notRenewed).toBe(0);
  });

  it('asks of the next policy what a rail does not let it ask of the first', () => {
    const fleets = { old: [12, 0, 1], low: [10, 4, 2], web: [2, 2, 9] } as const;
    const planned = plan({ limit: 29_100n, fleets, perPlan: 8 });
    expect(refusedOf(planned)).toEqual([['old', 12]]);
    // The four that are wanted of low can't go beside its surplus of six: with them nothing is left for web.
    expect(deletedIds(planned).filter((id) => id.startsWith('web'))).toEqual(['web0', 'web1']);
    expect(deletedIds(planned)).toHaveLength(8);
  });

  it('asks for nobody twice, and for nobody where all that rails keep can be paid', () => {
    const fleet = fc.tuple(fc.integer({ min: 0, max: 14 }), fc.integer({ min: 0, max: 14 }), fc.nat(3));
    const scenes = fc.record({ old: fleet, low: fleet, web: fleet });
    let asked = 0;
    fc.assert(
      fc.property(
        scenes,
        fc.integer({ min: 0, max: 40 }),
        fc.integer({ min: 1, max: 16 }),
        (fleets, money, perPlan) => {
          const scene = { limit: 27_800n + 100n * BigInt(money), fleets, perPlan };
          const [planned, without] = [plan(scene), plan({ over: { budgets: [] }, ...scene })];
          const there = Object.values(fleets).reduce((sum, [count]) => sum + count, 0);
          const all = [
            ...deletedIds(planned),
            ...planned.refused.flatMap(({ targets }) => targets.map(({ id }) => id)),
          ];
          expect(new Set(all).size).toBe(all.length);
          const { notRenewed } = budgetOf(planned);
          if (notRenewed > 0) asked += 1;
          if (there - deletedIds(without).length > money) return;
          expect([notRenewed, deletedIds(planned)]).toEqual([0, deletedIds(without)]);
        },
      ),
      { numRuns: 300 },
    );
    expect(asked).toBeGreaterThan(50);
  });
});

describe('a hard budget over an account that was not read for some hours', () => {
  /** Two members there, 30 min from their boundary when it was read last; one here, due at 12:02. 600 were spent by then. */
  function plan(limit: bigint, hours: number): Plan {
    const paidUntil = NOON + 30 * MINUTE - hours * HOUR;
    const where = { where: WHERE };
    const fleets = [
      makeFleet({ name: 'web', account: 'spare', demand: wantAlways(2), priority: 9, ...where }),
      makeFleet({ name: 'ops', account: 'main', demand: wantAlways(1), priority: 1, ...where }),
    ];
    const claims = ['p1', 'p2'].map((id) => makeClaim(id, { price: PRICE, paidUntil, policy: 'web' }));
    const books = makeBooks({ account: 'spare', claims, notes: makeNotes() });
    const settings = { periodMillis: HOUR, rails: NO_RAILS };
    const peer = {
      settings: makeSettings({ name: 'spare', ...settings }),
      books,
      offers: undefined,
      images: undefined,
    };
    const a = { price: PRICE, paidUntil: NOON + 2 * MINUTE };
    const snapshot = makeSnapshot(
      [makeVm('a', a)],
      { claims: [makeClaim('a', { policy: 'ops', ...a })] },
      { peers: [peer], budgets: { team: { spent: 600n } }, offers: [makeOffer({ price: PRICE })] },
    );
    const budgets = [makeBudget({ limit, per: 'day', periodAt: dayAt, hard: true })];
    return planOf(snapshot, { fleets, settings, policies: { budgets } });
  }

  it.each([
    [0, 900n],
    [1, 1_100n],
    [5, 1_900n],
    // Since midnight, not since it was read: twelve hours of eighteen.
    [18, 3_300n],
  ])('counts its charges of the %i hours since, and its next ones', (hours, needed) => {
    expect(deletedIds(plan(needed, hours))).toEqual([]);
    expect(deletedIds(plan(needed - 1n, hours))).toEqual(['a']);
  });
});
