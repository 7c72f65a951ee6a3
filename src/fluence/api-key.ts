// The API key of one account: read, kept, read again when it changes, and kept out of every text. It must never appear in an
// error, a log or a message.
import { readFileSync, statSync } from 'node:fs';
import { CloudError } from '../ports/cloud.js';

/** Keys seen lately; answers to older requests may still quote the one before. */
const KEYS_REMEMBERED = 4;
const USABLE = /^[\x21-\x7e]+$/;

export interface KeyHolder {
  /** The key at this moment, without waiting. Throws CloudError `api-key-missing` when none was ever read. */
  readonly current: () => string;
  /** Reads the key again. A key that was read before stays in use while the source can't be read. */
  readonly refresh: () => Promise<void>;
  /** Replaces every occurrence of a key in a text. */
  readonly scrub: (text: string) => string;
}

/** `readKey` may be synchronous (then `current` is always fresh) or not (then `refresh` first). */
export function createKeyHolder(account: string, readKey: () => Promise<string> | string): KeyHolder {
  const known: string[] = [];
  let problem = 'it was not read yet';

  function accept(text: string): void {
    const key = text.trim();
    if (key === '') problem = 'it is empty';
    else if (!USABLE.test(key)) problem = 'it holds spaces or characters that no API key has';
    else if (known[0] !== key) {
      known.unshift(key);
      known.length = Math.min(known.length, KEYS_REMEMBERED);
    }
  }
  function note(error: unknown): void {
    problem = error instanceof Error ? error.message : String(error);
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
      throw new CloudError(
        'api-key-missing',
        `account ${account} has no API key: ${problem}. ` +
          'Set FLUENCE_API_KEY or FLUENCE_API_KEY_FILE, or keyEnv or keyFile of the account in purser.yaml.',
        { effect: 'none', details: { account } },
      );
    },
    async refresh() {
      await read();
    },
    scrub,
  };
}

/** A `readKey` for a key file: reads it again only when the file has changed. Throws plain errors that name the path. */
export function createFileKeyReader(path: string): () => string {
  let cached: { readonly stamp: string; readonly key: string } | undefined;
  return () => {
    const { mtimeMs, size, ino } = statSync(path);
    const stamp = `${mtimeMs}/${size}/${ino}`;
    if (cached?.stamp !== stamp) cached = { stamp, key: readFileSync(path, 'utf8').trim() };
    return cached.key;
  };
}
