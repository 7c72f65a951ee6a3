// `purser prices` and `purser balance`: what things cost, and what an account has. Amounts come from the product; only what is
// exact is summed.
import { comparePrices, convertCap, DAY_MILLIS, formatUsdc, sumMicros } from '../../core/money.js';
import type { Inventory, Micros, Place, Price, Product } from '../../core/types.js';
import type { Balance, PriceRow } from '../../ports/cloud.js';
import { formatPeriod } from './format-instant.js';
import { countOf, wrapSentence } from './phrase.js';
import { priceToJson } from './price-to-json.js';
import type { RenderFacts } from './render-facts.js';
import { renderTable } from './render-table.js';

type Facts = Pick<RenderFacts, 'width' | 'colours'>;

const KINDS: Readonly<Record<PriceRow['kind'], string>> = {
  vm: 'VM',
  'disk-gb': 'GB of disk',
  'public-ip': 'public IP',
};
const ORDER: readonly PriceRow['kind'][] = ['vm', 'disk-gb', 'public-ip'];

function describePlace(place: Place | undefined): string {
  if (place === undefined) return '-';
  return [place.country, place.city, place.cityIndex].filter((part) => part !== undefined).join(' ');
}

function keyOf(row: PriceRow): string {
  return [row.what, describePlace(row.place), row.clusterId ?? '', row.text].join('\n');
}

/** By kind, cheapest first; the same thing at the same price in the same place, from several providers, stands once. */
function sortPrices(rows: readonly PriceRow[]): PriceRow[] {
  const distinct = new Map(rows.map((row) => [`${row.kind}\n${keyOf(row)}`, row]));
  return [...distinct.values()].sort(
    (a, b) =>
      ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) ||
      comparePrices(a.price, b.price) ||
      (keyOf(a) < keyOf(b) ? -1 : 1),
  );
}

/** As the product wrote it where that has more digits than a micro. */
function describePrice({ price, text }: PriceRow): string {
  return `${/\.\d{6}\d*[1-9]/.test(text) ? text : formatUsdc(price.amount)}/${formatPeriod(price.periodMillis)}`;
}

/** `why`: what is said instead of an empty table. */
export function renderPrices(rows: readonly PriceRow[], facts: Facts, why = 'The API lists no prices.'): string {
  if (rows.length === 0) return wrapSentence(why, facts.width);
  const hasClusters = rows.some(({ clusterId }) => clusterId !== undefined);
  return renderTable(
    [
      { title: 'OF' },
      { title: 'WHAT', shrinks: true },
      { title: 'PRICE', align: 'right' },
      { title: 'PLACE', yields: 1 },
      ...(hasClusters ? [{ title: 'CLUSTER', shrinks: true, yields: 2 }] : []),
    ],
    sortPrices(rows).map((row) => [
      KINDS[row.kind],
      row.what,
      describePrice(row),
      describePlace(row.place),
      ...(hasClusters ? [row.clusterId ?? '-'] : []),
    ]),
    facts,
  );
}

export function pricesToJson(rows: readonly PriceRow[]) {
  return sortPrices(rows).map(({ price, text, ...row }) => ({ ...row, ...priceToJson(price), exact: text }));
}

/** What the VMs of an account hold and cost, as far as the API tells. */
export interface Holdings {
  readonly vms: number;
  /** Locked until the VMs' records are deleted; undefined: no VM tells. */
  readonly reserved: Micros | undefined;
  readonly spent: Micros | undefined;
  readonly perDay: Micros;
  /** Some price isn't told: it is at least that a day. */
  readonly isAtLeast: boolean;
  /** Parts attached to nothing, which go on being charged. */
  readonly leftovers: number;
}

function sumTold(amounts: readonly (Micros | undefined)[]): Micros | undefined {
  const told = amounts.filter((amount) => amount !== undefined);
  return told.length === 0 ? undefined : sumMicros(told);
}

export function sumHoldings({ vms, leftovers = [] }: Pick<Inventory, 'vms' | 'leftovers'>): Holdings {
  const running = vms.filter(({ status }) => status !== 'terminated' && status !== 'insufficient-funds');
  const rented: readonly { readonly price: Price | undefined }[] = [
    ...running.flatMap((vm) => [vm, ...(vm.parts ?? [])]),
    ...leftovers,
  ];
  return {
    vms: vms.length,
    reserved: sumTold(vms.map(({ reserved }) => reserved)),
    spent: sumTold(vms.map(({ spent }) => spent)),
    perDay: sumMicros(
      rented.flatMap(({ price }) => (price === undefined ? [] : [convertCap(price, DAY_MILLIS).amount])),
    ),
    isAtLeast: rented.some(({ price }) => price === undefined),
    leftovers: leftovers.length,
  };
}

export interface AccountBalance {
  readonly account: string;
  readonly product: Product;
  /** undefined: the product doesn't tell. */
  readonly balances: readonly Balance[] | undefined;
  readonly holdings: Holdings;
}

function describeHoldings({ vms, reserved, spent, perDay, isAtLeast, leftovers }: Holdings): string {
  const held = [
    ...(reserved === undefined ? [] : [`hold ${formatUsdc(reserved)} in reserve`]),
    ...(spent === undefined ? [] : [`were charged ${formatUsdc(spent)} so far`]),
  ];
  const left = leftovers === 0 ? '' : `, with ${countOf(leftovers, 'part')} attached to nothing`;
  const told = held.length === 0 ? '' : ` They ${held.join(' and ')}.`;
  return `${countOf(vms, 'VM')}${left}: ${isAtLeast ? 'at least ' : ''}${formatUsdc(perDay)} a day.${vms === 0 ? '' : told}`;
}

function renderAmount(amount: Micros | undefined): string {
  return amount === undefined ? '-' : formatUsdc(amount);
}

export function renderBalance(
  { account, product, balances, holdings }: AccountBalance,
  facts: Facts,
  isNamed: boolean,
): string {
  const empty =
    balances === undefined
      ? `The ${product}'s API tells no balance; the Fluence console does.`
      : 'The API lists no balance of this account.';
  const table =
    balances === undefined || balances.length === 0
      ? wrapSentence(empty, facts.width)
      : renderTable(
          [
            { title: 'OF', shrinks: true },
            { title: 'BALANCE', align: 'right' },
            { title: 'USED', align: 'right' },
            { title: 'USED, ESTIMATED', align: 'right', yields: 2 },
            { title: 'OVERAGE', align: 'right', yields: 1 },
            { title: 'DAYS LEFT', align: 'right' },
          ],
          balances.map((line) => [
            line.feature,
            ...[line.balance, line.usage, line.estimatedUsage, line.overage].map(renderAmount),
            line.daysLeft === undefined ? '-' : String(line.daysLeft),
          ]),
          facts,
        );
  const lines = [...(isNamed ? [account] : []), table, wrapSentence(describeHoldings(holdings), facts.width)];
  return lines.join('\n');
}

export function balanceToJson({ account, product, balances, holdings }: AccountBalance) {
  const money = (amount: Micros | undefined): string | undefined =>
    amount === undefined ? undefined : formatUsdc(amount);
  return {
    account,
    product,
    /** null: the product doesn't tell. */
    balances:
      balances?.map((line) => ({
        feature: line.feature,
        balance: money(line.balance),
        usage: money(line.usage),
        estimatedUsage: money(line.estimatedUsage),
        overage: money(line.overage),
        daysLeft: line.daysLeft,
      })) ?? null,
    vms: holdings.vms,
    reserved: money(holdings.reserved),
    spent: money(holdings.spent),
    perDay: formatUsdc(holdings.perDay),
    isAtLeast: holdings.isAtLeast,
    leftovers: holdings.leftovers,
  };
}
