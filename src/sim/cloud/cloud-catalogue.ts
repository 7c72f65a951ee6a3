// What the simulated cloud sells where, for how much, and what is left of it. Moves it when told to; it must not rent.
import type { Micros } from '../../core/types.js';
import type { Refusal } from '../refusal.js';
import type { CloudCluster, CloudConfiguration, CloudMove, CloudResource, CloudState } from './cloud-state.js';

const SLUGS: Readonly<Record<CloudConfiguration['family'], readonly string[]>> = {
  regular: ['2-4', '4-8', '8-16', '8-32', '16-32', '24-48', '32-64', '64-128'],
  premium: ['2-4', '4-8', '8-16', '8-32', '16-32', '24-48', '32-64', '64-128'],
  shared: ['2-2', '3-4', '4-8', '8-16', '16-32'],
};

/** Every size that the cloud knows, sold or not. `drawId` makes the ids. */
export function listConfigurations(drawId: (key: string) => string): readonly CloudConfiguration[] {
  const families = Object.keys(SLUGS) as CloudConfiguration['family'][];
  return families.flatMap((family) =>
    SLUGS[family].map((size) => {
      const [vcpu = 0, ramGb = 0] = size.split('-').map(Number);
      const slug = `cpu-${family}-${vcpu}vcpu-${ramGb}gb`;
      return { id: drawId(`configuration/${slug}`), slug, family, vcpu, ramGb };
    }),
  );
}

export function findCluster(state: CloudState, id: string): CloudCluster | Refusal {
  return state.clusters.find((cluster) => cluster.id === id) ?? { status: 404, error: `Cluster not found: ${id}` };
}

export function findConfiguration(state: CloudState, id: string): CloudConfiguration | Refusal {
  return (
    state.configurations.find((configuration) => configuration.id === id) ?? {
      status: 404,
      error: `VM configuration not found: ${id}`,
    }
  );
}

/** Per GB and hour; undefined: not sold there. */
export function findStoragePrice({ storage }: CloudCluster, replicated: boolean): Micros | undefined {
  return replicated ? storage.replicatedPrice : storage.price;
}

/** What the catalogue asks for an hour of it now; undefined: it has no price any more. */
export function findListedPrice(resource: CloudResource): Micros | undefined {
  const { cluster } = resource;
  switch (resource.kind) {
    case 'vm':
      return cluster.sold.get(resource.configuration.id)?.price;
    case 'storage': {
      const perGb = findStoragePrice(cluster, resource.replicated);
      return perGb === undefined ? undefined : perGb * BigInt(resource.volumeGb);
    }
    case 'public-ip':
      return cluster.publicIps.price;
  }
}

/** What an hour of it costs now. */
export function findHourlyPrice(resource: CloudResource): Micros {
  return resource.ownPrice ?? findListedPrice(resource) ?? 0n;
}

/** Takes what a new resource needs from its cluster, or gives it back. */
export function moveStock(resource: CloudResource, direction: 1 | -1): void {
  if (resource.foreign) return;
  const { cluster } = resource;
  switch (resource.kind) {
    case 'vm': {
      const sold = cluster.sold.get(resource.configuration.id);
      if (sold !== undefined) sold.capacity += direction;
      return;
    }
    case 'storage':
      cluster.storage.freeGb += direction * resource.volumeGb;
      return;
    case 'public-ip':
      cluster.publicIps.free += direction;
      return;
  }
}

/** Returns how many configurations and clusters it changed. */
export function moveCatalogue(state: CloudState, move: CloudMove): number {
  let changed = 0;
  for (const cluster of state.clusters) {
    if (move.country !== undefined && cluster.datacenter.country !== move.country) continue;
    if (move.cluster !== undefined && cluster.name !== move.cluster) continue;
    changed += moveConfigurations(state, cluster, move) + moveParts(cluster, move);
  }
  return changed;
}

function moveConfigurations(state: CloudState, cluster: CloudCluster, move: CloudMove): number {
  if (move.price === undefined && move.capacity === undefined) return 0;
  let changed = 0;
  for (const { id, slug } of state.configurations) {
    const sold = cluster.sold.get(id);
    if (sold === undefined || (move.configuration !== undefined && slug !== move.configuration)) continue;
    sold.price = move.price ?? sold.price;
    sold.capacity = move.capacity ?? sold.capacity;
    changed += 1;
  }
  return changed;
}

function moveParts({ storage, publicIps }: CloudCluster, move: CloudMove): number {
  storage.price = move.storagePricePerGb ?? storage.price;
  storage.freeGb = move.storageFreeGb ?? storage.freeGb;
  publicIps.price = move.publicIpPrice ?? publicIps.price;
  publicIps.free = move.publicIpsFree ?? publicIps.free;
  const parts = [move.storagePricePerGb, move.storageFreeGb, move.publicIpPrice, move.publicIpsFree];
  return parts.some((part) => part !== undefined) ? 1 : 0;
}
