// SSH keys of the cloud: a create names them by ids. Names and raw keys are resolved to ids beforehand; raw ones that aren't there
// are registered. A key that may not list SSH keys can still use those that are named by id.
import type { SshKey } from '../../core/types.js';
import { CloudError } from '../../ports/cloud.js';
import type { CallOptions, CreateOrder, PrepareOptions } from '../../ports/cloud.js';
import type { ApiClient } from '../api-client.js';
import { isObject, Unreadable } from '../read-values.js';
import { readKey } from '../ssh-keys.js';
import { endpoints, endpointsOf } from './endpoints.js';
import { createPageReader } from './page-reader.js';
import { isIdText, isUuid, readId } from './read-wire.js';

export interface CloudKeys {
  list(call: CallOptions | undefined): Promise<readonly SshKey[]>;
  /** One that is there already is taken over. */
  add(key: { name: string; publicKey: string }, call: CallOptions | undefined): Promise<SshKey>;
  remove(fingerprint: string, call: CallOptions | undefined): Promise<void>;
  /** Ids for names, raw keys and ids. Throws CloudError `api-bad-request` for a name that nobody or more than one key has. */
  resolve(order: CreateOrder, call: PrepareOptions | undefined): Promise<readonly string[]>;
}

const RAW_KEY = /^(ssh-|ecdsa-|sk-)\S+\s+\S+/;

export function createCloudKeys(api: ApiClient, account: string, concurrency: number): CloudKeys {
  const pages = createPageReader(api, endpoints.listKeys, 'SSH keys', concurrency);

  async function list(call: CallOptions | undefined): Promise<readonly SshKey[]> {
    const { items, problems } = await pages.readAll({}, call);
    if (problems.length === 0) return items.flatMap((item) => readCloudKey(item) ?? []);
    const message = `could not list the SSH keys of account ${account}: ${problems.join('; ')}`;
    throw new CloudError('api-unreadable', message, { effect: 'none' });
  }

  async function add(key: { name: string; publicKey: string }, call: CallOptions | undefined): Promise<SshKey> {
    try {
      const parse = (json: unknown): SshKey => {
        const added = readCloudKey(json, key);
        if (added === undefined) throw new Unreadable('it tells no id of the key');
        return added;
      };
      const body = { name: key.name, publicKey: key.publicKey };
      return await api.changeWhenAllowed(endpoints.addKey, body, parse, call);
    } catch (error) {
      if (!(error instanceof CloudError) || error.status !== 409) throw error;
      const same = findByBody(await list(call), key.publicKey);
      // Taken is only its name, by another key.
      if (same === undefined) throw error;
      return same;
    }
  }

  async function register(
    { name, index, publicKey }: { readonly name: string; readonly index: number; readonly publicKey: string },
    call: PrepareOptions | undefined,
  ): Promise<SshKey> {
    await call?.beforeChange?.();
    return add({ name: nameRawKey(name, index), publicKey }, call);
  }

  return {
    list,
    add,
    async remove(fingerprint, call) {
      const key = (await list(call)).find((known) => known.fingerprint === fingerprint);
      // What isn't there needs no removing.
      if (key?.id === undefined) return;
      await api.changeWhenAllowed(endpointsOf.removeKey(key.id), undefined, () => undefined, call);
    },
    async resolve({ sshKeys, name }, call) {
      if (sshKeys.every(isIdText)) return [...new Set(sshKeys.map((id) => id.toLowerCase()))];
      const known = await list(call).catch((error: unknown) => {
        throw explainForbidden(account, error);
      });
      const ids = new Set<string>();
      for (const [index, wanted] of sshKeys.entries()) {
        if (isIdText(wanted)) ids.add(wanted.toLowerCase());
        else if (!RAW_KEY.test(wanted)) ids.add(findByName(account, known, wanted));
        else {
          const same = findByBody(known, wanted) ?? (await register({ name, index, publicKey: wanted }, call));
          ids.add(same.id!);
        }
      }
      return [...ids];
    },
  };
}

/** Keys without an id can't be named in a create, so they are none. */
function readCloudKey(json: unknown, asked?: { name: string; publicKey: string }): SshKey | undefined {
  const key = readKey(json, asked);
  if (key === undefined || !isObject(json) || !isUuid(json['id'])) return undefined;
  return { ...key, id: readId(json['id'], 'id') };
}

/** Comments don't make another key. */
function bodyOf(publicKey: string): string {
  return publicKey.trim().split(/\s+/).slice(0, 2).join(' ');
}

function findByBody(keys: readonly SshKey[], publicKey: string): SshKey | undefined {
  return keys.find((key) => bodyOf(key.publicKey) === bodyOf(publicKey));
}

function findByName(account: string, keys: readonly SshKey[], name: string): string {
  const found = keys.filter((key) => key.name === name);
  if (found.length === 1) return found[0]!.id!;
  const what = found.length === 0 ? 'has no SSH key' : `has ${found.length} SSH keys`;
  throw new CloudError(
    'api-bad-request',
    `account ${account} ${what} called "${name}": look with \`purser keys\`, or name the key by its id`,
    { effect: 'none', details: { account, key: name } },
  );
}

function nameRawKey(vmName: string, index: number): string {
  return `${vmName}-key-${index + 1}`;
}

/** The document lists keys under another way of signing in: that isn't a refused key. */
function explainForbidden(account: string, error: unknown): unknown {
  if (!(error instanceof CloudError) || error.status !== 403) return error;
  return new CloudError(
    'api-bad-request',
    `the API key of account ${account} may not list SSH keys: name them by their ids in \`vm.sshKeys\` (${error.message})`,
    { effect: 'none', status: 403, cause: error },
  );
}
