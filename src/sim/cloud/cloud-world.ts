// Makes a world of the cloud out of a document whose shape was checked: fills in what was left out and reads money, dates and
// keys. What makes no sense is complained about with its place; the world is then not to be used.
import type { Instant } from '../../core/types.js';
import { drawUuid } from '../random.js';
import { readDuration, readMoney } from '../shape-parts.js';
import type { AppScript } from '../vm-apps.js';
import {
  listNames,
  readApps,
  readImages,
  readKeys,
  readRange,
  readStart,
  readTerminations,
  type Complain,
} from '../world-parts.js';
import { listConfigurations } from './cloud-catalogue.js';
import type { ForeignCloudVm, ForeignPublicIp, ForeignStorage } from './cloud-foreign.js';
import type { CloudCluster, CloudConfiguration, CloudDatacenter, CloudMove, CloudRules } from './cloud-state.js';
import type { CloudWorldDocument, WholeCloudWorld } from './cloud-world-schema.js';
import type { CloudWorldFacts } from './cloud.js';
import { defaultCloudWorld } from './default-cloud-world.js';

export type CloudQuirks = WholeCloudWorld['quirks'] & { readonly perPage: WholeCloudWorld['perPage'] };

export interface CloudWorld {
  readonly product: 'cloud';
  /** The API key that the sandbox takes. */
  readonly key: string;
  /** A second key, which may only read; undefined: there is none. */
  readonly readOnlyKey: string | undefined;
  /** How the front answers where documents differ. */
  readonly quirks: CloudQuirks;
  readonly cloud: CloudWorldFacts;
  readonly apps: readonly AppScript[];
}

/** Ids of what the world begins with: the same in every sandbox of the same world. */
function drawId(key: string): string {
  return drawUuid(0, key);
}

export function buildCloudWorld(document: CloudWorldDocument, complain: Complain): CloudWorld {
  const { start, readAt } = readStart(document.start ?? defaultCloudWorld.start, complain);
  const configurations = listConfigurations(drawId);
  const clusters = buildClusters(document.clusters ?? defaultCloudWorld.clusters, configurations, complain);
  const readPlaced = <Written extends Placed, Built>(
    field: 'vms' | 'storages' | 'publicIps',
    build: (written: Written, now: Instant, readAt: ReadField) => readonly Built[],
  ): readonly Built[] =>
    ((document[field] ?? []) as readonly Written[]).flatMap((written, index) => {
      if (!clusters.some((cluster) => isMeant(cluster, written, configurations))) {
        complain([field, index], 'asks for a country, cluster or configuration that this world does not have');
      }
      return build(written, start, (text, key) => readAt(text, [field, index, key]));
    });
  return {
    product: 'cloud',
    key: document.key ?? defaultCloudWorld.key,
    readOnlyKey: document.readOnlyKey,
    quirks: {
      ...defaultCloudWorld.quirks,
      ...document.quirks,
      perPage: { ...defaultCloudWorld.perPage, ...document.perPage },
    },
    cloud: {
      start,
      rules: buildRules(document, complain),
      balance: readMoney(document.balance ?? defaultCloudWorld.balance),
      configurations,
      clusters,
      images: readImages(document.images ?? defaultCloudWorld.images),
      keys: readKeys(document.sshKeys ?? defaultCloudWorld.sshKeys, complain).map((key) => ({
        id: drawId(`key/${key.fingerprint}`),
        ...key,
      })),
      vms: readPlaced('vms', buildForeignVms),
      storages: readPlaced('storages', buildForeignStorages),
      publicIps: readPlaced('publicIps', buildForeignIps),
      terminations: readTerminations(document.terminations ?? [], readAt),
      moves: (document.moves ?? []).map(({ at, ...move }, index) => ({
        at: readAt(at, ['moves', index, 'at']),
        move: readMove(move),
      })),
    },
    apps: readApps(document.apps ?? [], start, complain),
  };
}

/** Reads what `moveShape` lets through. */
export function readMove(move: Omit<WholeCloudWorld['moves'][number], 'at'>): CloudMove {
  const { price, storagePricePerGb, publicIpPrice, ...rest } = move;
  const read = (money: string | number | undefined) => (money === undefined ? undefined : readMoney(money));
  return {
    ...rest,
    price: read(price),
    storagePricePerGb: read(storagePricePerGb),
    publicIpPrice: read(publicIpPrice),
  };
}

type ReadField = (text: string, field: 'createdAt' | 'paidUntil') => Instant;
type Placed = { country?: string; cluster?: string; configuration?: string };

/** Reads what `foreignVmShape` lets through: `count` of them. `readAt` reads an instant and says where it was written. */
export function buildForeignVms(
  vm: WholeCloudWorld['vms'][number],
  now: Instant,
  readAt: ReadField,
): readonly ForeignCloudVm[] {
  const { configuration, state = 'launched', bootDiskGb = 25, dataDisksGb = [], publicIp = true } = vm;
  return readForeign(vm, now, readAt).map((facts) => ({
    ...facts,
    configuration,
    status: state,
    bootDiskGb,
    dataDisksGb,
    publicIp,
  }));
}

/** As buildForeignVms. */
export function buildForeignStorages(
  storage: WholeCloudWorld['storages'][number],
  now: Instant,
  readAt: ReadField,
): readonly ForeignStorage[] {
  const { volumeGb = 25, replicated = false, osImage } = storage;
  return readForeign(storage, now, readAt).map((facts) => ({ ...facts, volumeGb, replicated, osImage }));
}

/** As buildForeignVms. */
export function buildForeignIps(
  ip: WholeCloudWorld['publicIps'][number],
  now: Instant,
  readAt: ReadField,
): readonly ForeignPublicIp[] {
  return readForeign(ip, now, readAt);
}

function readForeign(
  written: WholeCloudWorld['publicIps'][number],
  now: Instant,
  readAt: ReadField,
): readonly ForeignPublicIp[] {
  const { country, cluster, createdAt, paidUntil, price } = written;
  const facts = {
    country,
    cluster,
    createdAt: createdAt === undefined ? now : readAt(createdAt, 'createdAt'),
    paidUntil: paidUntil === undefined ? undefined : readAt(paidUntil, 'paidUntil'),
    price: price === undefined ? undefined : readMoney(price),
  };
  return listNames(written.name, written.count).map((name) => ({ ...facts, name }));
}

function isMeant(cluster: CloudCluster, wish: Placed, configurations: readonly CloudConfiguration[]): boolean {
  return (
    (wish.country === undefined || cluster.datacenter.country === wish.country) &&
    (wish.cluster === undefined || cluster.name === wish.cluster) &&
    (wish.configuration === undefined ||
      configurations.some(({ id, slug }) => slug === wish.configuration && cluster.sold.has(id)))
  );
}

function buildRules(document: CloudWorldDocument, complain: Complain): CloudRules {
  const launch = { ...defaultCloudWorld.launch, ...document.launch };
  const read = (place: 'deletion' | 'provision' | 'update') =>
    readRange({ ...defaultCloudWorld[place], ...document[place] }, place, complain);
  return {
    launch: {
      ...readRange(launch, 'launch', complain),
      failShare: launch.failPercent / 100,
      deadlineMillis: readDuration(launch.deadline),
    },
    deletion: read('deletion'),
    provision: read('provision'),
    update: read('update'),
    historyMillis: readDuration(document.history ?? defaultCloudWorld.history),
    minVolumeGb: document.minVolumeGb ?? defaultCloudWorld.minVolumeGb,
  };
}

function buildClusters(
  documents: WholeCloudWorld['clusters'],
  configurations: readonly CloudConfiguration[],
  complain: Complain,
): readonly CloudCluster[] {
  const datacenters = new Map<string, CloudDatacenter>();
  return documents.map((document, index) => {
    if (documents.findIndex(({ name }) => name === document.name) !== index) {
      complain(['clusters', index, 'name'], 'is the name of another cluster too');
    }
    const datacenter = buildDatacenter(document);
    const known = datacenters.get(datacenter.slug) ?? datacenter;
    datacenters.set(known.slug, known);
    return buildCluster(document, known, configurations, (slug, place) =>
      complain(['clusters', index, 'configurations', place], `names ${slug}, which the cloud does not know`),
    );
  });
}

function buildDatacenter(document: WholeCloudWorld['clusters'][number]): CloudDatacenter {
  const { country, city = 'CTY', cityName = city, index = 1, tier = 3, certifications = [] } = document;
  const slug = `${country}-${city}-${index}`.toLowerCase();
  return { id: drawId(`datacenter/${slug}`), slug, country, city, cityName, index, tier, certifications };
}

function buildCluster(
  document: WholeCloudWorld['clusters'][number],
  datacenter: CloudDatacenter,
  configurations: readonly CloudConfiguration[],
  complainOf: (slug: string, place: number) => void,
): CloudCluster {
  const { name, cpuFamily = 'AMD_ZEN3', storage = {}, publicIps = {} } = document;
  const written = document.configurations ?? defaultCloudWorld.clusters[0]!.configurations!;
  const sold = new Map<string, { price: bigint; capacity: number }>();
  for (const [place, { configuration, price, capacity = 10 }] of written.entries()) {
    const known = configurations.find(({ slug }) => slug === configuration);
    if (known === undefined) complainOf(configuration, place);
    else sold.set(known.id, { price: readMoney(price), capacity });
  }
  const { price = '0.000110', replicatedPrice, freeGb = 8000 } = storage;
  return {
    id: drawId(`cluster/${name}`),
    name,
    datacenter,
    cpuFamily,
    sold,
    storage: {
      price: readMoney(price),
      replicatedPrice: replicatedPrice === undefined ? undefined : readMoney(replicatedPrice),
      freeGb,
    },
    publicIps: { price: readMoney(publicIps.price ?? '0.004110'), free: publicIps.free ?? 60 },
    network: { vpcId: drawId(`vpc/${name}`), subnetId: drawId(`subnet/${name}`) },
  };
}
