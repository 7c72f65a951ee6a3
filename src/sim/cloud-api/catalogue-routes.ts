// What the cloud has and sells: data centers, clusters and what is left in them, configurations, images, kinds of storage.
import { Hono } from 'hono';
import type { CloudSandbox } from '../cloud-sandbox.js';
import { findCluster } from '../cloud/cloud-catalogue.js';
import type { CloudCluster, CloudConfiguration, CloudDatacenter, CloudImage } from '../cloud/cloud-state.js';
import { RequestRefused, unwrap, type SandboxEnv } from '../http-parts.js';
import { nameConfiguration } from './answers.js';
import { wrapCatalogue } from './list-page.js';
import { readQuery } from './read-query.js';

export function buildCatalogueRoutes({ cloud, quirks }: CloudSandbox): Hono<SandboxEnv> {
  const routes = new Hono<SandboxEnv>();
  const { configurations } = cloud;

  routes.get('/v1/datacenters', (context) => {
    const datacenters = new Set(cloud.clusters.map(({ datacenter }) => datacenter));
    return context.json(wrapCatalogue(Array.from(datacenters, answerDatacenter), quirks));
  });
  routes.get('/v1/clusters', (context) =>
    context.json(
      wrapCatalogue(
        cloud.clusters.map(({ id, name, datacenter }) => ({ id, name, [quirks.datacenterKey]: datacenter.id })),
        quirks,
      ),
    ),
  );
  routes.get('/v1/clusters/resources', (context) => {
    const wanted = readQuery(context, ['clusterIds']).list('clusterIds');
    // Clusters that fail, unknown ones too, are left out, as documented.
    const found = cloud.clusters.filter(({ id }) => wanted === undefined || wanted.includes(id));
    const resources = found.map((cluster) => [cluster.id, answerResources(cluster, configurations)] as const);
    return context.json({ resources: Object.fromEntries(resources) });
  });
  routes.get('/v1/clusters/:id/resources', (context) =>
    context.json(answerResources(unwrap(findCluster(cloud, context.req.param('id'))), configurations)),
  );
  routes.get('/v1/configurations/virtual_machines', (context) =>
    context.json(wrapCatalogue(configurations.map(answerConfiguration), quirks)),
  );
  for (const [place, path] of [
    ['storages', '/v1/storages/default_images'],
    ['root', '/v1/default_images'],
  ] as const) {
    routes.get(path, (context) => {
      if (quirks.defaultImages !== 'both' && quirks.defaultImages !== place) throw new RequestRefused(404, 'Not found');
      return context.json(wrapCatalogue(cloud.images.map(answerImage), quirks));
    });
  }
  routes.get('/v1/storages/types', (context) =>
    context.json(wrapCatalogue([answerStorageType(cloud.rules.minVolumeGb)], quirks)),
  );
  routes.get('/v1/service/status', (context) => context.json({ maintenanceMode: false, version: 'sandbox' }));
  return routes;
}

function answerDatacenter({ country, city, ...rest }: CloudDatacenter): object {
  const { id, slug, cityName, index, tier, certifications } = rest;
  return { id, countryCode: country, cityCode: city, cityName, index, tier, certifications, slug };
}

/** What can be bought there now; how many VMs is not told. */
function answerResources(cluster: CloudCluster, configurations: readonly CloudConfiguration[]): object {
  const { storage, publicIps } = cluster;
  const kinds = storage.replicatedPrice === undefined ? [false] : [false, true];
  return {
    availablePublicIps: { V4: publicIps.free, V6: 0 },
    availableStorage: {
      [cluster.cpuFamily]: kinds.map((replicated) => ({ replicated, storageType: 'NVME', volumeGb: storage.freeGb })),
    },
    availableConfigurations: configurations
      .filter(({ id }) => (cluster.sold.get(id)?.capacity ?? 0) > 0)
      .map(answerConfiguration),
  };
}

function answerConfiguration(configuration: CloudConfiguration): object {
  const { id, slug, family, vcpu, ramGb } = configuration;
  return {
    id,
    slug,
    name: nameConfiguration(configuration),
    vcpu,
    ramGb,
    dedicated: family !== 'shared',
    cpuFamilies: family === 'premium' ? ['AMD_ZEN5'] : ['AMD_ZEN2', 'AMD_ZEN3', 'AMD_ZEN5'],
    preset: ramGb / vcpu > 2 ? 'memory_optimized' : 'general',
    tags: [family],
    description: `${vcpu} vCPUs and ${ramGb} GB of memory`,
  };
}

function answerImage({ id, name, distribution, slug, downloadUrl, username }: CloudImage): object {
  const createdAt = '2026-01-15T09:00:00Z';
  const iconUrl = `https://images.example/icons/${distribution.toLowerCase()}.svg`;
  return { id, name, distribution, slug, downloadUrl, iconUrl, username, createdAt, updatedAt: createdAt };
}

function answerStorageType(minVolumeGb: number): object {
  return {
    storageType: 'NVME',
    bootDisk: true,
    minVolumeGb,
    maxBandwidthReadMib: 1000,
    maxBandwidthWriteMib: 1000,
    maxIopsRead: 50_000,
    maxIopsWrite: 50_000,
  };
}
