// Where the money between Purser and the lower bound went: the same backtest is played again with one thing less in its way each
// time, and what that saved is put down to it. The parts add up to the gap exactly, in the order in which they are taken away.
import type { IdleTrace } from '../../core/scenario.js';
import type { Micros } from '../../core/types.js';
import { PurserFollower } from './purser-follower.js';
import { playFollower } from './play.js';
import type { Gap, Outcome } from './report.js';
import { buildSetting, type BacktestSetting } from './setting.js';
import { Stage } from './stage.js';

const NO_LIMIT = 1_000_000_000;
const AMPLE_CAPACITY = 100_000;
/** No measured deletion was slower, so leads are short. */
const QUICK: readonly number[] = new Array<number>(20).fill(0);

interface Played {
  readonly setting: BacktestSetting;
  readonly isQuick: boolean;
}

function lift({ setting, isQuick }: Played): Played {
  const count = { count: NO_LIMIT, percent: 100 };
  const rails = {
    deletes: { perPlan: count, perHour: count },
    deploys: { perHour: NO_LIMIT, perDay: NO_LIMIT, moneyPerDay: BigInt(NO_LIMIT) * 1_000_000n },
  };
  return { isQuick, setting: { ...setting, settings: { ...setting.settings, rails } } };
}

function rebuild({ setting, isQuick }: Played, change: Partial<BacktestSetting['scenario']>): Played {
  const scenario = { ...setting.scenario, ...change };
  return { isQuick, setting: buildSetting(scenario, setting.policies, setting.settings) };
}

function dropBudgets({ setting, isQuick }: Played): Played {
  return { isQuick, setting: { ...setting, policies: { ...setting.policies, budgets: [] } } };
}

/** Ample wherever there is anything at all: what is not on offer the bound doesn't count on either. */
function giveRoom(played: Played): Played {
  const { offers } = played.setting.scenario;
  const widen = <Part extends { readonly capacity?: number }>(part: Part): Part =>
    (part.capacity ?? 0) > 0 ? { ...part, capacity: AMPLE_CAPACITY } : part;
  const ample = offers.map((offer) => ({ ...widen(offer), changes: offer.changes.map(widen) }));
  return rebuild(played, { offers: ample, balance: BigInt(NO_LIMIT) * 1_000_000n });
}

function dropFailures(played: Played): Played {
  const { launch } = played.setting.scenario;
  return rebuild(played, {
    launch: { ...launch, failShare: 0 },
    terminations: [],
    meanDaysToTermination: undefined,
  });
}

function dropLaunches(played: Played): Played {
  const launch = { ...played.setting.scenario.launch, leastMillis: 0, mostMillis: 0 };
  return { ...rebuild(played, { launch }), isQuick: true };
}

function changeFleets(played: Played, change: object): Played {
  const { setting } = played;
  const fleets = setting.policies.fleets.map((fleet) => ({ ...fleet, ...change }));
  return { ...played, setting: { ...setting, policies: { ...setting.policies, fleets } } };
}

/** As who knows what comes would tell it: idle is only what nobody uses again. */
function tellAhead({ vm, steps }: IdleTrace): IdleTrace {
  const last = steps.findLastIndex(({ answer }) => answer !== 'yes');
  return { vm, steps: steps.map((step, index) => (index <= last ? { ...step, answer: 'no' } : step)) };
}

/** Nor need anybody wait for evidence: idle is idle for good. */
function trustSignals({ setting, isQuick }: Played): Played {
  const { policies } = setting;
  const reaps = policies.reaps.map((reap) => ({ ...reap, minAgeMillis: 0, idle: { ...reap.idle, forMillis: 0 } }));
  const orphans = policies.orphans.map((policy) => ({ ...policy, minAgeMillis: 0 }));
  return { isQuick, setting: { ...setting, policies: { ...policies, reaps, orphans } } };
}

function knowAhead(played: Played): Played {
  const { scenario } = played.setting;
  const demands = scenario.demands.map((demand) => ({ ...demand, isForeseen: true }));
  const idle = scenario.idle.map(tellAhead);
  const deletion = { leastMillis: 0, mostMillis: 0 };
  const known = trustSignals(rebuild(played, { demands, idle, deletion }));
  return changeFleets(known, { keepIfWantedWithinMillis: 0 });
}

function play({ setting, isQuick }: Played): Outcome {
  const stage = new Stage(setting, false);
  const follower = new PurserFollower(stage, isQuick ? { launchMillis: [0], deletionMillis: QUICK } : {});
  return playFollower(stage, follower);
}

/** `paid`: by Purser with everything in its way. */
export function attributeGap(setting: BacktestSetting, paid: Micros, bound: Micros): Gap {
  let played: Played = { setting, isQuick: false };
  let before = paid;
  let isShort = true;
  const takeAway = (change: (played: Played) => Played): Micros => {
    played = change(played);
    const { total, shortfall } = play(played);
    const saved = before - total;
    before = total;
    isShort = shortfall.vmMillis > 0;
    return saved;
  };
  const budget = (setting.policies.budgets ?? []).length === 0 ? 0n : takeAway(dropBudgets);
  const rails = takeAway(lift);
  const provider = takeAway(dropFailures);
  const launch = takeAway(dropLaunches);
  const readiness = takeAway((known) => changeFleets(known, { readyBy: 'buy' }));
  const lookAhead = takeAway(knowAhead);
  const isBelow = isShort && before < bound;
  const room = isBelow ? takeAway(giveRoom) : 0n;
  // Who still lacks something then finds nothing that fits.
  const rest = before - bound;
  const lacking = isBelow && rest < 0n ? rest : 0n;
  return { budget, rails, provider, launch, readiness, lookAhead, unserved: room + lacking, price: rest - lacking };
}
