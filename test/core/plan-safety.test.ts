// Properties of what must never be deleted, in a world where people approve, lists lie and protection comes late.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listApproved } from '../../src/core/approvals.js';
import { isEnded } from '../../src/core/lifecycle.js';
import type { Plan } from '../../src/core/plan-types.js';
import type { Instant, Vm } from '../../src/core/types.js';
import { Driver, type Fault } from './driver.js';
import {
  demandOf,
  HOUR,
  makeEvidence,
  makeFleet,
  makeOffer,
  makeReap,
  makeRun,
  makeWhere,
  MINUTE,
  NO_RAILS,
} from './samples.js';
import { World } from './world.js';

const START: Instant = Date.UTC(2026, 10, 20);
const PRICE = { amount: 306_980n, periodMillis: HOUR };
const TICK = 30_000;

const worlds = fc.record({
  launchMillis: fc.constantFrom(0, 20_000),
  deletionMillis: fc.constantFrom(0, 10_000),
  billing: fc.constantFrom('rolling' as const, 'fixed' as const),
});
const edits = fc.array(fc.tuple(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 0, max: 8 })), {
  minLength: 1,
  maxLength: 6,
});

function fleetWanting(wanted: number) {
  return makeFleet({ demand: demandOf([[0, wanted]]), where: makeWhere({ maxPrice: PRICE }) });
}

interface Parts {
  readonly rails?: typeof NO_RAILS;
  readonly distort?: (vms: readonly Vm[]) => readonly Vm[];
  readonly fault?: () => Fault;
}

function startDriver(facts: typeof worlds extends fc.Arbitrary<infer Value> ? Value : never, parts: Parts): Driver {
  const { rails = NO_RAILS, ...more } = parts;
  const offers = [makeOffer({ price: PRICE, capacity: 10_000 })];
  const driver = new Driver({
    world: new World(START, { ...facts, price: PRICE, offers }),
    policies: { fleets: [fleetWanting(0)] },
    settings: { tickMillis: TICK, ratePerSecond: 10, concurrency: 4, rails },
    lookEvery: 7 * MINUTE,
    ...more,
  });
  const measured = new Array<number>(20).fill(facts.deletionMillis + 1);
  driver.books = { ...driver.books, notes: { ...driver.books.notes, deletionMillis: measured } };
  return driver;
}

/** Edits the number in the policy: (after so many minutes, so many wanted). */
function playEdits(driver: Driver, changes: readonly (readonly [number, number])[], watch: (plan: Plan) => void): void {
  for (const [minutes, wanted] of changes) {
    driver.policies = { ...driver.policies, fleets: [fleetWanting(wanted)] };
    driver.stoodSince = { ...driver.stoodSince, web: driver.world.now };
    driver.run(driver.world.now + minutes * MINUTE, watch);
  }
  driver.run(driver.world.now + 3 * HOUR, watch);
}

describe('where every deletion needs an approval', () => {
  const rails = { ...NO_RAILS, deletes: { perPlan: { count: 0, percent: 100 }, perHour: { count: 0, percent: 100 } } };

  const answerLists = fc.array(fc.constantFrom(true, true, false), { maxLength: 12 });
  const idleTimes = fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 5 });

  it('nothing is deleted that no approval named, nor after the boundary until which it did', () => {
    fc.assert(
      fc.property(worlds, edits, answerLists, idleTimes, (facts, changes, answers, idleFrom) => {
        const driver = startDriver(facts, { rails });
        // Foreign VMs that turn idle one after the other: new targets under a policy that nobody edits.
        driver.policies = { ...driver.policies, reaps: [makeReap({ minAgeMillis: 0 })] };
        const foreign = driver.world.create('ci-build', idleFrom.length);
        const named = new Map<string, Instant[]>();
        const asked = new Set<string>();
        playEdits(driver, changes, (plan) => {
          const runs = [makeRun('yes', START - 2 * HOUR, driver.world.now)];
          const idle = foreign.filter((_, index) => driver.world.now >= START + idleFrom[index]! * MINUTE);
          driver.books = { ...driver.books, evidence: idle.map((id) => makeEvidence(id, runs)) };
          for (const { policy, policyHash, targets, approve } of plan.refused) {
            if (approve === undefined || asked.has(approve)) continue;
            asked.add(approve);
            if (answers[asked.size - 1] !== true) continue;
            const approved = listApproved(targets, plan.at);
            for (const { vmId, until } of approved) named.set(vmId, [...(named.get(vmId) ?? []), until]);
            const until = Math.max(...approved.map((target) => target.until));
            const approval = { hash: approve, policy, policyHash: policyHash!, at: plan.at, until, targets: approved };
            const { handles } = driver.books;
            driver.books = {
              ...driver.books,
              handles: { ...handles, approvals: [...handles.approvals, approval] },
            };
          }
        });
        for (const { vmId, at, paidUntil } of driver.world.removals) {
          expect(named.get(vmId) ?? []).toContain(paidUntil);
          expect(at).toBeLessThan(paidUntil!);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('a batch is asked for once, however far apart its boundaries are', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 11 }), { minLength: 1, maxLength: 9 }), (gaps) => {
        const driver = startDriver({ launchMillis: 0, deletionMillis: 0, billing: 'rolling' }, { rails });
        let wanted = 0;
        for (const gap of gaps) {
          wanted += 1;
          driver.policies = { ...driver.policies, fleets: [fleetWanting(wanted)] };
          driver.run(driver.world.now + gap * 20_000 + 1);
        }
        let asked = 0;
        playEdits(driver, [[1, 0]], (plan) => {
          const [refusal] = plan.refused;
          if (refusal === undefined) return;
          asked += 1;
          const targets = listApproved(refusal.targets, plan.at);
          const until = Math.max(...targets.map((target) => target.until));
          const { policy, policyHash = '', approve: hash = '' } = refusal;
          const approvals = [{ hash, policy, policyHash, at: plan.at, until, targets }];
          driver.books = { ...driver.books, handles: { ...driver.books.handles, approvals } };
        });
        expect(asked).toBe(1);
        expect(driver.world.list()).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a list that shows all members as ended for less than a tick', () => {
  it('makes nothing bought and nothing deleted', () => {
    const lies = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(worlds, edits, lies, (facts, changes, minutes) => {
        // At one instant only: told again a tick later it would be confirmed.
        let toldAt = Number.NEGATIVE_INFINITY;
        let isTold = false;
        const driver: Driver = startDriver(facts, {
          distort: (vms) => {
            const { now } = driver.world;
            const running = driver.books.claims.filter(
              ({ activeAt, state }) => activeAt !== undefined && state !== 'doomed',
            );
            const isAsked = minutes.some((minute) => Math.abs(now - START - minute * MINUTE) < 4 * MINUTE);
            isTold = running.length > 1 && isAsked && (now === toldAt || now - toldAt > 10 * MINUTE);
            if (!isTold) return vms;
            toldAt = now;
            return vms.map((vm) => ({ ...vm, status: 'terminated' as const, statusText: 'Terminated' }));
          },
        });
        playEdits(driver, changes, (plan) => {
          if (isTold) expect(plan.actions).toEqual([]);
          const most = Math.max(...changes.map(([, wanted]) => wanted));
          expect(driver.world.countKept('web')).toBeLessThanOrEqual(most);
        });
        const records = driver.plans.flatMap(({ actions }) =>
          actions.filter((action) => action.kind === 'delete' && action.recordOnly),
        );
        expect(records).toEqual([]);
        expect(driver.world.charges.filter(({ wasDoomed }) => wasDoomed)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});

describe('protection that is switched on at some instant', () => {
  const faults = fc.array(fc.constantFrom<Fault>('none', 'none', 'idle', 'idle', 'fails', 'dies'), { maxLength: 30 });

  it('lets no protected VM be deleted afterwards, of a fleet or foreign, running or ended, unless it was doomed before', () => {
    fc.assert(
      fc.property(
        worlds,
        edits,
        faults,
        fc.nat({ max: 240 }),
        fc.nat({ max: 4 }),
        (facts, changes, befalls, minute, ci) => {
          let met = 0;
          const driver = startDriver(facts, { fault: () => befalls[met++] ?? 'none' });
          driver.policies = { ...driver.policies, reaps: [makeReap({ minAgeMillis: 0 })] };
          driver.world.create('ci-build', ci);
          const isProtected = ({ id }: { readonly id: string }): boolean => Number.parseInt(id, 16) % 3 !== 0;
          let before: { removals: number; doomed: ReadonlySet<string> } | undefined;
          playEdits(driver, changes, () => {
            const { now, machines } = driver.world;
            const runs = [makeRun('yes', now - 2 * HOUR, now)];
            driver.books = {
              ...driver.books,
              evidence: [...machines.keys()].map((id) => makeEvidence(id, runs)),
            };
            if (machines.size > 3 && now > START + 30 * MINUTE) driver.world.terminate([...machines.keys()][3]!);
            const waits = driver.books.intents.some(({ state, delete: deletion }) => state === 'planned' && deletion);
            // Where it does most harm: while a deletion waits in the queue.
            if (before !== undefined || now < START + minute * MINUTE || !waits) return;
            const doomed = driver.books.claims.filter(({ state }) => state === 'doomed').map(({ vmId }) => vmId);
            before = { removals: driver.world.removals.length, doomed: new Set(doomed) };
            driver.policies = { ...driver.policies, isProtected };
          });
          if (before === undefined) return;
          const after = driver.world.removals.slice(before.removals);
          const wrong = after.filter(({ vmId }) => isProtected({ id: vmId }) && !before!.doomed.has(vmId));
          expect(wrong).toEqual([]);
          expect(after.every(({ status, paidUntil, at }) => isEnded(status) || at < paidUntil!)).toBe(true);
        },
      ),
      { numRuns: 100 },
    );
  });
});
