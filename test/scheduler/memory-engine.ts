// An engine without I/O: books, generation and notes in memory, a queue that only remembers what was added, a clock that the
// test steps, and a cloud that answers from a list. It keeps the ports' promises that its tests lean on, and no others.
import { applyChanges, listChargeRecords } from '../../src/core/apply-commit.js';
import { readSecret } from '../../src/config/read-secret.js';
import type { ChargeRecord } from '../../src/core/charge-records.js';
import { tallyByPolicy, tallyByVm } from '../../src/core/tallies.js';
import type { Books, Intent, LedgerEntry } from '../../src/core/books.js';
import type { AccountSettings, PolicySet, Signal } from '../../src/core/policy-types.js';
import type { Evidence, Image, Instant, Inventory, Offer } from '../../src/core/types.js';
import type { Clock } from '../../src/ports/clock.js';
import type { Abilities, Cloud, OfferQuery } from '../../src/ports/cloud.js';
import type { JobData, JobQueue } from '../../src/ports/queue.js';
import type { ProbedVm, Sample } from '../../src/ports/signals.js';
import type { CommitResult, GenerationRecord, Lease, Store } from '../../src/ports/store.js';
import type { StoreMemory } from '../../src/ports/store-memory.js';
import type { Traffic } from '../../src/ports/traffic.js';
import type { Engine } from '../../src/scheduler/engine.js';
import { makeBooks, makePolicies, makeSettings, NOON } from '../core/samples.js';

/** A part of a port; what a test does not expect to be called throws a TypeError when it is. */
function partly<T>(part: Partial<T>): T {
  return part as T;
}

export interface SteppedClock extends Clock {
  /** Moves the wall clock and the monotonic one alike. */
  step(millis: number): void;
  /** Moves the wall clock alone, as a person or NTP does. */
  jump(millis: number): void;
}

function createSteppedClock(start: Instant = NOON): SteppedClock {
  let wall = start;
  let monotonic = 1_000;
  const waits = new Set<() => void>();
  const wake = (): void => {
    for (const check of [...waits]) check();
  };
  return {
    now: () => wall,
    monotonicMillis: () => monotonic,
    sync: () => Promise.resolve(),
    waitUntil: (at, signal) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (wall < at && signal?.aborted !== true) return;
          waits.delete(check);
          resolve();
        };
        waits.add(check);
        signal?.addEventListener('abort', check, { once: true });
        check();
      }),
    step(millis) {
      wall += millis;
      monotonic += millis;
      wake();
    },
    jump(millis) {
      wall += millis;
      wake();
    },
  };
}

export interface MemoryQueue extends JobQueue {
  readonly jobs: Map<string, JobData>;
  /** The ids in the order of their adding. */
  ids(): readonly string[];
}

function createMemoryQueue(): MemoryQueue {
  const jobs = new Map<string, JobData>();
  return {
    jobs,
    ids: () => [...jobs.keys()],
    add(added) {
      for (const { id, data } of added) if (!jobs.has(id)) jobs.set(id, data);
      return Promise.resolve();
    },
    counts: () => Promise.resolve({ waiting: jobs.size, active: 0, delayed: 0, failed: 0 }),
    close: () => Promise.resolve(),
  };
}

export interface MemoryState {
  generation: GenerationRecord | undefined;
  readonly books: Map<string, Books>;
  readonly notes: Map<string, string>;
  readonly leases: Map<string, string>;
  readonly ledger: LedgerEntry[];
  readonly charges: ChargeRecord[];
  readonly evidence: Evidence[];
  /** Set: every call of the store fails with it. */
  outage: Error | undefined;
  /** Set: the next commit is refused for it. */
  refusal: CommitResult['refused'];
}

function putBooks(state: MemoryState, account: string, change: (books: Books) => Books): void {
  state.books.set(account, change(state.books.get(account) ?? makeBooks({ account })));
}

/** The parts of the store that the scheduler and the probes use. */
function createMemoryStore(state: MemoryState): Store {
  const open = (): void => {
    if (state.outage !== undefined) throw state.outage;
  };
  return partly<Store>({
    readBirth: () => Promise.resolve({ bornAt: NOON, fresh: false }),
    acquireLease(name, holder, ttlMillis) {
      if (state.leases.has(name)) return Promise.resolve(undefined);
      state.leases.set(name, holder);
      return Promise.resolve({ name, token: 1, ttlMillis });
    },
    renewLease: () => Promise.resolve(true),
    releaseLease({ name }: Lease) {
      state.leases.delete(name);
      return Promise.resolve();
    },
    readGeneration: () => Promise.resolve().then(() => (open(), state.generation)),
    publishGeneration(record, over, above = 0) {
      const present = state.generation?.number ?? 0;
      if (present !== over) return Promise.resolve(undefined);
      state.generation = { ...record, number: Math.max(over, above) + 1 };
      return Promise.resolve(state.generation);
    },
    readBooks: (account) => Promise.resolve(state.books.get(account) ?? makeBooks({ account })),
    commit(_lease, { account, changes, ledger }) {
      if (state.refusal !== undefined) return Promise.resolve({ refused: state.refusal, failed: [] });
      const applied = applyChanges(state.books.get(account) ?? makeBooks({ account }), changes);
      state.books.set(account, applied.books);
      state.ledger.push(...ledger);
      state.charges.push(...listChargeRecords(changes, applied.failed));
      return Promise.resolve({ refused: undefined, failed: applied.failed });
    },
    readPolicyTallies: (_account, from, to) => Promise.resolve(tallyByPolicy(state.charges, from, to)),
    readVmTallies: (_account, from, to) => Promise.resolve(tallyByVm(state.charges, from, to)),
    writeEvidence(account, evidence) {
      state.evidence.push(...evidence);
      putBooks(state, account, (books) => ({ ...books, evidence }));
      return Promise.resolve();
    },
    writeNote(key, text) {
      state.notes.set(key, text);
      return Promise.resolve();
    },
    readNote: (key) => Promise.resolve().then(() => (open(), state.notes.get(key))),
    listNotes: (prefix) =>
      Promise.resolve([...state.notes].filter(([key]) => key.startsWith(prefix)).map(([key, text]) => ({ key, text }))),
  });
}

const MARKETPLACE: Abilities = {
  createsPerCall: 100,
  renamesPerCall: 1024,
  deletesPerCall: 100,
  partsPerCall: 0,
  periodMillis: 86_400_000,
  deletesEndedVms: true,
};

export interface MemoryCloud extends Cloud {
  abilities: Abilities;
  inventory: Inventory;
  offers: readonly Offer[] | Error;
  images: readonly Image[] | Error;
  /** With what offers were asked for. */
  readonly offerQueries: OfferQuery[];
  /** How often each was asked for. */
  readonly calls: { listVms: number; listOffers: number; listImages: number };
}

export function makeInventory(over: Partial<Inventory> = {}): Inventory {
  return { state: 'complete', startedAt: NOON, finishedAt: NOON, vms: [], problems: [], ...over };
}

function createMemoryCloud(account = 'main'): MemoryCloud {
  const answer = <T>(value: T | Error): Promise<T> =>
    value instanceof Error ? Promise.reject(value) : Promise.resolve(value);
  const cloud: MemoryCloud = partly<MemoryCloud>({
    account,
    product: 'marketplace',
    inventory: makeInventory(),
    offers: [],
    images: [],
    offerQueries: [],
    calls: { listVms: 0, listOffers: 0, listImages: 0 },
    listVms() {
      cloud.calls.listVms += 1;
      return answer(cloud.inventory);
    },
    listOffers(query) {
      cloud.calls.listOffers += 1;
      cloud.offerQueries.push(query ?? {});
      return answer(cloud.offers);
    },
    listImages() {
      cloud.calls.listImages += 1;
      return answer(cloud.images);
    },
    abilities: MARKETPLACE,
    prepare: () => Promise.resolve(),
    prepareOrder: (order) => Promise.resolve(order),
    keyMark: () => undefined,
    skewMillis: () => 0,
    lastLatencyMillis: () => 5,
    close: () => Promise.resolve(),
  });
  return cloud;
}

/** Lets every request go that isn't stopped. */
function createOpenTraffic(): Traffic {
  return {
    take: (_turn, { signal }) =>
      Promise.resolve(
        signal?.aborted === true
          ? { granted: false, why: 'stopped', waitMillis: 0 }
          : { granted: true, isTrial: false },
      ),
    end: () => Promise.resolve(),
    read: () => Promise.resolve({ inFlight: 0, toldUntil: undefined, circuit: undefined }),
  };
}

/** Forgets with the process. */
function createStoreMemory(): StoreMemory {
  const accounts = new Set<string>();
  let newest: ReturnType<StoreMemory['readGeneration']>;
  return {
    readGeneration: () => newest,
    noteGeneration: (generation) => void (generation.number > (newest?.number ?? 0) && (newest = generation)),
    knowsAccount: (account) => accounts.has(account),
    noteAccount: (account) => void accounts.add(account),
  };
}

export interface MemoryEngine extends Engine {
  readonly clock: SteppedClock;
  readonly queue: MemoryQueue;
  readonly cloud: MemoryCloud;
  readonly state: MemoryState;
  /** What was logged, level and text. */
  readonly logged: string[];
  /** The questions that were asked of VMs. */
  readonly asked: { readonly signal: Signal; readonly vm: ProbedVm }[];
  /** What every record compiles to. */
  policies: PolicySet;
  /** How VMs answer. */
  answer: (question: { readonly signal: Signal; readonly vm: ProbedVm }) => Sample['answer'];
  frozenBy: string | undefined;
  protectedHere: readonly string[];
  /** Where secrets are looked up. */
  env: Readonly<Record<string, string>>;
}

export interface MemoryEngineOptions {
  readonly settings?: Partial<AccountSettings>;
  readonly policies?: Partial<PolicySet>;
  /** Another process of the same store: its books, its queue, its time. */
  readonly beside?: MemoryEngine;
}

function createLog(logged: string[]): Engine['log'] {
  const at = (level: string) => (_fields: object, text: string) => void logged.push(`${level}: ${text}`);
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

export function createMemoryEngine({ settings, policies, beside }: MemoryEngineOptions = {}): MemoryEngine {
  const state: MemoryState = beside?.state ?? {
    generation: undefined,
    books: new Map(),
    notes: new Map(),
    leases: new Map(),
    ledger: [],
    charges: [],
    evidence: [],
    outage: undefined,
    refusal: undefined,
  };
  const full = makeSettings(settings);
  const cloud = createMemoryCloud(full.name);
  const logged: string[] = [];
  const asked: MemoryEngine['asked'] = [];
  const engine: MemoryEngine = {
    state,
    cloud,
    logged,
    asked,
    store: createMemoryStore(state),
    queue: beside?.queue ?? createMemoryQueue(),
    clock: beside?.clock ?? createSteppedClock(),
    accounts: new Map([[full.name, { settings: full, cloud, traffic: createOpenTraffic() }]]),
    policies: makePolicies(policies),
    memory: beside?.memory ?? createStoreMemory(),
    frozenBy: undefined,
    protectedHere: [],
    handles: { readFrozenBy: () => engine.frozenBy, readProtected: () => engine.protectedHere },
    compile: ({ number, hash }) => ({ ...engine.policies, generation: number, hash }),
    answer: () => 'yes',
    askSignals(questions) {
      asked.push(...questions);
      const at = engine.clock.now();
      return Promise.resolve(
        questions.map((question) => ({ at, answer: engine.answer(question), text: `asked ${question.vm.name}` })),
      );
    },
    readSecret: (source) => readSecret(source, engine.env),
    env: {},
    drawBody: () => 'k3f9',
    log: createLog(logged),
  };
  return engine;
}

export function makeRecord(over: Partial<GenerationRecord> = {}): GenerationRecord {
  return { number: 1, hash: 'h', publishedAt: NOON, documents: [], policies: {}, by: 'test', ...over };
}

/** What is open in the books of the one account. */
export function openIntents(engine: MemoryEngine): readonly Intent[] {
  return engine.state.books.get('main')?.intents ?? [];
}
