// What the lower bound is reckoned of: each fleet's demand as declared with the prices that it could have had, and each VM of
// somebody else until a reap may take it. Pure; it looks no price up twice.
import { matchesName } from '../../core/name-pattern.js';
import { DAY_MILLIS } from '../../core/money.js';
import type { DemandStep } from '../../core/policy-types.js';
import type { ScenarioVm } from '../../core/scenario.js';
import type { Instant, Micros, Vm } from '../../core/types.js';
import { readWholePrice } from '../../core/parts.js';
import { boundForReaped } from './bound/bound-for-reaped.js';
import type { BoundInput } from './bound/bound-problem.js';
import { isChargedAtComing } from './backtest-market.js';
import { buildMarket } from './build-market.js';
import { findReapable } from './find-reapable.js';
import { keepsPrice, listPrices } from './list-prices.js';
import type { BacktestSetting } from './setting.js';

const CHUNK = 30 * DAY_MILLIS;

/** All steps of [from, to), asked for month by month. */
export function listSteps(
  demand: BacktestSetting['fleets'][number]['declared'],
  from: Instant,
  to: Instant,
): DemandStep[] {
  const steps: DemandStep[] = [];
  for (let at = from; at < to; at += CHUNK)
    for (const step of demand(at, Math.min(at + CHUNK, to)))
      if (steps.length === 0 || step.wanted !== steps.at(-1)!.wanted)
        steps.push({ ...step, at: Math.max(step.at, from) });
  return steps;
}

export function buildBoundInputs({ scenario, policies, fleets }: BacktestSetting): readonly BoundInput[] {
  const { from, to, clock } = scenario;
  const prices = listPrices(scenario, policies.fleets);
  return fleets.map(({ name, declared }) => ({
    demand: listSteps(declared, from, to),
    prices: prices.get(name) ?? [],
    keepsPrice: keepsPrice(scenario),
    clock,
  }));
}

/** When it is gone whatever a follower does, or may be: the provider ends some of those that match, and nobody knows which. */
function findGoneAt({ scenario }: BacktestSetting, vm: ScenarioVm, country: string | undefined): Instant {
  const ends = scenario.terminations.filter(
    (end) => end.at >= vm.at && matchesName(vm.name, end.vm) && (end.country ?? country) === country,
  );
  return ends.reduce((first, { at }) => Math.min(first, at), Math.min(vm.until ?? scenario.to, scenario.to));
}

/** What each period of a VM that came at `begin` costs: where prices aren't kept, its own moves with its offer's. */
function priceForeign(
  { scenario }: BacktestSetting,
  vm: ScenarioVm,
  { shown, begin, whole }: { readonly shown: Vm; readonly begin: Instant; readonly whole: Micros },
): (at: Instant) => Micros {
  const offer = scenario.offers.find(
    ({ country, configuration }) => country === shown.place?.country && configuration === shown.configuration,
  );
  const moves = (offer?.changes ?? []).filter(({ price }) => price !== undefined);
  if (keepsPrice(scenario) || vm.price !== undefined || moves.length === 0) return () => whole;
  const listed = shown.price?.amount ?? 0n;
  // Charges of an instant go before the moves of that instant.
  return (at) => {
    const move = moves.findLast((known) => known.at <= begin || known.at < at);
    return whole - listed + (move?.price ?? offer!.price).amount;
  };
}

/**
 * What other people's VMs cost at the least: all boundaries before any reap may take them. Who takes one pays no more for it, also
 * where it is used again later; that is told as VMs short.
 */
export function sumForeign(setting: BacktestSetting): { readonly total: Micros; readonly periods: number } {
  const { scenario } = setting;
  const { clock, from } = scenario;
  const market = buildMarket(scenario);
  let total = 0n;
  let periods = 0;
  const inOrder = scenario.vms.map((vm) => ({ vm, begin: Math.max(vm.at, from) })).sort((a, b) => a.begin - b.begin);
  for (const { vm, begin } of inOrder) {
    market.advanceTo(begin);
    const placed = market.placeVm(vm);
    const shown = market.listVms().find(({ id }) => id === placed);
    const price = shown === undefined ? undefined : readWholePrice(shown);
    if (shown === undefined || price === undefined) continue;
    const goneAt = findGoneAt(setting, vm, shown.place?.country);
    const busyUntil = findReapable(setting, vm, shown, { from: begin, to: goneAt }) ?? scenario.to;
    // What was paid for it before it came is nobody's here.
    const boughtAt = isChargedAtComing(vm, begin) ? begin : from - 1;
    const priceAt = priceForeign(setting, vm, { shown, begin, whole: price.amount });
    const paid = { boughtAt, paidUntil: shown.paidUntil, priceAt, busyUntil, goneAt };
    const found = boundForReaped(paid, clock, from, scenario.to);
    total += found.total;
    periods += found.periods;
  }
  return { total, periods };
}
