// Ports of VMs on the cloud: security groups, and the network interfaces that they are attached to.
import { CloudError } from '../../ports/cloud.js';
import type { CallOptions } from '../../ports/cloud.js';
import { formatPort } from '../../core/format-port.js';
import type { Port } from '../../core/types.js';
import type { ApiClient } from '../api-client.js';
import { isCount, isObject, readItems, readOptionalText, Unreadable } from '../read-values.js';
import { endpoints, endpointsOf } from './endpoints.js';
import { writeSecurityGroup, type Families, type WantedGroup } from './orders.js';
import { createPageReader } from './page-reader.js';
import { isIdText, isUuid, readId, readObject, readOptionalId } from './read-wire.js';

export interface NetworkInterface {
  readonly id: string;
  readonly isPublic: boolean;
  readonly isDefault: boolean;
  readonly securityGroupId: string | undefined;
}

export interface SecurityGroup {
  readonly id: string;
  readonly name: string;
  readonly clusterId: string;
  readonly statusText: string;
  /**
   * Single ports that it lets in from everywhere, all of them by the same families, while everything may go out; undefined: its
   * rules can't be said so, and another group in its place would open what somebody closed.
   */
  readonly ports: readonly Port[] | undefined;
  readonly families: Families;
}

/** Parts of the client beyond the port: each change is ONE request. */
export interface CloudNetworks {
  listInterfaces(vmId: string, call?: CallOptions): Promise<readonly NetworkInterface[]>;
  listSecurityGroups(call?: CallOptions): Promise<readonly SecurityGroup[]>;
  /** `ports` is the whole list, 22/tcp included. Returns its id. */
  createSecurityGroup(group: WantedGroup, call?: CallOptions): Promise<string>;
  attachSecurityGroup(
    target: { readonly vmId: string; readonly interfaceId: string; readonly groupId: string },
    call?: CallOptions,
  ): Promise<void>;
}

export function createCloudNetworks(api: ApiClient, account: string, concurrency: number): CloudNetworks {
  const groups = createPageReader(api, endpoints.listSecurityGroups, 'security groups', concurrency);
  return {
    async listInterfaces(vmId, call) {
      return api.read(endpointsOf.interfaces(checkId(vmId)), undefined, readInterfaces, call);
    },
    async listSecurityGroups(call) {
      const { items, problems } = await groups.readAll({}, call);
      if (problems.length === 0) return items.flatMap(readSecurityGroup);
      const message = `could not list the security groups of account ${account}: ${problems.join('; ')}`;
      throw new CloudError('api-unreadable', message, { effect: 'none' });
    },
    async createSecurityGroup(group, call) {
      const parse = (json: unknown): string => readId(readObject(json, 'a security group')['id'], 'id');
      return api.changeWhenAllowed(endpoints.createSecurityGroup, writeSecurityGroup(group), parse, call);
    },
    async attachSecurityGroup({ vmId, interfaceId, groupId }, call) {
      const endpoint = endpointsOf.attachSecurityGroup(checkId(vmId), checkId(interfaceId));
      return api.change(endpoint, { securityGroupId: checkId(groupId) }, () => undefined, call);
    },
  };
}

/** Ids go into paths: nothing else may. Throws CloudError `api-bad-request`. */
export function checkId(id: string): string {
  if (isIdText(id)) return id;
  throw new CloudError('api-bad-request', `"${id}" is no id of the cloud: those are UUIDs`, { effect: 'none' });
}

function readInterfaces(json: unknown): readonly NetworkInterface[] {
  return readItems(json, 'network interfaces').map((entry) => {
    if (!isObject(entry)) throw new Unreadable('an entry is no network interface');
    return {
      id: readId(entry['id'], 'id'),
      isPublic: isObject(entry['kind']) && isObject(entry['kind']['public']),
      isDefault: entry['default'] === true,
      // The provider of the Fluence team reads the second.
      securityGroupId: readOptionalId(entry['securityGroup'] ?? entry['securityGroupId'], 'securityGroup'),
    };
  });
}

function readSecurityGroup(entry: unknown): SecurityGroup[] {
  if (!isObject(entry) || !isUuid(entry['id']) || !isUuid(entry['clusterId'])) return [];
  return [
    {
      id: entry['id'].toLowerCase(),
      name: readOptionalText(entry['name']) ?? '',
      clusterId: entry['clusterId'].toLowerCase(),
      statusText: readOptionalText(entry['status']) ?? '',
      ...readRules(entry['ingressRules'], letsAllOut(entry['egressRules'])),
    },
  ];
}

/** Not told is as the service makes it: everything may go out. */
function letsAllOut(rules: unknown): boolean {
  return rules === undefined || rules === null || (isObject(rules) && rules['type'] === 'allowAll');
}

const OF_ITS_OWN = { ports: undefined, families: 'both' } as const;

function readRules(value: unknown, isOpenOutwards: boolean): Pick<SecurityGroup, 'ports' | 'families'> {
  if (!isOpenOutwards || !isObject(value) || value['type'] !== 'allow' || !Array.isArray(value['rules']))
    return OF_ITS_OWN;
  const ports = new Map<string, { readonly port: Port; readonly families: Set<'ipv4' | 'ipv6'> }>();
  for (const rule of value['rules'] as readonly unknown[]) {
    const read = readRule(rule);
    if (read === undefined) return OF_ITS_OWN;
    const key = formatPort(read.port);
    const known = ports.get(key) ?? { port: read.port, families: new Set() };
    known.families.add(read.family);
    ports.set(key, known);
  }
  const kinds = new Set([...ports.values()].map(({ families }) => (families.size === 2 ? 'both' : [...families][0]!)));
  const [families = 'both', another] = kinds;
  if (another !== undefined) return OF_ITS_OWN;
  return { ports: [...ports.values()].map(({ port }) => port), families };
}

function readRule(rule: unknown): { readonly port: Port; readonly family: 'ipv4' | 'ipv6' } | undefined {
  if (!isObject(rule) || !isObject(rule['protocolKind']) || !isObject(rule['remote'])) return undefined;
  const from = rule['remote']['address'];
  if (from !== '0.0.0.0/0' && from !== '::/0') return undefined;
  for (const protocol of ['tcp', 'udp'] as const) {
    const kind = rule['protocolKind'][protocol];
    const ports = isObject(kind) ? kind['ports'] : undefined;
    const exact = isObject(ports) ? ports['exact'] : undefined;
    const port = isObject(exact) ? exact['value'] : undefined;
    if (isCount(port, 1, 65_535)) return { port: { port, protocol }, family: from === '::/0' ? 'ipv6' : 'ipv4' };
  }
  return undefined;
}
