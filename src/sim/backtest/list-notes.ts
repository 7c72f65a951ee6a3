// What a reader of a backtest's figures should know beside them: what was supposed, what could not be played, what held VMs back.
// Sentences without their ends; it reckons nothing.
import type { PolicySet } from '../../core/policy-types.js';
import { describeShortage, listHeld } from './describe-shortage.js';
import type { LowerBound, Outcome } from './report.js';
import type { BacktestSetting } from './setting.js';

const PRICES =
  'prices: the built-in list (docs/scenarios.md, "What is usually offered"); `offers:` in the scenario gives your own';
const EMPTY =
  "it begins with an empty account: what fleets run already is bought anew (`vms:` are other people's VMs, for reaps)";

function listModes({ policies }: BacktestSetting, given: PolicySet): readonly string[] {
  const names = (list: readonly { readonly name: string }[]): string => list.map(({ name }) => name).join(', ');
  const all = [...given.fleets, ...given.reaps, ...given.orphans, ...(given.budgets ?? [])];
  const observing = all.filter(({ mode }) => mode === 'observe');
  const paused = [...policies.fleets, ...policies.reaps].filter(({ mode }) => mode === 'pause');
  return [
    ...(observing.length === 0 ? [] : [`${names(observing)} only observes: played as if it acted`]),
    ...(paused.length === 0 ? [] : [`${names(paused)} is paused: not played`]),
  ];
}

export function listNotes(
  setting: BacktestSetting,
  given: PolicySet,
  { purser, bound }: { readonly purser: Outcome; readonly bound: LowerBound },
): readonly string[] {
  const { scenario } = setting;
  const measured = scenario.demands.filter(({ isForeseen }) => !isForeseen).map(({ policy }) => policy);
  return [
    ...listHeld(purser).map(describeShortage),
    ...listModes(setting, given),
    ...(measured.length === 0 ? [] : [`the demand of ${measured.join(', ')} is measured: nobody knows it beforehand`]),
    ...(bound.isRelaxed ? ['the lower bound was reckoned coarsely: the true one may be higher'] : []),
    ...(bound.uncoverableUntil === undefined
      ? []
      : ['some were wanted while nothing that fits was on offer; the lower bound leaves them out']),
    ...(scenario.hasUsualOffers ? [PRICES] : []),
    ...(given.fleets.length === 0 ? [] : [EMPTY]),
  ];
}
