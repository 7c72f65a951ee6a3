// Why a bill is more than what was counted: before Purser counted, or while it removed the thing, or nobody knows.
import { describe, expect, it } from 'vitest';
import type { LedgerEntry } from '../../src/core/books.js';
import { explainBilled } from '../../src/core/explain-billed.js';
import { makeEntry } from '../queue/books-samples.js';
import { DAY, HOUR, MINUTE, NOON } from './samples.js';

const DAY_1 = Math.floor(NOON / DAY) * DAY;
const SINCE = DAY_1 + 8 * HOUR;
const disk = { day: DAY_1, id: 'd1', vmId: 'vm-1', name: 'boot-disk of web-1', counted: 5n, billed: 8n };
const entry = (event: LedgerEntry['event'], at: number, vmId = 'vm-1') => makeEntry(at, { event, vmId });
const BOUGHT = entry('bought', SINCE + HOUR);
const REMOVED = entry('delete-called', SINCE + 2 * HOUR);

describe('more was billed than counted', () => {
  it.each([
    ['bought since and removed that day', [BOUGHT, REMOVED], SINCE, 'while-removed'],
    ['bought since, and nothing removed it', [BOUGHT], SINCE, 'unknown'],
    [
      'another one was bought and removed',
      [entry('bought', NOON, 'x'), entry('deleted', NOON, 'x')],
      SINCE,
      'before-counting',
    ],
    ['removed, but it stood there before counting began that day', [REMOVED], SINCE, 'before-counting'],
    ['removed, on a day that was counted whole', [REMOVED], DAY_1, 'while-removed'],
    ['a removal that began before midnight', [entry('doomed', DAY_1 - MINUTE)], DAY_1 - DAY, 'while-removed'],
    ['removed long before', [entry('deleted', DAY_1 - 2 * HOUR)], DAY_1 - DAY, 'unknown'],
    ['nothing is known of it', [], DAY_1, 'unknown'],
  ] as const)('%s', (_what, ledger, since, reason) => {
    expect(explainBilled(disk, ledger, since)).toBe(reason);
  });

  it('is a reason for more alone', () => {
    expect(explainBilled({ ...disk, billed: 1n }, [BOUGHT, REMOVED], SINCE)).toBe('unknown');
  });
});
