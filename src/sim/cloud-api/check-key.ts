// Who may call the cloud: the key in `X-API-KEY`, or in `Authorization: X-API-KEY ...`. A second key of the world may only read.
import type { Context } from 'hono';
import type { CloudSandbox } from '../cloud-sandbox.js';
import { RequestRefused, type SandboxEnv } from '../http-parts.js';

/** A read that is sent as POST. */
const READS = ['/v1/prices/cost'];

/** Throws 401 without a key, 403 with a wrong one or one that may not do this. */
export function checkKey(context: Context<SandboxEnv>, sandbox: CloudSandbox): void {
  const key = readKey(context);
  if (key === undefined) throw new RequestRefused(401, 'Authentication required');
  if (key === sandbox.key) return;
  if (key !== sandbox.readOnlyKey) throw new RequestRefused(403, 'Auth failed. No such API Key');
  if (context.req.method !== 'GET' && !READS.includes(context.req.path)) {
    throw new RequestRefused(403, 'The API key is read-only');
  }
}

export function isReadOnly(context: Context<SandboxEnv>, { key }: CloudSandbox): boolean {
  return readKey(context) !== key;
}

function readKey(context: Context<SandboxEnv>): string | undefined {
  const header = context.req.header('x-api-key') ?? '';
  if (header !== '') return header;
  return /^X-API-KEY (.+)$/i.exec(context.req.header('authorization') ?? '')?.[1];
}
