// Gathers what `spend` shows of one account: sums from the store and from a look that nobody has written down yet, what the
// product billed, the coming charges, and the balance. Writes nothing.
import type { Composition } from '../compose.js';
import { compareBilled, type BilledComparison } from '../core/compare-billed.js';
import { explainBilled } from '../core/explain-billed.js';
import { findBuyingPrice, listMarkets } from '../core/budgets/find-buying-price.js';
import { foreseePurchases } from '../core/coming-purchases.js';
import { foreseeCharges } from '../core/cost-calendar.js';
import { DAY_MILLIS } from '../core/money.js';
import { listAccounts } from '../core/peers.js';
import { planAccount } from '../core/plan.js';
import type { PolicySet } from '../core/policy-types.js';
import { reckonRunway } from '../core/runway.js';
import { rowByDay, rowByPolicy, rowByVm, sumTallies, tellRenamed } from '../core/spend-rows.js';
import { findDay, type PolicyTally, type VmTally } from '../core/tallies.js';
import type { Instant } from '../core/types.js';
import { PurserError } from '../core/errors.js';
import type { EngineAccount } from '../scheduler/engine.js';
import type { Look } from '../scheduler/look.js';
import { nameVms } from './name-vms.js';
import { readMoney } from './read-money.js';
import { readPaidByPolicy, readPaidByVm, readSeen } from './read-paid.js';
import { sumCutShort } from './render/build-status-report.js';
import { groupCharges } from './render/charge-groups.js';
import { judgeCharges } from './render/describe-charge.js';
import { describeSigns } from './render/describe-runway.js';
import { explainWaste } from './render/explain-waste.js';
import type { AccountSpend, RunwayReport, SpendBy } from './render/spend-report.js';

export interface SpendQuery {
  readonly now: Instant;
  readonly from: Instant;
  readonly to: Instant;
  readonly until: Instant;
  readonly by: SpendBy;
  readonly isWhy: boolean;
}

interface Paid {
  readonly byPolicy: readonly PolicyTally[];
  readonly byVm: readonly VmTally[];
}

/** `byPolicy` covers the span to the quarter-hour; by VM there are whole days of UTC. */
function chooseRows(
  by: SpendBy,
  { byPolicy, byVm }: Paid,
  names: ReadonlyMap<string, string>,
  { fleets }: PolicySet,
): Pick<AccountSpend, 'rows' | 'sum'> {
  if (by === 'vm') return { rows: rowByVm(byVm, names), sum: sumTallies(byVm) };
  const rows = by === 'day' ? rowByDay(byPolicy) : tellRenamed(rowByPolicy(byPolicy), fleets);
  return { rows, sum: sumTallies(byPolicy) };
}

/** The ledger is asked only where something differs. */
async function explainDifferences(
  store: Composition['store'],
  account: string,
  { differences, ...sums }: BilledComparison,
  countedSince: Instant,
  to: Instant,
): Promise<NonNullable<AccountSpend['billed']>> {
  const ledger = differences.length === 0 ? [] : await store.readLedger(account, countedSince, to);
  const told = differences.map((each) => ({ ...each, reason: explainBilled(each, ledger, countedSince) }));
  return { ...sums, differences: told };
}

async function compare(
  { store }: Pick<Composition, 'store'>,
  { cloud, settings }: EngineAccount,
  paid: Paid,
  countedSince: Instant | undefined,
  { from, to }: SpendQuery,
): Promise<Pick<AccountSpend, 'billed' | 'billedProblem'>> {
  if (countedSince === undefined || countedSince >= to) return { billed: undefined, billedProblem: undefined };
  const first = findDay(Math.max(from, countedSince)) * DAY_MILLIS;
  try {
    const billed = await cloud.listBilled({ first, last: findDay(to - 1) * DAY_MILLIS });
    const counted = paid.byVm.filter(({ day }) => day >= first);
    if (billed === undefined) return { billed, billedProblem: undefined };
    const compared = compareBilled(counted, billed, countedSince);
    const told = await explainDifferences(store, settings.name, compared, countedSince, to);
    return { billed: told, billedProblem: undefined };
  } catch (error) {
    if (!(error instanceof PurserError)) throw error;
    return { billed: undefined, billedProblem: `What ${settings.name} was billed could not be read: ${error.message}` };
  }
}

function foresee(
  look: Look,
  policies: PolicySet,
  { settings }: EngineAccount,
  { until }: Pick<SpendQuery, 'until'>,
): AccountSpend['coming'] {
  const plan = (snapshot: Look['reckoned']) => planAccount({ snapshot, policies, settings });
  const foresight = { snapshot: look.reckoned, settings, policies, plan };
  const calendar = foreseeCharges(foresight, look.plan, until);
  // A fleet of several accounts is told of once, by the first of them.
  const fleets = policies.fleets.filter(
    (fleet) => listAccounts(fleet)[0] === settings.name && fleet.mode === 'act' && settings.mode === 'act',
  );
  const purchases = fleets.flatMap((fleet) => {
    const markets = listMarkets({ snapshot: look.reckoned, settings }, fleet);
    const price = findBuyingPrice(fleet, markets) ?? fleet.where.maxPrice;
    return foreseePurchases(fleet, { foresight, plan: look.plan, calendar, price }) ?? [];
  });
  const slices = calendar.slices.map(({ plan: of, charges }) => ({ ...of, charges }));
  return { groups: groupCharges(slices), until: calendar.until, purchases, boughtNow: look.plan.totals.costNow };
}

async function readRunway(
  account: EngineAccount,
  plan: Look['plan'],
  { inventory, books }: Pick<Look['reckoned'], 'inventory' | 'books'>,
  now: Instant,
): Promise<RunwayReport> {
  const { settings } = account;
  const { periodMillis } = settings;
  const balance = await readMoney(account);
  const runway = balance === undefined ? undefined : reckonRunway(balance, judgeCharges(plan), periodMillis);
  return { runway, periodMillis, signs: describeSigns(settings.product, inventory.vms, books.notes.noBalance, now) };
}

/** `look`: undefined where nobody could look. */
export async function gatherSpend(
  engine: Composition,
  account: EngineAccount,
  look: Look | undefined,
  policies: PolicySet,
  query: SpendQuery,
): Promise<AccountSpend> {
  const { name, product } = account.settings;
  const { notes, seen } = await readSeen(engine.store, name, look);
  const paid: Paid = {
    byPolicy: await readPaidByPolicy(engine.store, name, seen, query),
    byVm: await readPaidByVm(engine.store, name, seen, query),
  };
  const names = await nameVms(engine.store, name, paid.byVm, look, query.now);
  const countedSince = notes.meteredSince;
  const ledger = query.isWhy ? await engine.store.readLedger(name, 0, query.to) : [];
  return {
    account: name,
    product,
    countedSince,
    ...chooseRows(query.by, paid, names, policies),
    waste: query.isWhy ? explainWaste(paid.byVm, ledger, names) : undefined,
    cutShort: query.isWhy ? sumCutShort(ledger.filter(({ at }) => at >= query.from)) : undefined,
    ledgerSince: ledger[0]?.at,
    ...(await compare(engine, account, paid, countedSince, query)),
    coming: look === undefined ? undefined : foresee(look, policies, account, query),
    runway: look === undefined ? undefined : await readRunway(account, look.plan, look.reckoned, query.now),
  };
}
