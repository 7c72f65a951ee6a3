// What a job about an intent begins with: the account and the intent as they are now, or what the job ends with. Calls nothing.
import type { Intent } from '../src/core/books.js';
import type { Millis } from '../src/core/types.js';
import type { JobData, JobOutcome } from '../src/ports/queue.js';
import type { Engine, EngineAccount } from '../src/scheduler/engine.js';
import { warnOnce } from './warn-once.js';

type IntentJob = Extract<JobData, { intent: string }>;

export type Work =
  | { readonly account: EngineAccount; readonly intent: Intent; readonly outcome?: undefined }
  | { readonly outcome: JobOutcome };

const contents = {
  deploy: 'deploy',
  delete: 'delete',
  rename: 'rename',
  'remove-parts': 'removeParts',
  ports: 'ports',
  key: 'key',
} as const satisfies Record<IntentJob['kind'], keyof Intent>;

/** Other workers may know the account: they look into the queue many times in this time. */
const ELSEWHERE_MILLIS: Millis = 2_000;

/** Reads the intent of a job of this kind; `outcome` when there is nothing to do, or nothing that this process may do. */
export async function findWork(engine: Engine, kind: IntentJob['kind'], data: JobData): Promise<Work> {
  if (data.kind !== kind || !('intent' in data)) throw new Error(`not a ${kind} job: ${data.kind}`);
  await engine.clock.sync();
  const { account: name, intent: id } = data;
  const account = engine.accounts.get(name);
  if (account === undefined) {
    const text = `account ${name} is not in this process's purser.yaml: left to another worker`;
    warnOnce(engine, `account ${name}`, { account: name, intent: id }, `Work is left undone here: ${text}`);
    return { outcome: { result: 'retry', afterMillis: ELSEWHERE_MILLIS, text } };
  }
  const intent = await engine.store.readIntent(name, id);
  if (intent?.[contents[kind]] === undefined)
    return { outcome: { result: 'done', text: 'nothing to do: no such intent' } };
  if (intent.state !== 'planned' && intent.state !== 'calling')
    return { outcome: { result: 'done', text: `nothing to do: it is ${intent.state}` } };
  return { account, intent };
}
