// What a budget counts, gathered from this account's look and the books of the others: what renews whatever happens, what follows
// a fleet's demand, and what is reserved for purchases that are not seen as charged yet. Reads; judges and decides nothing.
import type { Books, Claim, Intent } from '../books.js';
import { convertCap } from '../money.js';
import { isEnded, isPassing, isRunning } from '../lifecycle.js';
import { parseMemberName } from '../names.js';
import { findFleet, isOpenIntent, isReplaced } from '../ownership.js';
import { listOwnParts, readSavedPrice } from '../parts.js';
import { isActing, type Member, type PlanContext } from '../plan-context.js';
import type { Peer } from '../plan-types.js';
import type { AccountSettings, FleetPolicy } from '../policy-types.js';
import { listAccounts } from '../peers.js';
import type { Micros, Price, Vm } from '../types.js';
import type { BudgetPolicy } from './budget-policy.js';
import { findBuyingPrice, listMarkets } from './find-buying-price.js';
import { gatherRenewals, type Renewals } from './forecast.js';
import { renewalOf, reserve } from './reserve.js';
import { judgePeerClaim, mayCountOrder } from './select-known.js';

/** A fleet as far as a budget counts it. */
export interface FleetPayers {
  readonly fleet: FleetPolicy;
  /** Gathered: a few groups, however many members. */
  renewals: Renewals[];
  /** Serve it and never go, or are counted elsewhere. */
  kept: number;
  /** Of what would be bought for it: as the market offers it now; else what its members cost; else the most that it may. */
  price: Price;
  /** Somebody offers it now, as far as the markets were read. */
  isOffered: boolean;
}

export interface Payers {
  fixed: readonly Renewals[];
  /** The same of this account's foreign VMs, disks and IPs: the other accounts know them by its notes. */
  others: readonly Renewals[];
  reserved: Micros;
  readonly fleets: ReadonlyMap<string, FleetPayers>;
}

/** Whether what the account is charged counts. */
export function coversAccount({ scope }: Pick<BudgetPolicy, 'scope'>, account: string): boolean {
  return scope.accounts?.includes(account) ?? true;
}

export function coversPolicy({ scope }: Pick<BudgetPolicy, 'scope'>, policy: string): boolean {
  return scope.policies?.includes(policy) ?? true;
}

interface Reading {
  readonly context: PlanContext;
  readonly budget: BudgetPolicy;
  readonly fleets: readonly FleetPolicy[];
  readonly payers: Payers & {
    readonly fixed: Renewals[];
    readonly others: Renewals[];
    readonly fleets: Map<string, FleetPayers>;
  };
  /** Ids of what was counted as charged, by the books that say so. */
  readonly charged: Map<Books, ReadonlySet<string>>;
}

function selects(
  { context, budget }: Pick<Reading, 'context' | 'budget'>,
  vm: Vm | undefined,
  policy: string,
): boolean {
  const { select } = budget.scope;
  if (select === undefined || vm === undefined) return true;
  return select(vm, { now: context.now, account: context.settings.name, policy });
}

export function isCountedMember(context: PlanContext, budget: BudgetPolicy, { vm }: Member, policy: string): boolean {
  return selects({ context, budget }, vm, policy);
}

function openFleet(reading: Reading, fleet: FleetPolicy, settings: AccountSettings): FleetPayers {
  const { fleets } = reading.payers;
  let known = fleets.get(fleet.name);
  if (known === undefined) {
    const { periodMillis } = settings;
    const price = { amount: convertCap(fleet.where.maxPrice, periodMillis).amount, periodMillis };
    fleets.set(fleet.name, (known = { fleet, renewals: [], kept: 0, price, isOffered: false }));
  }
  return known;
}

function readMember(reading: Reading, payers: FleetPayers, member: Member): void {
  const { standing, counts, deletion } = member.row;
  if (standing === 'doomed' || standing === 'ended') return;
  const doesFollow = isActing(payers.fleet, reading.context.settings);
  const mayGo = doesFollow && (deletion !== 'never' || isPassing(member.row)) && !member.isProtected;
  // Another is bought in its place, and it goes.
  if (mayGo && deletion !== 'never' && (standing === 'stuck' || standing === 'mismatched')) return;
  const isServing = counts || standing === 'parked';
  if (!selects(reading, member.vm, payers.fleet.name)) {
    if (isServing) payers.kept += 1;
    return;
  }
  const { price } = member;
  if (price === undefined) {
    if (isServing) payers.kept += 1;
    return;
  }
  const renewal = renewalOf(
    reading,
    reading.context.books,
    member.claim,
    member.ownBoundary ?? member.claim?.paidUntil,
    price,
  );
  if (mayGo) payers.renewals.push(renewal);
  else {
    if (isServing) payers.kept += 1;
    reading.payers.fixed.push(renewal);
  }
}

/** One VM, disk or public IP, as it renews. */
interface Other {
  readonly id: string;
  readonly renewals: Renewals;
}

/** What a VM of no acting rule is charged: itself and its parts, each at its own boundary. */
function listOther({ id, price, paidUntil, status, parts = [] }: Vm): readonly Other[] {
  const own = isRunning(status) ? [{ id, price, paidUntil }] : [];
  return [...own, ...parts].flatMap(toOther);
}

function toOther({ id, price, paidUntil }: Pick<Vm, 'id' | 'price' | 'paidUntil'>): readonly Other[] {
  return price === undefined || paidUntil === undefined ? [] : [{ id, renewals: { next: paidUntil, price, count: 1 } }];
}

/** What the budget counts of this account's foreign VMs, disks and IPs. */
export function listOthers(context: PlanContext, budget: BudgetPolicy): readonly Other[] {
  if (budget.scope.policies !== undefined) return [];
  const { books, settings, snapshot } = context;
  const going = new Set(books.claims.flatMap(({ state, vmId }) => (state === 'doomed' ? [vmId] : [])));
  // What an open create shows before it is answered is reserved by its intent.
  const open = new Set(books.intents.filter(isOpenIntent).map(({ id }) => id));
  const isComing = ({ name }: Vm): boolean => open.has(parseMemberName(name, settings.installation)?.intent ?? '');
  const others: Other[] = [];
  for (const vm of context.vmById.values()) {
    if (isComing(vm) || going.has(vm.id) || context.fleetOf.has(vm.id) || isEnded(vm.status)) continue;
    if (selects({ context, budget }, vm, '')) others.push(...listOther(vm));
  }
  if (budget.scope.select !== undefined) return others;
  const leaving = new Set(books.notes.leftParts?.map(({ id }) => id));
  for (const part of snapshot.inventory.leftovers ?? []) if (!leaving.has(part.id)) others.push(...toOther(part));
  return others;
}

function readIntents(reading: Reading, books: Books, settings: AccountSettings): void {
  const claimed = new Map<string, number>();
  for (const { intent } of books.claims) if (intent !== undefined) claimed.set(intent, (claimed.get(intent) ?? 0) + 1);
  const isWaiting = (intent: Intent): boolean => intent.deploy !== undefined && isOpenIntent(intent);
  for (const intent of books.intents) {
    if (!isWaiting(intent)) continue;
    const { count, cap, offer } = intent.deploy!;
    const left = count - (claimed.get(intent.id) ?? 0);
    const fleet = findFleet(reading.fleets, intent.policy);
    const policy = fleet?.name ?? intent.policy;
    if (left <= 0 || !coversPolicy(reading.budget, policy)) continue;
    if (!mayCountOrder(reading.budget, offer, { now: reading.context.now, account: settings.name, policy })) {
      if (fleet !== undefined) openFleet(reading, fleet, settings).kept += left;
      continue;
    }
    const order = { createdAt: intent.createdAt, cap, price: offer.price };
    const renewal = reserve(reading, books, order, left);
    if (fleet === undefined) reading.payers.fixed.push(renewal);
    else openFleet(reading, fleet, settings).renewals.push(renewal);
  }
}

/** Members that stayed when their fleet moved on serve nobody and are charged all the same. Returns the ids of them and their parts. */
function readLeft(reading: Reading): ReadonlySet<string> {
  const { books, settings, vmById } = reading.context;
  const left = new Set<string>();
  for (const claim of books.claims) {
    const fleet = findFleet(reading.fleets, claim.policy);
    if (fleet === undefined || listAccounts(fleet).includes(settings.name)) continue;
    if (!coversPolicy(reading.budget, fleet.name) || !isServingClaim(claim, { books })) continue;
    const parts = listOwnParts(claim);
    const price = readSavedPrice(claim.price, parts);
    if (price === undefined) continue;
    for (const { id } of [{ id: claim.vmId }, ...parts]) left.add(id);
    if (!selects(reading, vmById.get(claim.vmId), fleet.name)) continue;
    reading.payers.fixed.push(renewalOf(reading, books, claim, claim.paidUntil, price));
  }
  return left;
}

function readOwn(reading: Reading): void {
  const { context, budget } = reading;
  for (const fleet of reading.fleets) {
    const members = context.members.get(fleet.name) ?? [];
    if (!listAccounts(fleet).includes(context.settings.name)) continue;
    if (!coversPolicy(budget, fleet.name)) continue;
    const payers = openFleet(reading, fleet, context.settings);
    for (const member of members) readMember(reading, payers, member);
  }
  // Those that share the budget know them by the claims.
  const left = readLeft(reading);
  for (const { id, renewals } of listOthers(context, budget)) if (!left.has(id)) reading.payers.others.push(renewals);
  readIntents(reading, context.books, context.settings);
}

/** A member of another account, by its books. */
export function isServingClaim(claim: Claim, { books }: Pick<Peer, 'books'>): boolean {
  const hasEnded = claim.endedSince !== undefined && books.notes.endedDoubt === undefined;
  if (claim.state === 'doomed' || claim.origin === 'reaped' || hasEnded) return false;
  return claim.forPeers !== 'misfit' && !isReplaced(claim);
}

function readPeer(reading: Reading, peer: Peer): void {
  const { settings, books } = peer;
  for (const claim of books.claims) {
    if (!isServingClaim(claim, peer)) continue;
    const fleet = findFleet(reading.fleets, claim.policy);
    if (fleet === undefined || !coversPolicy(reading.budget, fleet.name)) continue;
    const price = readSavedPrice(claim.price, listOwnParts(claim));
    if (judgePeerClaim(reading.context, reading.budget, peer, claim, fleet.name) === 'no') {
      // It serves the fleet, and this budget doesn't pay it.
      if (listAccounts(fleet).includes(settings.name)) openFleet(reading, fleet, settings).kept += 1;
      continue;
    }
    if (!listAccounts(fleet).includes(settings.name)) {
      // Its fleet moved on: it serves nobody and is charged all the same.
      if (price !== undefined) reading.payers.fixed.push(renewalOf(reading, books, claim, claim.paidUntil, price));
      continue;
    }
    const payers = openFleet(reading, fleet, settings);
    if (price === undefined) {
      payers.kept += 1;
      continue;
    }
    const renewal = renewalOf(reading, books, claim, claim.paidUntil, price);
    if (claim.forPeers === 'kept' || !isActing(fleet, settings)) {
      payers.kept += 1;
      reading.payers.fixed.push(renewal);
    } else payers.renewals.push(renewal);
  }
  reading.payers.fixed.push(...(books.notes.budgets?.[reading.budget.name]?.others ?? []));
  readIntents(reading, books, settings);
}

/** Members in accounts that the budget doesn't count serve the fleet all the same. */
function countElsewhere(reading: Reading, peer: Peer): void {
  for (const claim of peer.books.claims) {
    if (!isServingClaim(claim, peer)) continue;
    const fleet = findFleet(reading.fleets, claim.policy);
    const payers = fleet === undefined ? undefined : reading.payers.fleets.get(fleet.name);
    if (payers !== undefined) payers.kept += 1;
  }
}

/** The same questions are asked often, so few groups answer them. */
function settle({ context, budget, payers }: Reading): Payers {
  for (const fleet of payers.fleets.values()) {
    const dearest = fleet.renewals.reduce<Price | undefined>(
      (price, each) => (price === undefined || each.price.amount > price.amount ? each.price : price),
      undefined,
    );
    const markets = listMarkets(context, fleet.fleet, (account) => coversAccount(budget, account));
    const offered = findBuyingPrice(fleet.fleet, markets);
    fleet.isOffered = offered !== undefined;
    fleet.price = offered ?? dearest ?? fleet.price;
    fleet.renewals = [...gatherRenewals(fleet.renewals)];
  }
  const { fixed, others } = payers;
  return { ...payers, fixed: gatherRenewals(fixed), others: gatherRenewals(others) };
}

/** `fleets`: of all accounts, as they are written. */
export function readPayers(context: PlanContext, budget: BudgetPolicy, fleets: readonly FleetPolicy[]): Payers {
  const payers: Reading['payers'] = { fixed: [], others: [], reserved: 0n, fleets: new Map() };
  const reading: Reading = { context, budget, fleets, payers, charged: new Map() };
  const { settings, snapshot } = context;
  if (coversAccount(budget, settings.name)) readOwn(reading);
  const peers = snapshot.peers ?? [];
  for (const peer of peers) if (coversAccount(budget, peer.settings.name)) readPeer(reading, peer);
  for (const peer of peers) if (!coversAccount(budget, peer.settings.name)) countElsewhere(reading, peer);
  return settle(reading);
}
