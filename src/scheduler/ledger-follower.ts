// Follows the ledger of every account, so that a command can tell what happens while it happens. Reads only.
import type { LedgerEntry } from '../core/books.js';
import type { Engine } from './engine.js';

const POLL_MILLIS = 250;

export interface LedgerFollower {
  /** Reads what came since the last call and gives it to the listener. */
  catchUp(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts at the present end of the ledgers. */
export async function followLedger(
  engine: Pick<Engine, 'store' | 'accounts'>,
  tell: (entry: LedgerEntry) => void,
): Promise<LedgerFollower> {
  const places = new Map<string, string>();
  for (const account of engine.accounts.keys()) {
    const { place } = await engine.store.followLedger(account, undefined);
    places.set(account, place);
  }
  const readNew = async (account: string, from: string): Promise<void> => {
    const { entries, place } = await engine.store.followLedger(account, from);
    places.set(account, place);
    for (const entry of entries) tell(entry);
    if (entries.length > 0) await readNew(account, place);
  };
  let turn = Promise.resolve();
  const poll = async (): Promise<void> => {
    for (const [account, place] of places) await readNew(account, place);
  };
  const catchUp = (): Promise<void> => (turn = turn.then(poll).catch(() => undefined));
  const timer = setInterval(() => void catchUp(), POLL_MILLIS);
  return {
    catchUp,
    async stop() {
      clearInterval(timer);
      await catchUp();
    },
  };
}
