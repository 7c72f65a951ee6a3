// A backtest against as many bare plans: ten fleets of a thousand VMs at their peak, a week of days and nights. And what stays in
// memory of a year of virtual time, against a month of it.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { DAY_MILLIS, HOUR_MILLIS } from '../src/core/money.js';
import type { Snapshot } from '../src/core/plan-types.js';
import type { AccountSettings, DemandStep, PolicySet } from '../src/core/policy-types.js';
import type { Scenario } from '../src/core/scenario.js';
import type { Instant } from '../src/core/types.js';
import { checkPolicies } from '../src/policy/check-policies.js';
import { requireValid } from '../src/policy/policies-in-force.js';
import { buildBoundInputs } from '../src/sim/backtest/bound-inputs.js';
import { findLowerBound } from '../src/sim/backtest/lower-bound.js';
import { playFollower } from '../src/sim/backtest/play.js';
import { PurserFollower } from '../src/sim/backtest/purser-follower.js';
import { buildSetting, type BacktestSetting } from '../src/sim/backtest/setting.js';
import { playPurser } from '../src/sim/backtest/simulate.js';
import { Stage } from '../src/sim/backtest/stage.js';
import { judgeAtMost, takeTurns, timeMillis, type BenchRow } from './measure.js';
import { keepZone } from '../src/policy/scenario/read-span.js';
import { openZone } from '../src/policy/zone.js';

const LIMIT = 1.5;
const MEMORY_LIMIT = 1.25;
const FLEETS = 10;
const ROUNDS = 3;
/** Kept is little: a tenth of a megabyte that the engine lets go of late would decide. */
const MEMORY_ROUNDS = 5;
/** Snapshots that the bare plan is timed on, spread over the span. */
const SAMPLES = 60;
const FROM: Instant = Date.UTC(2026, 10, 2);

const SETTINGS: AccountSettings = {
  name: 'main',
  product: 'marketplace',
  mode: 'act',
  ratePerSecond: 10,
  concurrency: 8,
  rails: {
    deletes: { perPlan: { count: 1e6, percent: 100 }, perHour: { count: 1e6, percent: 100 } },
    deploys: { perHour: 1e6, perDay: 1e6, moneyPerDay: 10n ** 15n },
  },
  tickMillis: 30_000,
  installation: 'a1',
  periodMillis: DAY_MILLIS,
};

function writePolicies(fleets: number): PolicySet {
  const documents = Array.from({ length: fleets }, (_, index) => ({
    path: `fleet-${index}.yaml`,
    text: `kind: fleet
name: fleet-${index}
replicas: 1
where: {configuration: cpu-2-ram-4gb-storage-25gb, maxPrice: 1/day}
vm: {image: ubuntu-24-04-x64, sshKeys: [ops]}
`,
  }));
  const options = {
    accounts: ['main'],
    defaultAccount: 'main',
    installation: 'a1',
    protect: [],
    now: FROM,
    generation: 1,
  };
  return requireValid(checkPolicies(documents, options));
}

/** Ups and downs of each fleet, a phase apart. */
function listSteps(index: number, days: number, size: number): readonly DemandStep[] {
  const steps: DemandStep[] = [{ at: FROM, wanted: size / 2, window: undefined }];
  for (let day = 0; day < days; day += 1) {
    const morning = FROM + day * DAY_MILLIS + (5 + index / 2) * HOUR_MILLIS;
    steps.push({ at: morning, wanted: size, window: undefined });
    steps.push({ at: morning + 4.5 * HOUR_MILLIS, wanted: size / 4, window: undefined });
    steps.push({ at: morning + 11 * HOUR_MILLIS, wanted: size / 2, window: undefined });
  }
  return steps;
}

function buildScene(fleets: number, size: number, days: number): BacktestSetting {
  const scenario: Scenario = {
    name: 'bench',
    description: undefined,
    seed: 1,
    from: FROM,
    to: FROM + days * DAY_MILLIS,
    zone: keepZone(openZone('UTC')),
    hasUsualOffers: false,
    product: 'marketplace',
    clock: { kind: 'rolling', periodMillis: DAY_MILLIS },
    launch: { leastMillis: 60_000, mostMillis: 120_000, failShare: 0.01 },
    deletion: { leastMillis: 10_000, mostMillis: 40_000 },
    balance: 10n ** 15n,
    parts: { storagePerGb: 0n, publicIp: 0n },
    offers: [
      {
        configuration: 'cpu-2-ram-4gb-storage-25gb',
        country: 'FR',
        price: { amount: 306_980n, periodMillis: DAY_MILLIS },
        capacity: 1e6,
        tier: undefined,
        hardware: {},
        changes: [],
      },
    ],
    terminations: [],
    meanDaysToTermination: 30,
    vms: [],
    idle: [],
    demands: Array.from({ length: fleets }, (_, index) => ({
      policy: `fleet-${index}`,
      steps: listSteps(index, days, size),
      isForeseen: true,
    })),
  };
  return buildSetting(scenario, writePolicies(fleets), SETTINGS);
}

interface Sampled {
  readonly follower: PurserFollower;
  readonly snapshots: readonly Snapshot[];
  readonly looks: number;
}

/** Plays it once, and keeps what some of the looks saw. */
function sampleLooks(setting: BacktestSetting): Sampled {
  const { looks } = playPurser(setting).outcome;
  const every = Math.max(1, Math.floor(looks / SAMPLES));
  const stage = new Stage(setting, false);
  const follower = new PurserFollower(stage);
  const snapshots: Snapshot[] = [];
  let look = 0;
  playFollower(stage, {
    name: 'purser',
    takenBack: 0,
    look: () => {
      if (look % every === 0) snapshots.push(follower.observe());
      look += 1;
      return follower.look();
    },
  });
  return { follower, snapshots, looks };
}

async function measureTime(): Promise<BenchRow> {
  const setting = buildScene(FLEETS, 100, 7);
  const { follower, snapshots, looks } = sampleLooks(setting);
  const taken = await takeTurns(
    {
      backtest: () => timeMillis(() => playPurser(setting)),
      plan: () => timeMillis(() => snapshots.map((snapshot) => follower.consider(snapshot))),
    },
    ROUNDS,
  );
  const bare = (taken.plan / snapshots.length) * looks;
  const { from, to } = setting.scenario;
  const bound = await timeMillis(() => findLowerBound(buildBoundInputs(setting), from, to));
  const most = Math.max(...snapshots.map(({ inventory }) => inventory.vms.length));
  const detail =
    `a week of ${FLEETS} fleets, up to ${most.toLocaleString('en-US')} VMs: ${taken.backtest.toFixed(0)} ms for ` +
    `${looks.toLocaleString('en-US')} instants; a bare plan (reckoned and planned) ${(taken.plan / snapshots.length).toFixed(2)} ms on ` +
    `${snapshots.length} of them; the lower bound itself ${bound.toFixed(0)} ms`;
  return judgeAtMost('backtest / as many bare plans', taken.backtest / bare, LIMIT, detail);
}

/** What is kept at the end, in bytes: the market, the books, the meter. Measured with it and without it. */
function measureKept(days: number, collect: () => void): number {
  const setting = buildScene(1, 40, days);
  const played = [playPurser(setting)];
  collect();
  const withIt = process.memoryUsage().heapUsed;
  if (played.pop() === undefined) throw new Error('nothing was played');
  collect();
  return withIt - process.memoryUsage().heapUsed;
}

async function measureMemory(): Promise<BenchRow> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // Warmed up as long as the longest: code that is compiled meanwhile is no part of what is kept.
  measureKept(365, collect);
  const { year, month } = await takeTurns(
    { year: () => measureKept(365, collect), month: () => measureKept(62, collect) },
    MEMORY_ROUNDS,
  );
  const toMegabytes = (bytes: number): string => (bytes / 1e6).toFixed(2);
  const detail = `kept at the end of a year ${toMegabytes(year)} MB, of two months ${toMegabytes(month)} MB (closed intents stay for 30 days)`;
  return judgeAtMost('memory of a backtest: a year / two months', year / month, MEMORY_LIMIT, detail);
}

export async function benchBacktest(): Promise<readonly BenchRow[]> {
  return [await measureTime(), await measureMemory()];
}
