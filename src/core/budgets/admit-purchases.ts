// Whether a purchase may be made: only if all that its budgets expect, with it and its own renewals, stays within their limits.
// What was admitted is reserved for the rest of the plan, and afterwards by its intent in the books.
import type { Purchase } from '../buying.js';
import { formatDayMinute } from '../instant.js';
import { formatUsdc } from '../money.js';
import { holdPolicy, type Draft, type PlanContext } from '../plan-context.js';
import type { FleetPolicy } from '../policy-types.js';
import type { Micros, Vm } from '../types.js';
import { joinCeilings } from './find-ceilings.js';
import { shrinkTarget, type BudgetView } from './judge-budgets.js';
import { coversPolicy } from './read-payers.js';
import type { Ceilings } from './reckon-course.js';
import type { Renewals } from './forecast.js';

export interface Admission {
  /** How many of the purchase may be made; holds are drafted for the others. Nothing is reserved yet. */
  readonly admit: (draft: Draft, fleet: FleetPolicy, purchase: Purchase) => number;
  /** How many of `most` such could be bought; drafts and reserves nothing. */
  readonly roomFor: (fleet: FleetPolicy, purchase: Purchase, most: number) => number;
  /** So many are bought. */
  readonly reserve: (fleet: FleetPolicy, purchase: Purchase, count: number) => void;
  readonly readFigures: (view: BudgetView) => BudgetFigures;
}

export interface BudgetFigures {
  readonly reserved: Micros;
  readonly forecast: Micros;
  readonly expected: Micros;
  readonly notBought: number;
  readonly ceilings: Ceilings;
}

interface Account {
  readonly view: BudgetView;
  /** Of all that act, and its own. */
  readonly ceilings: Ceilings;
  /** What each fleet will be charged, purchases of this plan included. */
  readonly shares: Map<string, Micros>;
  reserved: Micros;
  forecast: Micros;
  notBought: number;
}

function openAccount(view: BudgetView, acting: Ceilings): Account {
  const ceilings = joinCeilings(acting, view.ceilings);
  const { course } = view;
  const shares = new Map(
    course.fleets.map(({ fleet }) => [fleet.name, course.forecast(fleet.name, ceilings.get(fleet.name))]),
  );
  return { view, ceilings, shares, reserved: course.reserved, forecast: course.total(ceilings), notBought: 0 };
}

/** What is known of a VM before it is bought; the rest counts it in. */
function imagineVm(fleet: FleetPolicy, { offer }: Purchase): Vm {
  const { country, configuration, price, hardware = {} } = offer;
  const unknown = { paidUntil: undefined, createdAt: undefined, image: undefined, publicIp: undefined, ports: [] };
  return {
    ...unknown,
    id: '',
    name: `${fleet.name}-`,
    status: 'new',
    statusText: '',
    price,
    place: { country, city: undefined, cityIndex: undefined, tier: undefined, certifications: [] },
    configuration,
    vcpu: undefined,
    ramGb: undefined,
    storageGb: offer.storageGb,
    hardware,
    reserved: undefined,
    spent: undefined,
  };
}

function covers({ view }: Account, context: PlanContext, fleet: FleetPolicy, purchase: Purchase): boolean {
  const { scope } = view.budget;
  if (!coversPolicy(view.budget, fleet.name)) return false;
  const about = { now: context.now, account: context.settings.name, policy: fleet.name };
  return scope.select?.(imagineVm(fleet, purchase), about) ?? true;
}

/** The service may take as much as the cap allows. */
function toRenewals(context: PlanContext, { cap }: Purchase, count: number): Renewals {
  return { next: context.now + cap.periodMillis, price: cap, count };
}

function costOf(account: Account, context: PlanContext, fleet: FleetPolicy, purchase: Purchase, count: number): Micros {
  const { view, ceilings, shares } = account;
  const bought = toRenewals(context, purchase, count);
  const share = view.course.forecast(fleet.name, ceilings.get(fleet.name), bought);
  return purchase.cap.amount * BigInt(count) + share - (shares.get(fleet.name) ?? 0n);
}

function expectedOf({ view, reserved, forecast }: Account): Micros {
  return view.spent + reserved + forecast;
}

function findRoom(
  account: Account,
  context: PlanContext,
  fleet: FleetPolicy,
  purchase: Purchase,
  most: number,
): number {
  if (account.view.stopsBuying) return 0;
  const left = shrinkTarget(account.view.budget) - expectedOf(account);
  const fits = (count: number): boolean => costOf(account, context, fleet, purchase, count) <= left;
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
  account: Account,
  context: PlanContext,
  fleet: FleetPolicy,
  purchase: Purchase,
  room: number,
): string {
  const { view, reserved, forecast } = account;
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
  const cost = costOf(account, context, fleet, purchase, purchase.count);
  const expected = formatUsdc(expectedOf(account) + cost);
  const target = shrinkTarget(budget);
  const against =
    target === budget.limit ? `its limit of ${limit}` : `${formatUsdc(target)}, where it shrinks (limit ${limit})`;
  return (
    `${what}: with them budget ${budget.name} would expect ${expected} by ${formatDayMinute(period.to)}, over ${against}: ` +
    `spent ${formatUsdc(spent)}, reserved ${formatUsdc(reserved)}, still to come ${formatUsdc(forecast)}; ${change}`
  );
}

/** Of the account that is planned; purchases come in the order of the fleets' priorities. */
export function openAdmission(context: PlanContext, views: readonly BudgetView[]): Admission {
  const acting = views.reduce<Ceilings>(
    (all, { budget, ceilings }) => (budget.mode === 'act' ? joinCeilings(all, ceilings) : all),
    new Map(),
  );
  const accounts = views.map((view) => openAccount(view, acting));
  return {
    admit(draft, fleet, purchase) {
      let admitted = purchase.count;
      let strictest: { readonly account: Account; readonly text: string } | undefined;
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
      for (const account of accounts) {
        if (!covers(account, context, fleet, purchase)) continue;
        const cost = costOf(account, context, fleet, purchase, count);
        const first = purchase.cap.amount * BigInt(count);
        account.reserved += first;
        account.forecast += cost - first;
        account.shares.set(fleet.name, (account.shares.get(fleet.name) ?? 0n) + cost - first);
        account.view.payers.fleets.get(fleet.name)?.renewals.push(toRenewals(context, purchase, count));
      }
    },
    readFigures(view) {
      const account = accounts.find((each) => each.view === view)!;
      const { reserved, forecast, notBought, ceilings } = account;
      return { reserved, forecast, expected: expectedOf(account), notBought, ceilings };
    },
  };
}
