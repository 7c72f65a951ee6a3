// Renting, listing, changing and terminating VMs: `/v2/vms`. Bodies in, orders to the cloud, its answer out.
import { Hono, type Context } from 'hono';
import { hashText } from '../../core/hash.js';
import type { CloudSandbox } from '../cloud-sandbox.js';
import { deployVm } from '../cloud/cloud-deploy.js';
import { scheduleEvent } from '../cloud/cloud-events.js';
import type { CloudOrder, CloudVm, NewStorage } from '../cloud/cloud-state.js';
import { readVmStatus, renameVm } from '../cloud/cloud-vms.js';
import { readBody, RequestRefused, unwrap, type SandboxEnv } from '../http-parts.js';
import { buildShapeCheck } from '../shape-check.js';
import { readDuration } from '../shape-parts.js';
import { refuse } from './action-answer.js';
import { answerVm, EXPANDABLE, isListed } from './answers.js';
import { filterListed, PAGING, SORTING, sortListed, wrapPage } from './list-page.js';
import { readQuery, type Query } from './read-query.js';
import { createVmShape, renameShape, type CreateVmBody, type NewStorageBody } from './request-bodies.js';
import { resolveKey } from './key-routes.js';

const checkCreate = buildShapeCheck(createVmShape);
const checkRename = buildShapeCheck(renameShape);

const STATUSES = [
  'new',
  'launching',
  'launched',
  'failed',
  'updating',
  'terminating',
  'terminated',
  'suspending',
  'suspended',
  'restarting',
  'softRebooting',
  'unknown',
] as const;

/** Bytes, not characters. */
const MOST_USER_DATA = 16_384;

export function buildVmRoutes(sandbox: CloudSandbox): Hono<SandboxEnv> {
  const { cloud } = sandbox;
  const routes = new Hono<SandboxEnv>();

  routes.get('/v2/vms', (context) => {
    const names = ['ids', 'name', 'status', 'excludeStatus', 'clusterId', 'publicIpId', 'expand'];
    const query = readQuery(context, [...names, ...SORTING, ...PAGING]);
    const vms = [...cloud.vms.values()].filter((vm) => isListed(vm, cloud));
    const expand = query.listOf('expand', EXPANDABLE);
    return context.json(
      wrapPage(findVms(sandbox, vms, query), vms.length, query, sandbox.quirks, (vm) =>
        answerVm(vm, sandbox, { whole: true, expand }),
      ),
    );
  });
  routes.post('/v2/vms', async (context) => {
    const order = readOrder(sandbox, await readBody(context, checkCreate));
    const effect = context.get('effect');
    sandbox.sync();
    if (effect?.kind === 'late-create') {
      scheduleEvent(cloud, cloud.now + readDuration(effect.after ?? '10m'), { kind: 'late-deploy', order });
      return context.json({});
    }
    const vm = unwrap(deployVm(cloud, order, { neverActive: effect?.kind === 'never-active' }));
    return context.json(answerVm(vm, sandbox, { whole: true }));
  });
  routes.get('/v2/vms/:id', (context) => {
    const expand = readQuery(context, ['expand']).listOf('expand', EXPANDABLE);
    return context.json(answerVm(findVm(sandbox, context), sandbox, { expand }));
  });
  routes.patch('/v2/vms/:id', async (context) => {
    const { name } = await readBody(context, checkRename);
    const vm = findVm(sandbox, context);
    if (typeof name === 'string') refuse(renameVm(cloud, vm, name));
    return context.json(answerVm(vm, sandbox));
  });
  return routes;
}

export function findVm({ cloud }: CloudSandbox, context: Context<SandboxEnv>): CloudVm {
  const id = context.req.param('id') ?? '';
  const vm = cloud.vms.get(id.toLowerCase());
  if (vm === undefined || !isListed(vm, cloud)) throw new RequestRefused(404, `VM not found: ${id}`);
  return vm;
}

function findVms({ cloud }: CloudSandbox, vms: readonly CloudVm[], query: Query): readonly CloudVm[] {
  const statusOf = (vm: CloudVm) => readVmStatus(vm, cloud);
  const clusterId = query.one('clusterId');
  const publicIpId = query.one('publicIpId');
  const found = filterListed(vms, query, STATUSES, statusOf).filter(
    (vm) =>
      (clusterId === undefined || vm.cluster.id === clusterId) &&
      (publicIpId === undefined || vm.publicIp?.id === publicIpId),
  );
  return sortListed(found, query, statusOf);
}

function readOrder(sandbox: CloudSandbox, body: CreateVmBody): CloudOrder {
  const { clusterId, configurationId, name, publicIp } = body;
  return {
    clusterId,
    configurationId,
    name,
    bootDisk: readDisk(body.bootDisk),
    dataDisks: (body.dataDisks ?? []).map(readDisk),
    publicIp: publicIp ?? undefined,
    sshKeyIds: (body.sshKeys ?? []).map((key) => resolveKey(sandbox, key)),
    userData: readUserData(body.cloudInit?.userData ?? undefined),
  };
}

function readDisk(disk: string | NewStorageBody): string | NewStorage {
  return typeof disk === 'string' ? disk : { ...disk, osImage: disk.osImage ?? undefined };
}

function readUserData(text: string | undefined): CloudOrder['userData'] {
  if (text === undefined) return undefined;
  const bytes = Buffer.byteLength(text);
  if (bytes > MOST_USER_DATA)
    throw new RequestRefused(400, `userData has ${bytes} bytes, the most is ${MOST_USER_DATA}`);
  return { bytes, hash: hashText(text) };
}
