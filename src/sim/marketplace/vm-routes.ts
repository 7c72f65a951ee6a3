// Renting, listing, changing and deleting VMs: `/vms/v3`. Bodies in, orders to the market, its answer out.
import { Hono, type Context } from 'hono';
import { readBody, RequestRefused, unwrap, type SandboxEnv } from '../http-parts.js';
import { deployVms, estimateOrder } from '../market-deploy.js';
import { scheduleEvent } from '../market-events.js';
import { deleteVms, nameOf, updateVms } from '../market-life.js';
import type { MarketSandbox } from '../market-sandbox.js';
import { buildShapeCheck } from '../shape-check.js';
import { readDuration } from '../shape-parts.js';
import { answerEstimate, answerStatus, answerVm } from './answers.js';
import { readConstraints, readOrder, readPorts } from './read-requests.js';
import { deleteShape, deployShape, estimateShape, updateShape } from './request-bodies.js';

const checkDeploy = buildShapeCheck(deployShape);
const checkEstimate = buildShapeCheck(estimateShape);
const checkUpdate = buildShapeCheck(updateShape);
const checkDelete = buildShapeCheck(deleteShape);

export function buildVmRoutes(sandbox: MarketSandbox): Hono<SandboxEnv> {
  const { market } = sandbox;
  const routes = new Hono<SandboxEnv>();

  routes.get('/vms/v3', (context) => context.json(Array.from(market.vms.values(), (vm) => answerVm(vm, market))));
  routes.get('/vms/v3/status', (context) =>
    context.json(Array.from(market.vms.values(), (vm) => answerStatus(vm, market.now))),
  );
  routes.post('/vms/v3/estimate', async (context) => {
    const { constraints, instances } = await readBody(context, checkEstimate);
    const estimate = unwrap(estimateOrder(market, readConstraints(constraints, false), instances));
    return context.json(answerEstimate(estimate, instances));
  });
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
  routes.patch('/vms/v3', async (context) => {
    const { updates } = await readBody(context, checkUpdate);
    refuse(
      updateVms(
        market,
        updates.map(({ id, vmName, openPorts }) => ({
          id,
          name: vmName ?? undefined,
          ports: openPorts ? readPorts(openPorts) : undefined,
        })),
      ),
    );
    return context.body(null, 204);
  });
  routes.delete('/vms/v3', async (context: Context<SandboxEnv>) => {
    const { vmIds } = await readBody(context, checkDelete);
    sandbox.sync();
    refuse(deleteVms(market, vmIds));
    return context.body(null, 200);
  });
  return routes;
}

function refuse(refusal: ReturnType<typeof deleteVms>): void {
  if (refusal !== undefined) throw new RequestRefused(refusal.status, refusal.error);
}
