import { afterEach, describe, expect, it } from 'vitest';
import type { Cloud } from '../../src/ports/cloud.js';
import { createCpuCloud } from '../../src/fluence/cloud/cpu-cloud.js';
import { createMarketplaceCloud } from '../../src/fluence/marketplace/marketplace-cloud.js';
import { order as cloudOrder } from './cloud/setup.js';
import { startServer, type LocalServer } from './local-server.js';
import { order } from './marketplace/setup.js';
import { createStillClock } from './still-clock.js';

let server: LocalServer;
let cloud: Cloud;

afterEach(async () => {
  await cloud.close();
  await server.close();
});

const UUID = '3fa85f64-5717-4562-b3fc-2c963f66afa6';
const builders = { marketplace: createMarketplaceCloud, cloud: createCpuCloud };
const resolved = { configurationId: UUID, keyIds: [UUID], isReplicated: false };

const calls: readonly (readonly [string, (cloud: Cloud) => Promise<unknown>])[] = [
  ['listVms', (api) => api.listVms()],
  ['listOffers', (api) => api.listOffers()],
  ['listImages', (api) => api.listImages()],
  ['listKeys', (api) => api.listKeys()],
  ['listConfigurations', (api) => api.listConfigurations()],
  ['listCountries', (api) => api.listCountries()],
  ['listPrices', (api) => api.listPrices()],
  ['estimate', (api) => api.estimate(api.product === 'cloud' ? cloudOrder() : order())],
  ['addKey', (api) => api.addKey({ name: 'ops', publicKey: 'ssh-ed25519 AAAA ops' })],
  ['createVms', (api) => api.createVms(api.product === 'cloud' ? cloudOrder({ resolved }) : order())],
  ['renameVms', (api) => api.renameVms([{ id: UUID, name: 'web' }])],
  ['deleteVms', (api) => api.deleteVms([UUID])],
];

describe.each(['marketplace', 'cloud'] as const)('every call to the %s', (product) => {
  it.each(calls)('%s bears our name, and ends by its time-out where no answer ever comes', async (_name, call) => {
    server = await startServer(() => undefined);
    cloud = builders[product]({
      account: 'main',
      baseUrl: server.url,
      readKey: () => 'key',
      clock: createStillClock(),
      timeouts: { connectMillis: 50, callMillis: 50, listingMillis: 50 },
      userAgent: 'purser/0.1.0',
      concurrency: 4,
      pause: () => Promise.resolve(),
    });
    const said = await call(cloud).catch((error: unknown) => error);
    expect(JSON.stringify(said, ['code', 'state', 'problems'])).toMatch(/api-timeout|no answer after/);
    expect(server.received.length).toBeGreaterThan(0);
    for (const { headers } of server.received) expect(headers['user-agent']).toBe('purser/0.1.0');
  });
});
