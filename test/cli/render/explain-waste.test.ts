import { describe, expect, it } from 'vitest';
import { explainWaste } from '../../../src/cli/render/explain-waste.js';
import type { VmTally } from '../../../src/core/tallies.js';
import { makeEntry } from '../../queue/books-samples.js';
import { DAY, HOUR } from '../../core/samples.js';

function tally(use: VmTally['use'], over: Partial<VmTally> = {}): VmTally {
  return { day: 10 * DAY, policy: 'web', use, vmId: '1', vmName: 'web-1', part: undefined, amount: 5n, ...over };
}
const entry = (at: number, event: 'parked' | 'delete-failed' | 'missed-boundary', text: string) =>
  makeEntry(at, { event, text, vmId: '1', vmName: 'web-1' });

describe('why money was wasted', () => {
  const ledger = [
    entry(9 * DAY, 'parked', 'web-1: window "day" closed'),
    entry(10 * DAY + HOUR, 'delete-failed', 'the service said: busy'),
    entry(11 * DAY + HOUR, 'parked', 'web-1: later'),
  ];

  it('is what the ledger said of that VM last, by then', () => {
    const whyOf = (use: VmTally['use'], over?: Partial<VmTally>) => explainWaste([tally(use, over)], ledger)[0]!.why;
    expect(whyOf('parked')).toBe('window "day" closed');
    expect(whyOf('parked', { day: 11 * DAY })).toBe('later');
    expect(whyOf('parked', { day: 8 * DAY })).toBe('it was parked before the ledger begins');
    expect(whyOf('missed')).toBe('the service said: busy');
    const part = { kind: 'public-ip', id: 'i1' } as const;
    expect(whyOf('idle', { vmId: 'i1', vmName: 'old-i', part, policy: undefined })).toBe(
      'a public IP attached to nothing',
    );
  });

  it('is asked of waste alone, day by day and the dearest first', () => {
    const tallies = [
      tally('wanted'),
      tally('foreign'),
      tally('parked'),
      tally('idle', { amount: 9n }),
      tally('missed', { day: 9 * DAY }),
    ];
    expect(explainWaste(tallies, []).map(({ use }) => use)).toEqual(['missed', 'idle', 'parked']);
    expect(explainWaste([tally('parked', { amount: 0n })], [])).toEqual([]);
  });
});
