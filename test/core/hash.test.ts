// The small hash: known values of FNV-1a, and that it tells texts apart.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashText } from '../../src/core/hash.js';

describe('hashText', () => {
  it.each([
    ['', 'cbf29ce484222325'],
    ['a', 'af63dc4c8601ec8c'],
    ['foobar', '85944171f73967e8'],
  ])('gives FNV-1a of %j', (text, hash) => {
    expect(hashText(text)).toBe(hash);
  });

  it('is 16 hex digits, the same for the same text and another for another', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(hashText(a)).toMatch(/^[0-9a-f]{16}$/);
        expect(hashText(a) === hashText(b)).toBe(a === b);
      }),
      { numRuns: 500 },
    );
  });
});
