// The clock difference: median of the last nine, `Date` in the middle of the exchange, staleness of a cache taken out.
import { describe, expect, it } from 'vitest';
import { createSkewMeter } from '../../src/fluence/skew.js';

const NOW = Date.UTC(2026, 0, 2, 12, 0, 0);

function answer(serverTime: number, headers: Record<string, string> = {}, tookMillis = 0) {
  return {
    headers: { date: new Date(serverTime).toUTCString(), ...headers },
    sentAt: NOW,
    headersAt: NOW + tookMillis,
  };
}

describe('skew', () => {
  it('is not known before the first Date header', () => {
    const meter = createSkewMeter();
    meter.observe({ headers: {}, sentAt: NOW, headersAt: NOW });
    meter.observe({ headers: { date: 'yesterday' }, sentAt: NOW, headersAt: NOW });
    expect(meter.skewMillis()).toBeUndefined();
  });

  it('counts half a second for the second that Date cuts off, and the middle of the exchange as now', () => {
    const meter = createSkewMeter();
    meter.observe(answer(NOW + 10_000, {}, 400));
    expect(meter.skewMillis()).toBe(10_000 + 500 - 200);
  });

  it('takes the age of a cached answer out', () => {
    const meter = createSkewMeter();
    meter.observe(answer(NOW - 30_000, { age: '30' }));
    expect(meter.skewMillis()).toBe(500);
  });

  it('is the median, so one wrong proxy clock changes nothing', () => {
    const meter = createSkewMeter();
    for (const offset of [0, 1000, 9 * 3_600_000]) meter.observe(answer(NOW + offset));
    expect(meter.skewMillis()).toBe(1500);
  });

  it('forgets what is older than nine answers', () => {
    const meter = createSkewMeter();
    for (let count = 0; count < 9; count += 1) meter.observe(answer(NOW + 60_000));
    for (let count = 0; count < 5; count += 1) meter.observe(answer(NOW));
    expect(meter.skewMillis()).toBe(500);
  });
});
