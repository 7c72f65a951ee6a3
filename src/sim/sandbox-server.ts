// The sandbox over HTTP, on the loopback interface: a product's API behind faults, the controls under `/_sandbox/`, and a
// forward proxy for the VMs. It joins these parts and owns the socket; the rules of the products are not here.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { errorTable, PurserError } from '../core/errors.js';
import { carryFaults } from './carry-faults.js';
import { buildCloudApi } from './cloud-api/cloud-api.js';
import { createCloudSandbox, type CloudSandbox } from './cloud-sandbox.js';
import type { CloudWorld } from './cloud/cloud-world.js';
import { buildCloudControls } from './controls/cloud-controls.js';
import { buildControlRoutes } from './controls/control-routes.js';
import { buildHelpText } from './controls/help-text.js';
import { buildMarketControls } from './controls/market-controls.js';
import { RequestRefused, type SandboxEnv } from './http-parts.js';
import { createMarketSandbox, type MarketSandbox } from './market-sandbox.js';
import { buildMarketplaceApi } from './marketplace-api/marketplace-api.js';
import type { Sandbox, SandboxOptions } from './sandbox.js';
import { answerForVm, readProxyTarget } from './vm-proxy.js';
import type { World } from './marketplace/market-world.js';
import { readCloudWorld, readWorld } from './world.js';

interface Served {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  /** Cuts what is still open. */
  close(): Promise<void>;
}

export type RunningSandbox = MarketSandbox & Served;
export type RunningCloudSandbox = CloudSandbox & Served;

export interface StartOptions<AnyWorld = World> extends Partial<SandboxOptions> {
  /** Default: the product's default world. */
  readonly world?: AnyWorld | undefined;
  /** Default 1. */
  readonly seed?: number | undefined;
  /** Default 0: any that is free. */
  readonly port?: number | undefined;
}

const LOOPBACK = '127.0.0.1';
/** Longer than clients keep idle connections, so that none is closed under a request. */
const KEEP_ALIVE_MILLIS = 65_000;

/** A marketplace; stepped (speed 0) unless told otherwise. Throws `option-invalid` when the port is taken. */
export async function startSandbox(options: StartOptions = {}): Promise<RunningSandbox> {
  const { port = 0, world = readWorld({}), seed = 1, speed = 0, key, clock } = options;
  const sandbox = createMarketSandbox(world, seed, { speed, key, clock });
  return serve(sandbox, port, buildMarketplaceApi(sandbox), buildMarketControls(sandbox), 'marketplace');
}

/** A cloud; as startSandbox. */
export async function startCloudSandbox(options: StartOptions<CloudWorld> = {}): Promise<RunningCloudSandbox> {
  const { port = 0, world = readCloudWorld({}), seed = 1, speed = 0, key, clock } = options;
  const sandbox = createCloudSandbox(world, seed, { speed, key, clock });
  return serve(sandbox, port, buildCloudApi(sandbox), buildCloudControls(sandbox), 'cloud');
}

async function serve<Any extends Sandbox>(
  sandbox: Any,
  port: number,
  api: Hono<SandboxEnv>,
  controls: Hono<SandboxEnv>,
  product: 'marketplace' | 'cloud',
): Promise<Any & Served> {
  const app = new Hono<SandboxEnv>();
  app.onError((error, context) => {
    if (error instanceof RequestRefused) return context.json({ error: error.message }, error.status);
    const code = error instanceof PurserError ? error.code : 'internal';
    return new Response(JSON.stringify({ error: error.message }), {
      status: errorTable[code].httpStatus,
      headers: { 'content-type': 'application/json' },
    });
  });
  app.notFound((context) => context.json({ error: 'Not found' }, 404));
  app.route('/_sandbox', buildControlRoutes(sandbox));
  app.route('/_sandbox', controls);
  app.get('/_sandbox/', (context) => context.text(buildHelpText(product)));
  app.all('/_sandbox/*', () => {
    throw new RequestRefused(404, 'No such control: GET /_sandbox/ lists them');
  });
  app.use(carryFaults(sandbox));
  app.route('/', api);
  const server = createFront(sandbox, app);
  await listen(server, port);
  const bound = (server.address() as AddressInfo).port;
  return Object.assign(sandbox, {
    url: `http://${LOOPBACK}:${bound}`,
    port: bound,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  });
}

function createFront(sandbox: Sandbox, app: Hono<SandboxEnv>): Server {
  const answer = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  const server = createServer((incoming, outgoing) => {
    const target = readProxyTarget(incoming);
    if (target === undefined) void answer(incoming, outgoing);
    else void answerForVm(sandbox, target, outgoing);
  });
  server.keepAliveTimeout = KEEP_ALIVE_MILLIS;
  return server;
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(
        new PurserError('option-invalid', `The sandbox can't listen on port ${port}: ${cause.message}. Take another.`, {
          cause,
        }),
      );
    });
    server.listen(port, LOOPBACK, resolve);
  });
}
