// Whether a purchase may be made: only if what its budgets will be charged, with it and its own renewals, stays within their limits.
// What was admitted is reserved for the rest of the plan, and afterwards by its intent in the books. See budget-account.ts.
import type { Purchase } from '../buying.js';
import { formatDayMinute } from '../instant.js';
import { formatUsdc } from '../money.js';
import { holdPolicy, type Draft, type PlanContext } from '../plan-context.js';
import type { FleetPolicy } from '../policy-types.js';
import {
  costOf,
  openAccount,
  readFigures,
  reserve,
  sumKeptBack,
  sumThere,
  toRenewals,
  type BudgetAccount,
  type BudgetFigures,
} from './budget-account.js';
import { joinActing, shrinkTarget, type BudgetView } from './judge-budgets.js';
import { coversPolicy } from './read-payers.js';
import { mayCountOrder } from './select-known.js';

export interface Admission {
  /** How many of the purchase may be made; holds are drafted for the others. Nothing is reserved yet. */
  readonly admit: (draft: Draft, fleet: FleetPolicy, purchase: Purchase) => number;
  /** How many of `most` such could be bought; drafts and reserves nothing. */
  readonly roomFor: (fleet: FleetPolicy, purchase: Purchase, most: number) => number;
  /** So many are bought. */
  readonly reserve: (fleet: FleetPolicy, purchase: Purchase, count: number) => void;
  readonly readFigures: (view: BudgetView) => BudgetFigures;
}

function covers({ view }: BudgetAccount, context: PlanContext, fleet: FleetPolicy, purchase: Purchase): boolean {
  const about = { now: context.now, account: context.settings.name, policy: fleet.name };
  return coversPolicy(view.budget, fleet.name) && mayCountOrder(view.budget, purchase.offer, about);
}

function findRoom(
  account: BudgetAccount,
  context: PlanContext,
  fleet: FleetPolicy,
  purchase: Purchase,
  most: number,
): number {
  if (account.view.stopsBuying) return 0;
  const left = shrinkTarget(account.view.budget) - sumThere(account) - sumKeptBack(account, fleet);
  const fits = (count: number): boolean =>
    costOf(account, fleet.name, purchase, toRenewals(context, purchase, count)) <= left;
  if (left < purchase.cap.amount) return 0;
  if (fits(most)) return most;
  let [low, high] = [0, most];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

function describeHeld(
  account: BudgetAccount,
  context: PlanContext,
  fleet: FleetPolicy,
  purchase: Purchase,
  room: number,
): string {
  const { view, reserved } = account;
  const { budget, period, spent } = view;
  const limit = `${formatUsdc(budget.limit)} a ${budget.per}`;
  const what = `${purchase.count - room} of ${purchase.count} not bought`;
  const change = 'raise its limit, or want less (replicas, windows, priority and floor of its fleets)';
  if (view.stopsBuying) {
    const step = view.steps.find((each) => each.do === 'stop-buying' && each.isHeld)!;
    const approve = step.approve === undefined ? '' : `, or \`purser approve ${step.approve}\``;
    const figure = `${step.atPercent}% of ${step.of} was reached: ${formatUsdc(step.figure)} of ${limit}`;
    return `${what}: budget ${budget.name} stops buying (${figure}); ${change}${approve}`;
  }
  const cost = costOf(account, fleet.name, purchase, toRenewals(context, purchase, purchase.count));
  const there = sumThere(account);
  const keptBack = sumKeptBack(account, fleet);
  const toCome = formatUsdc(there - spent - reserved);
  const coming = keptBack === 0n ? '' : ` and ${formatUsdc(keptBack)} for purchases that go first`;
  const target = shrinkTarget(budget);
  const against =
    target === budget.limit ? `its limit of ${limit}` : `${formatUsdc(target)}, where it shrinks (limit ${limit})`;
  return (
    `${what}: with them budget ${budget.name} would expect ${formatUsdc(there + keptBack + cost)} by ${formatDayMinute(period.to)}, over ${against}: ` +
    `spent ${formatUsdc(spent)}, reserved ${formatUsdc(reserved)}, still to come ${toCome}${coming}; ${change}`
  );
}

/** Of the account that is planned; purchases come in the order of the fleets' priorities. */
export function openAdmission(context: PlanContext, views: readonly BudgetView[]): Admission {
  const acting = joinActing(views);
  const accounts = views.map((view) => openAccount(view, acting));
  return {
    admit(draft, fleet, purchase) {
      let admitted = purchase.count;
      let strictest: { readonly account: BudgetAccount; readonly text: string } | undefined;
      for (const account of accounts) {
        if (!covers(account, context, fleet, purchase)) continue;
        const room = findRoom(account, context, fleet, purchase, purchase.count);
        if (room >= purchase.count) continue;
        account.notBought += purchase.count - room;
        const text = describeHeld(account, context, fleet, purchase, room);
        const { name, mode } = account.view.budget;
        if (mode === 'observe') holdPolicy(context, draft, name, { code: 'observing', text: `${fleet.name}: ${text}` });
        else if (room < admitted || strictest === undefined) {
          admitted = room;
          strictest = { account, text };
        }
      }
      if (strictest === undefined) return admitted;
      const { to } = strictest.account.view.period;
      holdPolicy(context, draft, fleet.name, { code: 'budget', text: strictest.text }, to);
      return admitted;
    },
    roomFor(fleet, purchase, most) {
      const binding = accounts.filter(
        (account) => account.view.budget.mode !== 'observe' && covers(account, context, fleet, purchase),
      );
      return binding.reduce((room, account) => Math.min(room, findRoom(account, context, fleet, purchase, most)), most);
    },
    reserve(fleet, purchase, count) {
      if (count === 0) return;
      const bought = toRenewals(context, purchase, count);
      for (const account of accounts)
        if (covers(account, context, fleet, purchase)) reserve(account, fleet.name, purchase, bought);
    },
    readFigures: (view) => readFigures(accounts.find((each) => each.view === view)!),
  };
}
