// Reads `GET /vms/v3`, in all forms that were documented over the years. An entry that can't be read is dropped and told, and
// makes the listing partial: nothing may be decided from a look that isn't whole.
import { isIP } from 'node:net';
import { DAY_MILLIS } from '../../core/money.js';
import type { Port, Vm, VmStatus } from '../../core/types.js';
import {
  isCount,
  isObject,
  quoteValue,
  readArray,
  readEntries,
  readInstant,
  readOptionalText,
  readPriceMicros,
  readSumMicros,
  readText,
  Unreadable,
} from '../read-values.js';
import type { JsonObject } from '../read-values.js';
import { readPlace } from '../read-place.js';
import { buildConfigurationSlug, readResources } from './read-resources.js';

export interface Listing {
  readonly vms: readonly Vm[];
  /** Empty: the look is complete. */
  readonly problems: readonly string[];
}

/** Only these are known. `failed` is no word of the marketplace: guessing at one that comes could delete a running VM. */
const STATUSES: ReadonlyMap<string, VmStatus> = new Map([
  ['new', 'new'],
  ['launching', 'launching'],
  ['active', 'active'],
  ['smallbalance', 'small-balance'],
  ['insufficientfunds', 'insufficient-funds'],
  ['terminated', 'terminated'],
  ['stopped', 'stopped'],
]);

/** Throws Unreadable when it isn't a listing at all. */
export function readListing(json: unknown): Listing {
  const { read, problems } = readEntries(readArray(json, 'VMs'), 'VM', readVm);
  const seen = new Set<string>();
  const vms = read.filter((vm) => {
    // Ids are hex digits: the same address may be written in other letter cases.
    const id = vm.id.toLowerCase();
    if (!seen.has(id)) return seen.add(id);
    problems.push(`VM ${vm.id} (${vm.name}) is listed twice`);
    return false;
  });
  return { vms, problems };
}

const VM_ID = /^0x[0-9a-fA-F]{40}$/;

export function isVmId(value: unknown): value is string {
  return typeof value === 'string' && VM_ID.test(value);
}

function readVm(entry: JsonObject): Vm {
  const id = entry['id'];
  if (!isVmId(id)) throw new Unreadable(`its id is ${quoteValue(id)}, not 0x and 40 hex digits`);
  try {
    return readVmFacts(id, entry);
  } catch (error) {
    throw error instanceof Unreadable ? new Unreadable(`${id}: ${error.message}`) : error;
  }
}

function readVmFacts(id: string, entry: JsonObject): Vm {
  const statusText = readText(entry['status'], 'status') ?? '';
  const amount = readPriceMicros(entry['pricePerEpoch'], 'pricePerEpoch');
  const publicIp = readOptionalText(entry['publicIp']);
  const resources = readResources(entry['resources']);
  return {
    id,
    name: readText(entry['vmName'], 'vmName') ?? '',
    status: readStatus(statusText),
    statusText,
    price: amount === undefined ? undefined : { amount, periodMillis: DAY_MILLIS },
    paidUntil: readInstant(entry['nextBillingAt'], 'nextBillingAt'),
    createdAt: readInstant(entry['createdAt'], 'createdAt'),
    place: readPlace(entry['datacenter']),
    configuration: buildConfigurationSlug(resources),
    vcpu: resources.vcpu,
    ramGb: resources.ramGb,
    storageGb: resources.storageGb,
    hardware: resources.hardware,
    image: readOptionalText(entry['osImage']),
    publicIp: publicIp !== undefined && isIP(publicIp) !== 0 ? publicIp : undefined,
    ports: readPorts(entry['ports']),
    reserved: readSumMicros(entry['reservedBalance'], 'reservedBalance'),
    spent: readSumMicros(entry['totalSpent'], 'totalSpent'),
  };
}

function readStatus(text: string): VmStatus {
  return STATUSES.get(text) ?? STATUSES.get(text.toLowerCase().replace(/[\s_-]/g, '')) ?? 'unknown';
}

function readPorts(value: unknown): Port[] {
  if (!Array.isArray(value)) return [];
  const ports: Port[] = [];
  for (const entry of value as readonly unknown[]) {
    if (!isObject(entry) || !isCount(entry['port'], 1, 65_535)) continue;
    const protocol = readOptionalText(entry['protocol'])?.toLowerCase();
    if (protocol === 'tcp' || protocol === 'udp') ports.push({ port: entry['port'], protocol });
  }
  return ports;
}
