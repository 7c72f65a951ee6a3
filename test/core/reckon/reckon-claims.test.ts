// Claims after a look: first seen, up, charged, missing, gone, and whose they are after a rename.
import { describe, expect, it } from 'vitest';
import type { Books, Claim } from '../../../src/core/books.js';
import type { FleetPolicy } from '../../../src/core/policy-types.js';
import { reckonSnapshot, type Reckoned } from '../../../src/core/reckon/reckon.js';
import type { Vm } from '../../../src/core/types.js';
import {
  CLOUD_ABILITIES,
  DAY,
  demandOf,
  HOUR,
  makeBooks,
  makeClaim,
  makeFleet,
  makeNotes,
  makePolicies,
  makeSettings,
  makeSnapshot,
  makeVm,
  MINUTE,
  NOON,
  planOf,
  PRICE,
} from '../samples.js';

function lookAt(
  books: Books,
  minute: number,
  vms: readonly Vm[],
  fleets: readonly FleetPolicy[] = [makeFleet()],
): Reckoned {
  const at = NOON + minute * MINUTE;
  return reckonSnapshot(makeSnapshot(vms, {}, { at, books }), makePolicies({ fleets }), makeSettings());
}

const booksOf = (...claims: readonly Claim[]): Books => makeBooks({ claims });
const events = (reckoned: Reckoned) => reckoned.ledger.map((entry) => entry.event);

describe('a listed VM', () => {
  it('is seen, priced, up and measured once', () => {
    const fresh = makeClaim('1', {
      claimedAt: NOON - 90_000,
      seenAt: undefined,
      activeAt: undefined,
      paidUntil: undefined,
    });
    const first = lookAt(booksOf(fresh), 0, [makeVm('1')]);
    expect(first.snapshot.books.claims[0]).toMatchObject({ seenAt: NOON, activeAt: NOON, paidUntil: NOON + 6 * HOUR });
    expect(first.snapshot.books.notes.launchMillis).toEqual([90_000]);
    expect(events(first)).toEqual(['charged', 'active']);
    const second = lookAt(first.snapshot.books, 1, [makeVm('1')]);
    expect(second.ledger).toEqual([]);
    expect(second.changes.filter((change) => change.kind === 'claim')).toEqual([]);
  });

  it('that came up while nobody looked is no measure of a launch, and is said to be up within the time', () => {
    const fresh = makeClaim('1', { claimedAt: NOON - 3 * HOUR, seenAt: undefined, activeAt: undefined });
    const notes = makeNotes({ lastCompleteLook: { at: NOON - 3 * HOUR, vms: 1 } });
    const late = lookAt(makeBooks({ claims: [fresh], notes }), 0, [makeVm('1')]);
    expect(late.snapshot.books.notes.launchMillis).toEqual([]);
    expect(late.ledger.at(-1)).toMatchObject({ event: 'active', text: expect.stringContaining('is up within 3h') });
  });

  it.each([
    ['member', 'charged'],
    ['parked', 'charged'],
    ['doomed', 'missed-boundary'],
  ] as const)('that is %s and whose boundary moved on was %s', (state, event) => {
    const vm = makeVm('1', { paidUntil: NOON + 6 * HOUR + DAY });
    const reckoned = lookAt(booksOf(makeClaim('1', { state })), 0, [vm]);
    expect(reckoned.ledger).toMatchObject([{ event, money: PRICE.amount }]);
  });

  it('that nobody looked at since it was bought is booked with all that it was charged', () => {
    const fresh = makeClaim('1', { paidUntil: undefined, claimedAt: NOON - 3 * DAY, seenAt: undefined });
    const vm = makeVm('1', { paidUntil: NOON + DAY + 2 * MINUTE, spent: undefined });
    expect(lookAt(booksOf(fresh), 0, [vm]).ledger[0]).toMatchObject({
      event: 'charged',
      text: 'vm-1 paid for its first 4 periods',
      money: 4n * PRICE.amount,
    });
  });

  it('that was charged before its deletion began, and shows it a look later, missed nothing', () => {
    const deletion = { intent: 'k3f9x2', calledAt: NOON + 6 * HOUR + MINUTE };
    const vm = makeVm('1', { paidUntil: NOON + 6 * HOUR + DAY });
    const doomed = makeClaim('1', { state: 'doomed', deletion });
    expect(lookAt(booksOf(doomed), 0, [vm]).ledger).toMatchObject([
      { event: 'charged', text: expect.stringContaining('before its deletion began') },
    ]);
  });

  it('keeps what was known when the API tells less', () => {
    const vm = makeVm('1', { paidUntil: undefined, price: undefined });
    const [claim] = lookAt(booksOf(makeClaim('1')), 0, [vm]).snapshot.books.claims;
    expect(claim).toMatchObject({ paidUntil: NOON + 6 * HOUR, price: PRICE });
  });

  it('that was missing is there again', () => {
    const missing = makeClaim('1', { missing: { since: NOON - MINUTE, looks: 2 } });
    expect(lookAt(booksOf(missing), 0, [makeVm('1')]).snapshot.books.claims[0]!.missing).toBeUndefined();
  });
});

describe('a VM that shows as ended', () => {
  const ended = makeVm('1', { status: 'terminated', statusText: 'Terminated' });
  const looksOf = (reckoned: Reckoned) => reckoned.snapshot.books.claims[0]!.endedLooks;

  it('is told once, a member with what is paid and lost, one that was parked without', () => {
    const paidUntil = NOON + DAY / 2;
    const endedSince = NOON - HOUR;
    const reckoned = lookAt(booksOf(makeClaim('1', { paidUntil, endedSince })), 0, [{ ...ended, paidUntil }]);
    // 13 of 24 hours at 0.306980.
    const told = { event: 'terminated', text: 'vm-1: the provider terminated it', money: 166_281n };
    expect(reckoned.ledger).toMatchObject([told]);
    expect(lookAt(reckoned.snapshot.books, 1, [ended]).ledger).toEqual([]);
    const parked = lookAt(booksOf(makeClaim('1', { paidUntil, endedSince, state: 'parked' })), 0, [ended]);
    expect(parked.ledger).toMatchObject([{ event: 'terminated', money: undefined }]);
  });

  it('is counted in looks at different instants, up to three, and from the first again when it ran meanwhile', () => {
    let books = booksOf(makeClaim('1'));
    const counts = [0, 0, 1, 2, 3].map((minute) => {
      const reckoned = lookAt(books, minute, [ended]);
      ({ books } = reckoned.snapshot);
      return looksOf(reckoned);
    });
    expect(counts).toEqual([1, 1, 2, 3, 3]);
    const running = lookAt(books, 4, [makeVm('1')]);
    expect([looksOf(running), events(running)]).toEqual([undefined, ['note']]);
    expect(looksOf(lookAt(running.snapshot.books, 5, [ended]))).toBe(1);
  });
});

describe('a VM that left the list', () => {
  const others = [makeVm('8'), makeVm('9')];
  it('without our doing is gone after three looks over ten minutes', () => {
    let books = booksOf(makeClaim('1'));
    for (const minute of [0, 5, 9.9]) {
      books = lookAt(books, minute, others).snapshot.books;
      expect(books.claims.length).toBe(1);
    }
    const last = lookAt(books, 10, others);
    expect(last.snapshot.books.claims).toEqual([]);
    expect(events(last)).toEqual(['gone']);
  });

  it('is not missing in a list that began before it was bought', () => {
    const books = lookAt(booksOf(makeClaim('1', { claimedAt: NOON + MINUTE })), 0, others).snapshot.books;
    expect(books.claims[0]!.missing).toBeUndefined();
  });

  it('is deleted when the list began after the call, and the time is measured', () => {
    const calledAt = NOON + MINUTE;
    const doomed = makeClaim('1', { state: 'doomed', deletion: { intent: 'x', calledAt } });
    expect(lookAt(booksOf(doomed), 0.5, others).snapshot.books.claims.length).toBe(1);
    const reckoned = lookAt(booksOf(doomed), 3, others);
    expect(reckoned.snapshot.books.claims).toEqual([]);
    expect(reckoned.snapshot.books.notes.deletionMillis).toEqual([2 * MINUTE]);
    expect(reckoned.ledger).toMatchObject([{ event: 'deleted', money: PRICE.amount }]);
  });

  it('was only a record: nothing is measured', () => {
    const doomed = makeClaim('1', {
      state: 'doomed',
      unwanted: 'record-only',
      deletion: { intent: 'x', calledAt: NOON - MINUTE },
    });
    const reckoned = lookAt(booksOf(doomed), 0, others);
    expect(reckoned.snapshot.books.notes.deletionMillis).toEqual([]);
    expect(events(reckoned)).toEqual(['record-removed']);
  });

  it('keeps the last two hundred measurements', () => {
    const notes = makeNotes({ deletionMillis: new Array<number>(200).fill(1) });
    const doomed = makeClaim('1', { state: 'doomed', deletion: { intent: 'x', calledAt: NOON - MINUTE } });
    const { deletionMillis } = lookAt({ ...booksOf(doomed), notes }, 0, others).snapshot.books.notes;
    expect([deletionMillis.length, deletionMillis.at(-1)]).toEqual([200, MINUTE]);
  });
});

describe('a VM that is over on a product that keeps no record of it', () => {
  function lookAtCloud(books: Books, vms: readonly Vm[], minute = 0): Reckoned {
    const snapshot = makeSnapshot(vms, {}, { at: NOON + minute * MINUTE, books, abilities: CLOUD_ABILITIES });
    return reckonSnapshot(snapshot, makePolicies({ fleets: [makeFleet()] }), makeSettings());
  }
  const ended = makeVm('1', { status: 'terminated', statusText: 'terminated' });

  it('is a deletion that is done, also while the list goes on showing it', () => {
    const deletion = { intent: 'k3f9x2', calledAt: NOON - MINUTE };
    const claim = makeClaim('1', { state: 'doomed', unwanted: 'surplus', deletion });
    const reckoned = lookAtCloud(booksOf(claim), [ended]);
    expect(events(reckoned)).toEqual(['deleted']);
    expect(reckoned.snapshot.books.claims).toEqual([]);
    expect(reckoned.snapshot.books.notes.deletionMillis).toEqual([MINUTE]);
  });

  it('is not done by a list that began before the call', () => {
    const deletion = { intent: 'k3f9x2', calledAt: NOON + 1 };
    const claim = makeClaim('1', { state: 'doomed', unwanted: 'surplus', deletion });
    expect(lookAtCloud(booksOf(claim), [ended]).snapshot.books.claims).toHaveLength(1);
  });

  it('is a member no more, at once, and told with what was paid for nothing', () => {
    const members = [makeClaim('1'), makeClaim('2'), makeClaim('3')];
    const reckoned = lookAtCloud(booksOf(...members), [ended, makeVm('2'), makeVm('3')]);
    expect(reckoned.ledger).toMatchObject([{ event: 'terminated', vmId: '1', policy: 'web' }]);
    expect(reckoned.snapshot.inventory.vms.map(({ id }) => id)).toEqual(['2', '3']);
    const [fleet] = planOf(reckoned.snapshot, { fleets: [makeFleet({ demand: demandOf([[0, 3]]) })] }).fleets;
    expect(fleet).toMatchObject({ running: 2 });
  });

  it('stays in the books for ten minutes and three looks, told once, and is ours again if it runs after all', () => {
    let books = booksOf(makeClaim('1'));
    const told: string[] = [];
    const looks = [0, 1, 5, 9, 10].map((minute) => {
      const reckoned = lookAtCloud(books, minute < 5 ? [ended] : [], minute);
      books = reckoned.snapshot.books;
      told.push(...events(reckoned));
      return books.claims.length;
    });
    expect([looks, told]).toEqual([[1, 1, 1, 1, 0], ['terminated']]);
    const early = lookAtCloud(booksOf(makeClaim('1')), [ended]).snapshot.books;
    const back = lookAtCloud(early, [makeVm('1')], 5).snapshot.books.claims;
    expect(back).toMatchObject([{ state: 'member', endedSince: undefined, endedLooks: undefined }]);
  });

  it('is not over while it is only terminating: it is charged until then', () => {
    const going = makeVm('1', { status: 'stopped', statusText: 'terminating' });
    const deletion = { intent: 'k3f9x2', calledAt: NOON - MINUTE };
    const claim = makeClaim('1', { state: 'doomed', unwanted: 'surplus', deletion });
    expect(lookAtCloud(booksOf(claim), [going]).snapshot.books.claims).toMatchObject([{ state: 'doomed' }]);
  });
});

describe('formerly', () => {
  const old = booksOf(makeClaim('1', { policy: 'old' }));
  it('moves the members to the one fleet that names the old name, once', () => {
    const fleets = [makeFleet({ formerly: ['old'] })];
    const reckoned = lookAt(old, 0, [makeVm('1')], fleets);
    expect(reckoned.snapshot.books.claims[0]!.policy).toBe('web');
    expect(events(reckoned)).toEqual(['moved']);
    expect(lookAt(reckoned.snapshot.books, 1, [makeVm('1')], fleets).ledger).toEqual([]);
  });

  it('moves nothing while the old name stands, nor when two claim it', () => {
    const standing = [makeFleet({ formerly: ['old'] }), makeFleet({ name: 'old' })];
    const rivals = [makeFleet({ formerly: ['old'] }), makeFleet({ name: 'ops', formerly: ['old'] })];
    for (const fleets of [standing, rivals]) {
      expect(lookAt(old, 0, [makeVm('1')], fleets).snapshot.books.claims[0]!.policy).toBe('old');
    }
  });
});
