import { describe, expect, it } from 'vitest';
import { DAY_MILLIS, HOUR_MILLIS } from '../../../../src/core/money.js';
import type { ScenarioClock } from '../../../../src/core/scenario.js';
import { boundForReaped } from '../../../../src/sim/backtest/bound/bound-for-reaped.js';

const HOURLY: ScenarioClock = { kind: 'rolling', periodMillis: HOUR_MILLIS };
const EVENING: ScenarioClock = { kind: 'fixed', timeOfDayMillis: 18 * HOUR_MILLIS };

interface Row {
  readonly title: string;
  readonly clock: ScenarioClock;
  /** In hours. */
  readonly boughtAt: number;
  readonly paidUntil?: number;
  readonly busyUntil?: number;
  readonly goneAt?: number;
  readonly span: readonly [number, number];
  readonly periods: number;
}

const rows: readonly Row[] = [
  { title: 'never busy: what its owner paid', clock: HOURLY, boughtAt: 1.5, span: [0, 48], periods: 1 },
  { title: 'busy to the boundary', clock: HOURLY, boughtAt: 1.5, busyUntil: 3.5, span: [0, 48], periods: 2 },
  { title: 'busy beyond the boundary', clock: HOURLY, boughtAt: 1.5, busyUntil: 3.6, span: [0, 48], periods: 3 },
  { title: 'bought before the span', clock: HOURLY, boughtAt: -2, busyUntil: 2, span: [0, 48], periods: 2 },
  { title: 'busy after the span', clock: HOURLY, boughtAt: 0, busyUntil: 99, span: [0, 48], periods: 48 },
  { title: 'deleted by its owner', clock: HOURLY, boughtAt: 0, busyUntil: 99, goneAt: 4.5, span: [0, 48], periods: 5 },
  {
    title: 'a boundary of its own',
    clock: HOURLY,
    boughtAt: 0,
    paidUntil: 0.25,
    busyUntil: 2,
    span: [0, 48],
    periods: 3,
  },
  { title: 'bought after the span', clock: HOURLY, boughtAt: 50, busyUntil: 60, span: [0, 48], periods: 0 },
  { title: 'fixed: a short first day', clock: EVENING, boughtAt: 17, busyUntil: 18, span: [0, 96], periods: 1 },
  { title: 'fixed: busy past the boundary', clock: EVENING, boughtAt: 17, busyUntil: 18.1, span: [0, 96], periods: 2 },
  { title: 'fixed: bought at it', clock: EVENING, boughtAt: 18, busyUntil: 42.1, span: [0, 96], periods: 2 },
];

describe('boundForReaped', () => {
  it.each(rows)('$title: $periods', ({ clock, span, periods, ...row }) => {
    const at = (hours: number | undefined): number | undefined =>
      hours === undefined ? undefined : hours * HOUR_MILLIS;
    const vm = {
      boughtAt: row.boughtAt * HOUR_MILLIS,
      paidUntil: at(row.paidUntil),
      busyUntil: at(row.busyUntil),
      goneAt: at(row.goneAt),
      priceAt: () => 7n,
    };
    const found = boundForReaped(vm, clock, span[0] * HOUR_MILLIS, span[1] * HOUR_MILLIS);
    expect(found).toEqual({ periods, total: 7n * BigInt(periods) });
  });

  it('has no day that is charged twice, over a month', () => {
    const vm = { boughtAt: 0, paidUntil: undefined, busyUntil: 30 * DAY_MILLIS, goneAt: undefined, priceAt: () => 3n };
    const daily: ScenarioClock = { kind: 'rolling', periodMillis: DAY_MILLIS };
    expect(boundForReaped(vm, daily, 0, 30 * DAY_MILLIS).periods).toBe(30);
    expect(boundForReaped(vm, EVENING, 0, 30 * DAY_MILLIS).periods).toBe(31);
  });
});
