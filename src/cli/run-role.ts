// Runs the long-lived roles (scheduler, worker, or both) until told to stop, and tells what happens while it happens.
import { readAccountKey } from '../config/account-key.js';
import type { Config } from '../config/load-config.js';
import { prepareStateDir } from '../config/state-dir.js';
import { composeEngine, startJobWorker, type Composition } from '../compose.js';
import { holdStateDir } from '../compose/tools.js';
import { startHeartbeat, type Role } from '../scheduler/heartbeat.js';
import { followLedger } from '../scheduler/ledger-follower.js';
import { followPlans } from '../scheduler/plan-follower.js';
import { startPolicyWatcher } from '../scheduler/policy-watcher.js';
import { startScheduler } from '../scheduler/scheduler.js';
import type { Plan } from '../core/plan-types.js';
import type { CommandContext } from './command.js';
import { ensureInstallation } from './ensure-installation.js';
import { checkFiles, listPolicyPaths, noPolicies } from './policy-choice.js';
import { createNeedsTeller } from './needs-teller.js';
import { createOutcomePrinter } from './outcome-printer.js';
import { renderLogLine } from './render/render-log-line.js';

interface Stoppable {
  stop(): void | Promise<void>;
}

async function startScheduling(
  context: CommandContext,
  engine: Composition,
  role: Role,
): Promise<readonly Stoppable[]> {
  const { cwd } = context;
  const paths = listPolicyPaths(context.operands, cwd);
  if (paths === undefined && (await engine.store.readGeneration()) === undefined) {
    throw noPolicies();
  }
  const parts: Stoppable[] = [];
  if (paths !== undefined) {
    const check = async () => {
      const present = await engine.store.readGeneration();
      return checkFiles(engine.config, paths, { cwd, now: engine.clock.now(), present });
    };
    parts.push(await startPolicyWatcher(engine, check, role, (text) => context.note(text)));
  }
  parts.push(startScheduler(engine));
  return parts;
}

async function startWorking(context: CommandContext, engine: Composition): Promise<Stoppable> {
  const { createHandlers } = await context.loadWorkers();
  const worker = startJobWorker(engine, createHandlers(engine), (report) => engine.log.debug(report, 'job'));
  return { stop: () => worker.close() };
}

function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

function describeStart(engine: Composition, role: Role): string {
  const accounts = engine.config.accounts.map((account) => `${account.name} (${account.mode})`).join(', ');
  return `purser ${role}: installation ${engine.config.installation}, ${accounts}. Ctrl-C ends it; \`purser status\` shows more.`;
}

/** Where no account has a key nothing would ever be done. A key that one of several lacks is told at its first look. */
function requireKey({ accounts }: Config): void {
  const problems = accounts.flatMap((account) => {
    try {
      readAccountKey(account);
      return [];
    } catch (error) {
      return [error];
    }
  });
  if (problems.length === accounts.length && problems.length > 0) throw problems[0];
}

/** Runs a role until SIGINT or SIGTERM; ends within 10 s then. Throws what starting throws. */
export async function runRole(context: CommandContext, role: Role): Promise<number> {
  const config = role === 'up' ? await ensureInstallation(context, requireKey) : context.config();
  // A scheduler calls no API: its workers do.
  if (role === 'worker') requireKey(config);
  if (role === 'up') prepareStateDir(config.stateDir);
  const held = role === 'up' ? holdStateDir({ stateDir: config.stateDir, role }) : undefined;
  const parts: Stoppable[] = [];
  let engine: Composition | undefined;
  try {
    engine = await composeEngine(config, {
      tell: (text) => context.note(text),
      // A person reads `up`; logs of the roles that run apart are gathered by programs.
      ...(role === 'up' ? { takeLog: (line) => context.note(renderLogLine(line, engine?.clock.now())) } : {}),
    });
    const watched = engine;
    if (role !== 'worker') parts.push(...(await startScheduling(context, watched, role)));
    if (role !== 'scheduler') parts.push(await startWorking(context, watched));
    parts.push(startHeartbeat(watched, role));
    if (role !== 'worker') {
      parts.push(await followLedger(watched, createOutcomePrinter(context)));
      const teller = createNeedsTeller();
      const tell = (plans: readonly Plan[]): void => {
        for (const line of teller.hear(plans, watched.clock.now(), context.facts)) context.print(line);
      };
      parts.push(followPlans(watched, tell));
    }
    context.note(describeStart(watched, role));
    await untilAborted(context.signal);
    context.note('Stopping ...');
    return 0;
  } finally {
    // Last started, first stopped: nothing new is planned while open calls end.
    for (const part of parts.reverse()) await part.stop();
    await engine?.close();
    held?.release();
  }
}
