// Sums over plain records: by day, policy and use in quarter-hours, by VM in days.
import { describe, expect, it } from 'vitest';
import type { ChargeRecord } from '../../src/core/charge-records.js';
import { findDay, roundToQuarters, tallyByPolicy, tallyByVm } from '../../src/core/tallies.js';
import { DAY, HOUR, MINUTE, NOON } from './samples.js';

const MIDNIGHT = findDay(NOON) * DAY;

function charge(at: number, amount: bigint, over: Partial<ChargeRecord> = {}): ChargeRecord {
  return { at, account: 'main', policy: 'web', vmId: '1', vmName: 'web-1', amount, use: 'wanted', ...over };
}

describe('tallies by policy', () => {
  const records = [
    charge(NOON, 1n),
    charge(NOON + 14 * MINUTE, 2n),
    charge(NOON + 15 * MINUTE, 4n),
    charge(NOON + DAY, 8n),
    charge(NOON, 16n, { use: 'parked' }),
    charge(NOON, 32n, { policy: undefined, use: 'foreign', vmId: '2' }),
  ];

  it('add up what differs in nothing but VM and instant', () => {
    expect(tallyByPolicy(records, MIDNIGHT, MIDNIGHT + 2 * DAY)).toEqual([
      { day: MIDNIGHT, policy: 'web', use: 'parked', amount: 16n },
      { day: MIDNIGHT, policy: 'web', use: 'wanted', amount: 7n },
      { day: MIDNIGHT, policy: undefined, use: 'foreign', amount: 32n },
      { day: MIDNIGHT + DAY, policy: 'web', use: 'wanted', amount: 8n },
    ]);
  });

  it('begin and end at any quarter-hour: a day of Kathmandu begins at 18:15 of UTC', () => {
    const wanted = (from: number, to: number) =>
      tallyByPolicy(records, from, to)
        .filter(({ use }) => use === 'wanted')
        .map(({ amount }) => amount);
    expect(wanted(NOON, NOON + 15 * MINUTE)).toEqual([3n]);
    expect(wanted(NOON + 15 * MINUTE, NOON + HOUR)).toEqual([4n]);
    expect(wanted(NOON + 16 * MINUTE, NOON + HOUR)).toEqual([4n]);
    expect(wanted(NOON + HOUR, NOON + 2 * HOUR)).toEqual([]);
    expect(roundToQuarters(NOON + 1, NOON + 2)).toEqual({ from: NOON, to: NOON + 15 * MINUTE });
  });
});

describe('tallies by VM', () => {
  it('tell VMs, their parts and their names apart, in whole days', () => {
    const part = { kind: 'boot-disk', id: 'd1' } as const;
    const records = [
      charge(NOON, 1n),
      charge(NOON + HOUR, 2n),
      charge(NOON, 4n, { part }),
      charge(NOON, 8n, { vmName: 'web-renamed' }),
      charge(NOON - DAY, 16n),
    ];
    const tallied = tallyByVm(records, NOON + 3 * HOUR, NOON + 4 * HOUR);
    expect(tallied.map(({ vmName, part: of, amount }) => [vmName, of?.id, amount])).toEqual([
      ['web-1', 'd1', 4n],
      ['web-1', undefined, 3n],
      ['web-renamed', undefined, 8n],
    ]);
    expect(tallyByVm(records, NOON - DAY, NOON).map(({ amount }) => amount)).toEqual([16n, 4n, 3n, 8n]);
    expect(tallyByVm(records, NOON - DAY, MIDNIGHT).map(({ amount }) => amount)).toEqual([16n]);
  });
});
