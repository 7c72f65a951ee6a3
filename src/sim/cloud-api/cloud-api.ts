// The HTTP front of the product `cloud`: its routes behind its key, and its way to say no. Faults and the clock are the server's.
import { Hono } from 'hono';
import type { CloudSandbox } from '../cloud-sandbox.js';
import { RequestRefused, type SandboxEnv } from '../http-parts.js';
import { buildAccountRoutes } from './account-routes.js';
import { buildActionRoutes } from './action-routes.js';
import { buildCatalogueRoutes } from './catalogue-routes.js';
import { checkKey } from './check-key.js';
import { buildKeyRoutes } from './key-routes.js';
import { buildNetworkRoutes } from './network-routes.js';
import { buildPartRoutes } from './part-routes.js';
import { buildPriceRoutes } from './price-routes.js';
import { buildVmRoutes } from './vm-routes.js';

const CODES: Readonly<Record<RequestRefused['status'], string>> = {
  400: 'bad_request',
  401: 'unauthorized',
  402: 'insufficient_balance',
  403: 'forbidden',
  404: 'not_found',
  406: 'not_acceptable',
  409: 'conflict',
  413: 'bad_request',
  415: 'bad_request',
  422: 'unprocessable_entity',
};

export function buildCloudApi(sandbox: CloudSandbox): Hono<SandboxEnv> {
  const { quirks } = sandbox;
  const api = new Hono<SandboxEnv>();
  api.onError((error, context) => {
    if (!(error instanceof RequestRefused)) throw error;
    const told = quirks.errorCodes ? { code: CODES[error.status] } : {};
    const status = error.status === 402 ? quirks.noBalanceStatus : error.status;
    return context.json({ ...told, error: error.message }, status);
  });
  api.use(async (context, next) => {
    checkKey(context, sandbox);
    await next();
  });
  api.route('/', buildCatalogueRoutes(sandbox));
  api.route('/', buildPriceRoutes(sandbox));
  api.route('/', buildVmRoutes(sandbox));
  api.route('/', buildActionRoutes(sandbox));
  api.route('/', buildKeyRoutes(sandbox));
  api.route('/', buildPartRoutes(sandbox));
  api.route('/', buildNetworkRoutes(sandbox));
  api.route('/', buildAccountRoutes(sandbox));
  api.all('*', () => {
    throw new RequestRefused(404, 'Not found');
  });
  return api;
}
