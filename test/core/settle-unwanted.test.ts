// When a wanted deletion starts: never outside [deadline, boundary), and what is said while it waits.
import { describe, expect, it } from 'vitest';
import { computeBaseLead } from '../../src/core/billing-clock.js';
import type { Books } from '../../src/core/books.js';
import type { FleetPolicy } from '../../src/core/policy-types.js';
import type { Vm } from '../../src/core/types.js';
import {
  DAY,
  deletedIds,
  CLOUD_ABILITIES,
  demandOf,
  holdCodes,
  intentId,
  makeClaim,
  makeFleet,
  makeIntent,
  makeNotes,
  makeSnapshot,
  makeVm,
  MINUTE,
  NOON,
  planOf,
} from './samples.js';

const LEAD = computeBaseLead({ deletionMillis: [], tickMillis: 30_000, skewMillis: 0 });
/** One call at ten a second over four connections. */
const CALL = 250;

/** One surplus member whose boundary is so far ahead. */
function planAhead(
  ahead: number,
  over: { vm?: Partial<Vm>; books?: Partial<Books>; fleet?: Partial<FleetPolicy>; skewMillis?: number } = {},
) {
  const paidUntil = NOON + ahead;
  const snapshot = makeSnapshot(
    [makeVm('1', { paidUntil, ...over.vm })],
    { claims: [makeClaim('1', { paidUntil })], ...over.books },
    { clock: { skewMillis: over.skewMillis ?? 0, jumpMillis: 0 } },
  );
  return planOf(snapshot, { fleets: [makeFleet({ demand: demandOf([]), ...over.fleet })] });
}

describe('a surplus member', () => {
  it.each([
    ['long before its deadline', DAY, 'waits'],
    ['a millisecond before its deadline', LEAD + CALL + 1, 'waits'],
    ['at its deadline', LEAD + CALL, 'due'],
    ['half a minute before its boundary', 30_000, 'due'],
    ['when a deletion would hardly land', 20_000, 'too late'],
    ['just before its boundary', 1, 'too late'],
  ] as const)('%s', (_what, ahead, timing) => {
    const plan = planAhead(ahead);
    expect(deletedIds(plan)).toEqual(timing === 'due' ? ['1'] : []);
    expect(holdCodes(plan, '1')).toEqual(timing === 'waits' ? ['parked'] : timing === 'too late' ? ['too-late'] : []);
    expect(plan.nextDeadlineAt).toBe(timing === 'waits' ? NOON + ahead - LEAD - CALL : undefined);
    if (timing === 'waits') expect(plan.nextWakeAt).toBe(plan.nextDeadlineAt);
  });

  it('is tried as late as measured deletions allow', () => {
    const notes = makeNotes({ deletionMillis: new Array<number>(20).fill(5_000) });
    expect(deletedIds(planAhead(5_001, { books: { notes } }))).toEqual(['1']);
    expect(deletedIds(planAhead(5_000, { books: { notes } }))).toEqual([]);
  });

  it.each([
    ['by the API’s clock is too near for a deletion to land', 110_000 + 20_000, 'too-late'],
    ['by the API’s clock has passed', 110_000, 'charge-pending'],
  ] as const)('whose boundary %s is not deleted', (_what, ahead, code) => {
    const plan = planAhead(ahead, { skewMillis: 110_000 });
    expect(deletedIds(plan)).toEqual([]);
    expect(holdCodes(plan, '1')).toContain(code);
    expect(deletedIds(planAhead(131_000, { skewMillis: 110_000 }))).toEqual(['1']);
  });

  it('goes at some look before its boundary, however long deletions seemed to take', () => {
    for (const minutes of [1, 8, 12, 24 * 60]) {
      const notes = makeNotes({ deletionMillis: new Array<number>(20).fill(minutes * MINUTE) });
      const looks = Array.from({ length: 60 }, (_, index) => planAhead((index + 1) * 15_000, { books: { notes } }));
      const due = looks.filter((plan) => deletedIds(plan).length > 0);
      expect(due.length).toBeGreaterThanOrEqual(4);
    }
  });

  it('saves its price, once', () => {
    const plan = planAhead(MINUTE);
    expect(plan.totals).toMatchObject({ delete: 1, savesNow: 306_980n });
    expect(plan.actions[0]).toMatchObject({ boundary: NOON + MINUTE, recordOnly: false, reaped: false });
  });

  it('without a price is deleted in time all the same', () => {
    const over = {
      vm: { price: undefined },
      books: { claims: [makeClaim('1', { price: undefined, paidUntil: NOON + MINUTE })] },
    };
    expect(deletedIds(planAhead(MINUTE, over))).toEqual(['1']);
    expect(holdCodes(planAhead(DAY, over), '1')).toEqual(['parked']);
  });

  it.each([
    ['past', { paidUntil: NOON - 1 }, 'charge-pending'],
    ['at this instant', { paidUntil: NOON }, 'charge-pending'],
    ['unknown', { paidUntil: undefined }, 'boundary-unknown'],
  ] as const)('is kept while its boundary is %s', (_what, vm, code) => {
    for (const deleteAt of ['boundary', 'now'] as const) {
      const plan = planAhead(MINUTE, { vm, fleet: { deleteAt } });
      expect(deletedIds(plan)).toEqual([]);
      expect(holdCodes(plan, '1')).toContain(code);
    }
  });

  it('goes at once when its policy says so', () => {
    expect(deletedIds(planAhead(DAY, { fleet: { deleteAt: 'now' } }))).toEqual(['1']);
  });

  it.each([
    ['waits in line', 'planned', 'deleting'],
    ['is being called for', 'calling', 'deleting'],
  ] as const)('whose deletion %s is not planned again', (_what, state, code) => {
    const target = { vmId: '1', vmName: 'vm-1', boundary: NOON + MINUTE, price: undefined, recordOnly: false };
    const targets = [{ ...target, railExempt: false, reaped: false, publicIp: undefined, reason: 'surplus' as const }];
    const intents = [makeIntent(intentId('aaaa'), { kind: 'delete', state, delete: { targets } })];
    const claims = [makeClaim('1', { state: 'parked', paidUntil: NOON + MINUTE })];
    const plan = planAhead(MINUTE, { books: { intents, claims } });
    expect(deletedIds(plan)).toEqual([]);
    expect(holdCodes(plan, '1')).toEqual([code]);
  });
});

describe('many that are due', () => {
  it('come earliest boundary first, the dearest of one boundary first', () => {
    const facts = [
      ['a', 2, 100n],
      ['b', 1, 100n],
      ['c', 2, 300n],
      ['d', 1, 200n],
    ] as const;
    const vms = facts.map(([id, minutes, amount]) =>
      makeVm(id, { paidUntil: NOON + minutes * MINUTE, price: { amount, periodMillis: DAY } }),
    );
    const claims = vms.map((vm) => makeClaim(vm.id));
    const plan = planOf(makeSnapshot(vms, { claims }), { fleets: [makeFleet({ demand: demandOf([]) })] });
    expect(plan.actions.flatMap((action) => (action.kind === 'delete' ? [action.vm.id] : []))).toEqual([
      'd',
      'b',
      'c',
      'a',
    ]);
  });

  it('are not called for while the service allows no deletion, and looked at again soon', () => {
    const paidUntil = NOON + 2 * MINUTE;
    const busy = makeVm('a', { paidUntil, statusText: 'restarting', allowedActions: [] });
    const free = makeVm('b', { paidUntil, allowedActions: ['restart', 'delete'] });
    const claims = ['a', 'b'].map((id) => makeClaim(id));
    const plan = planOf(makeSnapshot([busy, free], { claims }), { fleets: [makeFleet({ demand: demandOf([]) })] });
    expect(deletedIds(plan)).toEqual(['b']);
    expect(holdCodes(plan, 'a')).toEqual(['not-deletable']);
    expect(plan.holds.find((hold) => hold.vm?.id === 'a')!.reason.text).toContain('while it is restarting');
    expect(plan.nextWakeAt).toBe(NOON + 10_000);
  });

  it('tell beforehand which can not be deleted in time, the cheapest', () => {
    const paidUntil = NOON + 7 * 60 * MINUTE;
    const price = (index: number) => ({ amount: BigInt(1 + (index % 2)), periodMillis: DAY });
    const vms = Array.from({ length: 50_000 }, (_, index) => makeVm(String(index), { paidUntil, price: price(index) }));
    const claims = vms.map((vm) => makeClaim(vm.id));
    const rails = {
      deletes: { perPlan: { count: 1e9, percent: 100 }, perHour: { count: 1e9, percent: 100 } },
      deploys: { perHour: 0, perDay: 0, moneyPerDay: 0n },
    };
    const settings = { product: 'cloud', ratePerSecond: 2, rails } as const;
    const snapshot = makeSnapshot(vms, { claims }, { abilities: CLOUD_ABILITIES });
    const plan = planOf(snapshot, { fleets: [makeFleet({ demand: demandOf([]) })], settings });
    const late = plan.holds.filter((hold) => hold.reason.code === 'no-time-to-delete');
    // Two a second from six hours before the boundary until a lead before it.
    expect(50_000 - late.length).toBe(Math.floor((6 * 3600 - LEAD / 1000) * 2) + 1);
    expect(new Set(late.map((hold) => hold.charge))).toEqual(new Set([1n]));
  });
});
