import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSystemClock } from '../../src/scheduler/system-clock.js';

const START = Date.UTC(2026, 10, 21, 10);

describe('the system clock', () => {
  beforeEach(() => void vi.useFakeTimers({ now: START }));
  afterEach(() => void vi.useRealTimers());

  it('waits until an instant and not a moment less', async () => {
    const clock = createSystemClock();
    const at = START + 30 * 3_600_000;
    let arrived: number | undefined;
    const waiting = clock.waitUntil(at).then(() => (arrived = clock.now()));
    await vi.advanceTimersByTimeAsync(at - START - 1);
    expect(arrived).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    await waiting;
    expect(arrived).toBe(at);
  });

  it('waits months in timers that are small enough for Node', async () => {
    const setTimer = vi.spyOn(globalThis, 'setTimeout');
    const abort = new AbortController();
    const waiting = createSystemClock().waitUntil(START + 60 * 86_400_000, abort.signal);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(setTimer.mock.calls.length).toBeGreaterThan(1);
    for (const [, millis] of setTimer.mock.calls) expect(millis).toBeLessThan(2 ** 31);
    abort.abort();
    await waiting;
  });

  it('notices within seconds that the wall clock jumped ahead', async () => {
    const clock = createSystemClock();
    const waiting = clock.waitUntil(START + 3_600_000);
    vi.setSystemTime(START + 7_200_000);
    await vi.advanceTimersByTimeAsync(5_000);
    await waiting;
    expect(clock.now()).toBe(START + 7_205_000);
  });

  it('resolves at once for a past instant and when aborted, and leaves no timer', async () => {
    const clock = createSystemClock();
    await clock.waitUntil(START);
    await clock.waitUntil(START + 1, AbortSignal.abort());
    const abort = new AbortController();
    const waiting = clock.waitUntil(START + 3_600_000, abort.signal);
    abort.abort();
    await waiting;
    expect(vi.getTimerCount()).toBe(0);
    await clock.sync();
  });

  it('has a monotonic time beside the wall clock', () => {
    const clock = createSystemClock();
    const first = clock.monotonicMillis();
    vi.setSystemTime(START - 3_600_000);
    expect(clock.monotonicMillis()).toBeGreaterThanOrEqual(first);
    expect(clock.now()).toBe(START - 3_600_000);
  });
});
