// Virtual time against a real clock that the test moves.
import { describe, expect, it } from 'vitest';
import { createSandboxClock } from '../../src/sim/sandbox-clock.js';

describe('the virtual clock', () => {
  it('runs at its speed, goes on from where it is when the speed changes, and jumps ahead only', () => {
    let real = 500;
    const clock = createSandboxClock(1_000_000, 60, () => real);
    real += 10;
    expect(clock.now()).toBe(1_000_600);
    clock.setSpeed(0);
    real += 1000;
    expect(clock.now()).toBe(1_000_600);
    clock.advanceTo(2_000_000);
    clock.advanceTo(1_500_000);
    expect(clock.now()).toBe(2_000_000);
    clock.setSpeed(1);
    real += 7;
    expect([clock.now(), clock.speed]).toEqual([2_000_007, 1]);
  });
});
