// Money in the simulated market: deposits, boundaries, charges, reserves, grace. It changes balances and the dates of charges;
// it must not decide when a VM starts or goes. At every instant balance + reserves + charges = all that was deposited.
import type { Instant, Micros } from '../../core/types.js';
import { DAY_MILLIS } from '../../core/money.js';
import { scheduleEvent } from './market-events.js';
import type { Charge, MarketRules, MarketState, MarketVm } from './market-state.js';

/** The first boundary after `instant` of a VM whose paid time begins there. */
export function findNextBoundary(rules: MarketRules, instant: Instant): Instant {
  if (rules.regime === 'rolling') return instant + rules.epochMillis;
  const sinceBoundary = (((instant - rules.boundaryOfDayMillis) % DAY_MILLIS) + DAY_MILLIS) % DAY_MILLIS;
  return instant - sinceBoundary + DAY_MILLIS;
}

/** Two epochs at deployment: one charged at once, one held as the VM's reserve. The caller has checked the balance. */
export function payDeposit(state: MarketState, vm: MarketVm): void {
  state.balance -= vm.price * 2n;
  vm.reserve = vm.price;
  vm.openCharge = recordCharge(state, vm, undefined, undefined);
}

/** The VM became active: what was charged at its deployment pays from here to its first boundary. */
export function beginBilling(state: MarketState, vm: MarketVm): void {
  const boundary = findNextBoundary(state.rules, state.now);
  if (vm.openCharge !== undefined) {
    vm.openCharge.from = state.now;
    vm.openCharge.to = boundary;
    vm.openCharge = undefined;
  }
  setBoundary(state, vm, boundary);
}

/** Somebody else's VM that comes now: its first epoch is charged as any other, if there is money for it. */
export function payFirstEpoch(state: MarketState, vm: MarketVm): void {
  if (vm.price > state.balance) return;
  state.balance -= vm.price;
  recordCharge(state, vm, state.now, vm.nextBillingAt);
}

export function setBoundary(state: MarketState, vm: MarketVm, boundary: Instant): void {
  vm.nextBillingAt = boundary;
  scheduleEvent(state, boundary, { kind: 'charge', vm });
}

/** The charge at `vm.nextBillingAt` is due: pay and top up, or let the grace begin. */
export function playCharge(state: MarketState, vm: MarketVm): void {
  if (payEpoch(state, vm)) {
    topUpReserve(state, vm);
    return;
  }
  vm.status = 'small-balance';
  state.indebted.add(vm);
  vm.graceUntil = vm.nextBillingAt! + state.rules.graceMillis;
  scheduleEvent(state, vm.graceUntil, { kind: 'grace-over', vm });
}

/** Money came in: debts are paid, oldest first, as far as it goes. */
export function settleDebts(state: MarketState): void {
  for (const vm of state.indebted) {
    if (vm.graceUntil !== undefined && !payEpoch(state, vm)) return;
    if (!topUpReserve(state, vm)) return;
  }
}

/** Money from outside; a negative amount takes some out. */
export function depositFunds(state: MarketState, amount: Micros): void {
  state.balance += amount;
  state.deposited += amount;
  settleDebts(state);
}

/** The record leaves the list: what was held for it comes back. */
export function returnReserve(state: MarketState, vm: MarketVm): void {
  state.balance += vm.reserve;
  vm.reserve = 0n;
  state.indebted.delete(vm);
  settleDebts(state);
}

function payEpoch(state: MarketState, vm: MarketVm): boolean {
  const lacking = vm.reserve < vm.price ? vm.price - vm.reserve : 0n;
  if (lacking > state.balance) return false;
  state.balance -= lacking;
  vm.reserve -= vm.price - lacking;
  const from = vm.nextBillingAt!;
  // Paid late, within its grace, the epoch still began at its boundary.
  const to = findNextBoundary(state.rules, from);
  vm.graceUntil = undefined;
  recordCharge(state, vm, from, to);
  setBoundary(state, vm, to);
  return true;
}

function topUpReserve(state: MarketState, vm: MarketVm): boolean {
  const lacking = vm.price - vm.reserve;
  if (lacking > state.balance) {
    vm.status = 'small-balance';
    state.indebted.add(vm);
    return false;
  }
  state.balance -= lacking;
  vm.reserve += lacking;
  vm.status = 'active';
  state.indebted.delete(vm);
  return true;
}

function recordCharge(state: MarketState, vm: MarketVm, from: Instant | undefined, to: Instant | undefined): Charge {
  const charge: Charge = { vm, at: state.now, amount: vm.price, from, to };
  vm.spent += vm.price;
  state.charges.push(charge);
  return charge;
}
