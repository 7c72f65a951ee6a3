// Keeps the variant of a marketplace that was found in the store's notes, so that other processes needn't ask. It holds for one
// address: an account that moves to another API is asked anew.
import { noteKeys, type EngineLog } from '../scheduler/engine.js';
import type { Store } from '../ports/store.js';
import type { Variant, VariantMemory } from '../fluence/marketplace/variants.js';

const VARIANTS: ReadonlySet<unknown> = new Set<Variant>(['v3', 'v2', 'oldest']);

function readNote(text: string | undefined, url: string): Variant | undefined {
  if (text === undefined) return undefined;
  try {
    const note: unknown = JSON.parse(text);
    if (typeof note !== 'object' || note === null || !('url' in note) || !('variant' in note)) return undefined;
    return note.url === url && VARIANTS.has(note.variant) ? (note.variant as Variant) : undefined;
  } catch {
    return undefined;
  }
}

/** A store that is away costs a question more, nothing else. */
export function createVariantMemory(
  store: Pick<Store, 'readNote' | 'writeNote'>,
  account: { readonly name: string; readonly url: string },
  log: Pick<EngineLog, 'debug'>,
): VariantMemory {
  const { name, url } = account;
  const key = noteKeys.variant(name);
  return {
    async read() {
      try {
        return readNote(await store.readNote(key), url);
      } catch (error) {
        log.debug({ err: error, account: name }, 'Which variant the marketplace has could not be read');
        return undefined;
      }
    },
    async write(variant) {
      try {
        await store.writeNote(key, JSON.stringify({ url, variant }));
      } catch (error) {
        log.debug({ err: error, account: name }, 'Which variant the marketplace has could not be kept');
      }
    },
  };
}
