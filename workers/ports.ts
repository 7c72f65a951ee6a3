// Carries out one ports intent: each VM's whole list, as many VMs a call as the product takes. What could not be set is planned
// again by a later look, after a while. It chooses no ports: they stand in the intent.
import { splitByCall } from '../src/core/abilities.js';
import type { Intent, LedgerEntry, PortsTarget } from '../src/core/books.js';
import { formatPort } from '../src/core/format-port.js';
import { CloudError, type PortsUpdate } from '../src/ports/cloud.js';
import type { JobHandler } from '../src/ports/queue.js';
import type { Engine, EngineAccount } from '../src/scheduler/engine.js';
import { describeWait, isFinalRefusal, passGate, takeTurn, type Gate } from './call-gate.js';
import { closeIntent, describeOutcome, toOutcome } from './close-intent.js';
import { findWork } from './find-work.js';

interface Prepared {
  readonly updates: readonly PortsUpdate[];
  readonly failed: readonly string[];
}

function toUpdate({ vmId, clusterId, ports, closes }: PortsTarget): PortsUpdate {
  return { id: vmId, ...(clusterId === undefined ? {} : { clusterId }), ports, closes };
}

/** What the calls must name; one VM that can't be prepared doesn't keep the others. */
async function prepare(
  { cloud }: EngineAccount,
  targets: readonly PortsTarget[],
  signal: AbortSignal,
): Promise<Prepared> {
  const updates: PortsUpdate[] = [];
  const failed: string[] = [];
  await cloud.prepare({ signal });
  for (const target of targets) {
    try {
      updates.push(await cloud.preparePorts(toUpdate(target), { signal }));
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      failed.push(`${target.vmName}: ${error.message}`);
    }
  }
  return { updates: updates.filter(({ resolved }) => resolved !== 'in-place'), failed };
}

/** One run of one ports job. */
interface Run {
  readonly engine: Engine;
  readonly account: EngineAccount;
  readonly intent: Intent;
  readonly attempt: string;
  readonly signal: AbortSignal;
}

async function mayGoOn({ engine, account, intent, attempt, signal }: Run): Promise<boolean> {
  const turn = await takeTurn(account, intent, attempt, signal);
  return turn.granted && engine.handles.readFrozenBy() === undefined;
}

/** `isFirst`: its turn was taken at the gate. */
async function setAll(run: Run, updates: readonly PortsUpdate[], isFirst: boolean): Promise<readonly string[]> {
  if (!isFirst && !(await mayGoOn(run))) return updates.map(({ id }) => `${id}: stopped before the call`);
  const { account, attempt, signal } = run;
  try {
    await account.cloud.setPorts(updates, { signal, turn: attempt });
    return [];
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    if (error.code !== 'api-not-found' || updates.length === 1)
      return updates.map(({ id }) => `${id}: ${error.message}`);
    const middle = Math.ceil(updates.length / 2);
    const failed: string[] = [];
    for (const half of [updates.slice(0, middle), updates.slice(middle)])
      failed.push(...(await setAll(run, half, false)));
    return failed;
  }
}

/** Preparing may make a security group, so it waits for the gate too; the calls have a permit of their own, as fresh as theirs must be. */
async function prepareBehindGate(
  run: Run,
  targets: readonly PortsTarget[],
): Promise<Prepared & { readonly gate: Gate }> {
  const { engine, account, intent, attempt, signal } = run;
  const call = { attempt, abort: signal, doom: [] };
  const gate = await passGate(engine, account, intent, call);
  if (!gate.open) return { updates: [], failed: [], gate };
  await account.traffic.end(attempt, { service: 'unused' });
  if (!gate.isStillOpen()) return { updates: [], failed: ['stopped before the call'], gate };
  const prepared = await prepare(account, targets, signal);
  return { ...prepared, gate: await passGate(engine, account, intent, call) };
}

function closed(intent: Intent, now: number, failed: readonly string[]): Intent {
  const error = failed.length === 0 ? undefined : { code: 'api-conflict', text: failed.join('; ').slice(0, 500) };
  return { ...intent, state: error === undefined ? 'done' : 'failed', calledAt: now, closedAt: now, error };
}

function describeSet(intent: Intent, now: number, { vmId, vmName, ports }: PortsTarget): LedgerEntry {
  const text = `the ports of ${vmName} are set: ${ports.map(formatPort).join(', ')}`;
  return describeOutcome(intent, now, 'note', text, { vmId, vmName });
}

/** The handler of `ports` jobs. */
export function createPortsHandler(engine: Engine): JobHandler {
  return async (data, { attempt, signal }) => {
    const work = await findWork(engine, 'ports', data);
    if (work.outcome !== undefined) return work.outcome;
    const { account, intent } = work;
    const { targets } = intent.ports!;
    const { updates, failed, gate } = await prepareBehindGate({ engine, account, intent, attempt, signal }, targets);
    const now = engine.clock.now();
    if (!gate.open) {
      const waits = describeWait(gate);
      if (waits !== undefined) return waits;
      if (!isFinalRefusal(gate)) return { result: 'done', text: `not called: ${gate.why}` };
      await closeIntent(engine, attempt, { intent: { ...intent, state: 'refused', closedAt: now }, ledger: [] });
      return { result: 'done', text: `ports not set: ${gate.why}` };
    }
    const run: Run = { engine, account, intent, attempt, signal };
    const wrong = [...failed];
    const isOpen = gate.isStillOpen();
    if (!isOpen && updates.length > 0) wrong.push('stopped before the call');
    for (const [index, part] of splitByCall(isOpen ? updates : [], account.cloud.abilities.renamesPerCall).entries())
      wrong.push(...(await setAll(run, part, index === 0)));
    const ledger =
      wrong.length > 0
        ? wrong.map((text) => describeOutcome(intent, now, 'note', `ports not set: ${text}`))
        : targets.map((target) => describeSet(intent, now, target));
    const text = wrong.length === 0 ? `ports of ${targets.length} set` : wrong.join('; ');
    return toOutcome(
      await closeIntent(engine, attempt, { intent: closed(intent, engine.clock.now(), wrong), ledger }),
      text,
    );
  };
}
