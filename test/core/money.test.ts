// Tables and properties of money: exact, never a float, never understated.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addPercent,
  comparePrices,
  convertCap,
  costOver,
  DAY_MILLIS,
  findUnused,
  formatUsdc,
  HOUR_MILLIS,
  parseUsdc,
  sumMicros,
} from '../../src/core/money.js';

const amounts = fc.bigInt({ min: 0n, max: 10n ** 15n });
const periods = fc.constantFrom(HOUR_MILLIS, DAY_MILLIS, 1000, 7 * DAY_MILLIS);
const prices = fc.record({ amount: amounts, periodMillis: periods });

describe('parseUsdc', () => {
  it.each([
    ['0.30698', 306_980n],
    ['.30697', 306_970n],
    ['2', 2_000_000n],
    ['2.', 2_000_000n],
    ['-1.5', -1_500_000n],
    [' 0.1 ', 100_000n],
    ['0.0000001', 1n],
    ['-0.0000001', -1n],
    ['0.1234560', 123_456n],
    ['0.1234569', 123_457n],
    ['007', 7_000_000n],
    ['123456789012345678.000001', 123_456_789_012_345_678_000_001n],
  ])('reads %s', (text, micros) => {
    expect(parseUsdc(text)).toBe(micros);
  });

  it.each(['', '.', '-', '-.', '1e3', '0x10', '1,5', '1.2.3', 'NaN', '+1', '1 2', 'Infinity'])('refuses %j', (text) => {
    expect(parseUsdc(text)).toBeUndefined();
  });

  it('reads back what formatUsdc writes', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), (micros) => {
        expect(formatUsdc(micros)).toMatch(/^-?\d+\.\d{6}$/);
        expect(parseUsdc(formatUsdc(micros))).toBe(micros);
      }),
    );
  });

  it('never understates: the result is at least what the text says, by less than one micro', () => {
    fc.assert(
      fc.property(fc.nat(999), fc.stringMatching(/^\d{1,12}$/), (whole, fraction) => {
        const scaled = BigInt(`${whole}${fraction.padEnd(12, '0')}`);
        const read = parseUsdc(`${whole}.${fraction}`)! * 10n ** 6n;
        expect(read >= scaled && read - scaled < 10n ** 6n).toBe(true);
      }),
    );
  });
});

describe('comparing and converting prices', () => {
  it('compares across periods exactly', () => {
    const hourly = { amount: 1n, periodMillis: HOUR_MILLIS };
    expect(comparePrices(hourly, { amount: 24n, periodMillis: DAY_MILLIS })).toBe(0);
    expect(comparePrices(hourly, { amount: 25n, periodMillis: DAY_MILLIS })).toBe(-1);
    expect(comparePrices(hourly, { amount: 23n, periodMillis: DAY_MILLIS })).toBe(1);
  });

  it('is an order', () => {
    fc.assert(
      fc.property(prices, prices, prices, (a, b, c) => {
        expect(comparePrices(a, b) + comparePrices(b, a)).toBe(0);
        if (comparePrices(a, b) <= 0 && comparePrices(b, c) <= 0) expect(comparePrices(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('converts a cap to one that never allows more', () => {
    fc.assert(
      fc.property(prices, periods, (cap, period) => {
        const converted = convertCap(cap, period);
        expect(converted.periodMillis).toBe(period);
        expect(comparePrices(converted, cap)).toBeLessThanOrEqual(0);
        const next = { ...converted, amount: converted.amount + 1n };
        expect(comparePrices(next, cap)).toBe(1);
      }),
    );
  });

  it('adds percents rounded down', () => {
    expect(addPercent({ amount: 306_980n, periodMillis: DAY_MILLIS }, 2).amount).toBe(313_119n);
    expect(addPercent({ amount: 49n, periodMillis: DAY_MILLIS }, 2).amount).toBe(49n);
  });

  it('rounds a cost over some time up', () => {
    expect(costOver({ amount: 24n, periodMillis: DAY_MILLIS }, HOUR_MILLIS)).toBe(1n);
    expect(costOver({ amount: 24n, periodMillis: DAY_MILLIS }, HOUR_MILLIS + 1)).toBe(2n);
    expect(costOver({ amount: 24n, periodMillis: DAY_MILLIS }, 0)).toBe(0n);
  });

  it('sums', () => {
    expect(sumMicros([])).toBe(0n);
    expect(sumMicros([1n, 2n, -5n])).toBe(-2n);
  });
});

describe('findUnused', () => {
  const price = { amount: 300_000n, periodMillis: DAY_MILLIS };

  it('is the share of the period that was left, at most the whole of it', () => {
    expect(findUnused({ price, paidUntil: DAY_MILLIS }, DAY_MILLIS / 2)).toBe(150_000n);
    expect(findUnused({ price, paidUntil: 3 * DAY_MILLIS }, 0)).toBe(300_000n);
  });

  it('is nothing that is known at or after the boundary, or without a price or a boundary', () => {
    expect(findUnused({ price, paidUntil: DAY_MILLIS }, DAY_MILLIS)).toBeUndefined();
    expect(findUnused({ price: undefined, paidUntil: DAY_MILLIS }, 0)).toBeUndefined();
    expect(findUnused({ price, paidUntil: undefined }, 0)).toBeUndefined();
  });
});
