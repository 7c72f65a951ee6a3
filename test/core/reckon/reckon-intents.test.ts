// Intents after a look: answers that were lost, creates that come late, calls that nobody makes any more.
import { describe, expect, it } from 'vitest';
import type { Books } from '../../../src/core/books.js';
import { createSettleMillis } from '../../../src/core/reckon/reckon-intents.js';
import { reckonSnapshot, type Reckoned } from '../../../src/core/reckon/reckon.js';
import type { PolicySet } from '../../../src/core/policy-types.js';
import type { Vm } from '../../../src/core/types.js';
import {
  HOUR,
  makeBooks,
  makeClaim,
  makeDeploy,
  makeFleet,
  makeIntent,
  makeNotes,
  makePolicies,
  makeSettings,
  makeSnapshot,
  makeVm,
  DAY,
  MINUTE,
  NOON,
} from '../samples.js';
import { BASE_NAME, booksWith, ID, intentOf } from './lost-purchase.js';

const policies = makePolicies({ fleets: [makeFleet()] });

function lookAt(books: Books, minute: number, vms: readonly Vm[] = [], set: PolicySet = policies): Reckoned {
  const at = NOON + minute * MINUTE;
  return reckonSnapshot(makeSnapshot(vms, {}, { at, books }), set, makeSettings());
}

const after = (books: Books, minute: number, vms: readonly Vm[] = []): Books =>
  lookAt(books, minute, vms).snapshot.books;

describe('a create whose answer was lost', () => {
  it('lapses after three complete looks over ten minutes without its VMs', () => {
    let books = booksWith({});
    for (const minute of [1, 5, 9]) {
      books = after(books, minute);
      expect(intentOf(books)?.state).toBe('unknown');
    }
    const { snapshot, ledger } = lookAt(books, 10);
    expect(intentOf(snapshot.books)?.state).toBe('lapsed');
    expect(ledger.map((entry) => entry.event)).toEqual(['buy-lapsed']);
  });

  it('does not lapse after ten minutes with fewer than three looks', () => {
    let books = after(booksWith({}), 30);
    books = after(books, 31);
    expect(intentOf(books)?.state).toBe('unknown');
    expect(intentOf(after(books, 32))?.state).toBe('lapsed');
  });

  it('waits twice the p99 of launches when those are slow', () => {
    expect(createSettleMillis([])).toBe(10 * MINUTE);
    expect(createSettleMillis([7 * MINUTE])).toBe(14 * MINUTE);
    const notes = makeNotes({ launchMillis: [20 * MINUTE] });
    let books = { ...booksWith({}), notes };
    for (const minute of [1, 20, 39]) books = after(books, minute);
    expect(intentOf(books)?.state).toBe('unknown');
    expect(intentOf(after(books, 40))?.state).toBe('lapsed');
  });

  it('does not count a look that began before the call', () => {
    expect(intentOf(after(booksWith({}), 0))?.emptyLooks).toBe(0);
    expect(intentOf(after(booksWith({}), 1))?.emptyLooks).toBe(1);
  });

  it('is done when all its VMs turn up, and they are claimed as bought', () => {
    const vms = [
      makeVm('1', { name: BASE_NAME, createdAt: NOON }),
      makeVm('2', { name: `${BASE_NAME}00`, createdAt: NOON }),
    ];
    const { books } = lookAt(booksWith({}), 1, vms).snapshot;
    expect(intentOf(books)?.state).toBe('done');
    expect(intentOf(books)?.deploy?.vmIds).toEqual(['1', '2']);
    expect(books.claims.map((claim) => [claim.vmId, claim.origin, claim.state])).toEqual([
      ['1', 'bought', 'member'],
      ['2', 'bought', 'member'],
    ]);
  });

  it('is done with what it has when the rest never turns up', () => {
    let books = booksWith({});
    for (const minute of [1, 5, 9, 11])
      books = after(books, minute, [makeVm('1', { name: BASE_NAME, createdAt: NOON })]);
    expect(intentOf(books)?.state).toBe('done');
    expect(intentOf(books)?.deploy?.vmIds).toEqual(['1']);
  });

  it('is not settled by a list that can not be believed', () => {
    const claims = ['7', '8', '9'].map((id) => makeClaim(id));
    const notes = makeNotes({ lastCompleteLook: { at: NOON, vms: 3 } });
    const books = after({ ...booksWith({}), claims, notes }, 1);
    expect(intentOf(books)?.emptyLooks).toBe(0);
  });

  it('takes a call that nobody waits for any more as unknown', () => {
    expect(intentOf(after(booksWith({ state: 'calling' }), 9.9))?.state).toBe('calling');
    expect(intentOf(after(booksWith({ state: 'calling' }), 10))?.state).toBe('unknown');
  });
});

describe('a create that takes effect after it was given up', () => {
  it.each(['lapsed', 'failed', 'done', 'refused'] as const)(
    'is adopted as late, once, when its intent is %s',
    (state) => {
      const vms = [makeVm('1', { name: BASE_NAME, createdAt: NOON })];
      const first = lookAt(booksWith({ state, closedAt: NOON, reckoned: true }), 60, vms);
      expect(first.ledger.filter((entry) => entry.event === 'late-create').length).toBe(1);
      expect(first.snapshot.books.claims.map((claim) => claim.origin)).toEqual(['late']);
      expect(lookAt(first.snapshot.books, 61, vms).ledger).toEqual([]);
    },
  );

  it('is not adopted when the purchase lacks nothing, or when it stood before: a name alone gives no right', () => {
    const old = [makeVm('1', { name: BASE_NAME, createdAt: NOON - DAY })];
    expect(lookAt(booksWith({ state: 'lapsed', closedAt: NOON }), 60, old).snapshot.books.claims).toEqual([]);
    const { deploy } = booksWith({ state: 'done' }).intents[0]!;
    const full = { ...deploy!, vmIds: Array.from({ length: deploy!.count }, (_, index) => `gone-${index}`) };
    const young = [makeVm('1', { name: BASE_NAME, createdAt: NOON })];
    const books = booksWith({ state: 'done', closedAt: NOON, reckoned: true, deploy: full });
    expect(lookAt(books, 60, young).snapshot.books.claims).toEqual([]);
  });

  it('proves a call that the store has forgotten: a planned purchase whose VMs stand there is not sent', () => {
    const vms = [makeVm('1', { name: BASE_NAME, createdAt: NOON })];
    const { books } = lookAt(booksWith({ state: 'planned', calledAt: undefined }), 1, vms).snapshot;
    expect(books.intents[0]!.state).not.toBe('planned');
    expect(books.claims.length).toBe(1);
  });

  it('is left alone while its call is open', () => {
    const { books } = lookAt(booksWith({ state: 'calling' }), 1, [
      makeVm('1', { name: BASE_NAME, createdAt: NOON }),
    ]).snapshot;
    expect(books.claims).toEqual([]);
  });
});

describe('what nobody carries out any more', () => {
  const targets = [{ vmId: '1', from: 'a', to: 'b' }];
  const target = {
    vmId: '1',
    vmName: 'a',
    price: undefined,
    recordOnly: false,
    railExempt: false,
    reaped: false,
    publicIp: undefined,
  };
  const deletion = (boundary: number) => ({ targets: [{ ...target, boundary, reason: 'surplus' as const }] });

  it.each([
    ['a rename that waits', { kind: 'rename', state: 'planned', rename: { targets } }, 9, 'planned'],
    ['a rename that waits too long', { kind: 'rename', state: 'planned', rename: { targets } }, 10, 'lapsed'],
    ['a rename whose answer was lost', { kind: 'rename', state: 'unknown', rename: { targets } }, 1, 'lapsed'],
    ['a deletion in its call', { kind: 'delete', state: 'calling', delete: deletion(NOON + HOUR) }, 1, 'calling'],
    [
      'a deletion whose caller is gone',
      { kind: 'delete', state: 'calling', delete: deletion(NOON + HOUR) },
      2,
      'lapsed',
    ],
    [
      'a deletion whose answer was lost',
      { kind: 'delete', state: 'unknown', delete: deletion(NOON + HOUR) },
      1,
      'lapsed',
    ],
    ['a deletion in line', { kind: 'delete', state: 'planned', delete: deletion(NOON + HOUR) }, 59, 'planned'],
    [
      'a deletion in line, past its boundary',
      { kind: 'delete', state: 'planned', delete: deletion(NOON + HOUR) },
      60,
      'lapsed',
    ],
    ['a create of an older generation that waits', { state: 'planned', generation: 0 }, 1, 'refused'],
    ['a create of an older generation in its call', { state: 'calling', generation: 0 }, 1, 'calling'],
    ['a create that waits', { state: 'planned' }, 600, 'planned'],
  ] as const)('closes %s', (_what, over, minute, state) => {
    const isDeploy = !('kind' in over);
    const intent = makeIntent(ID, {
      createdAt: NOON,
      calledAt: undefined,
      ...(isDeploy ? { deploy: makeDeploy(1) } : {}),
      ...over,
    });
    expect(intentOf(after(makeBooks({ intents: [intent] }), minute))?.state).toBe(state);
  });

  it('is forgotten thirty days after it was closed', () => {
    const books = booksWith({ state: 'done', closedAt: NOON, reckoned: true });
    expect(intentOf(after(books, 30 * 24 * 60))).toBeDefined();
    const { changes } = lookAt(books, 30 * 24 * 60 + 1);
    expect(changes).toContainEqual({ kind: 'forget-intent', id: ID });
  });
});
