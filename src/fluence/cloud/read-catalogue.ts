// Reads what the cloud has to choose from: data centers, clusters, configurations, and what a cluster can sell now.
// Entries that can't be read are passed over: what isn't here is neither matched nor bought.
import type { Hardware, Place } from '../../core/types.js';
import { isCount, isObject, quoteValue, readItems, readOptionalText, Unreadable } from '../read-values.js';
import type { JsonObject } from '../read-values.js';
import { readPlace } from '../read-place.js';
import { isUuid, readObject } from './read-wire.js';

export interface Configuration {
  readonly id: string;
  readonly slug: string;
  readonly vcpu: number;
  readonly ramGb: number;
  /** Of processors that it may run on; disks are listed by them. */
  readonly families: readonly string[];
  readonly hardware: Hardware;
}

export interface Cluster {
  readonly id: string;
  readonly name: string;
  readonly datacenterId: string;
}

/** What can be bought in one cluster now. */
export interface ClusterResources {
  readonly configurations: readonly Configuration[];
  /** IPv4 addresses. */
  readonly addresses: number;
  /** Free NVMe space, by processor family. */
  readonly disks: readonly { readonly family: string; readonly isReplicated: boolean; readonly freeGb: number }[];
}

/** Places by the ids of data centers. */
export function readDatacenters(json: unknown): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  for (const entry of readItems(json, 'data centers')) {
    const place = readPlace(entry);
    if (isObject(entry) && typeof entry['id'] === 'string' && place !== undefined) places.set(entry['id'], place);
  }
  return places;
}

/** `dcId`, or `dc_id` in older documents. */
export function readClusters(json: unknown): readonly Cluster[] {
  const clusters: Cluster[] = [];
  for (const entry of readItems(json, 'clusters')) {
    if (!isObject(entry) || !isUuid(entry['id'])) continue;
    const datacenterId = entry['dcId'] ?? entry['dc_id'];
    if (typeof datacenterId !== 'string') continue;
    clusters.push({ id: entry['id'].toLowerCase(), name: readOptionalText(entry['name']) ?? '', datacenterId });
  }
  return clusters;
}

export function readConfigurations(json: unknown): readonly Configuration[] {
  return readItems(json, 'configurations').flatMap((entry) => (isObject(entry) ? readConfiguration(entry) : []));
}

function readConfiguration(entry: JsonObject): Configuration[] {
  const { id, slug, vcpu, ramGb, cpuFamilies } = entry;
  if (!isUuid(id) || typeof slug !== 'string' || !isCount(vcpu, 1, 1e5) || !isCount(ramGb, 1, 1e6)) return [];
  const families = Array.isArray(cpuFamilies)
    ? (cpuFamilies as unknown[]).filter((family) => typeof family === 'string')
    : [];
  return [{ id: id.toLowerCase(), slug, vcpu, ramGb, families, hardware: describeFamilies(families) }];
}

/** Only what is true of whichever processor it gets; `AMD_ZEN3` is AMD and Zen in the words of the marketplace. */
function describeFamilies(families: readonly string[]): Hardware {
  if (families.length === 0) return {};
  const isAmd = families.every((family) => family.startsWith('AMD_'));
  const isZen = families.every((family) => /^AMD_ZEN\d+$/.test(family));
  return { ...(isAmd ? { cpuManufacturer: 'AMD' } : {}), ...(isZen ? { cpuArchitecture: 'Zen' } : {}) };
}

/** `GET /v1/clusters/resources`: by the ids of clusters. */
export function readAllResources(json: unknown): ReadonlyMap<string, ClusterResources> {
  const resources = readObject(json, 'the resources of clusters')['resources'];
  if (!isObject(resources)) throw new Unreadable(`resources is ${quoteValue(resources)}, not an object`);
  return new Map(Object.entries(resources).map(([id, entry]) => [id.toLowerCase(), readResources(entry)]));
}

export function readResources(json: unknown): ClusterResources {
  const told = readObject(json, 'the resources of a cluster');
  const addresses = isObject(told['availablePublicIps']) ? told['availablePublicIps']['V4'] : undefined;
  return {
    configurations: readConfigurations(told['availableConfigurations'] ?? []),
    addresses: isCount(addresses, 0, 1e9) ? addresses : 0,
    disks: isObject(told['availableStorage']) ? Object.entries(told['availableStorage']).flatMap(readFreeDisks) : [],
  };
}

function readFreeDisks([family, list]: [string, unknown]): ClusterResources['disks'] {
  if (!Array.isArray(list)) return [];
  return (list as readonly unknown[]).flatMap((entry) => {
    if (!isObject(entry) || !/^nvme$/i.test(String(entry['storageType']))) return [];
    const { replicated, volumeGb } = entry;
    if (typeof replicated !== 'boolean' || !isCount(volumeGb, 0, 1e12)) return [];
    return [{ family, isReplicated: replicated, freeGb: volumeGb }];
  });
}
