// Remembers the answer of a read for a while, so that what changes rarely isn't asked for at every turn. Questions that come
// while one is under way share its answer.
import type { Millis } from '../core/types.js';
import type { Clock } from '../ports/clock.js';

export interface Remembered<Value> {
  /**
   * The answer, at most so old. When it can't be read again, an older one stands; without any, this throws what the read threw.
   */
  get(): Promise<Value>;
  /** The next `get` asks again. */
  forget(): void;
}

export function remember<Value>(
  clock: Clock,
  keepMillis: Millis,
  read: () => Promise<Value>,
  more: { readonly standsWhenFailed?: boolean } = {},
): Remembered<Value> {
  const { standsWhenFailed = true } = more;
  let known: { readonly value: Value; readonly at: Millis } | undefined;
  let isStale = false;
  let open: Promise<Value> | undefined;

  async function readAgain(): Promise<Value> {
    const at = clock.monotonicMillis();
    try {
      const value = await read();
      known = { value, at };
      isStale = false;
      return value;
    } catch (error) {
      if (known === undefined || !standsWhenFailed) throw error;
      return known.value;
    } finally {
      open = undefined;
    }
  }

  return {
    get() {
      if (known !== undefined && !isStale && clock.monotonicMillis() - known.at < keepMillis)
        return Promise.resolve(known.value);
      open ??= readAgain();
      return open;
    },
    forget() {
      isStale = true;
    },
  };
}
