// Security groups, and the networks that VMs are plugged into: one VPC and subnet a cluster, which are there from the start.
// Groups open ports by being attached to a VM's interface; the sandbox keeps their rules and does not look into them.
import { Hono } from 'hono';
import type { CloudSandbox } from '../cloud-sandbox.js';
import { listAttachments } from '../cloud/cloud-attachments.js';
import { findCluster } from '../cloud/cloud-catalogue.js';
import { refusePartName } from '../cloud/cloud-parts.js';
import type { CloudGroup } from '../cloud/cloud-state.js';
import { readBody, RequestRefused, unwrap, type SandboxEnv } from '../http-parts.js';
import { formatInstant } from '../instant-text.js';
import { drawUuid } from '../random.js';
import { buildShapeCheck } from '../shape-check.js';
import { answerAction, refuse } from './action-answer.js';
import { answerSubnet } from './answers.js';
import { PAGING, wrapPage } from './list-page.js';
import { buildLike, readQuery, type Query } from './read-query.js';
import { idsShape, newGroupShape, updateGroupShape } from './request-bodies.js';

const checkNew = buildShapeCheck(newGroupShape);
const checkUpdate = buildShapeCheck(updateGroupShape);
const checkIds = buildShapeCheck(idsShape);

const STATUSES = ['new', 'created', 'ready', 'updating', 'failed', 'removing', 'removed'] as const;
const FILTERS = ['ids', 'name', 'status', 'clusterId', ...PAGING];

export function buildNetworkRoutes(sandbox: CloudSandbox): Hono<SandboxEnv> {
  const { cloud, quirks } = sandbox;
  const routes = new Hono<SandboxEnv>();
  addGroupRoutes(routes, sandbox);
  const addList = (path: string, filters: readonly string[], items: () => readonly Told[]) => {
    routes.get(path, (context) => {
      const query = readQuery(context, filters);
      const all = items();
      return context.json(wrapPage(filterTold(all, query), all.length, query, quirks, ({ answer }) => answer));
    });
  };
  addList('/v1/vpcs', FILTERS, () =>
    cloud.clusters.map((cluster) => {
      const { id, network } = cluster;
      const vpc = { id: network.vpcId, userId: cloud.userId, clusterId: id, name: 'default', status: 'ready' };
      // They are as old as the account.
      const answer = { ...vpc, subnetsCount: 1, enableExternal: true, createdAt: '2026-01-15T09:00:00Z' };
      return { id: network.vpcId, name: 'default', clusterId: id, vpcId: network.vpcId, answer };
    }),
  );
  addList('/v1/subnets', ['ids', 'name', 'status', 'vpcId', ...PAGING], () =>
    cloud.clusters.map((cluster) => ({
      id: cluster.network.subnetId,
      name: 'default',
      clusterId: cluster.id,
      vpcId: cluster.network.vpcId,
      answer: answerSubnet(cluster, cloud),
    })),
  );
  addList('/v1/security_groups', [...FILTERS, 'vpcId'], () =>
    Array.from(cloud.groups.values(), (group) => ({
      id: group.id,
      name: group.name,
      clusterId: group.cluster.id,
      vpcId: group.cluster.network.vpcId,
      answer: answerGroup(group, sandbox),
    })),
  );
  return routes;
}

interface Told {
  readonly id: string;
  readonly name: string;
  readonly clusterId: string;
  readonly vpcId: string;
  readonly answer: object;
}

/** Everything here is ready. */
function filterTold(items: readonly Told[], query: Query): readonly Told[] {
  const ids = query.list('ids');
  const pattern = query.one('name');
  const isNamed = pattern === undefined ? undefined : buildLike(pattern);
  const clusterId = query.one('clusterId');
  const vpcId = query.one('vpcId');
  const isReady = (query.oneOf('status', STATUSES) ?? 'ready') === 'ready';
  return items.filter(
    (item) =>
      isReady &&
      (ids === undefined || ids.includes(item.id)) &&
      (isNamed === undefined || isNamed(item.name)) &&
      (clusterId ?? item.clusterId) === item.clusterId &&
      (vpcId ?? item.vpcId) === item.vpcId,
  );
}

function addGroupRoutes(routes: Hono<SandboxEnv>, sandbox: CloudSandbox): void {
  const { cloud } = sandbox;
  const find = (id: string) => {
    const group = cloud.groups.get(id.toLowerCase());
    if (group === undefined) throw new RequestRefused(404, `Security group not found: ${id}`);
    return group;
  };
  const remove = (groups: readonly CloudGroup[]) => {
    const used = groups.find((group) => listAttachments(cloud, group).length > 0);
    if (used !== undefined) throw new RequestRefused(409, `The security group ${used.name} is attached to a VM`);
    for (const { id } of groups) cloud.groups.delete(id);
  };
  routes.post('/v1/security_groups', async (context) => {
    const { clusterId, name, ingressRules, egressRules } = await readBody(context, checkNew);
    refuse(refusePartName(name));
    const cluster = unwrap(findCluster(cloud, clusterId));
    cloud.lastSerial += 1;
    const group: CloudGroup = {
      id: drawUuid(cloud.seed, `group/${cloud.lastSerial}`),
      name,
      cluster,
      createdAt: sandbox.sync(),
      ingress: { type: 'allow', rules: ingressRules ?? [] },
      egress: egressRules ? { type: 'allow', rules: egressRules } : { type: 'allowAll' },
    };
    cloud.groups.set(group.id, group);
    return context.json(answerGroup(group, sandbox));
  });
  routes.patch('/v1/security_groups/:id', async (context) => {
    const { name, ingressRules, egressRules } = await readBody(context, checkUpdate);
    const group = find(context.req.param('id'));
    if (typeof name === 'string') refuse(refusePartName(name));
    group.name = name ?? group.name;
    group.ingress = ingressRules ?? group.ingress;
    group.egress = egressRules ?? group.egress;
    return context.json(answerGroup(group, sandbox));
  });
  routes.post('/v1/security_groups/delete', async (context) => {
    const groups = (await readBody(context, checkIds)).ids.map(find);
    const answers = groups.map((group) => answerGroup(group, sandbox));
    remove(groups);
    return answerAction(context, sandbox, () => answers);
  });
  routes.delete('/v1/security_groups/:id', (context) => {
    const group = find(context.req.param('id'));
    remove([group]);
    return answerAction(context, sandbox, () => answerGroup(group, sandbox));
  });
}

function answerGroup(group: CloudGroup, { cloud }: CloudSandbox): object {
  return {
    id: group.id,
    userId: cloud.userId,
    clusterId: group.cluster.id,
    vpcId: group.cluster.network.vpcId,
    name: group.name,
    status: 'ready',
    ingressRules: group.ingress,
    egressRules: group.egress,
    createdAt: formatInstant(group.createdAt),
    readySince: formatInstant(group.createdAt),
    attachedTo: listAttachments(cloud, group),
  };
}
