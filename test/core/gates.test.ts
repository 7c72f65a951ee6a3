// What stands above every rule, and in which order.
import { describe, expect, it } from 'vitest';
import { judgeGates } from '../../src/core/gates.js';
import type { Notes } from '../../src/core/books.js';
import type { Snapshot } from '../../src/core/plan-types.js';
import type { Mode } from '../../src/core/types.js';
import { makeBooks, makeNotes, makeSettings, makeSnapshot, MINUTE, NOON } from './samples.js';

function codes(over: Partial<Snapshot>, notes: Partial<Notes> = {}, mode: Mode = 'act') {
  const snapshot = makeSnapshot([], { notes: makeNotes(notes) }, over);
  const { deploys, deletes } = judgeGates(snapshot, makeSettings({ mode }));
  return [deploys?.code, deletes?.code];
}

const partial = { ...makeSnapshot([]).inventory, state: 'partial', problems: ['page 2 failed'] } as const;
const failed = { ...partial, state: 'failed' } as const;
const doubt = { since: NOON - MINUTE, looks: 1, text: 'doubted' };
const recovering = { since: NOON - MINUTE, looks: 2 };
const frozen = makeBooks({
  notes: makeNotes(),
  handles: { freeze: { since: NOON, why: 'holidays' }, protect: [], approvals: [] },
});

describe('judgeGates', () => {
  it.each([
    ['nothing is wrong', codes({}), undefined, undefined],
    ['the account is paused', codes({}, {}, 'pause'), 'paused', 'paused'],
    ['the account observes', codes({}, {}, 'observe'), 'observing', 'observing'],
    ['it is frozen by a file', codes({ frozenBy: 'freeze.json' }), 'frozen', 'frozen'],
    ['it is frozen by hand', codes({ books: frozen }), 'frozen', 'frozen'],
    [
      'the API fails, but the list was read: only purchases wait',
      codes({ serviceDoubt: { code: 'api-failing', text: 'the API failed 5 times' } }),
      'api-failing',
      undefined,
    ],
    [
      'the API asked to wait, and the list failed for it',
      codes({ inventory: failed, serviceDoubt: { code: 'api-told-to-wait', text: 'it asked' } }),
      'untrusted-inventory',
      'untrusted-inventory',
    ],
    ['the key is not proven', codes({}, { keyDoubt: doubt }), 'key-replaced', 'key-replaced'],
    ['the list is partial', codes({ inventory: partial }), 'untrusted-inventory', 'untrusted-inventory'],
    ['the list failed', codes({ inventory: failed }), 'untrusted-inventory', 'untrusted-inventory'],
    [
      'the list is doubted',
      codes({}, { inventoryDoubt: { ...doubt, vms: 0 } }),
      'untrusted-inventory',
      'untrusted-inventory',
    ],
    ['the skew is two minutes', codes({ clock: { skewMillis: -120_000, jumpMillis: 0 } }), undefined, undefined],
    [
      'the skew is more',
      codes({ clock: { skewMillis: -120_001, jumpMillis: 0 } }),
      'untrusted-clock',
      'untrusted-clock',
    ],
    [
      'the clock jumped',
      codes({ clock: { skewMillis: undefined, jumpMillis: 9 * 3_600_000 } }),
      'untrusted-clock',
      'untrusted-clock',
    ],
    ['the clock is still doubted', codes({}, { clockDoubt: doubt }), 'untrusted-clock', 'untrusted-clock'],
    ['the store is new', codes({}, { recovering }), 'recovering', 'recovering'],
    [
      'the store was looked into three times',
      codes({}, { recovering: { ...recovering, looks: 3 } }),
      'recovering',
      'recovering',
    ],
    [
      'the store was looked into three times over ten minutes',
      codes({}, { recovering: { since: NOON - 10 * MINUTE, looks: 3 } }),
      undefined,
      'recovering',
    ],
    [
      'the store is new and the account observes',
      codes({}, { recovering: { ...recovering, looks: 3 } }, 'observe'),
      'observing',
      'observing',
    ],
    ['it is frozen and the list failed', codes({ frozenBy: 'x', inventory: failed }), 'frozen', 'frozen'],
  ] as const)('when %s', (_what, found, deploys, deletes) => {
    expect(found).toEqual([deploys, deletes]);
  });

  it('says what was wrong with the list, and why it was frozen', () => {
    expect(judgeGates(makeSnapshot([], {}, { inventory: partial }), makeSettings()).deletes?.text).toContain(
      'page 2 failed',
    );
    expect(judgeGates(makeSnapshot([], {}, { books: frozen }), makeSettings()).deletes?.text).toContain('holidays');
  });
});

describe('a freeze', () => {
  const textOf = (over: Partial<Snapshot>) =>
    judgeGates(makeSnapshot([], { notes: makeNotes() }, over), makeSettings()).deletes?.text;

  it('is told with why, where a person said so, and otherwise with where it is written', () => {
    expect(textOf({ frozenBy: '/state/freeze', books: frozen })).toBe(
      'frozen by hand: holidays; `purser thaw` ends it',
    );
    expect(textOf({ frozenBy: '/state/freeze' })).toBe('frozen by /state/freeze; `purser thaw` ends it');
  });
});
