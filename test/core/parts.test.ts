import { describe, expect, it } from 'vitest';
import { judgePart, listLetGoBy, readReleasePrice, readSavedPrice, readWholePrice } from '../../src/core/parts.js';
import type { Part } from '../../src/core/types.js';
import { daily, HOUR, INSTALLATION, intentId, makePart, makeVm, MINUTE, NOON, PRICE } from './samples.js';

const INTENT = intentId('7k3f');
const NAME = `web-${INSTALLATION}${INTENT}00`;
const owner = { vmId: 'v1', intent: INTENT, origin: 'bought', vmCreatedAt: NOON } as const;

function made(over: Partial<Part> = {}, by: Partial<Parameters<typeof judgePart>[1]> = {}): string {
  const part = makePart('d1', { name: `${NAME}-b`, createdAt: NOON, attachedTo: ['v1'], ...over });
  return judgePart(part, { ...owner, ...by }, INSTALLATION);
}

describe('judgePart', () => {
  it.each<[string, Partial<Part>, Partial<Parameters<typeof judgePart>[1]>, string]>([
    ['with the purchase', {}, {}, 'for-it'],
    ['by a purchase that was answered late', {}, { origin: 'late' }, 'for-it'],
    ['some moments before its VM was written down', { createdAt: NOON - 30_000 }, {}, 'for-it'],
    ['before the VM', { createdAt: NOON - 2 * MINUTE }, {}, 'by-others'],
    ['long after the VM', { createdAt: NOON + HOUR }, {}, 'by-others'],
    ['under another name', { name: 'archive' }, {}, 'by-others'],
    ['for another purchase', { name: `web-${INSTALLATION}${intentId('aaaa')}00-b` }, {}, 'by-others'],
    ['by another installation', { name: `web-b2${INTENT}00-b` }, {}, 'by-others'],
    ['and attached elsewhere', { attachedTo: ['v2'] }, {}, 'by-others'],
    ['and attached elsewhere too', { attachedTo: ['v1', 'v2'] }, {}, 'by-others'],
    ['for a VM that a person made', {}, { origin: 'adopted', intent: undefined }, 'by-others'],
    ['for a VM that was bought, and handed to another fleet', {}, { origin: 'adopted' }, 'for-it'],
    ['for a foreign VM', {}, { origin: 'reaped' }, 'by-others'],
    ['for a VM of no known purchase', {}, { intent: undefined }, 'by-others'],
    ['at a time that nobody tells', { createdAt: undefined }, {}, 'untold'],
    ['under a name that nobody tells', { name: undefined }, {}, 'untold'],
    ['for a VM whose age nobody tells', {}, { vmCreatedAt: undefined }, 'untold'],
  ])('a part that was made %s', (_, part, by, verdict) => {
    expect(made(part, by)).toBe(verdict);
  });
});

describe('prices with parts', () => {
  const hourly = (amount: bigint) => ({ amount, periodMillis: HOUR });

  it('are the sum of all, where all are told for one period', () => {
    const parts = [makePart('d1', { price: hourly(2_750n) }), makePart('i1', { price: hourly(4_110n) })];
    expect(readWholePrice(makeVm('v1', { price: hourly(12_790n), parts }))).toEqual(hourly(19_650n));
    expect(readWholePrice(makeVm('v1', { price: undefined, parts }))).toBeUndefined();
    expect(
      readWholePrice(makeVm('v1', { price: hourly(1n), parts: [makePart('d1', { price: undefined })] })),
    ).toBeUndefined();
    expect(
      readWholePrice(makeVm('v1', { price: hourly(1n), parts: [makePart('d1', { price: daily(1n) })] })),
    ).toBeUndefined();
    expect(readWholePrice(makeVm('v1'))).toEqual(PRICE);
  });

  it('that a deletion saves hold of the parts only those that are told', () => {
    expect(readSavedPrice(hourly(10n), [{ price: hourly(5n) }, { price: undefined }])).toEqual(hourly(15n));
    expect(readSavedPrice(undefined, [{ price: hourly(5n) }])).toBeUndefined();
  });
});

describe('listLetGoBy', () => {
  const time = { now: NOON, partsMillis: 90_000, landingMillis: 20_000 };
  const part = (paidUntil: number | undefined) => ({ paidUntil });

  it.each<[string, number, (number | undefined)[], number, number]>([
    ['the VM alone', HOUR, [], HOUR, 0],
    ['a part that comes first', HOUR, [58 * MINUTE], 58 * MINUTE, 90_000],
    ['the earliest of several', HOUR, [58 * MINUTE, 57 * MINUTE], 57 * MINUTE, 90_000],
    ['a part that comes a minute later, and takes longer to be gone', HOUR, [HOUR + MINUTE], HOUR + MINUTE, 90_000],
    ['a part that comes much later', HOUR, [HOUR + 5 * MINUTE], HOUR, 0],
    ['a part whose boundary has passed', HOUR, [-MINUTE], HOUR, 0],
    ['a part that no deletion can make any more', HOUR, [100_000], HOUR, 0],
    ['a part that tells no boundary', HOUR, [undefined], HOUR, 0],
    ['nothing that can be made: its own', 10_000, [5_000], 10_000, 0],
  ])('goes by %s', (_, own, parts, boundary, partsMillis) => {
    const ends = parts.map((at) => part(at === undefined ? undefined : NOON + at));
    expect(listLetGoBy(NOON + own, ends, time)[0]).toEqual({ boundary: NOON + boundary, partsMillis });
  });
});

describe('what listLetGoBy names after the first', () => {
  const time = { now: NOON, partsMillis: 90_000, landingMillis: 20_000 };

  it.each<[string, number, number[], number[]]>([
    ['is nothing without parts', 60, [], [60]],
    ['is its own, after a part that comes first', 60, [58], [58, 60]],
    ['is every part up to its own', 60, [58, 57, 20], [20, 57, 58, 60]],
    ['is one where several come due together', 60, [58, 58], [58, 60]],
    ['is its own even where a part that comes a minute later starts first', 60, [61], [61, 60]],
    ['is nothing that comes due after its own', 60, [65], [60]],
    ['is nothing that no deletion can make any more', 60, [1], [60]],
    ['is nothing of what may only come after its own can not be made', 0.1, [5, 6], [5]],
  ])('%s', (_, own, parts, expected) => {
    const ends = parts.map((minute) => ({ paidUntil: NOON + minute * MINUTE }));
    const found = listLetGoBy(NOON + own * MINUTE, ends, time);
    expect(found.map(({ boundary }) => (boundary - NOON) / MINUTE)).toEqual(expected);
  });
});

describe('readReleasePrice', () => {
  const hourly = (amount: bigint) => ({ amount, periodMillis: HOUR });
  const disk = (paidUntil: number | undefined) => ({ price: hourly(2_750n), paidUntil });
  const vm = { price: hourly(12_790n), paidUntil: NOON + 2 * MINUTE };

  it.each<[string, number, number | undefined, bigint]>([
    ['all of it where its disk comes due first', 0, 0, 15_540n],
    ['all of it where its disk comes due soon afterwards', 0, 20, 15_540n],
    ['the VM alone where its disk was paid shortly before', 2, 61, 12_790n],
    ['the VM alone where its disk will be paid before the deletion', 2, 1, 12_790n],
    ['all of it where nobody knows when its disk is due', 2, undefined, 15_540n],
  ])('is %s', (_, boundary, diskMinutes, saved) => {
    const parts = [disk(diskMinutes === undefined ? undefined : NOON + diskMinutes * MINUTE)];
    expect(readReleasePrice(vm, parts, NOON + boundary * MINUTE)).toEqual(hourly(saved));
  });

  it('is the disk alone where the VM itself is paid for most of the period', () => {
    expect(readReleasePrice({ ...vm, paidUntil: NOON + 50 * MINUTE }, [disk(NOON)], NOON)).toEqual(hourly(2_750n));
  });

  it('is not known where the price of the VM is not', () => {
    expect(readReleasePrice({ price: undefined, paidUntil: NOON + 50 * MINUTE }, [disk(NOON)], NOON)).toBeUndefined();
  });
});
