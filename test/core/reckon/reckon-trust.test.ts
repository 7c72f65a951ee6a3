// When a look can be believed: shrunken lists, clocks that differ, stores that were just born.
import { describe, expect, it } from 'vitest';
import type { Books, Notes } from '../../../src/core/books.js';
import { reckonSnapshot } from '../../../src/core/reckon/reckon.js';
import type { Instant, Vm } from '../../../src/core/types.js';
import {
  CLOUD_ABILITIES,
  intentId,
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
} from '../samples.js';

const policies = makePolicies({ fleets: [makeFleet()] });

/** Looks at these VMs at that minute; gives the books as they are then. */
function look(books: Books, minute: number, vms: readonly Vm[], over: Parameters<typeof makeSnapshot>[2] = {}): Books {
  const at: Instant = NOON + minute * MINUTE;
  const snapshot = makeSnapshot(vms, {}, { at, books, ...over });
  return reckonSnapshot(snapshot, policies, makeSettings()).snapshot.books;
}

const vmsOf = (count: number) => Array.from({ length: count }, (_, index) => makeVm(String(index)));
const booksOf = (count: number, notes: Partial<Notes> = {}): Books =>
  makeBooks({
    claims: Array.from({ length: count }, (_, index) => makeClaim(String(index))),
    notes: makeNotes({ lastCompleteLook: { at: NOON - MINUTE, vms: count }, ...notes }),
  });

describe('the inventory', () => {
  it.each([
    ['all of nine', 9, false],
    ['two thirds', 6, false],
    ['less than two thirds', 5, true],
    ['none', 0, true],
  ] as const)('is doubted or not when it shows %s', (_what, shown, isDoubted) => {
    expect(look(booksOf(9), 0, vmsOf(shown)).notes.inventoryDoubt !== undefined).toBe(isDoubted);
  });

  it('is not doubted for what we deleted ourselves', () => {
    const books = booksOf(9);
    const deletion = { intent: intentId('aaaa'), calledAt: NOON - MINUTE };
    const half = books.claims.map((claim, index) =>
      index >= 2 ? { ...claim, state: 'doomed' as const, deletion } : claim,
    );
    expect(look({ ...books, claims: half }, 0, vmsOf(2)).notes.inventoryDoubt).toBeUndefined();
  });

  it('is not doubted for members that are listed as over, but for those that are not listed at all', () => {
    const abilities = CLOUD_ABILITIES;
    const over = [0, 1, 2, 3].map((index) => makeVm(String(index), { status: 'terminated' }));
    const live = vmsOf(9).slice(4);
    expect(look(booksOf(9), 0, [...over, ...live], { abilities }).notes.inventoryDoubt).toBeUndefined();
    expect(look(booksOf(9), 0, live, { abilities }).notes.inventoryDoubt).toBeDefined();
    const foreign = over.map((vm) => ({ ...vm, id: `other-${vm.id}` }));
    expect(look(booksOf(9), 0, [...foreign, ...live], { abilities }).notes.inventoryDoubt).toBeDefined();
  });

  it('is not doubted when all of ours are listed: in a shared account somebody deleted twenty of his own', () => {
    const notes = makeNotes({ lastCompleteLook: { at: NOON - MINUTE, vms: 23 } });
    const books = { ...booksOf(3), notes };
    expect(look(books, 0, vmsOf(3)).notes).toMatchObject({ inventoryDoubt: undefined, lastCompleteLook: { vms: 3 } });
    expect(look(books, 0, vmsOf(2)).notes.inventoryDoubt).toBeDefined();
    const missing = books.claims.map((claim) =>
      claim.vmId === '2' ? { ...claim, missing: { since: NOON - MINUTE, looks: 1 } } : claim,
    );
    expect(look({ ...books, claims: missing }, 0, vmsOf(2)).notes.inventoryDoubt).toBeUndefined();
  });

  it('is not doubted when nobody of ours was expected', () => {
    expect(
      look(makeBooks({ notes: makeNotes({ lastCompleteLook: { at: NOON, vms: 9 } }) }), 0, []).notes.inventoryDoubt,
    ).toBeUndefined();
  });

  it('is believed again after three looks over ten minutes that agree', () => {
    let books = booksOf(9);
    for (const minute of [0, 5, 9.9]) {
      books = look(books, minute, []);
      expect(books.notes.inventoryDoubt).toBeDefined();
      expect(books.claims.every((claim) => claim.missing === undefined)).toBe(true);
    }
    books = look(books, 10, []);
    expect(books.notes.inventoryDoubt).toBeUndefined();
    expect(books.notes.lastCompleteLook?.vms).toBe(0);
  });

  it('starts over when two looks differ, and is believed at once when the VMs are back', () => {
    let books = look(booksOf(9), 0, []);
    books = look(books, 6, vmsOf(1));
    expect(books.notes.inventoryDoubt?.looks).toBe(1);
    books = look(books, 11, vmsOf(1));
    expect(books.notes.inventoryDoubt?.looks).toBe(2);
    expect(look(books, 12, vmsOf(9)).notes.inventoryDoubt).toBeUndefined();
  });

  it('changes nothing while it is partial or failed', () => {
    const books = booksOf(9);
    for (const state of ['partial', 'failed'] as const) {
      const inventory = { ...makeSnapshot([]).inventory, state };
      expect(look(books, 0, [], { inventory })).toEqual(books);
    }
  });
});

describe('the clock', () => {
  const skewed = { clock: { skewMillis: 130_000, jumpMillis: 0 } };
  it('is believed again after three looks without a difference', () => {
    let books = look(booksOf(1), 0, vmsOf(1), skewed);
    expect(books.notes.clockDoubt).toBeDefined();
    books = look(books, 1, vmsOf(1));
    books = look(books, 2, vmsOf(1));
    expect(books.notes.clockDoubt).toBeDefined();
    expect(look(books, 3, vmsOf(1)).notes.clockDoubt).toBeUndefined();
    expect(look(books, 3, vmsOf(1), skewed).notes.clockDoubt?.looks).toBe(0);
  });

  it('is doubted after a jump in either direction, not after a small one', () => {
    for (const jumpMillis of [130_000, -130_000]) {
      expect(
        look(booksOf(1), 0, vmsOf(1), { clock: { skewMillis: undefined, jumpMillis } }).notes.clockDoubt,
      ).toBeDefined();
    }
    expect(
      look(booksOf(1), 0, vmsOf(1), { clock: { skewMillis: 120_000, jumpMillis: -120_000 } }).notes.clockDoubt,
    ).toBeUndefined();
  });
});

describe('a store that was just born', () => {
  const born = makeBooks({ notes: makeNotes({ lastCompleteLook: undefined }) });
  const ours = makeVm('1', { name: `web-a1${intentId('aaaa')}00` });

  it('ends recovering by itself after three looks when nothing is ours', () => {
    let books = look(born, 0, [makeVm('db')]);
    expect(books.notes.recovering).toBeDefined();
    books = look(books, 1, [makeVm('db')]);
    expect(books.notes.recovering).toBeDefined();
    expect(look(books, 2, [makeVm('db')]).notes.recovering).toBeUndefined();
  });

  it('goes on recovering while a VM bears a name of ours', () => {
    let books = born;
    for (let minute = 0; minute < 9; minute += 1) books = look(books, minute, [ours]);
    expect(books.notes.recovering?.looks).toBe(9);
  });

  it('counts only looks that were complete', () => {
    const failed = { inventory: { ...makeSnapshot([]).inventory, state: 'failed' as const } };
    let books = look(born, 0, []);
    books = look(books, 1, [], failed);
    books = look(books, 2, [], failed);
    expect(books.notes.recovering?.looks).toBe(1);
  });

  it('is not what a store is that has looked before', () => {
    expect(look(booksOf(1), 0, vmsOf(1)).notes.recovering).toBeUndefined();
  });
});
