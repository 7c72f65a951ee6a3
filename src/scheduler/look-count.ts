// Looks of an account are counted, so that many who ask for one at once are served by a single look: the first that begins
// after they asked. A count needs no clock that machines agree on, or that moves at all (stepped time). After a day without a
// look counting begins anew; nobody waits for one that long.
import { DAY_MILLIS } from '../core/money.js';
import type { Store } from '../ports/store.js';
import { noteKeys } from './engine.js';

type Notes = Pick<Store, 'readNote' | 'writeNote'>;

async function readCount(store: Notes, key: string): Promise<number> {
  return Number((await store.readNote(key)) ?? 0);
}

/** How many looks have begun: who asks now must be served by one of a higher number. */
export function countLooks(store: Notes, account: string): Promise<number> {
  return readCount(store, noteKeys.looksBegun(account));
}

/** The number of the look that begins now. Only who holds the account's lease may call it, before anything is read. */
export async function beginLook(store: Notes, account: string): Promise<number> {
  const number = (await countLooks(store, account)) + 1;
  await store.writeNote(noteKeys.looksBegun(account), String(number), DAY_MILLIS);
  return number;
}

/** To be called once what the look found is written down. */
export async function endLook(store: Notes, account: string, number: number): Promise<void> {
  await store.writeNote(noteKeys.lastLook(account), String(number), DAY_MILLIS);
}

/** Whether a look with a higher number was written down. */
export async function hasLookedSince(store: Notes, account: string, number: number): Promise<boolean> {
  return (await readCount(store, noteKeys.lastLook(account))) > number;
}
