// The controls that only the marketplace has: other people's VMs, and its offers.
import { Hono } from 'hono';
import { readBodyOfAnyType, type SandboxEnv } from '../http-parts.js';
import { nameOf } from '../marketplace/market-life.js';
import type { MarketSandbox } from '../market-sandbox.js';
import { buildShapeCheck } from '../shape-check.js';
import { buildForeignVms, readMove } from '../marketplace/market-world.js';
import { foreignVmShape, moveShape } from '../marketplace/market-world-schema.js';
import { readInstant } from './control-bodies.js';

const checkVm = buildShapeCheck(foreignVmShape);
const checkMove = buildShapeCheck(moveShape);

export function buildMarketControls(sandbox: MarketSandbox): Hono<SandboxEnv> {
  const routes = new Hono<SandboxEnv>();
  routes.post('/vms', async (context) => {
    const written = await readBodyOfAnyType(context, checkVm);
    const now = sandbox.now();
    const vms = sandbox.placeVms(buildForeignVms(written, now, (text) => readInstant(text, now)));
    return context.json({ vms: vms.map((vm) => ({ id: vm.id, name: nameOf(vm) })) });
  });
  routes.post('/offers', async (context) =>
    context.json({ changed: sandbox.moveOffers(readMove(await readBodyOfAnyType(context, checkMove))) }),
  );
  return routes;
}
