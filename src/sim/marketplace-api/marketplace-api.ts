// The HTTP front of the product `marketplace`: its routes behind its key. Faults and the clock are the server's.
import { Hono } from 'hono';
import { RequestRefused, type SandboxEnv } from '../http-parts.js';
import type { MarketSandbox } from '../market-sandbox.js';
import { buildKeyRoutes } from './key-routes.js';
import { buildMarketRoutes } from './market-routes.js';
import { buildVmRoutes } from './vm-routes.js';

export function buildMarketplaceApi(sandbox: MarketSandbox): Hono<SandboxEnv> {
  const api = new Hono<SandboxEnv>();
  api.use(async (context, next) => {
    const bearer = context.req.header('authorization');
    if (context.req.header('x-api-key') !== sandbox.key && bearer !== `Bearer ${sandbox.key}`) {
      throw new RequestRefused(403, 'Auth failed. No such API Key');
    }
    await next();
  });
  api.route('/', buildMarketRoutes(sandbox));
  api.route('/', buildVmRoutes(sandbox));
  api.route('/', buildKeyRoutes(sandbox));
  return api;
}
