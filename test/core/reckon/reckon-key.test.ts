// A key that was replaced may be another account's: it shows a VM that we know before anything is done with it.
import { describe, expect, it } from 'vitest';
import type { Books, Claim, Notes } from '../../../src/core/books.js';
import { wantAlways } from '../../../src/core/demand.js';
import type { LeftPart } from '../../../src/core/part-books.js';
import { planAccount } from '../../../src/core/plan.js';
import { reckonSnapshot } from '../../../src/core/reckon/reckon.js';
import type { Vm } from '../../../src/core/types.js';
import {
  CLOUD_ABILITIES,
  deletedIds,
  HOUR,
  INSTALLATION,
  intentId,
  makeBooks,
  makeClaim,
  makeDeploy,
  makeFleet,
  makeIntent,
  makeNotes,
  makeOffer,
  makePart,
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

  it('proves nothing by names: another account of this installation bears them too', () => {
    const named = makeVm('x', { name: `web-${INSTALLATION}${intentId('aaaa')}00` });
    expect(look(booksOf(2), 'new', [named]).books.notes.keyDoubt).toBeDefined();
  });

  const left: LeftPart = {
    kind: 'boot-disk',
    id: 'd1',
    name: 'web-1-b',
    price: undefined,
    paidUntil: NOON + 30 * MINUTE,
    made: 'for-it',
    vmId: 'v1',
    vmName: 'web-1',
    vmCreatedAt: undefined,
    policy: 'web',
    intent: undefined,
    since: NOON - MINUTE,
    isBegun: true,
  };
  const open = makeIntent(intentId('aaaa'), { state: 'unknown', calledAt: NOON - MINUTE, deploy: makeDeploy(1) });

  it.each<[string, Partial<Books>]>([
    ['a disk that is left of a VM', { notes: { ...booksOf(0).notes, leftParts: [left] } }],
    ['a purchase that may still turn up', { ...booksOf(0), intents: [open] }],
    ['a VM that no listing has shown yet', { ...booksOf(0), claims: [makeClaim('1', { seenAt: undefined })] }],
  ])('is not believed while it can make forget %s', (_what, over) => {
    let books: Books = { ...booksOf(0), ...over };
    for (const minute of [0, 5, 11, 12]) {
      const seen = look(books, 'new', [], minute);
      ({ books } = seen);
      expect(seen.plan.actions).toEqual([]);
    }
    expect(books.notes.keyDoubt).toBeDefined();
    expect((books.notes.leftParts ?? []).length + books.intents.length + books.claims.length).toBe(1);
  });

  it.each<[string, Partial<Claim>, readonly Vm[]]>([
    ['deleted by us', { state: 'doomed', deletion: { intent: 'x', calledAt: NOON - MINUTE } }, []],
    ['ended by the provider', {}, [makeVm('v1', { status: 'terminated', parts: [] })]],
  ])('is believed by the disk of a VM that was %s, which is removed then', (_what, over, vms) => {
    const { kind, id, name, price, paidUntil, made } = left;
    const claim = makeClaim('v1', { parts: [{ kind, id, name, price, paidUntil, made }], ...over });
    const notes = makeNotes({ lastCompleteLook: { at: NOON - MINUTE, vms: 1 }, keyMark: 'old' });
    const books = makeBooks({ claims: [claim], notes });
    const cloud = { books, keyMark: 'new', product: 'cloud' as const, abilities: CLOUD_ABILITIES };
    const whole = makeSnapshot(vms, {}, cloud);
    const observed = { ...whole, inventory: { ...whole.inventory, leftovers: [makePart('d1')] } };
    const nobody = makePolicies({ fleets: [makeFleet({ demand: wantAlways(0) })] });
    const { snapshot } = reckonSnapshot(observed, nobody, settings);
    const byTheHour = makeSettings({ product: 'cloud', periodMillis: HOUR });
    expect(deletedIds(planAccount({ snapshot, policies: nobody, settings: byTheHour }))).toEqual(['d1']);
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

describe('SSH keys that policies added', () => {
  const addedKeys = { team: ['SHA256:kim'] };
  const key = { name: 'kim', fingerprint: 'SHA256:kim', publicKey: 'ssh-ed25519 AAAAkim', algorithm: 'ssh-ed25519' };
  const lookKeys = (books: Books, keyMark: string, keys: readonly (typeof key)[]) => {
    const over = { at: NOON, books, keyMark, keys };
    return reckonSnapshot(makeSnapshot([], {}, over), policies, settings).snapshot.books.notes.addedKeys;
  };

  it('are nobody known in another account that the new key opens', () => {
    expect(lookKeys(booksOf(0, { addedKeys }), 'old', [key])).toEqual(addedKeys);
    expect(lookKeys(booksOf(0, { addedKeys }), 'new', [key])).toBeUndefined();
  });

  it('are not forgotten because a key that is not believed shows none of them', () => {
    expect(lookKeys(booksOf(2, { addedKeys }), 'new', [])).toEqual(addedKeys);
    expect(lookKeys(booksOf(2, { addedKeys }), 'old', [])).toEqual({ team: [] });
  });
});
