import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findNextBoundary, judgeFixedClock } from '../../src/core/fixed-clock.js';
import { DAY, daily, HOUR, makeVm, MINUTE, NOON, PRICE } from './samples.js';

const MIDNIGHT = NOON - 12 * HOUR;
const BOUNDARY = MIDNIGHT + 17 * HOUR + 55 * MINUTE;
const PHASE = BOUNDARY % DAY;
const CLOCK = { phaseMillis: PHASE, periodMillis: DAY };

/** Made so many minutes before now, charged at so many minutes from now. */
const vm = (madeAgo: number, chargedIn: number) =>
  makeVm('a', { createdAt: NOON - madeAgo * MINUTE, paidUntil: NOON + chargedIn * MINUTE });
const judge = (vms: Parameters<typeof judgeFixedClock>[0], known?: typeof CLOCK) =>
  judgeFixedClock(vms, DAY, NOON, known);
const until = (BOUNDARY - NOON) / MINUTE;

describe('judgeFixedClock', () => {
  it('is fixed where two share their time of day and a first period was cut short', () => {
    expect(judge([vm(100, until), vm(900, until)])).toEqual(CLOCK);
  });

  it('is not said by one VM, nor by VMs whose boundaries follow from when they were made', () => {
    expect(judge([])).toBe('untold');
    expect(judge([vm(100, until)])).toBe('untold');
    const rolling = 24 * 60 - until;
    expect(judge([vm(rolling, until), vm(rolling + 20, until)])).toBe('untold');
  });

  it('is rolling where two have times of their own, or one has another than was known', () => {
    expect(judge([vm(100, until), vm(900, until + 2)])).toBe('rolling');
    expect(judge([vm(100, until + 2)], CLOCK)).toBe('rolling');
    expect(judge([vm(100, until)], CLOCK)).toBe('untold');
  });

  it('goes by no VM of another period, whose boundary is not known to lie ahead, or that tells no making', () => {
    const odd = [
      { ...vm(100, until + 30), price: { ...PRICE, periodMillis: HOUR } },
      vm(5000, -30),
      { ...vm(9, 9), paidUntil: undefined },
    ];
    expect(judge([vm(100, until), vm(900, until), ...odd])).toEqual(CLOCK);
    expect(judge([vm(100, until), vm(900, until)].map((one) => ({ ...one, createdAt: undefined })))).toBe('untold');
  });

  it('takes no rolling account for a fixed one, whenever its VMs were made and however long they launched', () => {
    const made = fc.tuple(fc.integer({ min: 1, max: 20_000 }), fc.integer({ min: 0, max: 29 }));
    fc.assert(
      fc.property(fc.array(made, { minLength: 1, maxLength: 6 }), (list) => {
        const vms = list.map(([ago, launch]) => {
          const begun = NOON - (ago - launch) * MINUTE;
          const periods = Math.max(1, Math.floor((NOON - begun) / DAY) + 1);
          return makeVm('a', { createdAt: NOON - ago * MINUTE, paidUntil: begun + periods * DAY, price: daily(1n) });
        });
        expect(['rolling', 'untold']).toContain(judge(vms));
      }),
    );
  });
});

describe('findNextBoundary', () => {
  it('is the first one after, never the instant itself', () => {
    expect(findNextBoundary(CLOCK, NOON)).toBe(BOUNDARY);
    expect(findNextBoundary(CLOCK, BOUNDARY)).toBe(BOUNDARY + DAY);
    expect(findNextBoundary(CLOCK, BOUNDARY - 1)).toBe(BOUNDARY);
  });
});
