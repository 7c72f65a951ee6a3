// Draws by key: even, in bounds, and independent of order.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawHex, drawInteger, drawUnit } from '../../src/sim/random.js';

describe('a draw', () => {
  it('stays in its bounds and is the same for the same key', () => {
    fc.assert(
      fc.property(fc.integer(), fc.string(), fc.nat(1000), fc.nat(1000), (seed, key, least, more) => {
        const drawn = drawInteger(seed, key, least, least + more);
        expect(drawn >= least && drawn <= least + more).toBe(true);
        expect(drawInteger(seed, key, least, least + more)).toBe(drawn);
      }),
    );
  });

  it('is spread evenly over keys that differ in their last digits only', () => {
    const buckets = new Array<number>(10).fill(0);
    for (let serial = 0; serial < 10_000; serial += 1) {
      const bucket = Math.floor(drawUnit(1, `launch/${serial}`) * 10);
      buckets[bucket] = buckets[bucket]! + 1;
    }
    for (const count of buckets) expect(count > 850 && count < 1150).toBe(true);
  });

  it('makes ids that do not repeat', () => {
    const ids = Array.from({ length: 20_000 }, (_, serial) => drawHex(1, `id/${serial}`, 40).toLowerCase());
    expect(new Set(ids).size).toBe(20_000);
    expect(ids.every((id) => /^[0-9a-f]{40}$/.test(id))).toBe(true);
  });
});
