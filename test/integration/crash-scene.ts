// One crash: a worker process is started, dies at its place, another takes over and time goes on. It judges nothing.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { startJobWorker } from '../../src/compose.js';
import { createHandlers } from '../../workers/registry.js';
import { childProgram } from './child-programs.js';
import type { CrashPlace } from './crash-places.js';
import { askForReconcile, awaitLease, createQueueDriver } from './engine-driver.js';
import type { RunningCloudSandbox, RunningSandbox } from '../../src/sim/sandbox-server.js';
import type { Rig } from './engine-rig.js';
import { eventually } from './store-redis.js';

const WORKER = childProgram('crash-worker-child');
/** Of the call that a place means. */
const REQUESTS: Readonly<Record<string, readonly ['POST' | 'PATCH' | 'DELETE', string]>> = {
  'cloud.createVms': ['POST', '/vms/v3'],
  'cloud.renameVms': ['PATCH', '/vms/v3'],
  'cloud.deleteVms': ['DELETE', '/vms/v3'],
};
const CLOUD_CREATE = ['POST', '/v2/vms'] as const;
const CLOUD_REMOVAL = ['POST', '/v1/storages/delete'] as const;
type AnyRig = Rig<RunningSandbox | RunningCloudSandbox>;

/** At the cloud creates are met on their way, and removals of disks. */
function findRequest(rig: AnyRig, place: CrashPlace): readonly ['POST' | 'PATCH' | 'DELETE', string] {
  if (!('cloud' in rig.sandbox)) return REQUESTS[place.call]!;
  return place.call === 'cloud.deleteParts' ? CLOUD_REMOVAL : CLOUD_CREATE;
}

const victims = new Set<ChildProcess>();

/** Ends what a failed test left running. */
export function killVictims(): void {
  for (const victim of victims) victim.kill('SIGKILL');
}

/** Starts a worker that will die at the place. */
async function startVictim(rig: AnyRig, place: CrashPlace): Promise<ChildProcess> {
  const victim = fork(WORKER, [JSON.stringify(place)], {
    env: { ...process.env, ...rig.env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  victims.add(victim);
  await once(victim, 'message', { signal: AbortSignal.timeout(60_000) });
  return victim;
}

/** Kills a process whose call the service has received and will never answer. */
async function killDuringCall(rig: AnyRig, place: CrashPlace, victim: ChildProcess): Promise<void> {
  const [method, path] = findRequest(rig, place);
  const route = `${method} ${path}`;
  await eventually('the service has received the call', () => rig.sandbox.books().calls[route] !== undefined, 20_000);
  victim.kill('SIGKILL');
}

/** Lets the worker begin, and die at its place. */
async function crash(rig: AnyRig, place: CrashPlace, victim: ChildProcess, begin: () => Promise<void>): Promise<void> {
  const isDuring = place.when === 'during-effect' || place.when === 'during-nothing';
  if (isDuring) {
    const [method, path] = findRequest(rig, place);
    const effect = { kind: 'hang', afterEffect: place.when === 'during-effect' } as const;
    rig.sandbox.faults.add({ rules: [{ match: { method, path }, effect }] });
  }
  const ended = once(victim, 'exit', { signal: AbortSignal.timeout(25_000) }) as Promise<
    [number | null, string | null]
  >;
  ended.catch(() => undefined);
  await begin();
  if (isDuring) await killDuringCall(rig, place, victim);
  const [, signal] = await ended;
  if (signal !== 'SIGKILL') throw new Error(`the worker ended by ${signal ?? 'itself'}, not at its place`);
  victims.delete(victim);
  rig.sandbox.faults.clear();
}

/** Kills one worker at the place when the work of this instant begins, lets another take over, and lives on for so long. */
export async function playCrash(rig: AnyRig, place: CrashPlace, millis: number): Promise<void> {
  const driver = createQueueDriver(rig);
  const victim = await startVictim(rig, place);
  await crash(rig, place, victim, () => askForReconcile(rig.engine.queue));
  const successor = startJobWorker(rig.engine, createHandlers(rig.engine));
  try {
    await successor.ready();
    await awaitLease(rig);
    await driver.advanceBy(millis);
  } finally {
    await successor.close();
  }
}
