// A scenario's policies as Purser follows them in a backtest, and what they name: what no market of a backtest has is left out or
// supposed to be there. It changes no wish.
import { DAY_MILLIS } from '../../core/money.js';
import type { PolicySet } from '../../core/policy-types.js';
import type { Image, Millis, SshKey } from '../../core/types.js';
import { hideFuture } from './demand-cursor.js';
import type { BacktestSetting } from './setting.js';
import type { Stage } from './stage.js';

/** What is wanted is known ahead only where the scenario says so. */
function hideDemands({ policies, scenario }: BacktestSetting, stage: Stage): PolicySet {
  const measured = new Map(
    scenario.demands.filter(({ isForeseen }) => !isForeseen).map((given) => [given.policy, given]),
  );
  const clock = { now: () => stage.now() };
  const fleets = policies.fleets.map((fleet) => {
    const given = measured.get(fleet.name);
    return given === undefined ? fleet : { ...fleet, demand: hideFuture(given.steps, clock) };
  });
  return { ...policies, fleets };
}

/** The traces answer whenever they are asked, and tell when they turn: nothing need be asked in between. */
const NEVER_ASKED: Millis = 5 * 366 * DAY_MILLIS;

/** No market of a backtest opens ports, which cost nothing: they would be asked for again and again. */
function leavePorts(policies: PolicySet): PolicySet {
  const fleets = policies.fleets.map((fleet) => ({ ...fleet, vm: { ...fleet.vm, ports: [], closedPorts: [] } }));
  return { ...policies, fleets };
}

function askRarely(policies: PolicySet): PolicySet {
  const reaps = policies.reaps.map((reap) => ({ ...reap, idle: { ...reap.idle, everyMillis: NEVER_ASKED } }));
  return { ...policies, reaps };
}

/** As the planner is given them on this stage. */
export function preparePolicies(setting: BacktestSetting, stage: Stage): PolicySet {
  return leavePorts(askRarely(hideDemands(setting, stage)));
}

/** Every image and key that a policy names is there: a scenario is about money. */
export function listNamed({ policies }: BacktestSetting): {
  readonly images: readonly Image[];
  readonly keys: readonly SshKey[];
} {
  const images = new Set(policies.fleets.map(({ vm }) => vm.image));
  const keys = new Set(policies.fleets.flatMap(({ vm }) => vm.sshKeys));
  return {
    images: [...images].map((slug) => ({
      slug,
      name: slug,
      distribution: undefined,
      url: `https://images.example/${slug}`,
      username: undefined,
    })),
    keys: [...keys].map((name) => ({ name, fingerprint: name, algorithm: undefined, publicKey: name, id: name })),
  };
}
