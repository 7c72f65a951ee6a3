// What the cloud asks for: prices by the hour, and what a set of resources would cost over a time.
import { Hono } from 'hono';
import { HOUR_MILLIS } from '../../core/money.js';
import type { Micros } from '../../core/types.js';
import type { CloudSandbox } from '../cloud-sandbox.js';
import { findCluster, findStoragePrice } from '../cloud/cloud-catalogue.js';
import type { CloudCluster, CloudState } from '../cloud/cloud-state.js';
import { readBody, RequestRefused, unwrap, type SandboxEnv } from '../http-parts.js';
import { buildShapeCheck } from '../shape-check.js';
import { formatUsd } from './answers.js';
import { wrapCatalogue } from './list-page.js';
import { readQuery } from './read-query.js';
import { costShape, type CostBody } from './request-bodies.js';

const checkCost = buildShapeCheck(costShape);
const HOUR_SECONDS = BigInt(HOUR_MILLIS / 1000);
const USUAL_SECONDS = 3600;

export function buildPriceRoutes({ cloud, quirks }: CloudSandbox): Hono<SandboxEnv> {
  const routes = new Hono<SandboxEnv>();
  const addPrices = (path: string, list: (cluster: CloudCluster) => readonly object[]) => {
    routes.get(path, (context) => {
      const wanted = readQuery(context, ['clusterId']).one('clusterId');
      const clusters = cloud.clusters.filter(({ id }) => wanted === undefined || id === wanted);
      return context.json(wrapCatalogue(clusters.flatMap(list), quirks));
    });
  };
  addPrices('/v1/prices/vm', (cluster) =>
    Array.from(cluster.sold, ([vmConfigurationId, { price }]) => ({
      vmTypeId: { vmConfigurationId, clusterId: cluster.id },
      priceInfo: answerPrice(price),
    })),
  );
  addPrices('/v1/prices/storage', (cluster) =>
    [false, true].flatMap((replicated) => {
      const price = findStoragePrice(cluster, replicated);
      if (price === undefined) return [];
      const storageTypeId = { storageType: 'NVME', replicated, clusterId: cluster.id };
      return [{ storageTypeId, priceInfo: answerPrice(price) }];
    }),
  );
  addPrices('/v1/prices/public-ip', ({ id, publicIps }) => [
    { publicIpTypeId: { addressType: 'V4', clusterId: id }, priceInfo: answerPrice(publicIps.price) },
  ]);
  routes.post('/v1/prices/cost', async (context) => {
    const { resources, secs } = await readBody(context, checkCost);
    const priced = resources.map((resource) => ({ resource, price: priceResource(cloud, resource) }));
    const total = priced.reduce((sum, { price }) => sum + price, 0n);
    const seconds = secs ?? USUAL_SECONDS;
    return context.json({
      costOfResources: priced.map(({ resource, price }) => ({ resource, costPerSec: formatPerSecond(price) })),
      periodSecs: seconds,
      totalCost: formatUsd((total * BigInt(seconds) + HOUR_SECONDS - 1n) / HOUR_SECONDS),
      totalCostPerSec: formatPerSecond(total),
    });
  });
  return routes;
}

function answerPrice(price: Micros): object {
  return { pricePerHourPerQty: formatUsd(price) };
}

/** Of an hour. */
function priceResource(cloud: CloudState, resource: CostBody['resources'][number]): Micros {
  const price = findPrice(cloud, resource);
  if (price === undefined) throw new RequestRefused(404, `No price for ${JSON.stringify(resource)}`);
  return price;
}

function findPrice(cloud: CloudState, resource: CostBody['resources'][number]): Micros | undefined {
  if ('vm' in resource) {
    const { clusterId, vmConfigurationId } = resource.vm.resource_id;
    return unwrap(findCluster(cloud, clusterId)).sold.get(vmConfigurationId)?.price;
  }
  if ('publicIp' in resource) {
    const { clusterId, addressType } = resource.publicIp.resource_id;
    return addressType === 'V4' ? unwrap(findCluster(cloud, clusterId)).publicIps.price : undefined;
  }
  const { clusterId, storageType, replicated } = resource.storage.resource_id;
  const perGb = findStoragePrice(unwrap(findCluster(cloud, clusterId)), replicated);
  return perGb === undefined || storageType !== 'NVME' ? undefined : perGb * BigInt(resource.storage.volume_gb);
}

/** Twelve decimals, cut: six lose most of what a second costs. */
function formatPerSecond(perHour: Micros): string {
  const digits = ((perHour * 1_000_000n) / HOUR_SECONDS).toString().padStart(13, '0');
  return `${digits.slice(0, -12)}.${digits.slice(-12)}`;
}
