// The way to a call that has effects: a rate token, the store's gate (freeze, generation, intent, doom), and then, in the same
// synchronous step as the dispatch, the local freeze and the age of the permit. Nothing may be awaited between the last
// check and the dispatch.
import { setTimeout as pause } from 'node:timers/promises';
import type { Intent } from '../src/core/books.js';
import type { Millis } from '../src/core/types.js';
import type { JobOutcome } from '../src/ports/queue.js';
import type { CallPermit } from '../src/ports/store.js';
import type { Engine, EngineAccount } from '../src/scheduler/engine.js';
import { warnOnce } from './warn-once.js';

/**
 * How long nobody else may call for the intent. Short, because the work of a killed worker must start again in seconds; it may
 * be shorter than a call, since a second attempt does nothing that a first one in flight could spoil: a deploy is never sent
 * again (it becomes `unknown`), and a deletion is only repeated for what is doomed already.
 */
const CALL_LEASE_MILLIS: Millis = 6_000;
/** A permit that is older than this is not used: its lease must still stand at the dispatch. */
const PERMIT_FRESH_MILLIS: Millis = 3_000;

/** What waited longer was planned for a demand and on offers that may be gone: it is planned anew if still wanted. */
const FRESH_MILLIS: Millis = 5 * 60_000;
/** A look by today's settings comes within a tick; a worker that has the other settings may come sooner. */
const OTHER_SETTINGS_MILLIS: Millis = 2_000;

export type Gate =
  | {
      readonly open: true;
      readonly doomed: readonly string[];
      readonly notDoomed: readonly string[];
      /** Ids and names that are protected by hand, in the store and here. */
      readonly protect: readonly string[];
      isStillOpen(): boolean;
    }
  | {
      readonly open: false;
      readonly why:
        | Exclude<CallPermit, { granted: true }>['why']
        | 'frozen-here'
        | 'observing'
        | 'other-settings'
        | 'outdated'
        | 'paused'
        | 'stopped';
      readonly retryAfterMillis: Millis | undefined;
    };

/** Waits for a token of the account's rate; false when told to stop. */
export async function waitForToken(engine: Engine, account: EngineAccount, abort: AbortSignal): Promise<boolean> {
  while (!abort.aborted) {
    const wait = await engine.store.takeToken(account.settings.name, account.settings.ratePerSecond);
    if (wait <= 0) return true;
    await pause(wait, undefined, { signal: abort }).catch(() => undefined);
  }
  return false;
}

/** Whether the last look that wanted it is longer ago than plans are good for. */
export function isOutdated({ clock }: Engine, intent: Intent): boolean {
  const fresh = FRESH_MILLIS * Math.max(1, clock.speed?.() ?? 1);
  return clock.now() - (intent.wantedAt ?? intent.createdAt) > fresh;
}

/** What was begun goes on. Else a person may have protected its VM, lowered a rail or ended acting since it was planned. */
function findForbidden(engine: Engine, { settings }: EngineAccount, intent: Intent) {
  if (settings.mode === 'pause') return 'paused';
  if (settings.mode === 'observe' && settings.isModeTold !== false) return 'observing';
  if (intent.state !== 'planned' || intent.settingsHash === settings.settingsHash) return undefined;
  const fields = { account: intent.account, intent: intent.id };
  const text = 'Work that was planned under other settings (mode, protect, rails) waits until a look confirms it';
  warnOnce(engine, `settings ${intent.account} ${intent.settingsHash}`, fields, text);
  return 'other-settings';
}

/** Asks the gate for one call of an intent. `isStillOpen` must be the last thing before the dispatch, with nothing awaited between. */
export async function passGate(
  engine: Engine,
  account: EngineAccount,
  intent: Intent,
  call: { readonly attempt: string; readonly abort: AbortSignal; readonly doom: readonly string[] },
): Promise<Gate> {
  const stopped = { open: false, why: 'stopped', retryAfterMillis: undefined } as const;
  if (!(await waitForToken(engine, account, call.abort))) return stopped;
  const frozenHere = { open: false, why: 'frozen-here', retryAfterMillis: undefined } as const;
  if (engine.handles.readFrozenBy() !== undefined) return frozenHere;
  const forbidden = findForbidden(engine, account, intent);
  if (forbidden !== undefined) return { open: false, why: forbidden, retryAfterMillis: undefined };
  // A store that was set back gives out work that was done long ago.
  if ((engine.memory.readGeneration()?.number ?? 0) > intent.generation)
    return { open: false, why: 'generation-changed', retryAfterMillis: undefined };
  if (intent.kind === 'deploy' && intent.state === 'planned' && isOutdated(engine, intent))
    return { open: false, why: 'outdated', retryAfterMillis: undefined };
  const askedAt = engine.clock.monotonicMillis();
  const permit = await engine.store.beginCall({
    account: account.settings.name,
    intent: intent.id,
    generation: intent.generation,
    attempt: call.attempt,
    leaseMillis: CALL_LEASE_MILLIS,
    now: engine.clock.now(),
    doom: call.doom,
    isOnce: intent.kind === 'deploy',
  });
  if (!permit.granted) return { open: false, why: permit.why, retryAfterMillis: permit.retryAfterMillis };
  return {
    open: true,
    doomed: permit.doomed,
    notDoomed: permit.notDoomed,
    // Only deletions ask, and the file is read from the disk.
    protect: intent.kind === 'delete' ? [...permit.protect, ...engine.handles.readProtected()] : [],
    isStillOpen: () =>
      permit.isOnDisk !== false &&
      !call.abort.aborted &&
      engine.handles.readFrozenBy() === undefined &&
      engine.clock.monotonicMillis() - askedAt < PERMIT_FRESH_MILLIS,
  };
}

type ClosedGate = Extract<Gate, { open: false }>;

/** What a closed gate means for the intent: refused for good, or tried again later. */
export function isFinalRefusal(gate: ClosedGate): boolean {
  return ['frozen', 'frozen-here', 'generation-changed', 'observing', 'outdated', 'paused'].includes(gate.why);
}

/** Where the gate may open soon for this very intent, here or for another worker: the job comes again. */
export function retryLater({ why, retryAfterMillis }: ClosedGate): JobOutcome | undefined {
  if (why === 'in-flight')
    return { result: 'retry', afterMillis: retryAfterMillis ?? 5_000, text: 'another worker is calling' };
  if (why === 'stopped') return { result: 'retry', afterMillis: 0, text: 'stopped before the call' };
  if (why !== 'other-settings') return undefined;
  const text = 'planned under other settings: it waits for a look';
  return { result: 'retry', afterMillis: OTHER_SETTINGS_MILLIS, text };
}
