// The benchmarks' own arithmetic: medians, turns, limits.
import { describe, expect, it } from 'vitest';
import { judgeAtLeast, judgeAtMost, medianOf, takeTurns } from '../../bench/measure.js';

describe('medianOf', () => {
  it('takes the middle of an odd number of values, whatever their order', () => {
    expect(medianOf([9, 1, 5])).toBe(5);
  });

  it('takes the mean of the two in the middle of an even number', () => {
    expect(medianOf([10, 1, 3, 2])).toBe(2.5);
  });

  it('is not moved by one wild value', () => {
    expect(medianOf([10, 11, 12, 13, 100_000])).toBe(12);
  });

  it('refuses to answer for nothing', () => {
    expect(() => medianOf([])).toThrow('nothing');
  });

  it('leaves the values where they stand', () => {
    const values = [3, 1, 2];
    medianOf(values);
    expect(values).toEqual([3, 1, 2]);
  });
});

describe('takeTurns', () => {
  it('turns the order round every time, so that neither side always comes first', async () => {
    const order: string[] = [];
    await takeTurns({ a: () => order.push('a'), b: () => order.push('b') }, 3, 1);
    expect(order.join('')).toBe('baabbaab');
  });

  it('gives the median of each side and throws the warm-up away', async () => {
    const ours = [1_000, 30, 10, 20];
    const bare = [1_000, 6, 5, 4];
    const taken = await takeTurns({ ours: () => Promise.resolve(ours.shift()!), bare: () => bare.shift()! }, 3, 1);
    expect(taken).toEqual({ ours: 20, bare: 5 });
  });
});

describe('a limit', () => {
  it.each([
    [2.999, true],
    [3, true],
    [3.001, false],
    [Number.NaN, false],
    [Number.POSITIVE_INFINITY, false],
  ])('of at most 3 holds for %d: %s', (ratio, ok) => {
    expect(judgeAtMost('name', ratio, 3, 'detail')).toEqual({ name: 'name', ratio, limit: 3, ok, detail: 'detail' });
  });

  it.each([
    [0.499, false],
    [0.5, true],
    [Number.NaN, false],
  ])('of at least 0.5 holds for %d: %s', (ratio, ok) => {
    expect(judgeAtLeast('name', ratio, 0.5, 'detail').ok).toBe(ok);
  });
});
