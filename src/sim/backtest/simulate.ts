// One backtest, whole: Purser and the three baselines on the same scenario with the same luck, the lower bound, and where the gap
// between them comes from. Pure but for the stopwatch that times the bound; the same input gives the same report.
import { hashText } from '../../core/hash.js';
import type { AccountSettings, PolicySet } from '../../core/policy-types.js';
import type { Scenario } from '../../core/scenario.js';
import type { Millis } from '../../core/types.js';
import { attributeGap } from './attribute-gap.js';
import { BaselineFollower, type BaselineName } from './baseline-follower.js';
import { buildBoundInputs, listSteps, sumForeign } from './bound-inputs.js';
import { listNotes } from './list-notes.js';
import { findLowerBound } from './lower-bound.js';
import { playFollower, type Tell } from './play.js';
import { PurserFollower } from './purser-follower.js';
import type { BacktestReport, FollowerName, LowerBound, Outcome, PlayedPolicy, Timeline } from './report.js';
import { buildSetting, type BacktestSetting } from './setting.js';
import { Stage } from './stage.js';

export interface SimulationInput {
  readonly scenario: Scenario;
  readonly policies: PolicySet;
  /** The account that the scenario is played in; its product and period are the scenario's. */
  readonly settings: AccountSettings;
  /** Keep what a page draws. */
  readonly isRecorded: boolean;
  /** Milliseconds of the real clock, from anywhere. */
  readonly stopwatch: () => Millis;
  /** Hears how far it is. */
  readonly tell?: Tell;
}

const BASELINES: readonly BaselineName[] = ['immediate', 'lastMinutes', 'neverDelete'];

interface Played {
  readonly outcome: Outcome;
  readonly stage: Stage;
}

/** Purser alone, e.g. with another version of the policies. */
export function playPurser(
  setting: BacktestSetting,
  isRecorded = false,
  tell?: Tell,
): Played & { readonly follower: PurserFollower } {
  const stage = new Stage(setting, isRecorded);
  const follower = new PurserFollower(stage);
  stage.watch(follower);
  return { stage, follower, outcome: playFollower(stage, follower, (share) => tell?.('Purser', share)) };
}

/** A baseline alone, on the same scenario and luck. */
export function playBaseline(setting: BacktestSetting, name: BaselineName, isRecorded = false, tell?: Tell): Played {
  const stage = new Stage(setting, isRecorded);
  const follower = new BaselineFollower(stage, name);
  return { stage, outcome: playFollower(stage, follower, (share) => tell?.(name, share)) };
}

async function boundOf(setting: BacktestSetting, stopwatch: () => Millis): Promise<LowerBound> {
  const began = stopwatch();
  const { from, to } = setting.scenario;
  const found = await findLowerBound(buildBoundInputs(setting), from, to);
  const foreign = sumForeign(setting);
  return {
    total: found.total + foreign.total,
    periods: found.periods + foreign.periods,
    method: found.method,
    isRelaxed: found.isRelaxed,
    uncoverableUntil: found.uncoverableUntil,
    tookMillis: stopwatch() - began,
  };
}

function buildTimeline(stages: ReadonlyMap<FollowerName, Stage>): Timeline {
  const { recorder } = stages.get('purser')!;
  return {
    fleets: recorder!.readFleets(),
    vms: recorder!.readLives(),
    paid: new Map([...stages].map(([name, stage]) => [name, stage.recorder!.readPaid()])),
  };
}

function listPlayed({ fleets, reaps, orphans, budgets = [] }: PolicySet): readonly PlayedPolicy[] {
  const of = (list: readonly { readonly name: string }[], kind: PlayedPolicy['kind']): readonly PlayedPolicy[] =>
    list.map(({ name }) => ({ name, kind }));
  return [...of(fleets, 'fleet'), ...of(reaps, 'reap'), ...of(orphans, 'orphans'), ...of(budgets, 'budget')];
}

/** Equal where as many are wanted of each fleet at each instant. */
function markDemand({ fleets, scenario }: BacktestSetting): string {
  const { from, to } = scenario;
  const inOrder = [...fleets].sort((a, b) => (a.name < b.name ? -1 : 1));
  const wanted = inOrder.map(({ name, declared }) => [
    name,
    listSteps(declared, from, to).map((step) => [step.at, step.wanted]),
  ]);
  return hashText(JSON.stringify(wanted));
}

export async function simulate(input: SimulationInput): Promise<BacktestReport> {
  const { scenario, isRecorded, policies: given, tell } = input;
  const { zone } = scenario;
  const setting = buildSetting(scenario, given, input.settings);
  const purser = playPurser(setting, isRecorded, tell);
  const baselines = BASELINES.map((name) => [name, playBaseline(setting, name, isRecorded, tell)] as const);
  tell?.('the lower bound', 0);
  const lowerBound = await boundOf(setting, input.stopwatch);
  const stages = new Map<FollowerName, Stage>([
    ['purser', purser.stage],
    ...baselines.map(([name, { stage }]) => [name, stage] as const),
  ]);
  const gapFacts = { wasRailed: purser.follower.wasRailed, ...(tell === undefined ? {} : { tell }) };
  return {
    scenario: scenario.name,
    from: scenario.from,
    to: scenario.to,
    local: { zone: zone.name, from: zone.show(scenario.from), to: zone.show(scenario.to) },
    policies: listPlayed(setting.policies),
    demandMark: markDemand(setting),
    purser: purser.outcome,
    budgets: purser.stage.budgets.read(),
    baselines: Object.fromEntries(
      baselines.map(([name, { outcome }]) => [name, outcome]),
    ) as unknown as BacktestReport['baselines'],
    lowerBound,
    gap: attributeGap(setting, purser.outcome.total, lowerBound.total, gapFacts),
    notes: listNotes(setting, given, { purser: purser.outcome, bound: lowerBound }),
    timeline: isRecorded ? buildTimeline(stages) : undefined,
  };
}
