import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyChanges } from '../../src/core/apply-commit.js';
import { changes, makeBooks, makeClaim, makeIntent } from '../queue/books-samples.js';

describe('applying changes to the books', () => {
  it('applies a claim only over the state that it expects', () => {
    const before = makeBooks({ claims: [makeClaim('0x1', { state: 'doomed' })] });
    const takeBack = { kind: 'claim', claim: makeClaim('0x1'), expect: 'parked' } as const;
    const buy = { kind: 'claim', claim: makeClaim('0x2'), expect: 'absent' } as const;
    const { books, failed } = applyChanges(before, [takeBack, buy]);
    expect(failed).toEqual([takeBack]);
    expect(books.claims).toEqual([makeClaim('0x1', { state: 'doomed' }), makeClaim('0x2')]);
  });

  it('judges each change by what the changes before it left', () => {
    const park = { kind: 'claim', claim: makeClaim('0x1', { state: 'parked' }), expect: 'member' } as const;
    const { books, failed } = applyChanges(makeBooks({ claims: [makeClaim('0x1')] }), [
      park,
      park,
      { kind: 'unclaim', vmId: '0x1', expect: 'parked' },
    ]);
    expect(failed).toEqual([park]);
    expect(books.claims).toEqual([]);
  });

  it('opens, closes and forgets intents', () => {
    const closed = makeIntent('k3f9x2', { state: 'done' });
    const { books, failed } = applyChanges(makeBooks(), [
      { kind: 'intent', intent: makeIntent('k3f9x2'), expect: 'absent' },
      { kind: 'intent', intent: closed, expect: 'planned' },
      { kind: 'intent', intent: makeIntent('m4g0y3'), expect: 'absent' },
      { kind: 'forget-intent', id: 'm4g0y3' },
    ]);
    expect(failed).toEqual([]);
    expect(books.intents).toEqual([closed]);
  });

  it('leaves the given books alone and keeps one claim a VM, one record an intent', () => {
    fc.assert(
      fc.property(fc.array(changes, { maxLength: 40 }), (list) => {
        const before = makeBooks();
        const { books, failed } = applyChanges(before, list);
        expect(before).toEqual(makeBooks());
        expect(new Set(books.claims.map((claim) => claim.vmId)).size).toBe(books.claims.length);
        expect(new Set(books.intents.map((intent) => intent.id)).size).toBe(books.intents.length);
        const rest = list.filter((change) => !failed.includes(change));
        expect(applyChanges(before, rest)).toEqual({ books, failed: [] });
      }),
    );
  });
});
