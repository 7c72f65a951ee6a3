// The newest plan of an account, left in the store for `status` and `approve`. Packed, because a plan of ten thousand VMs is
// megabytes of text that each tick would add to Redis' append-only file. Decides nothing.
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { decodeJson, encodeJson } from '../core/json.js';
import type { Plan } from '../core/plan-types.js';
import type { Millis } from '../core/types.js';
import type { Store } from '../ports/store.js';
import { noteKeys } from './engine.js';

const pack = promisify(gzip);
const unpack = promisify(gunzip);
/** Texts of plans repeat themselves: the quickest level makes them a tenth already. */
const LEVEL = 1;

/** Without what only the next step of the tick needs: marks, probes, the trace. */
export async function writePlanNote(store: Pick<Store, 'writeNote'>, plan: Plan, ttlMillis: Millis): Promise<void> {
  const kept: Plan = { ...plan, marks: [], probes: [], trace: [] };
  const packed = await pack(encodeJson(kept), { level: LEVEL });
  await store.writeNote(noteKeys.plan(plan.account), packed.toString('base64'), ttlMillis);
}

/** undefined: nobody has planned lately. */
export async function readPlanNote(store: Pick<Store, 'readNote'>, account: string): Promise<Plan | undefined> {
  const text = await store.readNote(noteKeys.plan(account));
  if (text === undefined) return undefined;
  return decodeJson((await unpack(Buffer.from(text, 'base64'))).toString('utf8')) as Plan;
}
