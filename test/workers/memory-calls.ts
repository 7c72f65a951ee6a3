// The gate and the outcomes of a store in memory, as src/queue/scripts/call.ts keeps them, and a cloud that answers as the test says.
import type { Claim, Handles, Intent, LedgerEntry } from '../../src/core/books.js';
import { CloudError, type CloudErrorCode, type CreateOrder } from '../../src/ports/cloud.js';
import type { JobHandler, JobOutcome } from '../../src/ports/queue.js';
import type { CallPermit, CallResult, Store } from '../../src/ports/store.js';
import { makeBooks, makeClaim, NOON } from '../core/samples.js';
import {
  createMemoryEngine,
  makeRecord,
  type MemoryEngine,
  type MemoryEngineOptions,
} from '../scheduler/memory-engine.js';

export interface CallScene {
  readonly engine: MemoryEngine;
  readonly intents: Map<string, Intent>;
  readonly claims: Map<string, Claim>;
  readonly ledger: LedgerEntry[];
  handles: Handles;
  generation: number;
  isOnDisk: boolean;
  /** What the cloud was asked for: `create`, or the ids. */
  readonly calls: (readonly string[])[];
  readonly orders: CreateOrder[];
  /** What the cloud does with a call; by default it accepts everything. May change the scene meanwhile. */
  answer: (ids: readonly string[]) => void;
  /** Runs right before a permit is answered. */
  atGate: () => void;
  /** Thrown by the next calls of finishCall, one each. */
  readonly outages: Error[];
  /** An attempt of another worker began the call, and still waits for its answer or is gone. */
  begin(id: string, attempt: string, waits: boolean): void;
  run(create: (engine: MemoryEngine) => JobHandler, id: string, signal?: AbortSignal): Promise<JobOutcome>;
}

interface Attempts {
  last: string | undefined;
  /** Holds the call until then, on the monotonic clock. */
  caller: { readonly attempt: string; readonly until: number } | undefined;
}

export function refusal(code: CloudErrorCode, retryAfterMillis = 1): CloudError {
  return new CloudError(code, `the service says ${code}`, { effect: 'none', retryAfterMillis });
}

export function noAnswer(): CloudError {
  return new CloudError('api-timeout', 'no answer within 30s', { effect: 'unknown', retryAfterMillis: 1 });
}

type Calls = Pick<Store, 'beginCall' | 'finishCall'>;

function createCalls(scene: CallScene): Calls & { readonly attempts: (id: string) => Attempts } {
  const known = new Map<string, Attempts>();
  const attemptsOf = (id: string): Attempts => {
    if (!known.has(id)) known.set(id, { last: undefined, caller: undefined });
    return known.get(id)!;
  };
  const refuse = (why: Extract<CallPermit, { granted: false }>['why'], retryAfterMillis?: number): CallPermit => ({
    granted: false,
    why,
    retryAfterMillis,
  });
  return {
    attempts: attemptsOf,
    beginCall({ intent: id, generation, attempt, leaseMillis, now, doom, isOnce }) {
      scene.atGate();
      const intent = scene.intents.get(id);
      const attempts = attemptsOf(id);
      const monotonic = scene.engine.clock.monotonicMillis();
      if (attempts.caller !== undefined && attempts.caller.until <= monotonic) attempts.caller = undefined;
      const { caller } = attempts;
      if (scene.handles.freeze !== undefined) return Promise.resolve(refuse('frozen'));
      if (generation !== scene.generation) return Promise.resolve(refuse('generation-changed'));
      if (intent === undefined) return Promise.resolve(refuse('absent'));
      if (!['planned', 'calling', 'unknown'].includes(intent.state)) return Promise.resolve(refuse('closed'));
      if (caller !== undefined && caller.attempt !== attempt)
        return Promise.resolve(refuse('in-flight', caller.until - monotonic));
      const isBegun = intent.state === 'unknown' || (intent.state === 'calling' && caller === undefined);
      if (intent.kind === 'deploy' && isBegun) {
        scene.intents.set(id, { ...intent, state: 'unknown' });
        return Promise.resolve(refuse('unknown'));
      }
      attempts.caller = { attempt, until: monotonic + leaseMillis };
      attempts.last = attempt;
      scene.intents.set(id, { ...intent, state: 'calling', calledAt: now });
      const doomed = doom.filter((vm) => {
        const claim = scene.claims.get(vm);
        if (claim?.state === 'parked')
          scene.claims.set(vm, { ...claim, state: 'doomed', deletion: { intent: id, calledAt: now } });
        return scene.claims.get(vm)?.deletion?.intent === id;
      });
      const notDoomed = doom.filter((vm) => !doomed.includes(vm));
      return Promise.resolve({
        granted: true,
        doomed,
        notDoomed,
        protect: scene.handles.protect,
        ...(isOnce === true ? { isOnDisk: scene.isOnDisk } : {}),
      });
    },
    finishCall({ attempt, intent, claims, undoom, ledger }: CallResult) {
      const outage = scene.outages.shift();
      if (outage !== undefined) return Promise.reject(outage);
      const state = scene.intents.get(intent.id)?.state;
      const attempts = attemptsOf(intent.id);
      const isPurchase = intent.kind === 'deploy';
      const isLast = attempts.last === attempt;
      const isWritten =
        state === undefined
          ? isPurchase && intent.state !== 'refused'
          : state === 'calling' || state === 'unknown'
            ? isLast
            : state === 'planned'
              ? isPurchase || intent.state === 'refused'
              : isPurchase && state === 'lapsed' && isLast;
      if (!isWritten && (!isPurchase || claims.length === 0)) return Promise.resolve({ written: false, state });
      if (isWritten) {
        scene.intents.set(intent.id, intent);
        if (attempts.caller?.attempt === attempt) attempts.caller = undefined;
      }
      for (const claim of claims) if (!scene.claims.has(claim.vmId)) scene.claims.set(claim.vmId, claim);
      for (const vm of undoom) {
        const claim = scene.claims.get(vm);
        if (claim?.deletion?.intent === intent.id)
          scene.claims.set(vm, { ...claim, state: 'parked', deletion: undefined });
      }
      scene.ledger.push(...ledger);
      return Promise.resolve({ written: isWritten, state: isWritten ? intent.state : state });
    },
  };
}

/** An account with these intents, and a parked claim for each target of a deletion. */
export function openCallScene(intents: readonly Intent[], options: MemoryEngineOptions = {}): CallScene {
  const engine = createMemoryEngine(options);
  engine.state.generation = makeRecord();
  const targets = intents.flatMap((intent) => intent.delete?.targets ?? []);
  const scene: CallScene = {
    engine,
    intents: new Map(intents.map((intent) => [intent.id, intent])),
    claims: new Map(targets.map(({ vmId }) => [vmId, makeClaim(vmId, { state: 'parked' })])),
    ledger: [],
    handles: { freeze: undefined, protect: [], approvals: [] },
    generation: 1,
    isOnDisk: true,
    calls: [],
    orders: [],
    answer: () => undefined,
    atGate: () => undefined,
    outages: [],
    begin(id, attempt, waits) {
      const attempts = calls.attempts(id);
      attempts.last = attempt;
      if (waits) attempts.caller = { attempt, until: engine.clock.monotonicMillis() + 6_000 };
      scene.intents.set(id, { ...scene.intents.get(id)!, state: 'calling', calledAt: NOON });
    },
    run(create, id, signal = new AbortController().signal) {
      const { kind, account, generation } = intents.find((intent) => intent.id === id)!;
      return create(engine)({ kind, account, intent: id, generation }, { attempt: 'ours', signal });
    },
  };
  const calls = createCalls(scene);
  const call = (ids: readonly string[]): void => {
    scene.calls.push(ids);
    scene.answer(ids);
  };
  Object.assign(engine.store, {
    readIntent: (_account: string, id: string) => Promise.resolve(scene.intents.get(id)),
    readHandles: () => Promise.resolve(scene.handles),
    readBooks: () => Promise.resolve(makeBooks({ claims: [...scene.claims.values()] })),
    appendLedger: (_account: string, entries: readonly LedgerEntry[]) =>
      Promise.resolve(void scene.ledger.push(...entries)),
    beginCall: calls.beginCall,
    finishCall: calls.finishCall,
  } satisfies Partial<Store>);
  Object.assign(engine.cloud, {
    createVms: (order: CreateOrder) =>
      Promise.resolve().then(() => {
        scene.orders.push(order);
        call(['create']);
        return Array.from({ length: order.count }, (_, index) => ({ id: `new-${index + 1}`, name: order.name }));
      }),
    deleteVms: (ids: readonly string[]) => Promise.resolve().then(() => call(ids)),
    deleteParts: (parts: readonly { id: string }[]) => Promise.resolve().then(() => call(parts.map(({ id }) => id))),
    renameVms: (updates: readonly { id: string }[]) => Promise.resolve().then(() => call(updates.map(({ id }) => id))),
  });
  return scene;
}
