// Ports of VMs on the cloud: security groups, and the network interfaces that they are attached to.
import { CloudError } from '../../ports/cloud.js';
import type { CallOptions } from '../../ports/cloud.js';
import type { Port } from '../../core/types.js';
import type { ApiClient } from '../api-client.js';
import { isCount, isObject, readItems, readOptionalText, Unreadable } from '../read-values.js';
import { endpoints, endpointsOf } from './endpoints.js';
import { writeSecurityGroup } from './orders.js';
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
  /** Single ports that it lets in from everywhere; undefined: its rules can't be said as a list of ports. */
  readonly ports: readonly Port[] | undefined;
}

/** Parts of the client beyond the port: each change is ONE request. */
export interface CloudNetworks {
  listInterfaces(vmId: string, call?: CallOptions): Promise<readonly NetworkInterface[]>;
  listSecurityGroups(call?: CallOptions): Promise<readonly SecurityGroup[]>;
  /** `ports` is the whole list, 22/tcp included. Returns its id. */
  createSecurityGroup(
    group: { readonly clusterId: string; readonly name: string; readonly ports: readonly Port[] },
    call?: CallOptions,
  ): Promise<string>;
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
      ports: readRules(entry['ingressRules']),
    },
  ];
}

function readRules(value: unknown): readonly Port[] | undefined {
  if (!isObject(value) || value['type'] !== 'allow' || !Array.isArray(value['rules'])) return undefined;
  const ports = new Map<string, Port>();
  for (const rule of value['rules'] as readonly unknown[]) {
    const port = readRule(rule);
    if (port === undefined) return undefined;
    ports.set(`${port.port}/${port.protocol}`, port);
  }
  return [...ports.values()];
}

function readRule(rule: unknown): Port | undefined {
  if (!isObject(rule) || !isObject(rule['protocolKind']) || !isObject(rule['remote'])) return undefined;
  const from = rule['remote']['address'];
  if (from !== '0.0.0.0/0' && from !== '::/0') return undefined;
  for (const protocol of ['tcp', 'udp'] as const) {
    const kind = rule['protocolKind'][protocol];
    const ports = isObject(kind) ? kind['ports'] : undefined;
    const exact = isObject(ports) ? ports['exact'] : undefined;
    const port = isObject(exact) ? exact['value'] : undefined;
    if (isCount(port, 1, 65_535)) return { port, protocol };
  }
  return undefined;
}
