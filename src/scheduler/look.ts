// A look: observe, reckon, plan. The market is read only when a plan wants to buy, so a quiet tick costs one listing.
// Used by the tick and by every command that shows a plan; it writes nothing.
import type { Books, Change, LedgerEntry } from '../core/books.js';
import { listBudgetPeers } from '../core/budgets/judge-budgets.js';
import { foreseeSnapshot } from '../core/foresee.js';
import { parseMemberName } from '../core/names.js';
import { planAccount } from '../core/plan.js';
import { listPeerNames, servesAccount } from '../core/peers.js';
import type { Peer, Plan, Snapshot } from '../core/plan-types.js';
import type { PolicySet } from '../core/policy-types.js';
import { reckonSnapshot } from '../core/reckon/reckon.js';
import { isKeyName } from '../core/order-faults.js';
import type { Instant } from '../core/types.js';
import { listWantedDisks } from '../core/where.js';
import type { GenerationRecord } from '../ports/store.js';
import type { Engine, EngineAccount } from './engine.js';
import { withBudgets } from './read-budgets.js';
import { withPrices } from './read-prices.js';
import { observeAccount, type ClockWatch, type MarketReader } from './observe.js';

export interface Look {
  /** As observed, before anything was reckoned into its books: what `record` writes. */
  readonly observed: Snapshot;
  readonly reckoned: Snapshot;
  readonly changes: readonly Change[];
  readonly ledger: readonly LedgerEntry[];
  readonly plan: Plan;
}

/** Reckons and plans an observed snapshot; with a later `at`, what can be foreseen of it then. Pure. */
export function planObserved(
  observed: Snapshot,
  policies: PolicySet,
  settings: EngineAccount['settings'],
  { traced, at }: { readonly traced?: string | undefined; readonly at?: Instant | undefined } = {},
): Look {
  const { snapshot: present, changes, ledger } = reckonSnapshot(observed, policies, settings);
  const plan = (snapshot: Snapshot): Plan =>
    planAccount({ snapshot, policies, settings, ...(traced === undefined ? {} : { traced }) });
  const reckoned =
    at === undefined || at <= present.at
      ? { ...present, at: at ?? present.at }
      : foreseeSnapshot({ snapshot: present, policies, settings, plan }, at);
  return { observed, reckoned, changes, ledger, plan: plan(reckoned) };
}

function wantsMarket(plan: Plan): boolean {
  return plan.holds.some((hold) => hold.reason.code === 'offers-unknown');
}

function namesKeys(policies: PolicySet, { settings }: EngineAccount): boolean {
  return policies.fleets.some((fleet) => servesAccount(fleet, settings.name) && fleet.vm.sshKeys.some(isKeyName));
}

function hasKeysPolicy(policies: PolicySet, { settings }: EngineAccount): boolean {
  return policies.keys?.some(({ account, mode }) => account === settings.name && mode !== 'pause') ?? false;
}

/** The sizes of disks that the account's fleets want. */
function listDisks(policies: PolicySet, { settings }: EngineAccount): readonly number[] {
  const fleets = policies.fleets.filter((fleet) => servesAccount(fleet, settings.name));
  return [...new Set(fleets.flatMap(({ where }) => listWantedDisks(where)))];
}

export interface LookFacts {
  readonly watch: ClockWatch;
  readonly market: MarketReader;
  readonly policies: PolicySet;
  readonly record: GenerationRecord | undefined;
  /** Plan as if it were this instant (`plan --at`). */
  readonly at?: number;
  readonly traced?: string;
  /** Of other accounts, where they were just looked at and nothing was written down (`plan`). */
  readonly peerBooks?: ReadonlyMap<string, Books>;
  /** Read the market although nothing is bought (`record`). */
  readonly alwaysMarket?: boolean;
  /** Tell the prices of coming purchases although no budget asks for them (`spend`). */
  readonly alwaysPrices?: boolean;
}

const RECOVERY_LOOKS = 3;

/**
 * A new store wants three complete looks before anything is bought. Where nothing in the account bears our names they are made
 * at once, so that a new user waits for nothing; where a store was lost a create may turn up late, and time must pass.
 */
async function lookUntilRecovered(account: EngineAccount, observed: Snapshot, facts: LookFacts): Promise<Snapshot> {
  let seen = observed;
  for (;;) {
    const { books } = planObserved(seen, facts.policies, account.settings).reckoned;
    const { recovering } = books.notes;
    if (recovering === undefined || recovering.isLost === true || recovering.looks >= RECOVERY_LOOKS) return seen;
    if (seen.inventory.state !== 'complete') return seen;
    const { installation } = account.settings;
    if (seen.inventory.vms.some((vm) => parseMemberName(vm.name, installation) !== undefined)) return seen;
    const inventory = await account.cloud.listVms();
    seen = { ...seen, inventory, books: { ...seen.books, notes: { ...seen.books.notes, recovering } } };
  }
}

/** Looks at one account and plans it. */
export async function lookAtAccount(engine: Engine, account: EngineAccount, facts: LookFacts): Promise<Look> {
  const { policies, traced, at } = facts;
  const observed = await observeAccount(engine, account, facts.watch, facts.record);
  const now = await withPeers(engine, observed, policies, facts.peerBooks);
  const counted = await withBudgets(engine.store, now, policies);
  const priced = await withPrices(engine, counted, {
    policies,
    readPrices: (asked) => facts.market.readPrices(asked, listDisks(policies, asked)),
    always: facts.alwaysPrices === true,
  });
  const recovered = await lookUntilRecovered(account, priced, facts);
  // Read after the books: what those say was added stands here.
  const settled = hasKeysPolicy(policies, account)
    ? { ...recovered, keys: await facts.market.readKeys(account) }
    : recovered;
  const first = planObserved(settled, policies, account.settings, { traced, at });
  if (!wantsMarket(first.plan) && facts.alwaysMarket !== true) return first;
  const own = await readMarket(account, facts, settled.keys);
  const peers = settled.peers === undefined ? undefined : await readPeerMarkets(engine, settled, facts);
  const whole = { ...settled, ...own, ...(peers === undefined ? {} : { peers }) };
  return planObserved(whole, policies, account.settings, { traced, at });
}

type MarketAnswers = Pick<Snapshot, 'offers' | 'images' | 'keys'>;

/** `known`: its keys, where they were read for this look already. */
async function readMarket(
  account: EngineAccount,
  { market, policies }: LookFacts,
  known?: Snapshot['keys'],
): Promise<MarketAnswers> {
  const offers = await market.readOffers(account, listDisks(policies, account));
  const images = await market.readImages(account);
  const keys = known ?? (namesKeys(policies, account) ? await market.readKeys(account) : undefined);
  return { offers, images, keys };
}

/** One that does not answer takes no part in this look's purchases. */
function readPeerMarkets(
  engine: Engine,
  { account: name, peers = [] }: Snapshot,
  facts: LookFacts,
): Promise<readonly Peer[]> {
  const sharing = listPeerNames(facts.policies.fleets, name);
  const read = peers.map(async (peer) => {
    // One that only shares a budget sells nothing to our fleets.
    if (!sharing.includes(peer.settings.name)) return peer;
    const account = engine.accounts.get(peer.settings.name)!;
    return { ...peer, ...(await readMarket(account, facts)) };
  });
  return Promise.all(read);
}

/** A look of this very command is no old one, however fast the service's time goes (a sandbox's). */
function asOfNow(books: Books, now: Instant): Books {
  const { lastCompleteLook } = books.notes;
  if (lastCompleteLook === undefined) return books;
  return { ...books, notes: { ...books.notes, lastCompleteLook: { ...lastCompleteLook, at: now } } };
}

/**
 * The books of the accounts that share a fleet or a budget with this one, as they are now; what was read of their markets stays. `seen`:
 * books by a look that was just made and is written nowhere.
 */
export async function withPeers(
  { accounts, store }: Pick<Engine, 'accounts' | 'store'>,
  snapshot: Snapshot,
  policies: PolicySet,
  seen: ReadonlyMap<string, Books> = new Map(),
): Promise<Snapshot> {
  const sharing = listBudgetPeers(policies, snapshot.account, [...accounts.keys()]);
  const names = new Set([...listPeerNames(policies.fleets, snapshot.account), ...sharing]);
  const known = [...names].flatMap((name) => accounts.get(name) ?? []);
  if (known.length === 0) return snapshot;
  const peers = known.map(async ({ settings }): Promise<Peer> => {
    const before = snapshot.peers?.find((peer) => peer.settings.name === settings.name);
    const { offers, images, keys, pricedOffers } = before ?? {};
    const prices = pricedOffers === undefined ? {} : { pricedOffers };
    const market = { offers, images, keys, ...prices };
    const looked = seen.get(settings.name);
    const books = looked === undefined ? await store.readBooks(settings.name) : asOfNow(looked, snapshot.at);
    return { settings, books, ...market };
  });
  return { ...snapshot, peers: await Promise.all(peers) };
}
