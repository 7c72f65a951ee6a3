// Reads single intents. Jobs come many at once and each begins with its intent: what is asked in one turn of the event loop
// goes to Redis as one command. Nothing is kept: the next turn reads anew.
import DataLoader from 'dataloader';
import type { Intent } from '../core/books.js';
import { composeIntent } from './books-codec.js';
import { readIntentsScript } from './scripts/intent.js';
import { callScript, type StoreContext } from './store-context.js';

/** As many as one script unpacks at ease. */
const MOST_AT_ONCE = 500;

type Texts = readonly (string | null)[];

async function readIntents(context: StoreContext, account: string, ids: readonly string[]) {
  const own = context.keys.account(account);
  const hashes = [own.intents, own.intentStates, own.intentCalls];
  const [jsons, states, calls] = (await callScript(context, readIntentsScript, hashes, ids)) as [Texts, Texts, Texts];
  return ids.map((_, index): Intent | undefined => {
    const [json, state] = [jsons[index], states[index]];
    if (typeof json !== 'string' || typeof state !== 'string') return undefined;
    return composeIntent(json, state, calls[index] ?? undefined);
  });
}

/** Reads an intent as it is now, after the call; undefined when there is none. Throws `redis-unreachable`. */
export function createIntentReader(
  context: StoreContext,
): (account: string, id: string) => Promise<Intent | undefined> {
  const loaders = new Map<string, DataLoader<string, Intent | undefined>>();
  return (account, id) => {
    let loader = loaders.get(account);
    if (loader === undefined) {
      const read = (ids: readonly string[]) => readIntents(context, account, ids);
      loaders.set(account, (loader = new DataLoader(read, { cache: false, maxBatchSize: MOST_AT_ONCE })));
    }
    return loader.load(id);
  };
}
