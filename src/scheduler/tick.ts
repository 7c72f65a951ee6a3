// One reconcile of one account: under the account's lease look, plan, write down, and enqueue what is due. It calls nothing
// that changes the cloud; workers do that, each behind its own gate.
import { setTimeout as pause } from 'node:timers/promises';
import { buildCommit, type BuiltCommit } from '../core/build-commit.js';
import type { Intent } from '../core/books.js';
import { isOpenIntent } from '../core/ownership.js';
import { listPeerNames } from '../core/peers.js';
import type { Plan } from '../core/plan-types.js';
import type { PolicySet } from '../core/policy-types.js';
import type { Instant, Inventory } from '../core/types.js';
import type { CommitResult, GenerationRecord, Lease } from '../ports/store.js';
import type { ApiTrouble } from './api-watch.js';
import { askReconcile } from './ask-reconcile.js';
import type { Engine, EngineAccount } from './engine.js';
import { noteKeys, reconcileLease, SHARED_FLEETS_LEASE } from './engine.js';
import { lookAtAccount, planObserved, withPeers, type Look } from './look.js';
import { beginLook, endLook } from './look-count.js';
import { createClockWatch, createMarketReader, type ClockWatch, type MarketReader } from './observe.js';
import { writePlanNote } from './plan-note.js';
import { withBudgets } from './read-budgets.js';
import { describeSetBack, noteHighestGeneration } from './store-trust.js';

const LEASE_MILLIS = 15_000;
const RENEW_MILLIS = 4_000;
/** How long notes for `status` outlive their writer. */
const NOTE_MILLIS = 24 * 3_600_000;

export interface TickResult {
  /** undefined: not run, `why` says why (another process reconciles, nothing is published). */
  readonly plan: Plan | undefined;
  readonly why: string;
  /** Another process is at it: what it has read may be older than what this look was asked for. */
  readonly isBusy?: true;
  /** The API could not be asked: what it, or the way to it, said. */
  readonly trouble?: ApiTrouble;
}

/** What one process keeps between the ticks of an account. */
export interface TickMemory {
  readonly watch: ClockWatch;
  readonly market: MarketReader;
  /** The last that was logged about a store that was set back. */
  toldSetBack: string | undefined;
}

export function createTickMemory(engine: Pick<Engine, 'clock' | 'log'>): TickMemory {
  return { watch: createClockWatch(engine.clock), market: createMarketReader(engine), toldSetBack: undefined };
}

/**
 * Longer than a reconcile's own lease may outlive its last renewal: who sleeps in here loses that one first, and with it the right
 * to commit.
 */
const SHARED_LEASE_MILLIS = 30_000;
const SHARED_WAIT_MILLIS = 10_000;
const SHARED_POLL_MILLIS = 25;

/** Held for as long as planning and writing take; those who wait for it are few. undefined: it was held by others all the time. */
async function withSharedFleets<T>({ store, clock }: Engine, run: () => Promise<T>): Promise<T | undefined> {
  const startedAt = clock.monotonicMillis();
  let lease: Lease | undefined;
  while (lease === undefined) {
    lease = await store.acquireLease(SHARED_FLEETS_LEASE, `pid-${process.pid}`, SHARED_LEASE_MILLIS);
    if (lease !== undefined) break;
    if (clock.monotonicMillis() - startedAt > SHARED_WAIT_MILLIS) return undefined;
    await pause(SHARED_POLL_MILLIS);
  }
  try {
    return await run();
  } finally {
    await store.releaseLease(lease).catch(() => undefined);
  }
}

/** Runs under a lease that is renewed while it runs; the store refuses a commit under a lease that was lost. */
async function withLease<T>(engine: Engine, name: string, run: (lease: Lease) => Promise<T>): Promise<T | undefined> {
  const lease = await engine.store.acquireLease(name, `pid-${process.pid}`, LEASE_MILLIS);
  if (lease === undefined) return undefined;
  const renewal = setInterval(() => {
    engine.store
      .renewLease(lease)
      .catch((error: unknown) => engine.log.warn({ err: error, lease: name }, 'A lease could not be renewed'));
  }, RENEW_MILLIS);
  try {
    return await run(lease);
  } finally {
    clearInterval(renewal);
    await engine.store.releaseLease(lease).catch(() => undefined);
  }
}

function toJob(intent: Intent) {
  const { kind, account, id, generation } = intent;
  return { id, data: { kind, account, intent: id, generation }, urgent: kind === 'delete' || kind === 'remove-parts' };
}

/** New intents, and open ones whose job a Redis that lost its last second may have forgotten: an id that is kept is not added twice. */
async function enqueueIntents(engine: Engine, created: readonly Intent[], known: readonly Intent[]): Promise<void> {
  const waiting = known.filter((intent) => isOpenIntent(intent) && intent.state !== 'unknown');
  const jobs = [...created, ...waiting].map(toJob);
  if (jobs.length > 0) await engine.queue.add(jobs);
}

async function enqueueProbes(engine: Engine, plan: Plan, policies: PolicySet): Promise<void> {
  if (plan.probes.length === 0) return;
  const names = new Set(plan.probes.map((target) => target.policy));
  const every = Math.min(...policies.reaps.filter((reap) => names.has(reap.name)).map((reap) => reap.idle.everyMillis));
  await engine.store.writeNote(noteKeys.probes(plan.account), JSON.stringify(plan.probes), NOTE_MILLIS);
  const slot = Math.floor(plan.at / every);
  await engine.queue.add([{ id: `probe-${plan.account}-${slot}`, data: { kind: 'probe', account: plan.account } }]);
}

/** The instant at which the next reconcile is worth more than waiting for the tick. */
export function readWake(text: string | undefined): Instant | undefined {
  const at = text === undefined || text === '' ? Number.NaN : Number(text);
  return Number.isFinite(at) ? at : undefined;
}

async function leaveNotes(engine: Engine, account: EngineAccount, plan: Plan): Promise<void> {
  const { cloud } = account;
  await engine.store.writeNote(noteKeys.wake(plan.account), String(plan.nextWakeAt ?? ''), NOTE_MILLIS);
  await writePlanNote(engine.store, plan, NOTE_MILLIS);
  const health = {
    at: plan.at,
    latencyMillis: cloud.lastLatencyMillis(),
    skewMillis: cloud.skewMillis(),
    state: plan.seen.state,
  };
  await engine.store.writeNote(noteKeys.health(plan.account), JSON.stringify(health), NOTE_MILLIS);
}

/** Remembers the generation in force; of a store that was set back it tells once, and leaves word for whoever applies. */
async function watchGeneration(engine: Engine, record: GenerationRecord, memory: TickMemory): Promise<void> {
  const setBack = describeSetBack(engine, record);
  if (setBack === undefined) engine.memory.noteGeneration(record);
  else if (setBack !== memory.toldSetBack) {
    await noteHighestGeneration(engine);
    engine.log.warn({ generation: record.number }, setBack);
  }
  memory.toldSetBack = setBack;
}

function describeFailed({ state, problems }: Inventory): ApiTrouble | undefined {
  if (state !== 'failed') return undefined;
  return { code: 'api-unreachable', text: problems[0] ?? 'the VMs could not be listed' };
}

interface WrittenLook {
  readonly look: Look;
  readonly built: BuiltCommit;
  readonly written: CommitResult;
}

async function writeDown(engine: Engine, account: EngineAccount, lease: Lease, look: Look): Promise<WrittenLook> {
  const { settings } = account;
  const built = buildCommit({ ...look, snapshot: look.reckoned, settings, drawBody: () => engine.drawBody() });
  return { look, built, written: await engine.store.commit(lease, built.commit) };
}

async function reconcile(
  engine: Engine,
  account: EngineAccount,
  memory: TickMemory,
  lease: Lease,
): Promise<TickResult> {
  const record = await engine.store.readGeneration();
  if (record === undefined)
    return { plan: undefined, why: 'no policies are in force: run `purser apply` or `purser up`' };
  await watchGeneration(engine, record, memory);
  const policies = engine.compile(record);
  const number = await beginLook(engine.store, account.settings.name);
  const seen = await lookAtAccount(engine, account, { ...memory, policies, record });
  const { settings } = account;
  const done =
    seen.observed.peers === undefined
      ? await writeDown(engine, account, lease, seen)
      : await withSharedFleets(engine, async () => {
          // What the other accounts decided since they were read counts: their commits are made under this lease too.
          const together = await withPeers(engine, seen.observed, policies);
          const observed = await withBudgets(engine.store, together, policies);
          return writeDown(engine, account, lease, planObserved(observed, policies, settings));
        });
  if (done === undefined)
    return { plan: undefined, why: 'accounts that share a fleet or a budget are being planned', isBusy: true };
  const { look, built, written } = done;
  if (written.refused !== undefined) return { plan: undefined, why: `nothing written: ${written.refused}` };
  const { recovering, lastCompleteLook, keyMark } = look.reckoned.books.notes;
  if (keyMark !== undefined) await engine.store.writeNote(noteKeys.provenKey(settings.name), keyMark);
  if (recovering !== undefined || lastCompleteLook !== undefined) engine.memory.noteAccount(settings.name);
  const refused = new Set(written.failed.flatMap((change) => (change.kind === 'intent' ? [change.intent.id] : [])));
  await enqueueIntents(
    engine,
    built.intents.filter((intent) => !refused.has(intent.id)),
    look.reckoned.books.intents,
  );
  await enqueueProbes(engine, look.plan, policies);
  await leaveNotes(engine, account, look.plan);
  await endLook(engine.store, settings.name, number);
  if (look.plan.budgetRooms !== undefined) await tellPeers(engine, settings.name, policies);
  const trouble = describeFailed(look.observed.inventory);
  return { plan: look.plan, why: 'done', ...(trouble === undefined ? {} : { trouble }) };
}

/** They choose by it who buys, and need not wait for their next tick. */
async function tellPeers(engine: Engine, account: string, { fleets }: PolicySet): Promise<void> {
  const peers = listPeerNames(fleets, account).filter((name) => engine.accounts.has(name));
  for (const name of peers)
    await askReconcile(engine, name, 'budget-room', `budget-room-${account}-${engine.clock.now()}`);
}

/** Reconciles one account, unless another process is at it. Throws what observing throws. */
export async function runTick(engine: Engine, accountName: string, memory: TickMemory): Promise<TickResult> {
  const account = engine.accounts.get(accountName);
  if (account === undefined) return { plan: undefined, why: `account ${accountName} is not configured here` };
  await engine.clock.sync();
  const result = await withLease(engine, reconcileLease(accountName), (lease) =>
    reconcile(engine, account, memory, lease),
  );
  return result ?? { plan: undefined, why: 'another process reconciles this account', isBusy: true };
}
