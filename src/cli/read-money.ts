// The money that an account has left, where its product tells. An API that can't be asked tells nothing.
import { findMoney } from '../core/runway.js';
import type { Micros } from '../core/types.js';
import type { EngineAccount } from '../scheduler/engine.js';

/** undefined: not told, or not now. */
export async function readMoney({ cloud }: Pick<EngineAccount, 'cloud'>): Promise<Micros | undefined> {
  return findMoney(await cloud.listBalances().catch(() => undefined));
}
