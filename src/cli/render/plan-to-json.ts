// `purser plan --json`: the document that scripts rely on. Fields of docs/cli stay as they are; more may be added.
// What is not known is left out.
import type { LaunchTimes } from '../../core/launch-times.js';
import { formatUsdc, sumMicros } from '../../core/money.js';
import type { DeleteAction, DeployAction, KeyAction, Plan, PortsAction, RenameAction } from '../../core/plan-types.js';
import type { ChosenOffer, Micros } from '../../core/types.js';
import { savingsToJson, type FleetSavings } from './describe-savings.js';
import { toIso, toOptionalIso } from './format-instant.js';
import { priceToJson } from './price-to-json.js';
import type { RecordingFacts } from './render-facts.js';
import { budgetsToJson, mergeBudgets } from './render-budgets.js';
import { mergePlanIds } from './render-plan.js';

function toMoney(micros: Micros | undefined): string | undefined {
  return micros === undefined ? undefined : formatUsdc(micros);
}

function offerToJson(offer: ChosenOffer) {
  return {
    country: offer.country,
    configuration: offer.configuration,
    ...(offer.hardware === undefined ? {} : { hardware: offer.hardware }),
    ...priceToJson(offer.price),
  };
}

function actionToJson(action: DeployAction | DeleteAction) {
  const { id, kind, account, policy } = action;
  if (action.kind === 'deploy') {
    return {
      ...{ id, kind, account, policy, count: action.count, offer: offerToJson(action.offer) },
      ...{ reason: action.reason, cost: formatUsdc(action.cost), cap: formatUsdc(action.cap.amount) },
    };
  }
  return {
    ...{ id, kind, account, policy, vm: action.vm, part: action.part },
    deadline: toOptionalIso(action.deadline),
    boundary: toOptionalIso(action.boundary),
    reason: action.reason,
    saves: formatUsdc(action.saves),
    recordOnly: action.recordOnly,
    reaped: action.reaped,
    railExempt: action.railExempt,
  };
}

function changeToJson({ id, account, policy, vms, reason }: RenameAction | PortsAction) {
  return { id, account, policy, vms, reason };
}

function keyToJson({ id, account, policy, change, key, reason }: KeyAction) {
  return { id, account, policy, change, key, reason };
}

function holdsToJson(plan: Plan) {
  return plan.holds.map((hold) => ({
    account: hold.account,
    policy: hold.policy,
    vm: hold.vm,
    reason: hold.reason,
    until: toOptionalIso(hold.until),
    boundary: toOptionalIso(hold.boundary),
    charge: toMoney(hold.charge),
  }));
}

function refusalsToJson(plan: Plan) {
  return plan.refused.map(({ account, policy, rail, text, targets, approve }) => ({
    ...{ account, policy, rail, text, approve },
    targets: targets.map(({ id, name, boundary }) => ({ id, name, boundary: toOptionalIso(boundary) })),
  }));
}

function launchToJson({ p50Millis, p95Millis, ...rest }: LaunchTimes) {
  return { p50Seconds: p50Millis / 1000, p95Seconds: p95Millis / 1000, ...rest };
}

function fleetsToJson(plan: Plan, savings: readonly FleetSavings[]) {
  const scheduleOf = new Map(savings.map((each) => [each.policy, savingsToJson(each)]));
  return plan.fleets.map(({ perDay, next, launch, buysFrom, ...fleet }) => ({
    ...fleet,
    launch: launch === undefined ? undefined : launchToJson(launch),
    buysFrom: toOptionalIso(buysFrom),
    schedule: scheduleOf.get(fleet.policy),
    perDay: formatUsdc(perDay),
    next: next === undefined ? undefined : { ...next, at: toIso(next.at) },
  }));
}

function othersToJson(plan: Plan) {
  return plan.others.map((other) => ({
    account: plan.account,
    vm: other.vm,
    kind: other.kind,
    protected: other.protected,
    policy: other.policy,
    ...priceToJson(other.price),
    boundary: toOptionalIso(other.boundary),
  }));
}

function chargesToJson(plan: Plan) {
  return plan.charges.map((charge) => ({
    account: plan.account,
    at: toIso(charge.at),
    vm: charge.vm,
    part: charge.part,
    policy: charge.policy,
    cost: formatUsdc(charge.cost),
    fate: charge.fate,
    avoidableUntil: toOptionalIso(charge.avoidableUntil),
    why: charge.why,
  }));
}

function earliestIso(instants: readonly (number | undefined)[]): string | undefined {
  const known = instants.filter((instant) => instant !== undefined);
  return known.length === 0 ? undefined : toIso(known.reduce((first, each) => Math.min(first, each)));
}

/** What differs between accounts and says how the plan came about. */
function viewToJson(plan: Plan) {
  return {
    account: plan.account,
    id: plan.id,
    product: plan.product,
    mode: plan.mode,
    seen: { vms: plan.seen.vms, at: toIso(plan.seen.at), state: plan.seen.state },
    rails: plan.rails,
    leadSeconds: plan.leadMillis / 1000,
  };
}

/** Several accounts become one document. */
export function planToJson(
  plans: readonly Plan[],
  { recording, savings = [] }: { readonly recording?: RecordingFacts; readonly savings?: readonly FleetSavings[] } = {},
) {
  const totals = plans.map((plan) => plan.totals);
  const sum = (pick: (total: Plan['totals']) => number): number => totals.reduce((all, each) => all + pick(each), 0);
  const actions = plans.flatMap((plan) => plan.actions);
  return {
    id: mergePlanIds(plans),
    at: toIso(plans.reduce((last, plan) => Math.max(last, plan.at), 0)),
    generation: plans.reduce((last, plan) => Math.max(last, plan.generation), 0),
    accounts: plans.map((plan) => plan.account),
    actions: actions.flatMap((action) =>
      action.kind === 'deploy' || action.kind === 'delete' ? [actionToJson(action)] : [],
    ),
    holds: plans.flatMap(holdsToJson),
    refused: plans.flatMap(refusalsToJson),
    fleets: plans.flatMap((plan) => fleetsToJson(plan, savings)),
    totals: {
      deploy: sum((total) => total.deploy),
      delete: sum((total) => total.delete),
      hold: sum((total) => total.hold),
      costNow: formatUsdc(sumMicros(totals.map((total) => total.costNow))),
      savesNow: formatUsdc(sumMicros(totals.map((total) => total.savesNow))),
    },
    renames: actions.flatMap((action) => (action.kind === 'rename' ? [changeToJson(action)] : [])),
    ports: actions.flatMap((action) => (action.kind === 'ports' ? [changeToJson(action)] : [])),
    keys: actions.flatMap((action) => (action.kind === 'key' ? [keyToJson(action)] : [])),
    keyPolicies: plans.flatMap((plan) => plan.keys ?? []),
    reaps: plans.flatMap((plan) => plan.reaps.map((reap) => ({ ...reap, perDay: formatUsdc(reap.perDay) }))),
    orphans: plans.flatMap(({ orphans = [] }) =>
      orphans.map((each) => ({ ...each, perDay: formatUsdc(each.perDay), locked: formatUsdc(each.locked) })),
    ),
    budgets: budgetsToJson(mergeBudgets(plans)),
    others: plans.flatMap(othersToJson),
    charges: plans.flatMap(chargesToJson),
    views: plans.map(viewToJson),
    foreseenFrom: earliestIso(plans.map((plan) => plan.foreseenFrom)),
    recording: recording === undefined ? undefined : { file: recording.file, at: toIso(recording.at) },
    nextWakeAt: earliestIso(plans.map((plan) => plan.nextWakeAt)),
    nextDeadlineAt: earliestIso(plans.map((plan) => plan.nextDeadlineAt)),
  };
}
