// Where the money between Purser and the lower bound went: the same backtest is played again with one thing less in its way each
// time, and what that saved is put down to it. The parts add up to the gap exactly, in the order in which they are taken away.
// What was in nobody's way is not taken away: the same would be played again, to the same end.
import type { IdleTrace } from '../../core/scenario.js';
import type { Micros } from '../../core/types.js';
import { PurserFollower } from './purser-follower.js';
import { playFollower, type Tell } from './play.js';
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

/** As who wants to pay the least would take it: what is idle once need not be waited for, and is taken then. */
function takeAtOnce({ vm, steps }: IdleTrace): IdleTrace {
  const first = steps.findIndex(({ answer }) => answer === 'yes');
  return { vm, steps: steps.map((step, index) => (first >= 0 && index >= first ? { ...step, answer: 'yes' } : step)) };
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
  const idle = scenario.idle.map(takeAtOnce);
  const deletion = { leastMillis: 0, mostMillis: 0 };
  const known = trustSignals(rebuild(played, { demands, idle, deletion }));
  return changeFleets(known, { keepIfWantedWithinMillis: 0 });
}

function isFailing({ setting }: Played): boolean {
  const { launch, terminations, meanDaysToTermination } = setting.scenario;
  return launch.failShare > 0 || terminations.length > 0 || meanDaysToTermination !== undefined;
}

function isAwaitingReadiness({ setting }: Played): boolean {
  return setting.policies.fleets.some(({ readyBy }) => readyBy !== 'buy');
}

/** Of knowing ahead. */
function isSurprised({ setting }: Played): boolean {
  const { scenario, policies } = setting;
  return (
    scenario.demands.some(({ isForeseen }) => !isForeseen) ||
    scenario.deletion.mostMillis > 0 ||
    policies.reaps.length + policies.orphans.length > 0 ||
    policies.fleets.some(({ keepIfWantedWithinMillis }) => keepIfWantedWithinMillis !== 0)
  );
}

/** What the whole backtest had in its way, and who hears how far it is. */
export interface GapFacts {
  /** Whether a rail ever held anything back; default: perhaps. */
  readonly wasRailed?: boolean;
  readonly tell?: Tell;
}

/** `paid`: by Purser with everything in its way. */
export function attributeGap(
  setting: BacktestSetting,
  paid: Micros,
  bound: Micros,
  { wasRailed = true, tell = () => undefined }: GapFacts = {},
): Gap {
  let played: Played = { setting, isQuick: false };
  let before = paid;
  let isShort = true;
  const play = ({ setting, isQuick }: Played, step: string): Outcome => {
    const stage = new Stage(setting, false);
    const follower = new PurserFollower(stage, isQuick ? { launchMillis: [0], deletionMillis: QUICK } : {});
    return playFollower(stage, follower, (share) => tell(`Purser ${step}`, share));
  };
  const takeAway = (step: string, isInTheWay: boolean, change: (played: Played) => Played): Micros => {
    if (!isInTheWay) return 0n;
    played = change(played);
    const { total, shortfall } = play(played, step);
    const saved = before - total;
    before = total;
    isShort = shortfall.vmMillis > 0;
    return saved;
  };
  const budget = takeAway('without budgets', (setting.policies.budgets ?? []).length > 0, dropBudgets);
  const rails = takeAway('without rails', wasRailed, lift);
  const provider = takeAway('without failures', isFailing(played), dropFailures);
  const launch = takeAway('without launches', true, dropLaunches);
  const readyAtOnce = (known: Played): Played => changeFleets(known, { readyBy: 'buy' });
  const readiness = takeAway('without readiness', isAwaitingReadiness(played), readyAtOnce);
  const lookAhead = takeAway('knowing ahead', isSurprised(played), knowAhead);
  const isBelow = isShort && before < bound;
  const room = takeAway('with room', isBelow, giveRoom);
  // Who still lacks something then finds nothing that fits.
  const rest = before - bound;
  const lacking = isBelow && rest < 0n ? rest : 0n;
  return { budget, rails, provider, launch, readiness, lookAhead, unserved: room + lacking, price: rest - lacking };
}
