import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesName } from '../../src/core/name-pattern.js';

describe('matchesName', () => {
  it.each([
    ['web', 'web', true],
    ['web-1', 'web', false],
    ['web-1', '*', true],
    ['', '*', true],
    ['web-', 'web-*', true],
    ['web-1', 'web-*', true],
    ['a-web-1', 'web-*', false],
    ['a', 'a*a', false],
    ['aba', 'a*a', true],
    ['ab', 'a**b', true],
    ['axbxc', 'a*b*c', true],
    ['acb', 'a*b*c', false],
    ['a+1', 'a+1', true],
    ['aaa', 'a+', false],
  ])('%s against %s is %s', (name, pattern, expected) => {
    expect(matchesName(name, pattern)).toBe(expected);
  });

  it('says what a regular expression says', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 6 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 5 });
    fc.assert(
      fc.property(text, pattern, (name, written) => {
        expect(matchesName(name, written)).toBe(new RegExp(`^${written.replaceAll('*', '.*')}$`).test(name));
      }),
    );
  });

  it('is quick with any pattern', () => {
    expect(matchesName('a'.repeat(10_000), '*a'.repeat(4000) + 'b')).toBe(false);
  });
});
