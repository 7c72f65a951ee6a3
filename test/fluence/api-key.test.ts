// The key: asked for when needed, the last good one kept, never shown.
import { describe, expect, it } from 'vitest';
import { PurserError } from '../../src/core/errors.js';
import { createKeyHolder } from '../../src/fluence/api-key.js';

describe('a key source', () => {
  it('is asked each time, so that a new key is used at once', () => {
    let key = 'first-key';
    const keys = createKeyHolder('main', () => key);
    expect(keys.current()).toBe('first-key');
    key = 'second-key\n';
    expect(keys.current()).toBe('second-key');
  });

  it('that fails or is empty for a moment leaves the last good key in use', () => {
    const answers = ['first-key', '', 'two words', undefined];
    const keys = createKeyHolder('main', () => {
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      if (answer === undefined) throw new Error('the file is gone');
      return answer;
    });
    for (let count = 0; count < 5; count += 1) expect(keys.current()).toBe('first-key');
  });

  it('that fails is told with what it says and what to do', () => {
    const failing = createKeyHolder('main', () => {
      throw new Error('the file is gone');
    });
    expect(() => failing.current()).toThrow(/^Account main has no API key: the file is gone\. Set FLUENCE_API_KEY/);
    const telling = createKeyHolder('main', () => {
      throw new PurserError('api-key-missing', 'CI_KEY is not set: set it.');
    });
    expect(() => telling.current()).toThrow(/^CI_KEY is not set: set it\.$/);
  });
});

describe('a key', () => {
  it('read asynchronously is there after a refresh', async () => {
    const keys = createKeyHolder('main', () => Promise.resolve('slow-key'));
    expect(() => keys.current()).toThrow(/not read yet/);
    await keys.refresh();
    expect(keys.current()).toBe('slow-key');
  });

  it.each(['', '   ', 'two words', 'line\nbreak', 'schlüssel'])('%j is no key, and is not shown', (text) => {
    const keys = createKeyHolder('main', () => text);
    let message = '';
    try {
      keys.current();
    } catch (error) {
      message = (error as Error).message;
      expect(error).toMatchObject({ code: 'api-key-missing', effect: 'none' });
    }
    expect(message).toContain('Account main');
    if (text.trim() !== '') expect(message).not.toContain(text);
  });

  it('is taken out of every text, also after it was replaced and in its encoded form', () => {
    let key = 'old/key+1';
    const keys = createKeyHolder('main', () => key);
    keys.current();
    key = 'new-key-2';
    keys.current();
    expect(keys.scrub('a old/key+1 b old%2Fkey%2B1 c new-key-2 d')).toBe('a [API key] b [API key] c [API key] d');
  });
});

describe('the mark of a key', () => {
  it('is the same for the same key, another for another, and tells nothing of it', () => {
    let key = 'one-key';
    const holder = createKeyHolder('main', () => key);
    const first = holder.mark();
    expect(first).toMatch(/^[0-9a-f]{8}$/);
    expect(createKeyHolder('spare', () => 'one-key').mark()).toBe(first);
    key = 'another-key';
    expect(holder.mark()).not.toBe(first);
  });

  it('is of the key of this moment, without waiting, and none where there is no key', () => {
    expect(createKeyHolder('main', () => '').mark()).toBeUndefined();
  });
});
