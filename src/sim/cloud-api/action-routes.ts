// What can be done to a VM beyond its name: terminate, restart, and what it is plugged into. Each is refused with 406 while
// `allowedActions` lacks it.
import { Hono, type Context } from 'hono';
import type { CloudSandbox } from '../cloud-sandbox.js';
import {
  plugPublicIp,
  plugStorages,
  setInterfaceGroup,
  unplugPublicIp,
  unplugStorages,
} from '../cloud/cloud-attachments.js';
import type { CloudVm } from '../cloud/cloud-state.js';
import { restartVm, terminateVm } from '../cloud/cloud-vms.js';
import { readBody, RequestRefused, type SandboxEnv } from '../http-parts.js';
import type { Refusal } from '../refusal.js';
import { buildShapeCheck } from '../shape-check.js';
import { answerAction, refuse } from './action-answer.js';
import { answerInterface, answerVm } from './answers.js';
import { findPart } from './part-routes.js';
import { addIpShape, disksShape, interfaceShape } from './request-bodies.js';
import { findVm } from './vm-routes.js';

const checkIp = buildShapeCheck(addIpShape);
const checkDisks = buildShapeCheck(disksShape);
const checkInterface = buildShapeCheck(interfaceShape);

export function buildActionRoutes(sandbox: CloudSandbox): Hono<SandboxEnv> {
  const { cloud, quirks } = sandbox;
  const routes = new Hono<SandboxEnv>();
  const addAction = (
    path: string,
    act: (vm: CloudVm, context: Context<SandboxEnv>) => Promise<Refusal | undefined> | Refusal | undefined,
  ) => {
    routes.post(`/v2/vms/:id/${path}`, async (context) => {
      const vm = findVm(sandbox, context);
      refuse(await act(vm, context));
      return answerAction(context, sandbox, () => answerVm(vm, sandbox));
    });
  };
  const readDisks = async (context: Context<SandboxEnv>) => {
    const { dataDisks } = await readBody(context, checkDisks);
    return dataDisks.map((id) => findPart(sandbox, 'storage', id));
  };
  addAction('terminate', (vm) => terminateVm(cloud, vm));
  addAction('restart', (vm) => restartVm(cloud, vm, 'restart'));
  addAction('softreboot', (vm) => restartVm(cloud, vm, 'softReboot'));
  addAction('public_ip/add', async (vm, context) => {
    const { publicIpId } = await readBody(context, checkIp);
    return plugPublicIp(cloud, vm, findPart(sandbox, 'public-ip', publicIpId));
  });
  addAction('public_ip/remove', (vm) => unplugPublicIp(cloud, vm));
  addAction('storages/add', async (vm, context) => plugStorages(cloud, vm, await readDisks(context)));
  addAction('storages/remove', async (vm, context) => unplugStorages(cloud, vm, await readDisks(context)));

  routes.get('/v2/vms/:id/interfaces', (context) => {
    const vm = findVm(sandbox, context);
    return context.json(vm.interfaces.map((plug) => answerInterface(plug, vm, quirks.securityGroupKey)));
  });
  routes.patch('/v2/vms/:id/interfaces/:interfaceId', async (context) => {
    const { securityGroupId } = await readBody(context, checkInterface);
    const vm = findVm(sandbox, context);
    const plug = vm.interfaces.find(({ id }) => id === context.req.param('interfaceId'));
    if (plug === undefined) throw new RequestRefused(404, 'Network interface not found');
    const group = typeof securityGroupId === 'string' ? cloud.groups.get(securityGroupId) : undefined;
    if (group === undefined && typeof securityGroupId === 'string') {
      throw new RequestRefused(404, `Security group not found: ${securityGroupId}`);
    }
    refuse(setInterfaceGroup(cloud, vm, plug, group));
    return answerAction(context, sandbox, () => answerVm(vm, sandbox));
  });
  return routes;
}
