// Reads disks and public IPs, each charged on its own clock. One that can't be read is told; its price and boundary are never
// made up.
import type { Part, PartKind, PartStatus } from '../../core/types.js';
import { isCount, isObject, quoteValue, readInstant, readOptionalText, readText, Unreadable } from '../read-values.js';
import type { JsonObject } from '../read-values.js';
import { readHourlyPrice, readId, readIds } from './read-wire.js';

const STATUSES: ReadonlyMap<string, PartStatus> = new Map([
  ['new', 'new'],
  ['created', 'new'],
  ['ready', 'ready'],
  ['updating', 'ready'],
  ['failed', 'failed'],
  ['removing', 'removing'],
  ['removed', 'removed'],
]);

/** More than any disk has. */
const MOST_GB = 1e6;

/** `role` says which kind of disk it is; a disk that doesn't tell counts as a data disk. */
export function readDisk(entry: JsonObject, kind?: PartKind): Part {
  const size = entry['volumeGb'];
  const attached = entry['attachedTo'];
  return readPart(
    entry,
    kind ?? (entry['role'] === 'BOOT' ? 'boot-disk' : 'data-disk'),
    attached === undefined ? undefined : readIds(attached, 'attachedTo'),
    isCount(size, 0, MOST_GB) ? size : undefined,
    undefined,
  );
}

/** `untold` is what it counts as attached to when that is left out. */
export function readAddress(entry: JsonObject, untold: readonly string[]): Part {
  const attached = entry['attachedTo'];
  const attachedTo = attached === undefined ? untold : attached === null ? [] : [readReference(attached)];
  return readPart(entry, 'public-ip', attachedTo, undefined, readOptionalText(entry['address']));
}

/** `{id, name}`, or a bare id. */
function readReference(value: unknown): string {
  return readId(isObject(value) ? value['id'] : value, 'attachedTo');
}

function readPart(
  entry: JsonObject,
  kind: PartKind,
  attachedTo: readonly string[] | undefined,
  sizeGb: number | undefined,
  address: string | undefined,
): Part {
  const id = readId(entry['id'], 'id');
  try {
    const statusText = readText(entry['status'], 'status') ?? '';
    const actions = entry['allowedActions'];
    return {
      kind,
      id,
      name: readText(entry['name'], 'name'),
      price: readHourlyPrice(entry['priceHourlyUsd'], 'priceHourlyUsd'),
      paidUntil: readInstant(entry['paidUntil'], 'paidUntil'),
      createdAt: readInstant(entry['createdAt'], 'createdAt'),
      attachedTo,
      status: STATUSES.get(statusText) ?? 'unknown',
      statusText,
      mayBeDeleted: Array.isArray(actions) ? actions.includes('delete') : undefined,
      sizeGb,
      address,
    };
  } catch (error) {
    throw error instanceof Unreadable ? new Unreadable(`${kind} ${id}: ${error.message}`) : error;
  }
}

/** All that is known of a part that only its VM names. */
export function namePart(kind: PartKind, id: string, vmId: string): Part {
  return {
    kind,
    id,
    name: undefined,
    price: undefined,
    paidUntil: undefined,
    createdAt: undefined,
    attachedTo: [vmId],
    status: 'unknown',
    statusText: '',
    mayBeDeleted: undefined,
    sizeGb: undefined,
    address: undefined,
  };
}

/** A list of disks or IPs by their ids. Throws Unreadable at the first that can't be read. */
export function readParts(entries: readonly unknown[], read: (entry: JsonObject) => Part): ReadonlyMap<string, Part> {
  const parts = new Map<string, Part>();
  for (const entry of entries) {
    if (!isObject(entry)) throw new Unreadable(`an entry is ${quoteValue(entry)}, not an object`);
    const part = read(entry);
    parts.set(part.id, part);
  }
  return parts;
}
