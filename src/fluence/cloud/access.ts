// What a key of the cloud may do: the permissions that the API tells, and whether a change is let through at all.
import { CloudError } from '../../ports/cloud.js';
import type { Access, CallOptions } from '../../ports/cloud.js';
import type { ApiClient } from '../api-client.js';
import { proveChange } from '../prove-change.js';
import { isObject, Unreadable } from '../read-values.js';
import { endpoints, endpointsOf } from './endpoints.js';

const NOBODYS_ID = '00000000-0000-4000-8000-000000000000';

/** What Purser can't do without; documents write some of them both ways. */
const NEEDED: readonly (readonly string[])[] = [
  ['vms:write'],
  ['storage:write', 'storages:write'],
  ['public_ip:write', 'public_ips:write'],
];

function readPermissions(json: unknown): readonly string[] | undefined {
  const told = isObject(json) ? json['permissions'] : undefined;
  if (told === undefined || told === null) return undefined;
  if (Array.isArray(told) && told.every((scope) => typeof scope === 'string')) return told;
  throw new Unreadable('permissions is no list of words');
}

/** undefined: the API doesn't tell them to this key. */
async function askPermissions(api: ApiClient, call: CallOptions | undefined): Promise<readonly string[] | undefined> {
  try {
    return await api.read(endpoints.readUser, undefined, readPermissions, call);
  } catch (error) {
    if (error instanceof CloudError && error.code !== 'api-key-missing') return undefined;
    throw error;
  }
}

/** The permissions may be those of the account's owner: only the change that is let through proves them. */
export async function checkCloudAccess(api: ApiClient, call: CallOptions | undefined): Promise<Access> {
  const told = await askPermissions(api, call);
  const lacks =
    told === undefined ? [] : NEEDED.flatMap((names) => (names.some((name) => told.includes(name)) ? [] : names[0]!));
  if (lacks.length === NEEDED.length)
    return { variant: undefined, mayChange: false, lacks, how: 'the API tells its permissions' };
  const rename = () =>
    api.changeWhenAllowed(endpointsOf.renameVm(NOBODYS_ID), { name: 'purser-doctor' }, () => undefined, call);
  return { variant: undefined, lacks, ...(await proveChange(rename)) };
}
