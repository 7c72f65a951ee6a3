// The API key of one account: asked for at each call, remembered, and kept out of every text. It must never appear in an
// error, a log or a message.
import { createHash } from 'node:crypto';
import { PurserError } from '../core/errors.js';
import { CloudError } from '../ports/cloud.js';

/** Keys seen lately; answers to older requests may still quote the one before. */
const KEYS_REMEMBERED = 4;
const USABLE = /^[\x21-\x7e]+$/;

export interface KeyHolder {
  /** The key at this moment, without waiting. Throws CloudError `api-key-missing` when none was ever read. */
  readonly current: () => string;
  /** Reads the key again. A key that was read before stays in use while the source can't be read. */
  readonly refresh: () => Promise<void>;
  /** Tells keys apart without telling any: a short mark of the key of this moment; undefined: there is none. */
  readonly mark: () => string | undefined;
  /** Replaces every occurrence of a key in a text. */
  readonly scrub: (text: string) => string;
}

/** `readKey` may be synchronous (then `current` is always fresh) or not (then `refresh` first). */
export function createKeyHolder(account: string, readKey: () => Promise<string> | string): KeyHolder {
  const known: string[] = [];
  let problem = describeMissing(account, 'it was not read yet');

  function accept(text: string): void {
    const key = text.trim();
    if (key === '') problem = describeMissing(account, 'it is empty');
    else if (!USABLE.test(key)) problem = describeMissing(account, 'it holds spaces or characters that no API key has');
    else if (known[0] !== key) {
      known.unshift(key);
      known.length = Math.min(known.length, KEYS_REMEMBERED);
    }
  }
  function note(error: unknown): void {
    // A PurserError says in full what, where and what to do.
    if (error instanceof PurserError) problem = error.message;
    else problem = describeMissing(account, error instanceof Error ? error.message : String(error));
  }
  function scrub(text: string): string {
    let clean = text;
    for (const key of known) {
      for (const form of [key, encodeURIComponent(key)]) clean = clean.replaceAll(form, '[API key]');
    }
    return clean;
  }
  /** Reads at once where the source allows it; what is left to wait for is returned. */
  function read(): Promise<void> | undefined {
    try {
      const answer = readKey();
      if (typeof answer !== 'string') return answer.then(accept, note);
      accept(answer);
    } catch (error) {
      note(error);
    }
    return undefined;
  }

  void read();
  return {
    current() {
      void read();
      const key = known[0];
      if (key !== undefined) return key;
      throw new CloudError('api-key-missing', problem, { effect: 'none', details: { account } });
    },
    mark() {
      void read();
      return known[0] === undefined ? undefined : markOf(known[0]);
    },
    async refresh() {
      await read();
    },
    scrub,
  };
}

/** 32 of 256 bits: enough to notice another key, and nothing that a key could be found from. */
function markOf(key: string): string {
  return createHash('sha256').update(`purser key mark ${key}`).digest('hex').slice(0, 8);
}

function describeMissing(account: string, why: string): string {
  return (
    `Account ${account} has no API key: ${why}. ` +
    'Set FLUENCE_API_KEY or FLUENCE_API_KEY_FILE, or keyEnv or keyFile of the account in purser.yaml.'
  );
}
