// Properties of VM names: what we give we recognise, what others give we don't.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ALPHABET,
  buildBaseName,
  buildIntentId,
  buildMemberName,
  isIntentIdOf,
  isPolicyName,
  MOST_PER_INTENT,
  parseMemberName,
} from '../../src/core/names.js';

const letter = fc.constantFrom(...ALPHABET);
const bodies = fc.array(letter, { minLength: 4, maxLength: 4 }).map((letters) => letters.join(''));
const installations = fc.array(letter, { minLength: 2, maxLength: 2 }).map((letters) => letters.join(''));
const fleets = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?$/);
const indexes = fc.integer({ min: 0, max: MOST_PER_INTENT - 1 });

describe('member names', () => {
  it('are read back, with and without an index', () => {
    fc.assert(
      fc.property(fleets, installations, bodies, indexes, (fleet, installation, body, index) => {
        const intent = buildIntentId(body, installation);
        const base = buildBaseName(fleet, installation, intent);
        expect(parseMemberName(base, installation)).toEqual({ fleet, intent, index: undefined });
        const name = buildMemberName(fleet, installation, intent, index);
        expect(parseMemberName(name, installation)).toEqual({ fleet, intent, index });
        expect(name.length).toBeLessThanOrEqual(23);
        expect(name).toMatch(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);
      }),
      { numRuns: 1000 },
    );
  });

  it('differ for every index of an intent', () => {
    const names = Array.from({ length: MOST_PER_INTENT }, (_, index) => buildMemberName('web', 'a1', 'k3f9x2', index));
    expect(new Set(names).size).toBe(1024);
  });

  it('of another installation are foreign', () => {
    fc.assert(
      fc.property(fleets, installations, installations, bodies, (fleet, ours, theirs, body) => {
        fc.pre(ours !== theirs);
        const name = buildMemberName(fleet, theirs, buildIntentId(body, theirs), 0);
        expect(parseMemberName(name, ours)).toBeUndefined();
      }),
    );
  });

  it('with a wrong check are foreign, whichever the check', () => {
    const good = buildIntentId('k3f9', 'a1').slice(4);
    for (const first of ALPHABET) {
      for (const second of ALPHABET) {
        const check = first + second;
        const isOurs = parseMemberName(`web-a1k3f9${check}`, 'a1') !== undefined;
        expect(isOurs).toBe(check === good);
      }
    }
  });

  it('hardly ever arise by chance: the check of an id differs between installations', () => {
    const checks = [...ALPHABET].flatMap((first) => [...ALPHABET].map((second) => `${first}${second}`));
    const same = checks.filter((installation) => isIntentIdOf(buildIntentId('k3f9', 'a1'), installation));
    expect(same).toContain('a1');
    expect(same.length).toBeLessThan(8);
  });

  it.each(['', 'web', 'web-a1', 'web-a1k3f9', 'WEB-a1k3f9x2', 'web_a1k3f9x200', 'web-a1k3f9x2000', '-a1k3f9x2'])(
    'are not %j',
    (name) => {
      expect(parseMemberName(name, 'a1')).toBeUndefined();
    },
  );

  it('are read whatever the text is', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseMemberName(text, 'a1')));
  });
});

describe('isPolicyName', () => {
  it.each(['a', 'web', 'fr-web-1', '0', 'abcdefghijkl'])('takes %s', (name) => {
    expect(isPolicyName(name)).toBe(true);
  });
  it.each(['', '-a', 'a-', 'Web', 'a_b', 'abcdefghijklm', 'a b', 'é'])('refuses %j', (name) => {
    expect(isPolicyName(name)).toBe(false);
  });
});
