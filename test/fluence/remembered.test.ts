// What is remembered of reads: for so long, shared by all who ask at once, and an old answer where a new one can't be had.
import { describe, expect, it } from 'vitest';
import { remember } from '../../src/fluence/remembered.js';
import { createStillClock } from './still-clock.js';

function setUp(more?: { standsWhenFailed: boolean }) {
  const clock = createStillClock();
  let monotonic = 0;
  const state = { reads: 0, failure: undefined as Error | undefined };
  const steppedClock = { ...clock, now: () => clock.at, monotonicMillis: () => monotonic };
  const read = (): Promise<number> => {
    state.reads += 1;
    return state.failure === undefined ? Promise.resolve(state.reads) : Promise.reject(state.failure);
  };
  return {
    state,
    remembered: remember(steppedClock, 1000, read, more),
    step: (millis: number) => {
      monotonic += millis;
    },
  };
}

describe('a remembered read', () => {
  it('is asked once for all who ask at once, and again when it is old or to be forgotten', async () => {
    const { remembered, step, state } = setUp();
    expect(await Promise.all([remembered.get(), remembered.get()])).toEqual([1, 1]);
    step(999);
    expect(await remembered.get()).toBe(1);
    step(1);
    expect(await remembered.get()).toBe(2);
    remembered.forget();
    expect(await remembered.get()).toBe(3);
    expect(state.reads).toBe(3);
  });

  it('that fails leaves the old answer, or throws where that would be a danger', async () => {
    const kept = setUp();
    const strict = setUp({ standsWhenFailed: false });
    for (const { remembered, step, state } of [kept, strict]) {
      await remembered.get();
      step(1000);
      state.failure = new Error('away');
    }
    expect(await kept.remembered.get()).toBe(1);
    await expect(strict.remembered.get()).rejects.toThrow('away');
  });

  it('that never succeeded throws, and is asked again', async () => {
    const { remembered, state } = setUp();
    state.failure = new Error('away');
    await expect(remembered.get()).rejects.toThrow('away');
    state.failure = undefined;
    expect(await remembered.get()).toBe(2);
  });
});
