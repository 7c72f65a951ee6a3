// Reads VMs of `GET /v2/vms`, with the disks and the IP that `expand` puts into them. An entry that can't be read is dropped and
// told, and makes the listing partial.
import { isIP } from 'node:net';
import type { Hardware, Instant, Part, Place, Port, Vm, VmAction, VmStatus } from '../../core/types.js';
import { isCount, isObject, readEntries, readInstant, readOptionalText, readText, Unreadable } from '../read-values.js';
import type { JsonObject } from '../read-values.js';
import { namePart, readAddress, readDisk } from './read-parts.js';
import type { Configuration } from './read-catalogue.js';
import { readHourlyPrice, readId, readIds, readOptionalId } from './read-wire.js';

/** What a VM names by id only. */
export interface VmContext {
  readonly placeOf: (clusterId: string) => Place | undefined;
  readonly configurationOf: (id: string) => Configuration | undefined;
  /** A disk or IP that the answer names but doesn't show. */
  readonly partOf: (id: string) => Part | undefined;
}

/**
 * A restarting VM is there and paid for: it counts. A suspended one lacks money, and may come back with its disk: it is not
 * ended. `terminating` is like the marketplace's `Stopped`: going, not gone. Words that aren't here are unknown.
 */
const STATUSES: ReadonlyMap<string, VmStatus> = new Map([
  ['new', 'new'],
  ['launching', 'launching'],
  ['launched', 'active'],
  ['updating', 'active'],
  ['restarting', 'active'],
  ['softRebooting', 'active'],
  ['suspending', 'small-balance'],
  ['suspended', 'small-balance'],
  ['failed', 'failed'],
  ['terminating', 'stopped'],
  ['terminated', 'terminated'],
]);

/** Shared, as nearly all VMs have the same. */
const NO_HARDWARE: Hardware = {};
const NO_PORTS: readonly Port[] = [];

const ACTIONS: ReadonlyMap<unknown, VmAction> = new Map<unknown, VmAction>([
  ['terminate', 'delete'],
  ['restart', 'restart'],
  ['softReboot', 'soft-restart'],
  ['updateNetworkInterface', 'set-ports'],
]);

export function readVms(
  entries: readonly unknown[],
  context: VmContext,
): { readonly vms: readonly Vm[]; readonly problems: readonly string[] } {
  const { read, problems } = readEntries(entries, 'VM', (entry) => readVm(entry, context));
  return { vms: read, problems };
}

/** Throws Unreadable. */
function readVm(entry: JsonObject, context: VmContext): Vm {
  const id = readId(entry['id'], 'its id');
  try {
    return readVmFacts(id, entry, context);
  } catch (error) {
    throw error instanceof Unreadable ? new Unreadable(`${id}: ${error.message}`) : error;
  }
}

function readVmFacts(id: string, entry: JsonObject, context: VmContext): Vm {
  const statusText = readText(entry['status'], 'status') ?? '';
  const clusterId = readId(entry['clusterId'], 'clusterId');
  const configurationId = readOptionalId(entry['configurationId'], 'configurationId');
  const told = configurationId === undefined ? undefined : context.configurationOf(configurationId);
  const expanded = isObject(entry['expanded']) ? entry['expanded'] : {};
  const parts = readPartsOf(id, entry, expanded, context);
  const boot = isObject(expanded['bootDisk']) ? expanded['bootDisk'] : {};
  const address = findAddress(parts);
  const { vcpu, ramGb } = entry;
  const allowedActions = readActions(entry['allowedActions']);
  const vm: { -readonly [Field in keyof Vm]: Vm[Field] } = {
    id,
    name: readText(entry['name'], 'name') ?? '',
    status: STATUSES.get(statusText) ?? 'unknown',
    statusText,
    price: readHourlyPrice(entry['priceHourlyUsd'], 'priceHourlyUsd'),
    paidUntil: readInstant(entry['paidUntil'], 'paidUntil'),
    createdAt: readInstant(entry['createdAt'], 'createdAt'),
    place: context.placeOf(clusterId),
    configuration: readOptionalText(entry['configurationSlug']) ?? told?.slug,
    vcpu: isCount(vcpu, 1, 1e5) ? vcpu : told?.vcpu,
    ramGb: isCount(ramGb, 1, 1e6) ? ramGb : told?.ramGb,
    storageGb: sumSizes(parts),
    hardware: told?.hardware ?? NO_HARDWARE,
    image: readOptionalText(boot['initUrl']),
    publicIp: address !== undefined && isIP(address) !== 0 ? address : undefined,
    ports: NO_PORTS,
    reserved: undefined,
    spent: undefined,
    parts,
    clusterId,
  };
  if (allowedActions !== undefined) vm.allowedActions = allowedActions;
  const lastPaidAt = vm.status === 'terminated' ? readLastPaidAt(entry) : undefined;
  if (lastPaidAt !== undefined) vm.lastPaidAt = lastPaidAt;
  return vm;
}

/** It only counts what was paid: unreadable, it must not make the VM so. */
function readLastPaidAt(entry: JsonObject): Instant | undefined {
  try {
    return readInstant(entry['lastPaidAt'], 'lastPaidAt');
  } catch {
    return undefined;
  }
}

function readActions(value: unknown): readonly VmAction[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const actions: VmAction[] = [];
  for (const word of value as readonly unknown[]) {
    const action = ACTIONS.get(word);
    if (action !== undefined) actions.push(action);
  }
  return actions;
}

/** What `expand` shows is believed before what other lists said earlier. */
function readPartsOf(vmId: string, entry: JsonObject, expanded: JsonObject, context: VmContext): readonly Part[] {
  const parts: Part[] = [];
  const bootId = readOptionalId(entry['bootDisk'], 'bootDisk');
  const boot = expanded['bootDisk'];
  if (isObject(boot)) parts.push(readDisk(boot, 'boot-disk'));
  else if (bootId !== undefined) parts.push(context.partOf(bootId) ?? namePart('boot-disk', bootId, vmId));
  const shown = Array.isArray(expanded['dataDisks']) ? (expanded['dataDisks'] as readonly unknown[]) : [];
  for (const disk of shown) if (isObject(disk)) parts.push(readDisk(disk, 'data-disk'));
  for (const id of readIds(entry['dataDisks'], 'dataDisks')) {
    if (parts.some((part) => part.id === id)) continue;
    parts.push(context.partOf(id) ?? namePart('data-disk', id, vmId));
  }
  const addressId = readOptionalId(entry['publicIp'], 'publicIp');
  const address = expanded['publicIp'];
  if (isObject(address)) parts.push(readAddress(address, [vmId]));
  else if (addressId !== undefined) parts.push(context.partOf(addressId) ?? namePart('public-ip', addressId, vmId));
  return parts;
}

function findAddress(parts: readonly Part[]): string | undefined {
  for (const part of parts) if (part.kind === 'public-ip') return part.address;
  return undefined;
}

/** undefined when one of the disks doesn't tell, or there is none. */
function sumSizes(parts: readonly Part[]): number | undefined {
  let sum: number | undefined;
  for (const part of parts) {
    if (part.kind === 'public-ip') continue;
    if (part.sizeGb === undefined) return undefined;
    sum = (sum ?? 0) + part.sizeGb;
  }
  return sum;
}

/** Whether the answer names disks or an IP that it doesn't show: `expand` wasn't obeyed. */
export function namesHiddenParts(entry: unknown): boolean {
  if (!isObject(entry)) return false;
  const expanded = isObject(entry['expanded']) ? entry['expanded'] : {};
  const disks = Array.isArray(entry['dataDisks']) ? entry['dataDisks'].length : 0;
  const shown = Array.isArray(expanded['dataDisks']) ? expanded['dataDisks'].length : 0;
  return (
    (typeof entry['bootDisk'] === 'string' && !isObject(expanded['bootDisk'])) ||
    (typeof entry['publicIp'] === 'string' && !isObject(expanded['publicIp'])) ||
    disks > shown
  );
}

/** When it ended; undefined: it didn't, or doesn't say. */
export function readEndedAt(entry: unknown): Instant | undefined {
  if (!isObject(entry) || entry['status'] !== 'terminated') return undefined;
  try {
    return readInstant(entry['terminatedAt'], 'terminatedAt');
  } catch {
    return undefined;
  }
}
