// The rule of hard budgets: at a boundary whose charge would pass the limit a member is not renewed, even below its fleet's floor.
// It asks for deletions at boundaries, which rails and gates judge like any other. What it may not touch is paid first: money for it
// is set aside until the period's end, unless that alone passes the limit. Nobody goes early for a limit that can't be kept.
import { expectLandingMillis } from '../billing-clock.js';
import type { Books, Claim } from '../books.js';
import { sumRenewals, type Renewals } from '../budgets/forecast.js';
import type { BudgetView } from '../budgets/judge-budgets.js';
import { coversAccount, coversPolicy, isCountedMember, isServingClaim, listOthers } from '../budgets/read-payers.js';
import { renewalOf, sumNextCharges } from '../budgets/reserve.js';
import { judgePeerClaim } from '../budgets/select-known.js';
import { hasDoubt } from '../gates.js';
import { formatDayMinute } from '../instant.js';
import { formatUsdc } from '../money.js';
import { findFleet } from '../ownership.js';
import { isPassing } from '../lifecycle.js';
import { listOwnParts, readSavedPrice } from '../parts.js';
import { servesAccount } from '../peers.js';
import { holdVm, isActing, noteVerdict, refTo, type Draft, type Member, type PlanContext } from '../plan-context.js';
import type { FleetPolicy } from '../policy-types.js';
import type { Instant, Micros, Price, Reason } from '../types.js';

interface Candidate {
  readonly id: string;
  readonly fleet: FleetPolicy;
  readonly boundary: Instant;
  /** Of its next charge, as far as that comes within the period: its disks may come due in it and itself not. */
  readonly cost: Micros;
  /** undefined: in another account, which lets go of its own, or in a state in which nothing may be deleted, for now. */
  readonly member: Member | undefined;
}

/** What renews first is left where the money ends: high priority, then what comes first, then the cheap. */
function compareForRenewal(a: Candidate, b: Candidate): number {
  return (
    b.fleet.priority - a.fleet.priority ||
    a.boundary - b.boundary ||
    (a.cost === b.cost ? 0 : a.cost < b.cost ? -1 : 1) ||
    (a.id < b.id ? -1 : 1)
  );
}

/** Deletions that the rails refuse, and policies of which they would let no more through. */
export interface Refused {
  readonly ids: ReadonlySet<string>;
  readonly policies: ReadonlySet<string>;
}

const NOTHING_REFUSED: Refused = { ids: new Set(), policies: new Set() };

interface Guard {
  readonly context: PlanContext;
  readonly draft: Draft;
  readonly view: BudgetView;
  readonly refused: Refused;
}

/** Members that the budget counts and that the guard may judge: what is charged of the others is fixed already. */
function listMembers({ context, view }: Guard): readonly { readonly fleet: FleetPolicy; readonly member: Member }[] {
  return context.policies.fleets.flatMap((fleet) => {
    if (!coversPolicy(view.budget, fleet.name) || !isActing(fleet, context.settings)) return [];
    return (context.members.get(fleet.name) ?? []).flatMap((member) => {
      const { row, isProtected, claim, price } = member;
      if (isProtected || claim === undefined || price === undefined || !(isLasting(member) || isPassing(row)))
        return [];
      return isCountedMember(context, view.budget, member, fleet.name) ? [{ fleet, member }] : [];
    });
  });
}

function isLasting({ row }: Member): boolean {
  return row.deletion !== 'never' && row.standing !== 'doomed' && row.standing !== 'ended';
}

function listOwn(guard: Guard): readonly Candidate[] {
  const { period } = guard.view;
  const leaving = new Set(guard.draft.unwanted.map(({ vm }) => vm.id));
  return listMembers(guard).flatMap(({ fleet, member }): Candidate[] => {
    const { id, boundary, ownBoundary, price, claim } = member;
    if (boundary === undefined || boundary >= period.to || leaving.has(id)) return [];
    const cost = sumNextCharges(claim, price!, ownBoundary ?? boundary, period.to);
    return [{ id, fleet, boundary, cost, member: isLasting(member) ? member : undefined }];
  });
}

/** Members whose deletion a rail refuses: charged on until somebody allows it. */
function listKept(guard: Guard): readonly Renewals[] {
  const { context, refused } = guard;
  if (refused.ids.size === 0) return [];
  return listMembers(guard).flatMap(({ member: { id, claim, price, ownBoundary } }) =>
    refused.ids.has(id) && ownBoundary !== undefined
      ? [joinMachine(context, context.books, claim!, ownBoundary, price!)]
      : [],
  );
}

/** A machine of which is known until when it is paid, so that nothing of it is reserved. */
function joinMachine(context: PlanContext, books: Books, claim: Claim, paidUntil: Instant, price: Price): Renewals {
  return renewalOf({ context, payers: { reserved: 0n }, charged: new Map() }, books, claim, paidUntil, price);
}

/**
 * The next charge of a member of another account. As long as that isn't read its boundaries pass unseen: what was charged at them
 * since comes apart.
 */
function listPeerCharges(
  { now }: PlanContext,
  { period }: BudgetView,
  claim: Claim,
  boundary: Instant,
  machine: Renewals,
): readonly Pick<Candidate, 'boundary' | 'cost'>[] {
  const { price } = machine;
  const { periodMillis } = price;
  if (boundary > now) return [{ boundary, cost: sumNextCharges(claim, price, boundary, period.to) }];
  const next = boundary + (Math.floor((now - boundary) / periodMillis) + 1) * periodMillis;
  return [
    { boundary, cost: sumRenewals([machine], period.from, now + 1) },
    { boundary: next, cost: sumRenewals([machine], now + 1, Math.min(period.to, now + 1 + periodMillis)) },
  ].filter(({ cost }) => cost > 0n);
}

function listPeers(context: PlanContext, view: BudgetView): readonly Candidate[] {
  const fleets = view.course.fleets.map(({ fleet }) => fleet);
  return (context.snapshot.peers ?? []).flatMap((peer) => {
    if (!coversAccount(view.budget, peer.settings.name)) return [];
    return peer.books.claims.flatMap((claim): Candidate[] => {
      const fleet = findFleet(fleets, claim.policy);
      const price = readSavedPrice(claim.price, listOwnParts(claim));
      const { paidUntil: boundary, vmId: id } = claim;
      if (fleet === undefined || price === undefined || boundary === undefined) return [];
      if (boundary >= view.period.to || claim.state === 'parked' || claim.forPeers === 'kept') return [];
      if (!isServingClaim(claim, peer) || !isActing(fleet, peer.settings)) return [];
      if (!servesAccount(fleet, peer.settings.name)) return [];
      // Nobody goes for one of which it isn't known whether the budget pays it.
      if (judgePeerClaim(context, view.budget, peer, claim, fleet.name) !== 'yes') return [];
      const machine = joinMachine(context, peer.books, claim, boundary, price);
      const charges = listPeerCharges(context, view, claim, boundary, machine);
      return charges.map((charge) => ({ id, fleet, member: undefined, ...charge }));
    });
  });
}

/** Whether a deletion can still land by then. */
function canLand(context: PlanContext, by: Instant): boolean {
  return by - expectLandingMillis(context.books.notes.deletionMillis, context.baseLeadMillis) > context.serviceNow;
}

function canGo({ context, refused }: Guard, { boundary, fleet, member }: Candidate): boolean {
  if (member !== undefined && refused.policies.has(fleet.name)) return false;
  return canLand(context, boundary - (member?.partsMillis ?? 0));
}

/** What reaps and `kind: orphans` let go of what no fleet has: not charged from the first boundary on that can still be made. */
function listSaved({ context, draft, view, refused }: Guard): readonly Renewals[] {
  const { reaps, orphans } = context.policies;
  const acting = new Set([...reaps, ...orphans].flatMap(({ name, mode }) => (mode === 'act' ? [name] : [])));
  const going = new Set(
    draft.unwanted.flatMap(({ vm, policy }) => (acting.has(policy) && !refused.ids.has(vm.id) ? [vm.id] : [])),
  );
  if (going.size === 0) return [];
  return listOthers(context, view.budget).flatMap(({ id, renewals }) => {
    if (!going.has(id)) return [];
    const { next, price } = renewals;
    return [{ ...renewals, next: canLand(context, next) ? next : next + price.periodMillis }];
  });
}

/** What a charge would come on top of. */
interface Paid {
  /** What nobody may let go, or what is too late: until the period's end, or until that charge where it alone passes the limit. */
  readonly anyway: Micros;
  readonly isKept: boolean;
  /** Members that renew first. */
  readonly renewed: Micros;
}

function describePaid({ course, period, spent }: BudgetView, { anyway, isKept, renewed }: Paid): string {
  const pieces: readonly (readonly [Micros, string])[] = [
    [course.reserved, 'reserved for purchases'],
    [
      anyway,
      isKept ? `set aside for what can't be let go until ${formatDayMinute(period.to)}` : 'charged anyway by then',
    ],
    [renewed, 'for renewals that come first'],
  ];
  const others = pieces.filter(([amount]) => amount > 0n).map(([amount, what]) => `${formatUsdc(amount)} ${what}`);
  return [`${formatUsdc(spent)} is spent`, ...others].join(', ');
}

function letGo(context: PlanContext, draft: Draft, view: BudgetView, candidate: Candidate, paid: Paid): void {
  const { budget } = view;
  const { fleet, boundary, cost } = candidate;
  const member = candidate.member!;
  const text =
    `budget ${budget.name} is hard: with its charge of ${formatUsdc(cost)} at ${formatDayMinute(boundary)} the limit of ` +
    `${formatUsdc(budget.limit)} a ${budget.per} would be passed: ${describePaid(view, paid)}`;
  if (budget.mode === 'observe') {
    const reason: Reason = { code: 'observing', text: `would not be renewed: ${text}` };
    holdVm(context, draft, fleet.name, refTo(member), reason, { boundary, price: member.price });
    return;
  }
  draft.unwanted.push({
    vm: refTo(member),
    policy: fleet.name,
    reason: { code: 'budget-hard', text },
    due: 'boundary',
    boundary,
    price: member.price,
    partsMillis: member.partsMillis,
    capped: true,
    railExempt: false,
    reaped: false,
    judged: true,
    outlook: undefined,
    budget: budget.name,
  });
  noteVerdict(context, draft, member.id, {
    rule: 'budgets',
    policy: budget.name,
    says: 'delete',
    text,
    until: boundary,
  });
}

function sumCosts(candidates: readonly Candidate[]): Micros {
  return candidates.reduce((sum, { cost }) => sum + cost, 0n);
}

/** The limit can be kept: whoever it doesn't pay beside all that can't be let go isn't renewed. */
function keepLimit(
  context: PlanContext,
  draft: Draft,
  view: BudgetView,
  open: readonly Candidate[],
  anyway: Micros,
): void {
  const left = view.budget.limit - view.spent - view.course.reserved - anyway;
  let renewed = 0n;
  for (const candidate of open.toSorted(compareForRenewal)) {
    if (renewed + candidate.cost <= left) renewed += candidate.cost;
    else if (candidate.member !== undefined) letGo(context, draft, view, candidate, { anyway, isKept: true, renewed });
  }
}

/** It can't: whoever is due before it is passed is renewed, since his going would not keep it. */
function renewUntilPassed(
  context: PlanContext,
  draft: Draft,
  view: BudgetView,
  open: readonly Candidate[],
  anywayUntil: (until: Instant) => Micros,
): void {
  const { budget, spent, course } = view;
  let renewed = 0n;
  for (const candidate of open.toSorted((a, b) => a.boundary - b.boundary || compareForRenewal(a, b))) {
    const { boundary, cost, member } = candidate;
    const anyway = anywayUntil(boundary + 1);
    if (spent + course.reserved + anyway + renewed + cost <= budget.limit) renewed += cost;
    else if (member !== undefined) letGo(context, draft, view, candidate, { anyway, isKept: false, renewed });
  }
}

function guardHard(guard: Guard): void {
  const { context, draft, view } = guard;
  const { budget, period, spent, course } = view;
  const candidates = [...listOwn(guard), ...listPeers(context, view)];
  const open = candidates.filter((candidate) => canGo(guard, candidate));
  const late = candidates.filter((candidate) => !canGo(guard, candidate));
  const saved = listSaved(guard);
  const kept = listKept(guard);
  const anywayUntil = (until: Instant): Micros =>
    course.fixedUntil(until) +
    sumRenewals(kept, period.from, until) -
    sumRenewals(saved, period.from, until) +
    sumCosts(late.filter(({ boundary }) => boundary < until));
  const anyway = anywayUntil(period.to);
  if (spent + course.reserved + anyway <= budget.limit) keepLimit(context, draft, view, open, anyway);
  else renewUntilPassed(context, draft, view, open, anywayUntil);
}

/** After all rules that let members go for their own reasons: those are charged no more, unless a rail keeps them. */
export function guardBudgets(
  context: PlanContext,
  draft: Draft,
  views: readonly BudgetView[],
  refused = NOTHING_REFUSED,
): void {
  if (hasDoubt(context.snapshot)) return;
  for (const view of views) if (view.budget.hard) guardHard({ context, draft, view, refused });
}
