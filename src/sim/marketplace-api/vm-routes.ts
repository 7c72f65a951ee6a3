// Renting, listing, changing and deleting VMs: `/vms/v3`, or `/vms/v2` in older variants. Bodies in, orders to the market, its
// answer out. A variant has no route about VMs that its documents don't have.
import { Hono, type Context } from 'hono';
import { readBody, RequestRefused, unwrap, type SandboxEnv } from '../http-parts.js';
import { deployVms, estimateOrder } from '../marketplace/market-deploy.js';
import { scheduleEvent } from '../marketplace/market-events.js';
import { deleteVms, nameOf, updateVms } from '../marketplace/market-life.js';
import type { MarketSandbox } from '../market-sandbox.js';
import { buildShapeCheck } from '../shape-check.js';
import { readDuration } from '../shape-parts.js';
import { answerEstimate, answerStatus, answerVm } from './answers.js';
import { readConstraints, readOrder, readPorts } from './read-requests.js';
import {
  deleteOneShape,
  deleteShape,
  deployShape,
  estimateShape,
  oneUpdateShape,
  updateShape,
  type UpdateBody,
} from './request-bodies.js';
import { answerOldestVm, answerVmOfV2 } from './older-answers.js';

const checkDeploy = buildShapeCheck(deployShape);
const checkEstimate = buildShapeCheck(estimateShape);
const checkUpdate = buildShapeCheck(updateShape);
const checkOneUpdate = buildShapeCheck(oneUpdateShape);
const checkDelete = buildShapeCheck(deleteShape);
const checkDeleteOne = buildShapeCheck(deleteOneShape);

export function buildVmRoutes(sandbox: MarketSandbox): Hono<SandboxEnv> {
  const { market } = sandbox;
  const routes = new Hono<SandboxEnv>();
  if (sandbox.variant === 'v3') addNewestRoutes(routes, sandbox);
  else addOlderRoutes(routes, sandbox, sandbox.variant);

  routes.post('/vms/v3', async (context) => {
    const order = readOrder(market, await readBody(context, checkDeploy));
    const effect = context.get('effect');
    sandbox.sync();
    if (effect?.kind === 'late-create') {
      scheduleEvent(market, market.now + readDuration(effect.after ?? '10m'), { kind: 'late-deploy', order });
      return context.json([]);
    }
    const vms = unwrap(deployVms(market, order, { neverActive: effect?.kind === 'never-active' }));
    sandbox.sync();
    return context.json(vms.map((vm) => ({ vmId: vm.id, vmName: nameOf(vm) })));
  });
  return routes;
}

function addNewestRoutes(routes: Hono<SandboxEnv>, sandbox: MarketSandbox): void {
  const { market } = sandbox;
  routes.get('/vms/v3', (context) => context.json(Array.from(market.vms.values(), (vm) => answerVm(vm, market))));
  routes.get('/vms/v3/status', (context) =>
    context.json(Array.from(market.vms.values(), (vm) => answerStatus(vm, market.now))),
  );
  routes.post('/vms/v3/estimate', async (context) => {
    const { constraints, instances } = await readBody(context, checkEstimate);
    const estimate = unwrap(estimateOrder(market, readConstraints(constraints, false), instances));
    return context.json(answerEstimate(estimate, instances));
  });
  routes.patch('/vms/v3', async (context) => {
    const { updates } = await readBody(context, checkUpdate);
    refuse(updateVms(market, updates.map(readUpdate)));
    return context.body(null, 204);
  });
  routes.delete('/vms/v3', async (context: Context<SandboxEnv>) => {
    const { vmIds } = await readBody(context, checkDelete);
    sandbox.sync();
    refuse(deleteVms(market, vmIds));
    return context.body(null, 200);
  });
}

/** They list and change one VM at `/vms/v2`, and delete at `/vms/v3`: the oldest one VM a call. */
function addOlderRoutes(routes: Hono<SandboxEnv>, sandbox: MarketSandbox, variant: 'v2' | 'oldest'): void {
  const { market } = sandbox;
  const answer = variant === 'v2' ? answerVmOfV2 : answerOldestVm;
  routes.get('/vms/v2', (context) => context.json(Array.from(market.vms.values(), (vm) => answer(vm, market))));
  routes.patch('/vms/v2', async (context) => {
    refuse(updateVms(market, [readUpdate(await readBody(context, checkOneUpdate))]));
    return context.body(null, 204);
  });
  routes.delete('/vms/v3', async (context: Context<SandboxEnv>) => {
    const vmIds =
      variant === 'v2'
        ? (await readBody(context, checkDelete)).vmIds
        : [(await readBody(context, checkDeleteOne)).vmId];
    sandbox.sync();
    refuse(deleteVms(market, vmIds));
    return context.body(null, 200);
  });
}

function readUpdate({ id, vmName, openPorts }: UpdateBody) {
  return { id, name: vmName ?? undefined, ports: openPorts ? readPorts(openPorts) : undefined };
}

function refuse(refusal: ReturnType<typeof deleteVms>): void {
  if (refusal !== undefined) throw new RequestRefused(refusal.status, refusal.error);
}
