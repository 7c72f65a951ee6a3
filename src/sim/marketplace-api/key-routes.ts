// SSH keys of the account: `/ssh_keys`. A key is known by its fingerprint; deleting one leaves deployed VMs as they are.
import { Hono } from 'hono';
import { readBody, RequestRefused, type SandboxEnv } from '../http-parts.js';
import type { MarketKey } from '../marketplace/market-state.js';
import type { MarketSandbox } from '../market-sandbox.js';
import { buildShapeCheck } from '../shape-check.js';
import { readPublicKey } from '../ssh-key.js';
import { answerAddedKey, answerListedKey } from './answers.js';
import { addKeyShape, removeKeyShape } from './request-bodies.js';

const checkAdd = buildShapeCheck(addKeyShape);
const checkRemove = buildShapeCheck(removeKeyShape);

export function buildKeyRoutes({ market }: MarketSandbox): Hono<SandboxEnv> {
  const routes = new Hono<SandboxEnv>();

  routes.get('/ssh_keys', (context) => context.json(Array.from(market.keys.values(), answerListedKey)));
  routes.post('/ssh_keys', async (context) => {
    const { name, publicKey } = await readBody(context, checkAdd);
    const read = readPublicKey(publicKey);
    if (read === undefined) throw new RequestRefused(400, 'Invalid SSH public key');
    const present = market.keys.get(read.fingerprint);
    if (present !== undefined) return context.json(answerAddedKey(present), 200);
    const key: MarketKey = { name, publicKey: publicKey.trim(), createdAt: market.now, ...read };
    market.keys.set(key.fingerprint, key);
    return context.json(answerAddedKey(key), 201);
  });
  routes.delete('/ssh_keys', async (context) => {
    const { fingerprint } = await readBody(context, checkRemove);
    if (!market.keys.delete(fingerprint)) throw new RequestRefused(404, `SSH key not found: ${fingerprint}`);
    return context.body(null, 200);
  });
  return routes;
}
