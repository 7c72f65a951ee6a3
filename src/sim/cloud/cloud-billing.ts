// Money in the simulated cloud: every resource is charged in advance, hour by hour, on its own clock from its activation. It
// changes balances and the dates of charges; it must not decide when something starts or ends.
import type { Micros } from '../../core/types.js';
import { HOUR_MILLIS } from '../../core/money.js';
import { findHourlyPrice } from './cloud-catalogue.js';
import { scheduleEvent } from './cloud-events.js';
import type { CloudResource, CloudState } from './cloud-state.js';

/** The resource became active: its first hour begins now. False when there is no money for it. */
export function beginBilling(state: CloudState, resource: CloudResource): boolean {
  resource.readySince = state.now;
  resource.paidUntil = state.now;
  return payHour(state, resource);
}

/** The charge at `resource.paidUntil` is due. False when there is no money for it: what then happens is the caller's. */
export function payHour(state: CloudState, resource: CloudResource): boolean {
  const amount = findHourlyPrice(resource);
  if (amount > state.balance) return false;
  const from = resource.paidUntil!;
  const to = from + HOUR_MILLIS;
  state.balance -= amount;
  resource.spent += amount;
  resource.lastPaidAt = state.now;
  resource.paidUntil = to;
  state.charges.push({ resource, at: state.now, amount, from, to });
  scheduleEvent(state, to, { kind: 'charge', resource });
  return true;
}

/** Somebody else's resource that came now: its first hour is charged as any other, if there is money for it. */
export function payFirstHour(state: CloudState, resource: CloudResource): void {
  const amount = findHourlyPrice(resource);
  if (amount > state.balance) return;
  state.balance -= amount;
  resource.spent += amount;
  state.charges.push({ resource, at: state.now, amount, from: state.now, to: resource.paidUntil! });
}

/** It is gone: it owes and pays nothing any more. */
export function endBilling(state: CloudState, resource: CloudResource): void {
  resource.endedAt = state.now;
  resource.paidUntil = undefined;
  if (resource.kind !== 'vm') state.unpaid.delete(resource);
}

/** Money from outside; a negative amount takes some out. Debts are paid, oldest first, as far as it goes. */
export function depositFunds(state: CloudState, amount: Micros): void {
  state.balance += amount;
  state.deposited += amount;
  for (const part of state.unpaid) {
    while (part.paidUntil! <= state.now) {
      if (!payHour(state, part)) return;
    }
    state.unpaid.delete(part);
  }
}
