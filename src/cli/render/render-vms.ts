// `purser vms`: what the account has, as a table, as JSON, or as one address a line for other tools.
import type { ClaimState } from '../../core/books.js';
import { formatUsdc } from '../../core/money.js';
import type { Vm } from '../../core/types.js';
import { formatInstant, formatPeriod, toOptionalIso } from './format-instant.js';
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

export function renderVms(rows: readonly VmRow[], facts: RenderFacts): string {
  if (rows.length === 0) return 'No VMs.';
  const several = new Set(rows.map((row) => row.account)).size > 1;
  return renderTable(
    [
      ...(several ? [{ title: 'ACCOUNT' }] : []),
      { title: 'NAME', shrinks: true },
      { title: 'STATUS' },
      { title: 'POLICY' },
      { title: 'STATE' },
      { title: 'PLACE' },
      { title: 'CONFIGURATION', shrinks: true },
      { title: 'ADDRESS' },
      { title: 'PRICE', align: 'right' },
      { title: 'PAID UNTIL' },
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
      vm.price === undefined ? '-' : `${formatUsdc(vm.price.amount)}/${formatPeriod(vm.price.periodMillis)}`,
      vm.paidUntil === undefined ? '-' : formatInstant(vm.paidUntil, facts.now),
    ]),
    facts,
  );
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
    ports: vm.ports,
    image: vm.image,
    ...priceToJson(vm.price),
    createdAt: toOptionalIso(vm.createdAt),
    paidUntil: toOptionalIso(vm.paidUntil),
    reserved: vm.reserved === undefined ? undefined : formatUsdc(vm.reserved),
    spent: vm.spent === undefined ? undefined : formatUsdc(vm.spent),
  }));
}
