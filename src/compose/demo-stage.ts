// Sets the demo's stage: a stepped sandbox, a Redis of its own, a virtual clock, and worker processes. Like compose.ts it
// joins adapters and decides nothing; what is played on the stage stands in src/cli/demo.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeEngine, type Composition } from '../compose.js';
import { openScene, type DemoProduct, type DemoScene } from './demo-scenes.js';
import { openAll, type Opened } from './opened.js';
import { loadConfig } from '../config/load-config.js';
import type { Instant } from '../core/types.js';
import { openEmbeddedRedis } from '../queue/embedded-redis.js';
import { createVirtualClock } from '../queue/virtual-clock.js';
import { findPackageRoot } from '../version.js';

const INSTALLATION = 'd0';
const READY_MILLIS = 20_000;
const STOP_MILLIS = 9_000;

export interface DemoWorker {
  readonly pid: number;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
}

export interface DemoStage {
  readonly scene: DemoScene;
  readonly engine: Composition;
  /** Makes it this time everywhere, in the sandbox first. */
  setTime(instant: Instant): Promise<void>;
  /** Starts one more worker process; resolves when it takes jobs. */
  startWorker(): Promise<DemoWorker>;
  close(): Promise<void>;
}

export interface DemoSetting {
  readonly product: DemoProduct;
  /** The world document of the sandbox. */
  readonly world: object;
  readonly start: Instant;
  /** Written as people write it, e.g. `5m`. */
  readonly tick: string;
  readonly seed: number;
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function killChild(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

/** Resolves when the process says that it takes jobs. */
function spawnWorker(environment: NodeJS.ProcessEnv, keep: (child: ChildProcess) => void): Promise<ChildProcess> {
  const program = join(findPackageRoot(), 'dist', 'workers', 'main.js');
  const child = spawn(process.execPath, [program], { env: environment, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  keep(child);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('A worker process did not start within 20 s.')), READY_MILLIS);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`A worker process ended with exit code ${code ?? 'none'}.`));
    });
    child.once('message', () => {
      clearTimeout(timer);
      resolve(child);
    });
  });
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  await new Promise<void>((resolve) => {
    const hard = setTimeout(() => child.kill('SIGKILL'), STOP_MILLIS);
    child.once('exit', () => {
      clearTimeout(hard);
      resolve();
    });
    child.kill('SIGTERM');
  });
}

/** Options of every process on the stage, by their variables. */
function buildEnvironment(folder: string, redisUrl: string, { product, sandbox }: DemoScene, tick: string) {
  return {
    PATH: process.env['PATH'],
    FLUENCE_API_URL: sandbox.url,
    FLUENCE_API_KEY: sandbox.key,
    FLUENCE_PRODUCT: product,
    PURSER_REDIS_URL: redisUrl,
    PURSER_STATE_DIR: folder,
    PURSER_INSTALLATION: INSTALLATION,
    PURSER_CLOCK: 'virtual',
    PURSER_TICK: tick,
    PURSER_ACCOUNT_MODE: 'act',
    // Tokens are counted in real time, of which a virtual day has seconds.
    PURSER_ACCOUNT_RATE: '500',
    PURSER_SIGNAL_PROXY: sandbox.url,
    PURSER_LOG_LEVEL: 'error',
  };
}

async function openStage(setting: DemoSetting, opened: Opened): Promise<DemoStage> {
  const folder = opened.keep(mkdtempSync(join(tmpdir(), 'purser-demo-')), (path) =>
    rmSync(path, { recursive: true, force: true }),
  );
  let sandboxTime = setting.start;
  const { world, seed } = setting;
  const opening = openScene(setting.product, { world, seed, clock: { now: () => sandboxTime } });
  const scene = opened.keep(await opening, (part) => part.sandbox.close());
  const redis = opened.keep(await openEmbeddedRedis({ stateDir: folder }), (part) => part.close());
  const environment = buildEnvironment(folder, redis.url, scene, setting.tick);
  const clock = opened.keep(await createVirtualClock({ url: redis.url, installation: INSTALLATION }), (part) =>
    part.close(),
  );
  await clock.set(setting.start);
  const config = loadConfig({ env: environment, cwd: folder });
  const engine = opened.keep(await composeEngine(config, { env: environment }), (part) => part.close());
  const children: ChildProcess[] = opened.keep([], async (parts) => {
    await Promise.all(parts.map(stopChild));
  });
  return {
    scene,
    engine,
    async setTime(instant) {
      sandboxTime = instant;
      scene.sandbox.sync();
      await clock.set(instant);
      await engine.clock.sync();
    },
    async startWorker() {
      const child = await spawnWorker(environment, (started) => children.push(started));
      return { pid: child.pid!, kill: () => killChild(child) };
    },
    close: () => opened.closeAll(),
  };
}

/**
 * Builds everything in a temporary folder, which `close` removes. Throws `redis-missing` without a Redis program; what was
 * opened until then is closed again.
 */
export function setDemoStage(setting: DemoSetting): Promise<DemoStage> {
  return openAll((opened) => openStage(setting, opened));
}
