// Carries out one intent that removes disks and public IPs, each kind by calls of its own, halves when one spoils a call. Each
// target ends with an outcome of its own. It never decides what is free: the service refuses what is attached, and that stays.
import { setTimeout as pause } from 'node:timers/promises';
import { splitByCall } from '../src/core/abilities.js';
import type { DeleteTarget, Intent, LedgerEntry, PartTarget } from '../src/core/books.js';
import type { Millis } from '../src/core/types.js';
import { isProtectedByHand, readProtectHandles } from '../src/core/ownership.js';
import { CloudError } from '../src/ports/cloud.js';
import type { JobHandler, JobOutcome } from '../src/ports/queue.js';
import type { Engine, EngineAccount } from '../src/scheduler/engine.js';
import { describeWait, isFinalRefusal, passGate, type Gate } from './call-gate.js';
import { closeIntent, describeOutcome, toOutcome } from './close-intent.js';
import { findWork } from './find-work.js';
import { isTransient } from './is-transient.js';
import { prepareCall } from './prepare-call.js';

type Outcome = NonNullable<DeleteTarget['outcome']>;
type ClosedGate = Extract<Gate, { open: false }>;

interface Run {
  readonly engine: Engine;
  readonly account: EngineAccount;
  readonly intent: Intent;
  readonly attempt: string;
  readonly signal: AbortSignal;
  readonly outcomes: Map<string, Outcome>;
  calledAt: number | undefined;
}

/** Transient errors are tried again this often within one run; later the planner calls again. */
const TRIES = 4;
const LONGEST_PAUSE: Millis = 10_000;
/** An intent that was begun waits so long for a freeze to end. */
const BEGUN_WAITS: Millis = 10_000;

/** Those that nobody protected by hand; the others end here. */
function keepProtected(run: Run, targets: readonly PartTarget[], handled: ReadonlySet<string>): readonly PartTarget[] {
  return targets.filter(({ partId, name }) => {
    if (!isProtectedByHand({ id: partId, name }, handled)) return true;
    run.outcomes.set(partId, { result: 'kept', text: 'it was protected meanwhile' });
    return false;
  });
}

/** One permitted call. A removal may be sent again: what is gone already is answered as not found. */
async function callOnce(run: Run, targets: readonly PartTarget[]): Promise<ClosedGate | undefined> {
  const { engine, account, intent, attempt, signal } = run;
  const prepared = await prepareCall(() => account.cloud.prepare({ signal }));
  const gate = await passGate(engine, account, intent, { attempt, abort: signal, doom: [] });
  if (!gate.open) return gate;
  if ('obstacle' in prepared) throw prepared.obstacle;
  // The turn and the permit may have taken a while: what a person protected meanwhile stays.
  const sent = keepProtected(run, targets, readProtectHandles(gate.protect));
  if (sent.length === 0) return undefined;
  if (!gate.isStillOpen()) return { open: false, why: 'frozen-here', retryAfterMillis: undefined };
  run.calledAt ??= engine.clock.now();
  const parts = sent.map(({ kind, partId }) => ({ kind, id: partId }));
  await account.cloud.deleteParts(parts, { signal, turn: attempt });
  for (const { partId } of sent)
    run.outcomes.set(partId, { result: 'accepted', text: 'the service accepted the removal' });
  return undefined;
}

/** One that is unknown, attached or busy spoils the call for all: halves, until each has its own answer. */
function spoilsOthers({ code }: CloudError): boolean {
  return code === 'api-not-found' || code === 'api-conflict' || code === 'api-bad-request';
}

/** Removes parts of one kind; returns the gate that was closed, if one was. */
async function removeTargets(run: Run, targets: readonly PartTarget[]): Promise<ClosedGate | undefined> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await callOnce(run, targets);
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      if (spoilsOthers(error) && targets.length > 1) {
        const middle = Math.ceil(targets.length / 2);
        return (
          (await removeTargets(run, targets.slice(0, middle))) ?? (await removeTargets(run, targets.slice(middle)))
        );
      }
      const wait = error.retryAfterMillis ?? 250 * 2 ** tried;
      if (isTransient(error) && tried < TRIES && wait <= LONGEST_PAUSE && !run.signal.aborted) {
        // Of a gate that was passed and nothing sent behind it: others shall not wait for this pause.
        await run.account.traffic.end(run.attempt, { service: 'unused' });
        await pause(wait, undefined, { signal: run.signal }).catch(() => undefined);
        continue;
      }
      const result = error.code === 'api-not-found' ? 'absent' : 'failed';
      for (const { partId } of targets) run.outcomes.set(partId, { result, text: error.message });
      return undefined;
    }
  }
}

/** Disks and IPs are removed by calls of their own, so many at once as the product takes. */
function splitByKind(targets: readonly PartTarget[], mostPerCall: number): readonly (readonly PartTarget[])[] {
  const addresses = targets.filter(({ kind }) => kind === 'public-ip');
  const disks = targets.filter(({ kind }) => kind !== 'public-ip');
  return [disks, addresses].flatMap((kind) => splitByCall(kind, Math.max(1, mostPerCall)));
}

async function chooseTargets(run: Run): Promise<readonly PartTarget[]> {
  const { engine, intent } = run;
  const handles = await engine.store.readHandles(intent.account);
  const handled = readProtectHandles([...handles.protect, ...engine.handles.readProtected()]);
  const open = (intent.removeParts?.targets ?? []).filter(({ outcome }) => outcome === undefined);
  return keepProtected(run, open, handled);
}

function describeTargets({ intent, outcomes }: Run, now: number): readonly LedgerEntry[] {
  return (intent.removeParts?.targets ?? []).flatMap(({ partId, name, outcome: before }) => {
    const outcome = outcomes.get(partId);
    if (outcome === undefined || before !== undefined) return [];
    const words = {
      accepted: ['delete-called', `${name}: removal accepted`],
      absent: ['delete-called', `${name}: the service does not know it any more`],
      kept: ['kept', `${name} kept: ${outcome.text}`],
      failed: ['delete-failed', `${name}: removal failed: ${outcome.text}`],
    } as const;
    const [event, text] = words[outcome.result];
    return [describeOutcome(intent, now, event, text, { vmId: partId, vmName: name })];
  });
}

async function finish(run: Run, refusal: string | undefined): Promise<JobOutcome> {
  const { engine, intent, attempt } = run;
  const now = engine.clock.now();
  const targets = (intent.removeParts?.targets ?? []).map((target) => {
    const outcome = run.outcomes.get(target.partId);
    return outcome === undefined ? target : { ...target, outcome };
  });
  const isRefused = refusal !== undefined && run.outcomes.size === 0;
  const written = await closeIntent(engine, attempt, {
    intent: {
      ...intent,
      state: isRefused ? 'refused' : 'done',
      calledAt: run.calledAt ?? intent.calledAt,
      closedAt: now,
      error: refusal === undefined ? undefined : { code: refusal, text: refusal },
      removeParts: { targets },
    },
    ledger: [
      ...describeTargets(run, now),
      ...(refusal === undefined ? [] : [describeOutcome(intent, now, 'refused', `not removed: ${refusal}`)]),
    ],
  });
  const sent = [...run.outcomes.values()].filter(({ result }) => result === 'accepted').length;
  return toOutcome(written, refusal ?? `${sent} of ${targets.length} removed`);
}

async function removeAll(run: Run): Promise<ClosedGate | undefined> {
  const targets = await chooseTargets(run);
  for (const call of splitByKind(targets, run.account.cloud.abilities.partsPerCall)) {
    const closed = await removeTargets(run, call);
    if (closed !== undefined) return closed;
  }
  if (targets.length > 0) return undefined;
  // Every target is kept: only who passed the gate may write the outcome.
  const gate = await passGate(run.engine, run.account, run.intent, {
    attempt: run.attempt,
    abort: run.signal,
    doom: [],
  });
  return gate.open ? undefined : gate;
}

/** The handler of `remove-parts` jobs. */
export function createRemovePartsHandler(engine: Engine): JobHandler {
  return async (data, { attempt, signal }) => {
    const work = await findWork(engine, 'remove-parts', data);
    if (work.outcome !== undefined) return work.outcome;
    const { account, intent } = work;
    const run: Run = { engine, account, intent, attempt, signal, outcomes: new Map(), calledAt: undefined };
    const closed = await removeAll(run);
    if (closed === undefined) return finish(run, undefined);
    const waits = run.outcomes.size === 0 || closed.why === 'in-flight' ? describeWait(closed) : undefined;
    if (waits !== undefined) return waits;
    if (closed.why === 'stopped') return { result: 'retry', afterMillis: 0, text: 'stopped before the call' };
    if (intent.state === 'calling' && run.outcomes.size === 0 && isFinalRefusal(closed))
      return { result: 'retry', afterMillis: BEGUN_WAITS, text: `it was begun and waits: ${closed.why}` };
    if (isFinalRefusal(closed) || run.outcomes.size > 0) return finish(run, closed.why);
    return { result: 'done', text: `not called: ${closed.why}` };
  };
}
