// The sandbox over HTTP, on the loopback interface: the product's API behind faults, the controls under `/_sandbox/`, and a
// forward proxy for the VMs. It joins these parts and owns the socket; the rules of the market are not here.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { errorTable, PurserError } from '../core/errors.js';
import { carryFaults } from './carry-faults.js';
import { buildControlRoutes } from './controls/control-routes.js';
import { helpText } from './controls/help-text.js';
import { RequestRefused, type SandboxEnv } from './http-parts.js';
import { buildMarketplaceApi } from './marketplace/marketplace-api.js';
import { createSandbox, type Sandbox, type SandboxOptions } from './sandbox.js';
import { answerForVm, readProxyTarget } from './vm-proxy.js';
import { readWorld } from './world.js';

export interface RunningSandbox extends Sandbox {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  /** Cuts what is still open. */
  close(): Promise<void>;
}

export interface StartOptions extends Partial<SandboxOptions> {
  /** Default 0: any that is free. */
  readonly port?: number | undefined;
}

const LOOPBACK = '127.0.0.1';
/** Longer than clients keep idle connections, so that none is closed under a request. */
const KEEP_ALIVE_MILLIS = 65_000;

/** Defaults: the default world, seed 1, speed 0 (stepped). Throws `option-invalid` when the port is taken. */
export async function startSandbox(options: StartOptions = {}): Promise<RunningSandbox> {
  const { port = 0, world = readWorld({}), seed = 1, speed = 0, key, clock } = options;
  const sandbox = createSandbox({ world, seed, speed, key, clock });
  const server = createFront(sandbox);
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

function createFront(sandbox: Sandbox): Server {
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
  app.get('/_sandbox/', (context) => context.text(helpText));
  app.all('/_sandbox/*', () => {
    throw new RequestRefused(404, 'No such control: GET /_sandbox/ lists them');
  });
  app.use(carryFaults(sandbox));
  app.route('/', buildMarketplaceApi(sandbox));

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
