// Doomed VMs after a look: how long their deletion took, and what becomes of those that run on.
import { describe, expect, it } from 'vitest';
import { applyChanges } from '../../../src/core/apply-commit.js';
import type { Books, Claim, DeleteTarget, Intent } from '../../../src/core/books.js';
import { wantAlways } from '../../../src/core/demand.js';
import { planAccount } from '../../../src/core/plan.js';
import type { Plan } from '../../../src/core/plan-types.js';
import { reckonSnapshot } from '../../../src/core/reckon/reckon.js';
import type { Instant, Vm } from '../../../src/core/types.js';
import { Driver } from '../driver.js';
import {
  DAY,
  deletedIds,
  demandOf,
  HOUR,
  intentId,
  makeBooks,
  makeClaim,
  makeFleet,
  makeIntent,
  makeNotes,
  makeOffer,
  makePolicies,
  makeSettings,
  makeSnapshot,
  makeVm,
  MINUTE,
  NOON,
  PRICE,
} from '../samples.js';
import { World } from '../world.js';

const ID = intentId('aaaa');
const ENDED = { status: 'stopped', statusText: 'Stopped' } as const;

interface Look {
  readonly books: Books;
  readonly plan: Plan;
  readonly events: readonly string[];
}

function lookAt(books: Books, at: Instant, vms: readonly Vm[], wanted = 0): Look {
  const policies = makePolicies({ fleets: [makeFleet({ demand: wantAlways(wanted) })] });
  const settings = makeSettings();
  const { snapshot, changes, ledger } = reckonSnapshot(makeSnapshot(vms, {}, { at, books }), policies, settings);
  const plan = planAccount({ snapshot, policies, settings });
  return { books: applyChanges(books, changes).books, plan, events: ledger.map(({ event }) => event) };
}

/** One VM whose deletion was called for at that instant. */
function doom(calledAt: Instant, over: Partial<Claim> = {}, lookedAt = NOON - MINUTE): Books {
  const claim = makeClaim('a', { state: 'doomed', unwanted: 'surplus', deletion: { intent: ID, calledAt }, ...over });
  return makeBooks({ claims: [claim], notes: makeNotes({ lastCompleteLook: { at: lookedAt, vms: 1 } }) });
}

function called(calledAt: Instant, target: Partial<DeleteTarget>): Intent {
  const full: DeleteTarget = {
    vmId: 'a',
    vmName: 'vm-a',
    boundary: undefined,
    price: PRICE,
    recordOnly: false,
    railExempt: false,
    reaped: false,
    publicIp: undefined,
    reason: 'surplus',
    outcome: { result: 'accepted', text: '' },
    ...target,
  };
  const times = { createdAt: calledAt, calledAt, closedAt: calledAt };
  return makeIntent(ID, { kind: 'delete', ...times, reckoned: true, delete: { targets: [full] } });
}

describe('the time that a deletion takes', () => {
  it('ends when the VM shows as ended, not when its record leaves the list', () => {
    const first = lookAt(doom(NOON - 2 * MINUTE), NOON, [makeVm('a', ENDED)]);
    expect(first.books.notes.deletionMillis).toEqual([2 * MINUTE]);
    const second = lookAt(first.books, NOON + MINUTE, [makeVm('a', ENDED)]);
    const last = lookAt(second.books, NOON + 12 * MINUTE, []);
    expect(last.books.notes.deletionMillis).toEqual([2 * MINUTE]);
    expect(last.events).toEqual(['deleted']);
  });

  it('is not measured when nobody looked lately (`purser apply` by cron)', () => {
    const books = doom(NOON - DAY, {}, NOON - DAY);
    expect(lookAt(books, NOON, []).books.notes.deletionMillis).toEqual([]);
    expect(lookAt(books, NOON, [makeVm('a', ENDED)]).books.notes.deletionMillis).toEqual([]);
  });

  it('does not spoil the deletions of later days, though ended records stay listed for a quarter of an hour', () => {
    const start = Date.UTC(2026, 10, 20);
    const steps = Array.from({ length: 12 }, (_, day) => start + day * 2 * DAY).flatMap((day): [number, number][] => [
      [day + 8 * HOUR, 3],
      [day + 9 * HOUR, 0],
    ]);
    const world = new World(start, { price: PRICE, launchMillis: MINUTE, offers: [makeOffer({ price: PRICE })] });
    const known = new Map<string, Vm>();
    const driver = new Driver({
      world,
      policies: { fleets: [makeFleet({ demand: demandOf(steps) })] },
      settings: { tickMillis: 30_000, ratePerSecond: 10, concurrency: 4 },
      lookEvery: 30 * MINUTE,
      distort: (vms) => {
        for (const vm of vms) known.set(vm.id, vm);
        const live = new Set(vms.map(({ id }) => id));
        const records = world.removals.filter(({ vmId, at }) => !live.has(vmId) && world.now < at + 15 * MINUTE);
        return [...vms, ...records.map(({ vmId }) => ({ ...known.get(vmId)!, ...ENDED }))];
      },
    });
    driver.books = { ...driver.books, notes: { ...driver.books.notes, deletionMillis: [] } };
    driver.run(start + 24 * DAY);
    expect(world.charges.length).toBe(12 * 3);
  });
});

describe('a doomed VM that runs on and was charged', () => {
  it('within a minute of the call is parked until its next deadline, not deleted right after it was paid', () => {
    const boundary = NOON + 20_000;
    const calledAt = boundary - 30_000;
    const intents = [called(calledAt, { boundary })];
    let books: Books = { ...doom(calledAt, { paidUntil: boundary }), intents };
    for (const after of [5_000, 35_000, 65_000, 95_000, 155_000]) {
      const look = lookAt(books, boundary + after, [makeVm('a', { paidUntil: boundary + DAY })]);
      expect(deletedIds(look.plan)).toEqual([]);
      ({ books } = look);
    }
    expect(books.claims[0]).toMatchObject({ state: 'parked', unwanted: 'surplus', deletion: undefined });
  });

  it('is not called for again either when its call has failed', () => {
    const boundary = NOON + 20_000;
    const calledAt = boundary - 5_000;
    const intents = [called(calledAt, { boundary, outcome: { result: 'failed', text: '' } })];
    const books = { ...doom(calledAt, { paidUntil: boundary }), intents };
    const early = lookAt(books, boundary + 8_000, [makeVm('a', { paidUntil: boundary + DAY })]);
    expect(deletedIds(early.plan)).toEqual([]);
    expect(early.plan.nextWakeAt).toBe(calledAt + MINUTE + 1);
    const later = lookAt(early.books, early.plan.nextWakeAt!, [makeVm('a', { paidUntil: boundary + DAY })]);
    expect(later.books.claims[0]!.state).toBe('parked');
  });
});

describe('a VM whose record was to be removed and that runs after all', () => {
  const record = { unwanted: 'record-only', endedSince: NOON - HOUR } as const;
  const failed = { recordOnly: true, reason: 'record-only', outcome: { result: 'failed', text: '' } } as const;
  const booksAfter = (agoMillis: number): Books => ({
    ...doom(NOON - agoMillis, record),
    intents: [called(NOON - agoMillis, failed)],
  });

  it('is a member again, and is never called for in the midst of its period', () => {
    const { books, plan, events } = lookAt(booksAfter(5 * MINUTE), NOON, [makeVm('a')], 1);
    expect(plan.actions).toEqual([]);
    expect(books.claims[0]).toMatchObject({ state: 'member', unwanted: undefined, deletion: undefined });
    expect(events).toEqual(['taken-back']);
  });

  it('waits until its call can not land any more', () => {
    const { books, plan } = lookAt(booksAfter(30_000), NOON, [makeVm('a')], 0);
    expect(plan.actions).toEqual([]);
    expect(plan.nextWakeAt).toBe(NOON + 30_001);
    expect(books.claims[0]!.state).toBe('doomed');
  });

  it('is called for again while it shows as ended', () => {
    expect(deletedIds(lookAt(booksAfter(5 * MINUTE), NOON, [makeVm('a', ENDED)]).plan)).toEqual(['a']);
  });
});
