// Carries out one delete intent: evidence again, the gate, one bulk call, halves when one id spoils it. Each target ends with
// an outcome of its own. It never deletes what the gate did not doom, and nothing whose boundary has passed meanwhile.
import { setTimeout as pause } from 'node:timers/promises';
import { splitByCall } from '../src/core/abilities.js';
import type { DeleteTarget, Intent, LedgerEntry } from '../src/core/books.js';
import type { Millis } from '../src/core/types.js';
import { isProtectedByHand, readProtectHandles } from '../src/core/ownership.js';
import { CloudError } from '../src/ports/cloud.js';
import type { JobHandler, JobOutcome } from '../src/ports/queue.js';
import type { Engine, EngineAccount } from '../src/scheduler/engine.js';
import { describeWait, isFinalRefusal, isOutdated, passGate, type Gate } from './call-gate.js';
import { closeIntent, describeOutcome, toOutcome } from './close-intent.js';
import { confirmIdle } from './confirm-idle.js';
import { findWork } from './find-work.js';
import { isTransient } from './is-transient.js';
import { prepareCall } from './prepare-call.js';

type Outcome = NonNullable<DeleteTarget['outcome']>;

/** One run of one delete job. */
interface Run {
  readonly engine: Engine;
  readonly account: EngineAccount;
  readonly intent: Intent;
  readonly attempt: string;
  readonly signal: AbortSignal;
  readonly outcomes: Map<string, Outcome>;
  /** Targets whose deletion may have taken effect: they stay doomed whatever comes. */
  readonly maybeSent: Set<string>;
  /** When evidence was asked for again, on the monotonic clock. */
  confirmedAt: Millis;
  calledAt: number | undefined;
}

/** Transient errors are tried again this often within one run, 0.5 s, 1 s, 2 s ... apart; later the planner calls again. */
const TRIES = 5;
/** A service that asks for a longer wait is asked again by the planner: the job must not sleep through its boundary. */
const LONGEST_PAUSE: Millis = 10_000;
/** How often a deletion that was begun asks whether it may go on. */
const DOOMED_WAITS: Millis = 10_000;
const EVIDENCE_FRESH_MILLIS: Millis = 30_000;

function keep(run: Run, target: DeleteTarget, text: string): void {
  const { maybeSent, outcomes } = run;
  // It may be going already: what is not sent a second time has failed, and stays doomed.
  if (maybeSent.has(target.vmId)) outcomes.set(target.vmId, { result: 'failed', text: `no clear answer, and ${text}` });
  else outcomes.set(target.vmId, { result: 'kept', text });
}

/** After an attempt that ended without an answer (its worker was killed): what it doomed may be on its way already. */
function isTakenOver({ intent }: Run): boolean {
  return intent.state === 'calling';
}

/** A deletion that would only land after its boundary is paid for already: the VM stays until the next one. */
function findTooLate({ engine, account }: Run, target: DeleteTarget): string | undefined {
  const { boundary, latestStart = boundary, recordOnly } = target;
  if (recordOnly || boundary === undefined || latestStart === undefined) return undefined;
  // The service charges by its own clock, and one that is ahead has its boundary sooner.
  const now = engine.clock.now() + Math.max(0, account.cloud.skewMillis() ?? 0);
  if (now >= boundary) return 'its boundary has passed: it is paid again';
  return now >= latestStart ? 'its boundary is too near for a deletion to land: it will be paid again' : undefined;
}

/** Why a target is not deleted, as things are at this instant; undefined: nothing speaks against it. */
function findObjection(run: Run, target: DeleteTarget, protect: ReadonlySet<string>): string | undefined {
  if (isProtectedByHand({ id: target.vmId, name: target.vmName }, protect)) return 'it was protected meanwhile';
  const tooLate = findTooLate(run, target);
  if (tooLate !== undefined) return tooLate;
  // Its deadline passes, whether looks succeed or not; without one nothing is lost by another look.
  const waited = target.deadline === undefined && !isTakenOver(run) && isOutdated(run.engine, run.intent);
  return waited ? 'it waited too long; planned anew if still wanted' : undefined;
}

/** Of a deletion that was taken over: what the earlier attempt doomed; what it did not doom it had kept. */
async function chooseDoomed(run: Run): Promise<readonly DeleteTarget[]> {
  const { engine, intent } = run;
  const { claims } = await engine.store.readBooks(intent.account);
  const doomed = new Set(claims.filter((claim) => claim.deletion?.intent === intent.id).map((claim) => claim.vmId));
  const targets = intent.delete?.targets ?? [];
  for (const target of targets) if (!doomed.has(target.vmId)) keep(run, target, 'an earlier attempt had kept it');
  return targets.filter((target) => doomed.has(target.vmId));
}

async function chooseTargets(run: Run): Promise<readonly DeleteTarget[]> {
  const { engine, intent } = run;
  const open = isTakenOver(run) ? await chooseDoomed(run) : (intent.delete?.targets ?? []);
  const handles = await engine.store.readHandles(intent.account);
  const handled = readProtectHandles([...handles.protect, ...engine.handles.readProtected()]);
  const chosen: DeleteTarget[] = [];
  for (const target of open) {
    if (target.outcome !== undefined) run.outcomes.set(target.vmId, target.outcome);
    else {
      const objection = findObjection(run, target, handled);
      if (objection === undefined) chosen.push(target);
      else keep(run, target, objection);
    }
  }
  // The earlier attempt had asked for evidence before it doomed anything.
  if (isTakenOver(run)) return chosen;
  run.confirmedAt = engine.clock.monotonicMillis();
  const idle = await confirmIdle(engine, intent, chosen, run.signal);
  for (const [vmId, text] of idle.doubts) run.outcomes.set(vmId, { result: 'kept', text });
  return chosen.filter((target) => !idle.doubts.has(target.vmId));
}

/** Evidence older than 30 s is unknown (DESIGN "Acting once"); what an earlier attempt doomed is not asked again. */
function isEvidenceStale(run: Run, target: DeleteTarget): boolean {
  if (!target.reaped || isTakenOver(run) || target.reason === 'deletion-retry') return false;
  return run.engine.clock.monotonicMillis() - run.confirmedAt > EVIDENCE_FRESH_MILLIS;
}

/** One permitted call; a deletion may be sent again, so an unclear answer is simply tried again. */
async function callOnce(run: Run, targets: readonly DeleteTarget[]): Promise<Gate> {
  const { engine, account, intent, attempt, signal } = run;
  const prepared = await prepareCall(() => account.cloud.prepare({ signal }));
  const gate = await passGate(engine, account, intent, {
    attempt,
    abort: signal,
    doom: targets.map((target) => target.vmId),
  });
  if (!gate.open) return gate;
  const doomed = new Set(gate.doomed);
  const protect = readProtectHandles(gate.protect);
  // Token and permit may have taken a while: everything is asked once more, and what must not go is let go again.
  const sent = targets.filter((target) => {
    const objection = doomed.has(target.vmId)
      ? (findObjection(run, target, protect) ??
        (isEvidenceStale(run, target) ? 'its evidence was older than 30 s at the call' : undefined))
      : 'it was taken back, or another deletion has it';
    if (objection !== undefined) keep(run, target, objection);
    return objection === undefined;
  });
  if (sent.length === 0) return gate;
  if ('obstacle' in prepared) throw prepared.obstacle;
  if (!gate.isStillOpen()) return { open: false, why: 'frozen-here', retryAfterMillis: undefined };
  run.calledAt ??= engine.clock.now();
  await account.cloud.deleteVms(
    sent.map((target) => target.vmId),
    { signal, turn: attempt },
  );
  for (const target of sent)
    run.outcomes.set(target.vmId, { result: 'accepted', text: 'the service accepted the deletion' });
  return gate;
}

async function splitOn404(run: Run, targets: readonly DeleteTarget[], error: CloudError): Promise<Gate | undefined> {
  const [only, ...others] = targets;
  if (others.length === 0) {
    run.outcomes.set(only!.vmId, { result: 'absent', text: error.message });
    return undefined;
  }
  const middle = Math.ceil(targets.length / 2);
  return (await deleteTargets(run, targets.slice(0, middle))) ?? (await deleteTargets(run, targets.slice(middle)));
}

/** Deletes all targets, as many at once as the product takes; returns the gate that was closed, if one was. */
async function deleteAll(run: Run, targets: readonly DeleteTarget[]): Promise<Gate | undefined> {
  for (const some of splitByCall(targets, run.account.cloud.abilities.deletesPerCall)) {
    const closed = await deleteTargets(run, some);
    if (closed !== undefined) return closed;
  }
  return undefined;
}

async function deleteTargets(run: Run, targets: readonly DeleteTarget[]): Promise<Gate | undefined> {
  for (let tried = 1; ; tried += 1) {
    try {
      const gate = await callOnce(
        run,
        targets.filter((target) => !run.outcomes.has(target.vmId)),
      );
      return gate.open ? undefined : gate;
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      const open = targets.filter((target) => !run.outcomes.has(target.vmId));
      if (error.effect === 'unknown') for (const target of open) run.maybeSent.add(target.vmId);
      if (error.code === 'api-not-found') return splitOn404(run, open, error);
      const wait = error.retryAfterMillis ?? 250 * 2 ** tried;
      if (isTransient(error) && tried < TRIES && wait <= LONGEST_PAUSE && !run.signal.aborted) {
        // Of a gate that was passed and nothing sent behind it: others shall not wait for this pause.
        await run.account.traffic.end(run.attempt, { service: 'unused' });
        await pause(wait, undefined, { signal: run.signal }).catch(() => undefined);
        continue;
      }
      for (const target of open) run.outcomes.set(target.vmId, { result: 'failed', text: error.message });
      return undefined;
    }
  }
}

function describeTargets(run: Run, now: number): readonly LedgerEntry[] {
  return (run.intent.delete?.targets ?? []).flatMap((target) => {
    const outcome = run.outcomes.get(target.vmId);
    if (outcome === undefined || target.outcome !== undefined) return [];
    const { vmId, vmName } = target;
    const words = {
      accepted: ['delete-called', `${vmName}: ${target.recordOnly ? 'removal of its record' : 'deletion'} accepted`],
      absent: ['delete-called', `${vmName}: the service does not know it any more`],
      kept: ['kept', `${vmName} kept: ${outcome.text}`],
      failed: ['delete-failed', `${vmName}: deletion failed: ${outcome.text}`],
    } as const;
    const [event, text] = words[outcome.result];
    return [describeOutcome(run.intent, now, event, text, { vmId, vmName })];
  });
}

/** Refused without any effect, at the first attempt: nothing has begun, so it is not doomed. */
function isSurelyUnsent(run: Run, target: DeleteTarget): boolean {
  return (
    target.outcome?.result === 'failed' &&
    !isTakenOver(run) &&
    target.reason !== 'deletion-retry' &&
    !run.maybeSent.has(target.vmId)
  );
}

/** Back to parked: only what surely was not called for. */
function isLetGo(run: Run, target: DeleteTarget): boolean {
  if (isTakenOver(run) || run.maybeSent.has(target.vmId)) return false;
  return target.outcome === undefined || target.outcome.result === 'kept' || isSurelyUnsent(run, target);
}

async function finish(run: Run, refusal: string | undefined): Promise<JobOutcome> {
  const { engine, intent, attempt } = run;
  const now = engine.clock.now();
  for (const vmId of run.maybeSent)
    if (!run.outcomes.has(vmId))
      run.outcomes.set(vmId, {
        result: 'failed',
        text: `no clear answer, and not called again: ${refusal ?? 'stopped'}`,
      });
  const targets = (intent.delete?.targets ?? []).map((target) => {
    const outcome = run.outcomes.get(target.vmId);
    return outcome === undefined ? target : { ...target, outcome };
  });
  const wasSent =
    run.maybeSent.size > 0 ||
    targets.some((target) => target.outcome !== undefined && target.outcome.result !== 'kept');
  const isRefused = refusal !== undefined && !wasSent;
  const kept = targets.filter((target) => isLetGo(run, target)).map((target) => target.vmId);
  const refused = refusal === undefined ? [] : [describeOutcome(intent, now, 'refused', `not deleted: ${refusal}`)];
  const written = await closeIntent(engine, attempt, {
    intent: {
      ...intent,
      state: isRefused ? 'refused' : 'done',
      calledAt: run.calledAt ?? intent.calledAt,
      closedAt: now,
      error: refusal === undefined ? undefined : { code: refusal, text: refusal },
      delete: { targets },
    },
    undoom: kept,
    ledger: [...describeTargets(run, now), ...refused],
  });
  return toOutcome(written, refusal ?? `${targets.length - kept.length} of ${targets.length} sent`);
}

/** The handler of `delete` jobs. */
export function createDeleteHandler(engine: Engine): JobHandler {
  return async (data, { attempt, signal }) => {
    const work = await findWork(engine, 'delete', data);
    if (work.outcome !== undefined) return work.outcome;
    const { account, intent } = work;
    const run: Run = {
      engine,
      account,
      intent,
      attempt,
      signal,
      outcomes: new Map(),
      maybeSent: new Set(),
      confirmedAt: 0,
      calledAt: undefined,
    };
    const targets = await chooseTargets(run);
    const closed = targets.length === 0 ? await deleteNothing(run) : await deleteAll(run, targets);
    if (closed === undefined || closed.open) return finish(run, undefined);
    // What was sent must be written down, unless another worker does it.
    const mayWait = run.calledAt === undefined || closed.why === 'in-flight' || closed.why === 'stopped';
    const waits = mayWait ? describeWait(closed) : undefined;
    if (waits !== undefined) return waits;
    // Frozen, or planned under policies that are gone: what is doomed waits. The planner calls again when it may.
    if (isTakenOver(run) && isFinalRefusal(closed))
      return { result: 'retry', afterMillis: DOOMED_WAITS, text: `what it doomed waits: ${closed.why}` };
    if (isFinalRefusal(closed) || run.outcomes.size > 0) return finish(run, closed.why);
    return { result: 'done', text: `not called: ${closed.why}` };
  };
}

/** Every target is kept: the gate is passed all the same, because only who passed it may write the outcome. */
function deleteNothing({ engine, account, intent, attempt, signal }: Run): Promise<Gate> {
  return passGate(engine, account, intent, { attempt, abort: signal, doom: [] });
}
