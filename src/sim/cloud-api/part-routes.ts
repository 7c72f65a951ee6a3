// Storages and public IPs: listed, made, renamed and removed alike, one by one or many at once.
import { Hono, type Context } from 'hono';
import type { CloudSandbox } from '../cloud-sandbox.js';
import { createPublicIp, createStorage, removeParts, renamePart } from '../cloud/cloud-parts.js';
import { type CloudPart, type CloudPublicIp, type CloudState, type CloudStorage } from '../cloud/cloud-state.js';
import { readBody, RequestRefused, unwrap, type SandboxEnv } from '../http-parts.js';
import { buildShapeCheck } from '../shape-check.js';
import { answerAction, refuse } from './action-answer.js';
import { answerPublicIp, answerStorage, isListed } from './answers.js';
import { filterListed, PAGING, SORTING, sortListed, wrapPage } from './list-page.js';
import { readQuery, type Query } from './read-query.js';
import { idsShape, newIpShape, newStorageShape, renameShape } from './request-bodies.js';

const checkIds = buildShapeCheck(idsShape);
const checkStorage = buildShapeCheck(newStorageShape);
const checkIp = buildShapeCheck(newIpShape);
const checkRename = buildShapeCheck(renameShape);

const STATUSES = ['new', 'created', 'ready', 'updating', 'failed', 'removing', 'removed'] as const;
const FILTERS = ['ids', 'name', 'status', 'excludeStatus', 'excludeAttached', ...SORTING, ...PAGING];

interface PartOf {
  readonly storage: CloudStorage;
  readonly 'public-ip': CloudPublicIp;
}

/** Throws 404. */
export function findPart<Kind extends keyof PartOf>({ cloud }: CloudSandbox, kind: Kind, id: string): PartOf[Kind] {
  const part = listParts(cloud, kind).get(id.toLowerCase());
  if (part !== undefined && isListed(part, cloud)) return part;
  throw new RequestRefused(404, `${kind === 'storage' ? 'Storage' : 'Public IP'} not found: ${id}`);
}

function listParts<Kind extends keyof PartOf>(cloud: CloudState, kind: Kind): ReadonlyMap<string, PartOf[Kind]> {
  const parts: { readonly [K in keyof PartOf]: ReadonlyMap<string, PartOf[K]> } = {
    storage: cloud.storages,
    'public-ip': cloud.publicIps,
  };
  return parts[kind];
}

export function buildPartRoutes(sandbox: CloudSandbox): Hono<SandboxEnv> {
  const { cloud } = sandbox;
  const routes = new Hono<SandboxEnv>();
  routes.post('/v1/storages', async (context) => {
    const { osImage, ...body } = await readBody(context, checkStorage);
    sandbox.sync();
    return context.json(answerStorage(unwrap(createStorage(cloud, { ...body, osImage: osImage ?? undefined })), cloud));
  });
  routes.get('/v1/storages/:id', (context) =>
    context.json(answerStorage(findPart(sandbox, 'storage', context.req.param('id')), cloud)),
  );
  routes.post('/v1/public_ips', async (context) => {
    const body = await readBody(context, checkIp);
    sandbox.sync();
    return context.json(answerPublicIp(unwrap(createPublicIp(cloud, body)), cloud));
  });
  addRoutes(routes, sandbox, 'storage', '/v1/storages', ['storageType'], (query) => {
    const type = query.oneOf('storageType', ['HDD', 'SSD', 'NVMe']) ?? 'NVMe';
    const excludeAttached = query.flag('excludeAttached');
    return ({ attachedTo }) => type === 'NVMe' && !(excludeAttached && attachedTo !== undefined);
  });
  const ofIps = ['clusterId', 'datacenterId', 'cityCode', 'addressType'];
  addRoutes(routes, sandbox, 'public-ip', '/v1/public_ips', ofIps, (query) => {
    const [clusterId, datacenterId, cityCode] = ofIps.map((name) => query.one(name));
    const type = query.oneOf('addressType', ['V4', 'V6']) ?? 'V4';
    const excludeAttached = query.flag('excludeAttached');
    return ({ cluster: { id, datacenter }, attachedTo }) =>
      type === 'V4' &&
      (clusterId ?? id) === id &&
      (datacenterId ?? datacenter.id) === datacenter.id &&
      (cityCode ?? datacenter.city) === datacenter.city &&
      !(excludeAttached && attachedTo !== undefined);
  });
  return routes;
}

function addRoutes<Kind extends keyof PartOf>(
  routes: Hono<SandboxEnv>,
  sandbox: CloudSandbox,
  kind: Kind,
  path: string,
  filters: readonly string[],
  buildFilter: (query: Query) => (part: PartOf[Kind]) => boolean,
): void {
  const { cloud, quirks } = sandbox;
  const answer = (part: CloudPart) =>
    part.kind === 'storage' ? answerStorage(part, cloud) : answerPublicIp(part, cloud);
  const statusOf = (part: CloudPart) => part.status;
  const find = (id: string | undefined) => findPart(sandbox, kind, id ?? '');
  routes.get(path, (context) => {
    const query = readQuery(context, [...FILTERS, ...filters]);
    const parts = [...listParts(cloud, kind).values()].filter((part) => isListed(part, cloud));
    const found = filterListed(parts, query, STATUSES, statusOf).filter(buildFilter(query));
    return context.json(wrapPage(sortListed(found, query, statusOf), parts.length, query, quirks, answer));
  });
  routes.post(`${path}/delete`, async (context) => {
    const { ids } = await readBody(context, checkIds);
    const parts = ids.map(find);
    refuse(removeParts(cloud, parts));
    return answerAction(context, sandbox, () => parts.map(answer));
  });
  routes.delete(`${path}/:id`, (context: Context<SandboxEnv>) => {
    const part = find(context.req.param('id'));
    refuse(removeParts(cloud, [part]));
    return answerAction(context, sandbox, () => answer(part));
  });
  routes.patch(`${path}/:id`, async (context: Context<SandboxEnv>) => {
    const { name } = await readBody(context, checkRename);
    const part = find(context.req.param('id'));
    if (typeof name === 'string') refuse(renamePart(cloud, part, name));
    return context.json(answer(part));
  });
}
