// Ten thousand surplus VMs with one boundary, against the sandbox over HTTP: answers take 50 ms, 10 requests a second are allowed.
// The scheduler is the real program (`purser up`: scheduler, reconciles and worker in one process) with a real Redis. Time is
// real (speed 1); the boundary lies a few minutes ahead, and afterwards the sandbox is moved past it to see who was charged.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Claim } from '../src/core/books.js';
import { DAY_MILLIS } from '../src/core/money.js';
import type { LedgerEntry } from '../src/core/books.js';
import type { Store } from '../src/ports/store.js';
import { EMPTY_NOTES } from '../src/core/empty-notes.js';
import { createRedisStore } from '../src/queue/redis-store.js';
import { startSandbox, type RunningSandbox } from '../src/sim/sandbox-server.js';
import { readWorld } from '../src/sim/world.js';
import { judgeAtMost, type BenchRow } from './measure.js';
import { withStage, type Stage } from './stage.js';

const VMS = 10_000;
const IDS_A_CALL = 100;
const LATENCY_MILLIS = 50;
const RATE_PER_SECOND = 10;
const MOST_MEMORY_BYTES = 250_000_000;
const INSTALLATION = 'a1';
const ACCOUNT = 'main';
const START = '2026-11-20T17:50:45Z';
const BOUNDARY = Date.UTC(2026, 10, 20, 17, 55);
const SHARE_ABOVE = 0.02;
const CALLS_ABOVE = 100;
/** One look that finds them, one call for each hundred, one look that began after the last call and finds none. */
const LEAST_CALLS = 2 + Math.ceil(VMS / IDS_A_CALL);
const END_MILLIS = 20_000;
/** From dist/bench/surplus.js. */
const PROGRAM = fileURLToPath(new URL('../../bin/purser.mjs', import.meta.url));

function writeProject({ folder, redisUrl }: Stage, sandboxUrl: string): string {
  const project = join(folder, 'project');
  mkdirSync(join(project, 'policies'), { recursive: true });
  writeFileSync(
    join(project, 'purser.yaml'),
    `installation: ${INSTALLATION}
redis: ${redisUrl}
accounts:
  ${ACCOUNT}: {url: "${sandboxUrl}", mode: act, rate: ${RATE_PER_SECOND}}
rails:
  deletes: {perPlan: {count: ${VMS}, percent: 100}, perHour: {count: ${VMS}, percent: 100}}
`,
  );
  writeFileSync(
    join(project, 'policies/herd.yaml'),
    `kind: fleet
name: herd
replicas: 0
where: {configuration: cpu-2-ram-4gb-storage-25gb, maxPrice: 0.80/day}
vm: {image: ubuntu-24-04-x64, sshKeys: [ops]}
`,
  );
  return project;
}

function claimFor(id: string, name: string, at: number): Claim {
  return {
    vmId: id,
    vmName: name,
    policy: 'herd',
    origin: 'adopted',
    intent: undefined,
    claimedAt: at,
    generation: 1,
    price: undefined,
    paidUntil: BOUNDARY,
    seenAt: at,
    activeAt: at,
    state: 'member',
    stateSince: at,
    unwanted: undefined,
    railExempt: false,
    deletion: undefined,
    missing: undefined,
  };
}

/** The books as after adopting all VMs of the account. */
async function adoptAll(store: Store, sandbox: RunningSandbox): Promise<void> {
  const at = sandbox.now() - DAY_MILLIS;
  await store.readBirth(at);
  const lease = await store.acquireLease('bench', 'bench', 30_000);
  const claims = [...sandbox.market.vms.values()].map((vm) => claimFor(vm.id, vm.names[0]!, at));
  const notes = { ...EMPTY_NOTES, lastCompleteLook: { at, vms: claims.length } };
  await store.commit(lease!, {
    account: ACCOUNT,
    generation: 0,
    changes: [
      ...claims.map((claim) => ({ kind: 'claim', claim, expect: 'absent' }) as const),
      { kind: 'notes', notes } as const,
    ],
    ledger: [],
  });
  await store.releaseLease(lease!);
}

function startScheduler(project: string, sandbox: RunningSandbox, log: string): ChildProcess {
  const child = spawn(process.execPath, [PROGRAM, 'up'], {
    cwd: project,
    env: { ...process.env, FLUENCE_API_KEY: sandbox.key, PURSER_CLOCK: 'sandbox', PURSER_LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written = createWriteStream(log);
  for (const stream of [child.stdout, child.stderr]) stream.pipe(written, { end: false });
  return child;
}

async function stopScheduler(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), END_MILLIS);
  await ended;
  clearTimeout(timer);
}

/** The most memory that the process ever held (Linux tells it), in bytes; 0 where the system doesn't. */
function readPeakMemory(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

interface Course {
  /** When the books held no VM any more; undefined: not before the boundary. */
  readonly goneAt: number | undefined;
  readonly peakMemory: number;
  readonly calls: number;
  readonly callsTold: string;
}

/** Waits until the books say that the last one is gone, or the boundary has come. */
async function watchRun(store: Store, sandbox: RunningSandbox, child: ChildProcess, log: string): Promise<Course> {
  let peakMemory = 0;
  let goneAt: number | undefined;
  while (goneAt === undefined && sandbox.now() < BOUNDARY) {
    await pause(500);
    if (child.exitCode !== null)
      throw new Error(`purser up ended by itself:\n${readFileSync(log, 'utf8').slice(-2_000)}`);
    peakMemory = Math.max(peakMemory, readPeakMemory(child.pid!));
    if (sandbox.market.vms.size === 0 && (await store.readBooks(ACCOUNT)).claims.length === 0) goneAt = sandbox.now();
  }
  const calls = Object.entries(sandbox.books().calls);
  const told = calls.map(([route, { count, byStatus }]) => {
    const refused = byStatus['429'] ?? 0;
    return `${count} ${route}${refused === 0 ? '' : ` (${refused} of them 429)`}`;
  });
  return {
    goneAt,
    peakMemory,
    calls: calls.reduce((sum, [, { count }]) => sum + count, 0),
    callsTold: told.join(', '),
  };
}

function countSeconds(millis: number): string {
  return `${(millis / 1000).toFixed(0)} s`;
}

function judgeCourse(course: Course, ledger: readonly LedgerEntry[], charged: number): readonly BenchRow[] {
  const name = `${VMS.toLocaleString('en-US')} surplus VMs`;
  const firstCallAt = ledger.find(({ event }) => event === 'delete-called')?.at ?? BOUNDARY;
  const deleted = ledger.filter(({ event }) => event === 'deleted').length;
  const goneAt = course.goneAt ?? Number.POSITIVE_INFINITY;
  const room = BOUNDARY - firstCallAt;
  return [
    judgeAtMost(
      `${name}: charged again / all`,
      charged / VMS,
      0,
      `${charged} charged at their boundary, ${deleted} deleted before it; ${LATENCY_MILLIS} ms an answer, ${RATE_PER_SECOND} requests a second`,
    ),
    judgeAtMost(
      `${name}: API calls / least possible`,
      course.calls / LEAST_CALLS,
      1 + SHARE_ABOVE + CALLS_ABOVE / LEAST_CALLS,
      `${course.calls} calls (${course.callsTold}); least possible ${LEAST_CALLS}: a look, ${LEAST_CALLS - 2} deletions of ${IDS_A_CALL}, a look; limit 2 % and ${CALLS_ABOVE} calls above that`,
    ),
    judgeAtMost(
      `${name}: last one seen gone / time to the boundary`,
      (goneAt - firstCallAt) / room,
      1,
      course.goneAt === undefined
        ? 'not all were seen gone before the boundary'
        : `first call ${countSeconds(room)} before the boundary, last one seen gone ${countSeconds(BOUNDARY - course.goneAt)} before it`,
    ),
    judgeAtMost(
      `${name}: memory of the scheduler / 250 MB`,
      course.peakMemory === 0 ? Number.NaN : course.peakMemory / MOST_MEMORY_BYTES,
      1,
      course.peakMemory === 0
        ? 'this system does not tell the peak of a process'
        : `peak ${(course.peakMemory / 1e6).toFixed(0)} MB resident; scheduler, reconciles and worker are one process (purser up)`,
    ),
  ];
}

export async function benchSurplus(): Promise<readonly BenchRow[]> {
  const world = readWorld({
    start: START,
    billing: { regime: 'fixed', boundary: '17:55' },
    balance: '100000',
    vms: [{ name: 'herd', count: VMS, configuration: 'cpu-2-ram-4gb-storage-25gb', paidUntil: '2026-11-20T17:55:00Z' }],
  });
  return withStage(async (stage) => {
    const sandbox = await startSandbox({ world, speed: 1 });
    const store = createRedisStore({ url: stage.redisUrl, installation: INSTALLATION });
    const log = join(stage.folder, 'up.log');
    let child: ChildProcess | undefined;
    try {
      sandbox.faults.add({ latencyMillis: LATENCY_MILLIS, ratePerSecond: RATE_PER_SECOND });
      await adoptAll(store, sandbox);
      child = startScheduler(writeProject(stage, sandbox.url), sandbox, log);
      const course = await watchRun(store, sandbox, child, log);
      await stopScheduler(child);
      if (sandbox.now() < BOUNDARY) sandbox.advanceTo(BOUNDARY + 60_000);
      const charged = sandbox.books().charges.filter(({ at }) => Date.parse(at) >= BOUNDARY).length;
      const ledger = await store.readLedger(ACCOUNT, 0, Number.MAX_SAFE_INTEGER);
      return judgeCourse(course, ledger, charged);
    } finally {
      if (child !== undefined) await stopScheduler(child);
      await store.close();
      await sandbox.close();
    }
  });
}
