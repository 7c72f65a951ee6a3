// `purser vms`: what the account has, as a table, as JSON, or as one address a line for other tools.
import type { ClaimState } from '../../core/books.js';
import { formatUsdc } from '../../core/money.js';
import { readWholePrice } from '../../core/parts.js';
import type { Part, Vm } from '../../core/types.js';
import { formatInstant, formatPeriod, toOptionalIso } from './format-instant.js';
import { listNames, oneLine, wrapSentence } from './phrase.js';
import { priceToJson } from './price-to-json.js';
import type { RenderFacts } from './render-facts.js';
import { renderTable } from './render-table.js';

export interface VmRow {
  readonly account: string;
  readonly vm: Vm;
  /** The policy that owns it; undefined: nobody's. */
  readonly policy: string | undefined;
  /** unclaimed: its policy is not in force any more. */
  readonly claim: ClaimState | 'unclaimed' | undefined;
  readonly protected: boolean;
}

function describeClaim(row: VmRow): string {
  const claim = row.claim === undefined ? '-' : row.claim === 'doomed' ? 'being deleted' : row.claim;
  if (!row.protected) return claim;
  return claim === '-' ? 'protected' : `${claim}, protected`;
}

function describePart({ kind, sizeGb }: Part): string {
  if (kind === 'public-ip') return 'IP';
  return sizeGb === undefined ? 'disk' : `${sizeGb} GB`;
}

function renderPrice(vm: Vm): string {
  const whole = readWholePrice(vm);
  const price = whole ?? vm.price;
  if (price === undefined) return '-';
  // Some part's price isn't told.
  const more = whole === undefined ? '+' : '';
  return `${formatUsdc(price.amount)}${more}/${formatPeriod(price.periodMillis)}`;
}

/** `why`: what is said instead of an empty table. */
export function renderVms(rows: readonly VmRow[], facts: RenderFacts, why = 'No VMs.'): string {
  if (rows.length === 0) return wrapSentence(why, facts.width);
  const hasParts = rows.some(({ vm }) => vm.parts !== undefined);
  const hasClusters = rows.some(({ vm }) => vm.clusterId !== undefined);
  const several = new Set(rows.map((row) => row.account)).size > 1;
  return renderTable(
    [
      ...(several ? [{ title: 'ACCOUNT' }] : []),
      { title: 'NAME', shrinks: true },
      { title: 'STATUS' },
      { title: 'POLICY', yields: 1 },
      { title: 'STATE', yields: 2 },
      { title: 'PLACE', yields: 3 },
      { title: 'CONFIGURATION', shrinks: true, yields: 4 },
      { title: 'ADDRESS', yields: 5 },
      ...(hasParts ? [{ title: 'PARTS', shrinks: true, yields: 6 }] : []),
      { title: 'PRICE', align: 'right' },
      { title: 'PAID UNTIL' },
      ...(hasClusters ? [{ title: 'CLUSTER', shrinks: true, yields: 7 }] : []),
    ],
    rows.map(({ vm, ...row }) => [
      ...(several ? [row.account] : []),
      vm.name,
      vm.status === 'unknown' ? vm.statusText : vm.status,
      row.policy ?? '-',
      describeClaim({ vm, ...row }),
      vm.place === undefined ? '-' : [vm.place.country, vm.place.city].filter(Boolean).join(' '),
      vm.configuration ?? '-',
      vm.publicIp ?? '-',
      ...(hasParts ? [(vm.parts ?? []).map(describePart).join(' + ') || '-'] : []),
      renderPrice(vm),
      vm.paidUntil === undefined ? '-' : formatInstant(vm.paidUntil, facts.now),
      ...(hasClusters ? [vm.clusterId ?? '-'] : []),
    ]),
    facts,
  );
}

/** Parts attached to nothing, below the table: they go on being charged. */
export function renderLeftovers(leftovers: readonly Part[], facts: RenderFacts): string {
  const priceOf = ({ price }: Part): string =>
    price === undefined ? '' : ` at ${formatUsdc(price.amount)}/${formatPeriod(price.periodMillis)}`;
  const each = leftovers.map(
    (part) => `${oneLine(part.name ?? part.address ?? part.id)} (${describePart(part)}${priceOf(part)})`,
  );
  const text = `Attached to nothing and charged on: ${listNames(each.sort(), 5)}.`;
  return wrapSentence(text, facts.width);
}

function partToJson({ price, paidUntil, createdAt, ...part }: Part) {
  return { ...part, ...priceToJson(price), paidUntil: toOptionalIso(paidUntil), createdAt: toOptionalIso(createdAt) };
}

/** One address a line; VMs without one are left out. */
export function renderHosts(rows: readonly VmRow[]): string {
  return rows.flatMap(({ vm }) => (vm.publicIp === undefined ? [] : [vm.publicIp])).join('\n');
}

export function vmsToJson(rows: readonly VmRow[]) {
  return rows.map(({ vm, ...row }) => ({
    account: row.account,
    policy: row.policy,
    state: row.claim,
    protected: row.protected,
    id: vm.id,
    name: vm.name,
    status: vm.status,
    statusText: vm.statusText,
    place: vm.place,
    configuration: vm.configuration,
    vcpu: vm.vcpu,
    ramGb: vm.ramGb,
    storageGb: vm.storageGb,
    publicIp: vm.publicIp,
    /** No VM that tells its ports has none. */
    ports: vm.ports.length === 0 ? null : vm.ports,
    image: vm.image,
    clusterId: vm.clusterId,
    ...priceToJson(vm.price),
    /** With all parts, where all of them are told. */
    priceWithParts: vm.parts === undefined ? undefined : priceToJson(readWholePrice(vm)).price,
    parts: vm.parts?.map(partToJson),
    createdAt: toOptionalIso(vm.createdAt),
    paidUntil: toOptionalIso(vm.paidUntil),
    reserved: vm.reserved === undefined ? undefined : formatUsdc(vm.reserved),
    spent: vm.spent === undefined ? undefined : formatUsdc(vm.spent),
  }));
}
