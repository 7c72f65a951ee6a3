// The way to a call that has effects: a rate token, the store's gate (freeze, generation, intent, doom), and then, in the same
// synchronous step as the dispatch, the local freeze and the age of the permit. Nothing may be awaited between the last
// check and the dispatch.
import { setTimeout as pause } from 'node:timers/promises';
import type { Intent } from '../src/core/books.js';
import type { Millis } from '../src/core/types.js';
import type { CallPermit } from '../src/ports/store.js';
import type { Engine, EngineAccount } from '../src/scheduler/engine.js';

/**
 * How long nobody else may call for the intent. Short, because the work of a killed worker must start again in seconds; it may
 * be shorter than a call, since a second attempt does nothing that a first one in flight could spoil: a deploy is never sent
 * again (it becomes `unknown`), and a deletion is only repeated for what is doomed already.
 */
const CALL_LEASE_MILLIS: Millis = 6_000;
/** A permit that is older than this is not used: its lease must still stand at the dispatch. */
const PERMIT_FRESH_MILLIS: Millis = 3_000;

/** A purchase that waited longer was planned for a demand and on offers that may be gone: it is planned anew if still wanted. */
const DEPLOY_FRESH_MILLIS: Millis = 5 * 60_000;

/** Somebody may have attached a part since it was seen free. */
const PARTS_FRESH_MILLIS: Millis = 2 * 60_000;

export type Gate =
  | {
      readonly open: true;
      readonly doomed: readonly string[];
      readonly notDoomed: readonly string[];
      isStillOpen(): boolean;
    }
  | {
      readonly open: false;
      readonly why: Exclude<CallPermit, { granted: true }>['why'] | 'frozen-here' | 'outdated' | 'paused' | 'stopped';
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

function isOutdated({ clock }: Engine, intent: Intent): boolean {
  const fresh =
    intent.kind === 'deploy' ? DEPLOY_FRESH_MILLIS : intent.kind === 'remove-parts' ? PARTS_FRESH_MILLIS : undefined;
  return fresh !== undefined && clock.now() - intent.createdAt > fresh * Math.max(1, clock.speed?.() ?? 1);
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
  if (account.settings.mode === 'pause') return { open: false, why: 'paused', retryAfterMillis: undefined };
  // A store that was set back gives out work that was done long ago.
  if ((engine.memory.readGeneration()?.number ?? 0) > intent.generation)
    return { open: false, why: 'generation-changed', retryAfterMillis: undefined };
  if (intent.state === 'planned' && isOutdated(engine, intent))
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
    isStillOpen: () =>
      permit.isOnDisk !== false &&
      !call.abort.aborted &&
      engine.handles.readFrozenBy() === undefined &&
      engine.clock.monotonicMillis() - askedAt < PERMIT_FRESH_MILLIS,
  };
}

/** What a closed gate means for the intent: refused for good, or tried again later. */
export function isFinalRefusal(gate: Extract<Gate, { open: false }>): boolean {
  return ['frozen', 'frozen-here', 'generation-changed', 'outdated', 'paused'].includes(gate.why);
}
