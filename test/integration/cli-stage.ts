// A stage for commands that need a store: a sandbox whose time stands, a Redis shared by one test file, and books of their own
// for each test (an installation each). Policies are published and reconciled as `up` would.
import { onTestFinished } from 'vitest';
import { composeEngine, type Composition } from '../../src/compose.js';
import type { CommandModule } from '../../src/cli/command.js';
import { checkFiles } from '../../src/cli/policy-choice.js';
import { loadConfig } from '../../src/config/load-config.js';
import type { Change } from '../../src/core/books.js';
import { ALPHABET } from '../../src/core/names.js';
import type { Plan } from '../../src/core/plan-types.js';
import type { Vm } from '../../src/core/types.js';
import { buildAdoptedClaim } from '../../src/cli/adopted-claim.js';
import { reconcileLease } from '../../src/scheduler/engine.js';
import { publishPolicies } from '../../src/scheduler/publish.js';
import { createTickMemory, runTick } from '../../src/scheduler/tick.js';
import { startSandbox, type RunningSandbox } from '../../src/sim/sandbox-server.js';
import { readWorld } from '../../src/sim/world.js';
import { makeFolder, runCommand, writeFiles, type Run, type RunOptions } from '../cli/commands/fake-context.js';
import { smallWorld } from '../sim/small-market.js';

export interface Stage {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly sandbox: RunningSandbox;
  readonly engine: Composition;
  run(command: CommandModule, options?: Partial<RunOptions>): Promise<Run>;
  /** Foreign VMs, paid for the next hours. */
  place(...names: readonly string[]): Promise<readonly Vm[]>;
  /** Writes policies/ and puts it in force. */
  apply(files: Readonly<Record<string, string>>): Promise<void>;
  /** Gives listed VMs to a policy, as if they had been its members for long. */
  claim(policy: string, vms: readonly Vm[]): Promise<void>;
  tick(): Promise<Plan>;
}

const HOUR = 3_600_000;
/** 00 stands for no installation. */
let stages = 1;

/** `more`: further variables, e.g. tighter rails. */
export async function openStage(redisUrl: string, more: Readonly<Record<string, string>> = {}): Promise<Stage> {
  const sandbox = await startSandbox({ world: readWorld({ ...smallWorld, launch: { least: '1m', most: '1m' } }) });
  const installation = ALPHABET[Math.floor(stages / 32) % 32]! + ALPHABET[stages % 32]!;
  stages += 1;
  const cwd = makeFolder();
  const env = {
    FLUENCE_API_URL: sandbox.url,
    FLUENCE_API_KEY: sandbox.key,
    PURSER_CLOCK: 'sandbox',
    PURSER_REDIS_URL: redisUrl,
    PURSER_INSTALLATION: installation,
    PURSER_ACCOUNT_MODE: 'act',
    PURSER_LOG_LEVEL: 'silent',
    ...more,
  };
  const config = loadConfig({ env, cwd });
  const engine = await composeEngine(config, { env });
  onTestFinished(async () => {
    await engine.close();
    await sandbox.close();
  });
  const memory = createTickMemory(engine);
  const { cloud } = engine.accounts.get('main')!;
  return {
    cwd,
    env,
    sandbox,
    engine,
    run: (command, options = {}) => runCommand(command, { cwd, ...options, env: { ...env, ...options.env } }),
    async place(...names) {
      const now = sandbox.now();
      sandbox.placeVms(
        names.map((name) => ({
          name,
          country: 'DE',
          configuration: undefined,
          status: 'active' as const,
          createdAt: now,
          paidUntil: now + 12 * HOUR,
          price: undefined,
          ports: [],
        })),
      );
      const { vms } = await cloud.listVms();
      return names.map((name) => vms.find((vm) => vm.name === name)!);
    },
    async apply(files) {
      writeFiles(cwd, files);
      const checked = await checkFiles(config, ['policies'], { cwd, now: sandbox.now() });
      await engine.clock.sync();
      await publishPolicies(engine, checked, 'test');
    },
    async claim(policy, vms) {
      const now = sandbox.now();
      const record = await engine.store.readGeneration();
      const lease = (await engine.store.acquireLease(reconcileLease('main'), 'test', 10_000))!;
      const changes = vms.map((vm): Change => {
        const adoption = { policy, generation: record?.number ?? 0, now, intent: undefined };
        return { kind: 'claim', claim: buildAdoptedClaim(vm, adoption), expect: 'absent' };
      });
      await engine.store.commit(lease, { account: 'main', generation: record?.number ?? 0, changes, ledger: [] });
      await engine.store.releaseLease(lease);
    },
    async tick() {
      const { plan, why } = await runTick(engine, 'main', memory);
      if (plan === undefined) throw new Error(why);
      return plan;
    },
  };
}
