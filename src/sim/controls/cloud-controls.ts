// The controls that only the cloud has: other people's VMs, storages and public IPs, and what its clusters sell.
import { Hono } from 'hono';
import type { CloudSandbox } from '../cloud-sandbox.js';
import { nameOf, type CloudResource } from '../cloud/cloud-state.js';
import { foreignIpShape, foreignStorageShape, foreignVmShape, moveShape } from '../cloud/cloud-world-schema.js';
import { buildForeignIps, buildForeignStorages, buildForeignVms, readMove } from '../cloud/cloud-world.js';
import { readBodyOfAnyType, type SandboxEnv } from '../http-parts.js';
import { buildShapeCheck } from '../shape-check.js';
import { readInstant } from './control-bodies.js';

const checkVm = buildShapeCheck(foreignVmShape);
const checkStorage = buildShapeCheck(foreignStorageShape);
const checkIp = buildShapeCheck(foreignIpShape);
const checkMove = buildShapeCheck(moveShape);

export function buildCloudControls(sandbox: CloudSandbox): Hono<SandboxEnv> {
  const routes = new Hono<SandboxEnv>();
  const list = (resources: readonly CloudResource[]) => resources.map((each) => ({ id: each.id, name: nameOf(each) }));
  const readAt = (text: string) => readInstant(text, sandbox.now());

  routes.post('/vms', async (context) => {
    const written = await readBodyOfAnyType(context, checkVm);
    return context.json({ vms: list(sandbox.placeVms(buildForeignVms(written, sandbox.now(), readAt))) });
  });
  routes.post('/storages', async (context) => {
    const written = await readBodyOfAnyType(context, checkStorage);
    const placed = sandbox.placeStorages(buildForeignStorages(written, sandbox.now(), readAt));
    return context.json({ storages: list(placed) });
  });
  routes.post('/public_ips', async (context) => {
    const written = await readBodyOfAnyType(context, checkIp);
    return context.json({ publicIps: list(sandbox.placePublicIps(buildForeignIps(written, sandbox.now(), readAt))) });
  });
  routes.post('/offers', async (context) =>
    context.json({ changed: sandbox.moveCatalogue(readMove(await readBodyOfAnyType(context, checkMove))) }),
  );
  return routes;
}
