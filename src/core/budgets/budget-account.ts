// What one budget will be charged while a plan is made: of what is there, and for purchases that are still to come. Coming purchases
// are wishes: each is judged when it comes, so none of them stops an earlier one, but those of fleets that go first. Decides nothing.
import type { Purchase } from '../buying.js';
import { findFirstRenewal } from '../fixed-clock.js';
import { sumMicros } from '../money.js';
import type { PlanContext } from '../plan-context.js';
import type { FleetPolicy } from '../policy-types.js';
import type { Micros } from '../types.js';
import { compareByPriority, joinCeilings } from './find-ceilings.js';
import type { Renewals } from './forecast.js';
import { shrinkTarget, type BudgetView } from './judge-budgets.js';
import type { Ceilings } from './reckon-course.js';

/** What a fleet will be charged until the period's end, purchases of this plan included. */
interface Share {
  readonly fleet: FleetPolicy;
  /** With what will be bought for windows that open later. */
  whole: Micros;
  /** Of what is there. */
  there: Micros;
}

export interface BudgetAccount {
  readonly view: BudgetView;
  /** Of all budgets that act, and its own. */
  readonly ceilings: Ceilings;
  readonly shares: ReadonlyMap<string, Share>;
  reserved: Micros;
  notBought: number;
}

export interface BudgetFigures {
  readonly reserved: Micros;
  readonly forecast: Micros;
  readonly expected: Micros;
  readonly notBought: number;
  readonly ceilings: Ceilings;
}

export function openAccount(view: BudgetView, acting: Ceilings): BudgetAccount {
  const ceilings = joinCeilings(acting, view.ceilings);
  const { course } = view;
  const shares = new Map(
    course.fleets.map(({ fleet }) => {
      const most = ceilings.get(fleet.name);
      const whole = course.forecast(fleet.name, most);
      return [fleet.name, { fleet, whole, there: course.forecastThere(fleet.name, most) }] as const;
    }),
  );
  return { view, ceilings, shares, reserved: course.reserved, notBought: 0 };
}

/** The service may take as much as the cap allows; what it then renews at is what it costs. */
export function toRenewals({ now, books }: PlanContext, { offer: { price } }: Purchase, count: number): Renewals {
  return { next: findFirstRenewal(books.notes, now, price), price, count };
}

/** A fleet that shrinks would let go at once what was bought beside coming purchases that don't fit: there they count whole. */
function shrinks({ budget }: BudgetView): boolean {
  return budget.steps.some((step) => step.do === 'shrink' && step.of === 'expected');
}

function forecastOf(
  { view, ceilings }: BudgetAccount,
  fleet: string,
  bought: Renewals,
): { readonly whole: Micros; readonly there: Micros } {
  const most = ceilings.get(fleet);
  const { course } = view;
  return { whole: course.forecast(fleet, most, bought), there: course.forecastThere(fleet, most, bought) };
}

/** Until the period's end: its first charge, and what it adds to its fleet's. */
export function costOf(account: BudgetAccount, fleet: string, purchase: Purchase, bought: Renewals): Micros {
  const share = account.shares.get(fleet);
  const after = forecastOf(account, fleet, bought);
  const first = purchase.cap.amount * BigInt(bought.count);
  return first + (shrinks(account.view) ? after.whole - (share?.whole ?? 0n) : after.there - (share?.there ?? 0n));
}

/** What is spent, what is reserved, and what will be charged of what is there. */
export function sumThere({ view, reserved, shares }: BudgetAccount): Micros {
  return view.spent + reserved + view.course.fixed + sumMicros([...shares.values()].map(({ there }) => there));
}

function sumComing(shares: readonly Share[]): Micros {
  return sumMicros(shares.map(({ whole, there }) => (whole > there ? whole - there : 0n)));
}

/** What is kept from a purchase of the fleet for purchases that will come. */
export function sumKeptBack({ view, shares }: BudgetAccount, fleet: FleetPolicy): Micros {
  const all = [...shares.values()];
  return sumComing(shrinks(view) ? all : all.filter((each) => compareByPriority(each.fleet, fleet) > 0));
}

export function reserve(account: BudgetAccount, fleet: string, purchase: Purchase, bought: Renewals): void {
  account.reserved += purchase.cap.amount * BigInt(bought.count);
  const share = account.shares.get(fleet);
  if (share !== undefined) Object.assign(share, forecastOf(account, fleet, bought));
  account.view.payers.fleets.get(fleet)?.renewals.push(bought);
}

/**
 * What will be charged if nobody does anything: coming purchases as far as the budget lets them be made. Of a hard budget also the
 * renewals that it will not let happen: who goes is decided boundary by boundary.
 */
export function readFigures(account: BudgetAccount): BudgetFigures {
  const { view, reserved, notBought, ceilings, shares } = account;
  const there = sumThere(account);
  const whole = there + sumComing([...shares.values()]);
  const target = shrinkTarget(view.budget);
  const most = view.budget.mode === 'observe' || whole <= target ? whole : there > target ? there : target;
  const buysNothing = view.buysNothing === true || (view.stopsBuying && view.budget.mode !== 'observe');
  const expected = buysNothing ? there : most;
  return { reserved, forecast: expected - view.spent - reserved, expected, notBought, ceilings };
}
