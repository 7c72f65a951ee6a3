// Single wire values: every documented form is read exactly, everything else is refused and never guessed.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatUsdc } from '../../src/core/money.js';
import { readInstant, readPriceMicros, readText, Unreadable } from '../../src/fluence/read-values.js';

describe('prices', () => {
  it.each([
    [298160, 298_160n],
    ['0.30698', 306_980n],
    ['.30697', 306_970n],
    ['2', 2_000_000n],
    ['2.4352', 2_435_200n],
    ['0', 0n],
    [0, 0n],
  ])('reads %j as micro-USDC', (value, micros) => {
    expect(readPriceMicros(value, 'price')).toBe(micros);
  });

  it.each([undefined, null])('takes %j for not told', (value) => {
    expect(readPriceMicros(value, 'price')).toBeUndefined();
  });

  it.each([-1, '-0.5', 0.30698, 1e20, '100001', '9'.repeat(41), 'free', '', '.', '1e3', '0x10', NaN, true, {}, []])(
    'refuses %j',
    (value) => {
      expect(() => readPriceMicros(value, 'price')).toThrow(Unreadable);
    },
  );

  it('reads back whatever has six decimals', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 100_000_000_000n }), (micros) => {
        expect(readPriceMicros(formatUsdc(micros), 'price')).toBe(micros);
      }),
    );
  });
});

describe('times', () => {
  it.each([
    ['2025-04-30T11:55:09Z', Date.UTC(2025, 3, 30, 11, 55, 9)],
    ['+002025-03-28T16:26:38.808750000Z', Date.UTC(2025, 2, 28, 16, 26, 38, 808)],
    ['2025-03-28T16:26:38.8Z', Date.UTC(2025, 2, 28, 16, 26, 38, 800)],
    ['2025-03-28T16:26:38.9999Z', Date.UTC(2025, 2, 28, 16, 26, 38, 999)],
    ['2025-03-28T18:26:38+02:00', Date.UTC(2025, 2, 28, 16, 26, 38)],
    ['2025-03-28T11:26:38-0500', Date.UTC(2025, 2, 28, 16, 26, 38)],
    ['2028-02-29T00:00:00Z', Date.UTC(2028, 1, 29)],
  ])('reads %s', (text, instant) => {
    expect(readInstant(text, 'time')).toBe(instant);
  });

  it.each([
    '2025-02-29T00:00:00Z',
    '2025-02-30T00:00:00Z',
    '2025-13-01T00:00:00Z',
    '2025-04-31T00:00:00Z',
    '2025-04-30T24:00:00Z',
    '2025-04-30T11:60:00Z',
    '2025-04-30T11:55:09',
    '2025-04-30',
    '+102025-03-28T16:26:38Z',
    '9999-12-31T23:59:59Z',
    '1970-01-01T00:00:01Z',
    '0001-01-02T00:00:00Z',
    'soon',
    ' ',
    1746014109000,
    {},
    true,
  ])('refuses %j', (value) => {
    expect(() => readInstant(value, 'time')).toThrow(Unreadable);
  });

  it.each([null, undefined, '', '0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z', '1970-01-01T00:00:00Z'])(
    'takes %j for not told',
    (value) => {
      expect(readInstant(value, 'time')).toBeUndefined();
    },
  );

  it('reads every ISO time of these years as JavaScript does', () => {
    const date = fc.date({ min: new Date('2015-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(date, (time) => {
        expect(readInstant(time.toISOString(), 'time')).toBe(time.getTime());
        expect(readInstant(`+00${time.toISOString().replace('Z', '123456Z')}`, 'time')).toBe(time.getTime());
      }),
    );
  });
});

describe('any value', () => {
  it('is read, or told as unreadable with a short quote', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const read of [readPriceMicros, readInstant, readText]) {
          try {
            read(value, 'field');
          } catch (error) {
            expect(error).toBeInstanceOf(Unreadable);
            expect((error as Error).message.length).toBeLessThan(120);
          }
        }
      }),
    );
  });
});
