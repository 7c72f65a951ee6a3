// SSH keys of the account: `/v1/ssh_keys`. A key that is there already is refused with 409; deleting one leaves VMs as they are.
import { Hono } from 'hono';
import type { CloudSandbox } from '../cloud-sandbox.js';
import type { CloudKey } from '../cloud/cloud-state.js';
import { readBody, RequestRefused, type SandboxEnv } from '../http-parts.js';
import { drawUuid } from '../random.js';
import { buildShapeCheck } from '../shape-check.js';
import { readPublicKey } from '../ssh-key.js';
import { answerKey } from './account-answers.js';
import { answerAction } from './action-answer.js';
import { PAGING, wrapPage } from './list-page.js';
import { readQuery } from './read-query.js';
import { addKeyShape, idsShape } from './request-bodies.js';

const checkAdd = buildShapeCheck(addKeyShape);
const checkIds = buildShapeCheck(idsShape);

export function buildKeyRoutes(sandbox: CloudSandbox): Hono<SandboxEnv> {
  const { cloud, quirks } = sandbox;
  const routes = new Hono<SandboxEnv>();
  const answer = (key: CloudKey) => answerKey(key, cloud);
  const find = (id: string) => {
    const key = cloud.keys.get(id.toLowerCase());
    if (key === undefined) throw new RequestRefused(404, `SSH key not found: ${id}`);
    return key;
  };
  routes.use('/v1/ssh_keys/*', async (_, next) => {
    if (quirks.sshKeysForbidden) throw new RequestRefused(403, 'API keys are not accepted here');
    await next();
  });
  routes.get('/v1/ssh_keys', (context) => {
    const query = readQuery(context, ['ids', ...PAGING]);
    const ids = query.list('ids');
    const keys = [...cloud.keys.values()];
    const found = keys.filter(({ id }) => ids === undefined || ids.includes(id));
    return context.json(wrapPage(found, keys.length, query, quirks, answer));
  });
  routes.post('/v1/ssh_keys', async (context) => {
    const { name, publicKey } = await readBody(context, checkAdd);
    const { key, isNew } = registerKey(sandbox, publicKey, name);
    if (!isNew) throw new RequestRefused(409, `The SSH key ${key.fingerprint} exists already`);
    return context.json(answer(key));
  });
  routes.post('/v1/ssh_keys/delete', async (context) => {
    const keys = (await readBody(context, checkIds)).ids.map(find);
    for (const { id } of keys) cloud.keys.delete(id);
    return answerAction(context, sandbox, () => keys.map(answer));
  });
  routes.delete('/v1/ssh_keys/:id', (context) => {
    const key = find(context.req.param('id'));
    cloud.keys.delete(key.id);
    return answerAction(context, sandbox, () => answer(key));
  });
  return routes;
}

/** The id of a key of a create: ids alone, or names and raw keys too, which are registered then. */
export function resolveKey(sandbox: CloudSandbox, written: string): string {
  const id = written.toLowerCase();
  if (sandbox.quirks.sshKeysAs === 'ids' || sandbox.cloud.keys.has(id)) return id;
  const named = [...sandbox.cloud.keys.values()].find(({ name }) => name === written);
  return (named ?? registerKey(sandbox, written, undefined).key).id;
}

/** `name` undefined: the key's own comment. */
function registerKey({ cloud }: CloudSandbox, publicKey: string, name: string | undefined) {
  const read = readPublicKey(publicKey);
  if (read === undefined || read.algorithm.startsWith('sk-')) throw new RequestRefused(400, 'Invalid SSH public key');
  const { fingerprint, algorithm, comment } = read;
  const present = [...cloud.keys.values()].find((key) => key.fingerprint === fingerprint);
  if (present !== undefined) return { key: present, isNew: false };
  const key: CloudKey = {
    id: drawUuid(cloud.seed, `key/${fingerprint}`),
    name: name ?? (comment || fingerprint),
    fingerprint,
    algorithm,
    publicKey: publicKey.trim(),
  };
  cloud.keys.set(key.id, key);
  return { key, isNew: true };
}
