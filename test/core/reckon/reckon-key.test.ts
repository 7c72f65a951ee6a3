// A key that was replaced may be another account's: it shows a VM that we know before anything is done with it.
import { describe, expect, it } from 'vitest';
import type { Books, Notes } from '../../../src/core/books.js';
import { planAccount } from '../../../src/core/plan.js';
import { reckonSnapshot } from '../../../src/core/reckon/reckon.js';
import type { Vm } from '../../../src/core/types.js';
import {
  makeBooks,
  makeClaim,
  makeFleet,
  makeNotes,
  makeOffer,
  makePolicies,
  makeSettings,
  makeSnapshot,
  makeVm,
  MINUTE,
  NOON,
} from '../samples.js';

const policies = makePolicies({ fleets: [makeFleet()] });
const settings = makeSettings();

function booksOf(count: number, notes: Partial<Notes> = {}): Books {
  return makeBooks({
    claims: Array.from({ length: count }, (_, index) => makeClaim(String(index))),
    notes: makeNotes({ lastCompleteLook: { at: NOON - MINUTE, vms: count }, keyMark: 'old', ...notes }),
  });
}

function look(books: Books, keyMark: string | undefined, vms: readonly Vm[], minute = 0) {
  const over = { at: NOON + minute * MINUTE, books, keyMark, offers: [makeOffer()] };
  const { snapshot } = reckonSnapshot(makeSnapshot(vms, {}, over), policies, settings);
  return { books: snapshot.books, plan: planAccount({ snapshot, policies, settings }) };
}

describe('a replaced key', () => {
  it('that shows none of our VMs stops everything, for as long as it shows none', () => {
    let books = booksOf(2);
    for (const minute of [0, 10, 60, 600]) {
      const seen = look(books, 'new', [makeVm('x'), makeVm('y')], minute);
      ({ books } = seen);
      expect(seen.plan.actions).toEqual([]);
      expect(seen.plan.marks).toEqual([]);
      expect(seen.plan.holds.map(({ reason }) => reason.code)).toContain('key-replaced');
      expect(books.claims.every(({ missing }) => missing === undefined)).toBe(true);
      expect(books.notes).toMatchObject({ keyMark: 'old', keyDoubt: { since: NOON } });
    }
  });

  it('that shows an empty account is no reason to buy everything anew', () => {
    expect(look(booksOf(2), 'new', []).plan.actions).toEqual([]);
  });

  it('is believed as soon as it shows one VM that we know', () => {
    const doubted = look(booksOf(2), 'new', []).books;
    const { books, plan } = look(doubted, 'new', [makeVm('1'), makeVm('x')], 1);
    expect(books.notes).toMatchObject({ keyMark: 'new', keyDoubt: undefined });
    expect(plan.holds.map(({ reason }) => reason.code)).not.toContain('key-replaced');
  });

  it('ends its doubt when the old key is back', () => {
    const doubted = look(booksOf(2), 'new', []).books;
    expect(look(doubted, 'old', [makeVm('0'), makeVm('1')], 1).books.notes.keyDoubt).toBeUndefined();
  });

  it('proves nothing by a list that is not whole', () => {
    const whole = makeSnapshot([makeVm('1')], {}, { books: booksOf(2), keyMark: 'new' });
    const snapshot = { ...whole, inventory: { ...whole.inventory, state: 'partial' as const } };
    expect(reckonSnapshot(snapshot, policies, settings).snapshot.books.notes.keyMark).toBe('old');
  });
});

describe('a key', () => {
  it.each([
    ['without any VM of ours to be shown', 0, 'old'],
    ['in books that knew none yet', 2, undefined],
  ] as const)('%s is believed', (_what, claims, keyMark) => {
    expect(look(booksOf(claims, { keyMark }), 'new', []).books.notes).toMatchObject({ keyMark: 'new' });
  });

  it('that a product does not tell is no matter', () => {
    expect(look(booksOf(1), undefined, [makeVm('0')]).books.notes.keyMark).toBe('old');
  });
});
