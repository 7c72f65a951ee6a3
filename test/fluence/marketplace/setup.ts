// A marketplace client against a local server: no pauses, no chance, and everything that a test may look at.
import { createMarketplaceCloud } from '../../../src/fluence/marketplace/marketplace-cloud.js';
import type { MarketplaceCloud, MarketplaceOptions } from '../../../src/fluence/marketplace/marketplace-cloud.js';
import type { ObservedRequest } from '../../../src/fluence/send-request.js';
import { CloudError } from '../../../src/ports/cloud.js';
import type { CreateOrder } from '../../../src/ports/cloud.js';
import { startServer } from '../local-server.js';
import type { LocalServer, Responder } from '../local-server.js';
import { createStillClock } from '../still-clock.js';
import type { StillClock } from '../still-clock.js';

export const KEY = 'key-Zx81-secret';

export interface Setup {
  readonly server: LocalServer;
  readonly cloud: MarketplaceCloud;
  readonly clock: StillClock;
  readonly pauses: number[];
  readonly observed: ObservedRequest[];
  close(): Promise<void>;
}

export function buildCloud(baseUrl: string, change: Partial<MarketplaceOptions> = {}) {
  const clock = createStillClock();
  const pauses: number[] = [];
  const observed: ObservedRequest[] = [];
  const cloud = createMarketplaceCloud({
    account: 'main',
    baseUrl,
    readKey: () => KEY,
    clock,
    timeouts: { connectMillis: 1000, callMillis: 2000, listingMillis: 2000 },
    userAgent: 'purser/0.1.0',
    concurrency: 4,
    random: () => 0.5,
    pause: (millis) => {
      pauses.push(millis);
      return Promise.resolve();
    },
    requestObserver: (seen) => observed.push(seen),
    ...change,
  });
  return { cloud, clock, pauses, observed };
}

export async function setUp(responder: Responder, change: Partial<MarketplaceOptions> = {}): Promise<Setup> {
  const server = await startServer(responder);
  const built = buildCloud(server.url, change);
  return {
    server,
    ...built,
    async close() {
      await built.cloud.close();
      await server.close();
    },
  };
}

export function order(change: Partial<CreateOrder> = {}): CreateOrder {
  return {
    count: 2,
    offer: {
      country: 'FR',
      configuration: 'cpu-2-ram-4gb-storage-25gb',
      hardware: undefined,
      price: { amount: 306_980n, periodMillis: 86_400_000 },
    },
    cap: { amount: 33_333n, periodMillis: 3_600_000 },
    name: 'web-a17k3f2x',
    hostname: undefined,
    imageUrl: 'https://images.example/u.img',
    sshKeys: ['ops'],
    ports: [{ port: 80, protocol: 'tcp' }],
    ...change,
  };
}

/** The CloudError that a promise rejects with. Fails when it resolves, or rejects with anything else. */
export async function catchError(promise: Promise<unknown>): Promise<CloudError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof CloudError) return error;
    throw error;
  }
  throw new Error('it did not reject');
}
