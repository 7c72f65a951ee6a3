import { describe, expect, it } from 'vitest';
import { fillSecrets, hasPlaceFor } from '../../src/core/cloud-init.js';

describe('a cloud-init text', () => {
  it('gets its secrets where they stand, and keeps the variables of its own shell', () => {
    const text = 'echo ${TOKEN} ${HOME} $TOKEN ${TOKEN}${URL}';
    expect(fillSecrets(text, { TOKEN: 'a', URL: 'b' })).toBe('echo a ${HOME} $TOKEN ab');
    expect(fillSecrets(text, {})).toBe(text);
  });

  it('takes a secret as it is: no pattern of a replacement, no place of another', () => {
    expect(fillSecrets('${A} ${B}', { A: '$& ${B} $1', B: 'b' })).toBe('$& ${B} $1 b');
  });

  it('has a place for the whole name only', () => {
    expect([hasPlaceFor('x ${TOKEN}', 'TOKEN'), hasPlaceFor('${TOKENS} $TOKEN', 'TOKEN')]).toEqual([true, false]);
  });
});
