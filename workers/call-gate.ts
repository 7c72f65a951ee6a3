// The way to a call that has effects: a turn of the account's requests, the store's gate (freeze, generation, intent, doom), and
// then, in the same
// synchronous step as the dispatch, the local freeze and the age of the permit. Nothing may be awaited between the last
// check and the dispatch.
import type { Intent } from '../src/core/books.js';
import { PurserError } from '../src/core/errors.js';
import type { Millis } from '../src/core/types.js';
import type { JobOutcome } from '../src/ports/queue.js';
import type { CallPermit } from '../src/ports/store.js';
import type { Turn } from '../src/ports/traffic.js';
import { noteKeys, type Engine, type EngineAccount } from '../src/scheduler/engine.js';
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

/** Somebody may have attached a part since it was seen free. */
const PARTS_FRESH_MILLIS: Millis = 2 * 60_000;

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
        | Exclude<Turn, { granted: true }>['why']
        | 'frozen-here'
        | 'key-replaced'
        | 'observing'
        | 'other-settings'
        | 'outdated'
        | 'paused';
      readonly retryAfterMillis: Millis | undefined;
    };

/** A worker has more to do than to wait for a service that is down: the job comes back. */
const MOST_WAIT_MILLIS: Millis = 1_000;
/** How soon a job comes back that found the service told-to-wait or down, whatever was said: a boundary may be near. */
const LONGEST_RETRY_MILLIS: Millis = 10_000;

/** What must land before a boundary is not held back by our own guess that the service is down. */
function isUrgent({ kind, delete: deletion }: Intent): boolean {
  return kind === 'remove-parts' || deletion?.targets.some(({ recordOnly }) => !recordOnly) === true;
}

/** Waits for a turn of the account's requests; the call, or the end of the job, ends it. `turn`: the attempt's id. */
export function takeTurn(account: EngineAccount, intent: Intent, turn: string, abort: AbortSignal): Promise<Turn> {
  const wish = { isUrgent: isUrgent(intent), signal: abort, mostWaitMillis: MOST_WAIT_MILLIS };
  return account.traffic.take(turn, wish);
}

/** Whether the last look that wanted it is longer ago than plans are good for. */
export function isOutdated({ clock }: Engine, intent: Intent): boolean {
  const fresh = intent.kind === 'remove-parts' ? PARTS_FRESH_MILLIS : FRESH_MILLIS;
  return clock.now() - (intent.wantedAt ?? intent.createdAt) > fresh * Math.max(1, clock.speed?.() ?? 1);
}

/** What a person may have protected meanwhile. */
const DELETING: ReadonlySet<Intent['kind']> = new Set<Intent['kind']>(['delete', 'remove-parts']);

/** Deletions ask for each of their targets, which may have a deadline; a name is never too old. */
const NOT_OUTDATED: ReadonlySet<Intent['kind']> = new Set<Intent['kind']>(['delete', 'rename']);

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

interface Shut {
  /** undefined: nothing that is known here says no. */
  readonly why: Extract<Gate, { open: false }>['why'] | undefined;
  /** Of the key of this moment, without waiting. */
  readonly isKeyProven: () => boolean;
}

/** What says no before the store is asked for a permit. */
async function findShut(engine: Engine, account: EngineAccount, intent: Intent): Promise<Shut> {
  const proven = await engine.store.readNote(noteKeys.provenKey(account.settings.name));
  const isKeyProven = (): boolean => proven === undefined || account.cloud.keyMark() === proven;
  return { why: findReason(engine, account, intent, isKeyProven), isKeyProven };
}

function findReason(
  engine: Engine,
  account: EngineAccount,
  intent: Intent,
  isKeyProven: Shut['isKeyProven'],
): Shut['why'] {
  if (engine.handles.readFrozenBy() !== undefined) return 'frozen-here';
  const forbidden = findForbidden(engine, account, intent);
  if (forbidden !== undefined) return forbidden;
  // A store that was set back gives out work that was done long ago.
  if ((engine.memory.readGeneration()?.number ?? 0) > intent.generation) return 'generation-changed';
  const isWaiting = intent.state === 'planned' && !NOT_OUTDATED.has(intent.kind);
  if (isWaiting && isOutdated(engine, intent)) return 'outdated';
  return isKeyProven() ? undefined : 'key-replaced';
}

/**
 * For what preparing itself changes (a raw key that is registered). It is no permit: it only throws `frozen` where the gate would
 * say no for sure.
 */
export async function refuseWhileShut(engine: Engine, account: EngineAccount, intent: Intent): Promise<void> {
  const { freeze } = await engine.store.readHandles(account.settings.name);
  const { why } = await findShut(engine, account, intent);
  if (freeze !== undefined || why !== undefined)
    throw new PurserError('frozen', `nothing is prepared for ${intent.policy}: it may not be done now`);
}

/** Asks the gate for one call of an intent. `isStillOpen` must be the last thing before the dispatch, with nothing awaited between. */
export async function passGate(
  engine: Engine,
  account: EngineAccount,
  intent: Intent,
  call: { readonly attempt: string; readonly abort: AbortSignal; readonly doom: readonly string[] },
): Promise<Gate> {
  const taken = await takeTurn(account, intent, call.attempt, call.abort);
  if (!taken.granted) return { open: false, why: taken.why, retryAfterMillis: taken.waitMillis };
  const gate = await askGate(engine, account, intent, call);
  if (!gate.open) await account.traffic.end(call.attempt, { service: 'unused' });
  return gate;
}

async function askGate(
  engine: Engine,
  account: EngineAccount,
  intent: Intent,
  call: { readonly attempt: string; readonly abort: AbortSignal; readonly doom: readonly string[] },
): Promise<Gate> {
  const closed = (why: Extract<Gate, { open: false }>['why']): Gate => ({
    open: false,
    why,
    retryAfterMillis: undefined,
  });
  const { why, isKeyProven } = await findShut(engine, account, intent);
  if (why !== undefined) return closed(why);
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
    // Only what deletes asks, and the file is read from the disk.
    protect: DELETING.has(intent.kind) ? [...permit.protect, ...engine.handles.readProtected()] : [],
    isStillOpen: () =>
      permit.isOnDisk !== false &&
      !call.abort.aborted &&
      isKeyProven() &&
      engine.handles.readFrozenBy() === undefined &&
      engine.clock.monotonicMillis() - askedAt < PERMIT_FRESH_MILLIS,
  };
}

type ClosedGate = Extract<Gate, { open: false }>;

/** What a closed gate means for the intent: refused for good, or tried again later. */
export function isFinalRefusal(gate: ClosedGate): boolean {
  return ['frozen', 'frozen-here', 'generation-changed', 'observing', 'outdated', 'paused'].includes(gate.why);
}

/** The job comes back for what is in somebody else's hands, or kept from the service; undefined: it is no matter of waiting. */
export function describeWait(gate: ClosedGate): JobOutcome | undefined {
  switch (gate.why) {
    case 'in-flight':
      return { result: 'retry', afterMillis: gate.retryAfterMillis ?? 5_000, text: 'another worker is calling' };
    case 'stopped':
      return { result: 'retry', afterMillis: 0, text: 'stopped before the call' };
    case 'other-settings': {
      const text = 'planned under other settings: it waits for a look';
      return { result: 'retry', afterMillis: OTHER_SETTINGS_MILLIS, text };
    }
    case 'key-replaced':
      return {
        result: 'retry',
        afterMillis: LONGEST_RETRY_MILLIS,
        text: 'the API key was replaced: a look must prove it',
      };
    case 'told-to-wait':
    case 'circuit': {
      const afterMillis = Math.min(gate.retryAfterMillis ?? 0, LONGEST_RETRY_MILLIS);
      const why = gate.why === 'circuit' ? 'the API fails again and again' : 'the API asked to be left alone';
      return { result: 'retry', afterMillis, text: `${why}: not called` };
    }
    default:
      return undefined;
  }
}
