// Follows the ledger of every account, so that a command can tell what happens while it happens. Reads only.
import type { LedgerEntry } from '../core/books.js';
import type { Engine } from './engine.js';

const POLL_MILLIS = 250;

export interface LedgerFollower {
  /** Reads what came since the last call and gives it to the listener. */
  catchUp(): Promise<void>;
  stop(): Promise<void>;
}

function keyOf(entry: LedgerEntry): string {
  return [entry.at, entry.event, entry.intent, entry.vmId, entry.text].join('\n');
}

/** Where reading goes on: from the last entry that was told. */
interface Place {
  from: number;
  lastKey: string | undefined;
}

/** Starts at the present end of the ledgers. */
export async function followLedger(
  engine: Pick<Engine, 'store' | 'accounts' | 'clock'>,
  tell: (entry: LedgerEntry) => void,
): Promise<LedgerFollower> {
  const places = new Map<string, Place>();
  const readNew = async (account: string, place: Place): Promise<readonly LedgerEntry[]> => {
    const entries = await engine.store.readLedger(account, place.from, Number.MAX_SAFE_INTEGER);
    const known = place.lastKey === undefined ? -1 : entries.findLastIndex((entry) => keyOf(entry) === place.lastKey);
    const last = entries.at(-1);
    if (last !== undefined) Object.assign(place, { from: last.at, lastKey: keyOf(last) });
    return entries.slice(known + 1);
  };
  for (const account of engine.accounts.keys()) {
    const place: Place = { from: engine.clock.now() - 1, lastKey: undefined };
    await readNew(account, place);
    places.set(account, place);
  }
  let turn = Promise.resolve();
  const poll = async (): Promise<void> => {
    for (const [account, place] of places) for (const entry of await readNew(account, place)) tell(entry);
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
