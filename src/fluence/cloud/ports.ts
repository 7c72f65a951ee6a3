// Ports of one VM of the cloud: found out what is open, and which security group opens what is wished. Groups are shared: all
// VMs of a cluster with the same ports have one. A group that Purser did not make is never changed, only exchanged.
import { formatPort } from '../../core/format-port.js';
import { hashText } from '../../core/hash.js';
import type { Port } from '../../core/types.js';
import { CloudError } from '../../ports/cloud.js';
import type { CallOptions, PortsUpdate } from '../../ports/cloud.js';
import type { CloudNetworks, NetworkInterface, SecurityGroup } from './networks.js';

/** Begins the names of our groups, `purser-` and eight digits of a hash. */
const PREFIX = 'purser-';

function formatPorts(ports: readonly Port[]): string {
  return ports.map(formatPort).sort().join();
}

function join(open: readonly Port[], { ports, closes }: PortsUpdate): readonly Port[] {
  const closed = new Set(closes.map(formatPort));
  const all = new Map([...open, ...ports].map((port) => [formatPort(port), port]));
  return [...all].flatMap(([text, port]) => (closed.has(text) ? [] : [port])).sort((a, b) => a.port - b.port);
}

function conflict(id: string, why: string): CloudError {
  return new CloudError('api-conflict', `the ports of VM ${id} can't be set: ${why}`, { effect: 'none' });
}

/** The one that the internet reaches. */
function chooseInterface(update: PortsUpdate, interfaces: readonly NetworkInterface[]): NetworkInterface {
  const open = interfaces.filter(({ isPublic }) => isPublic);
  const chosen = open.find(({ isDefault }) => isDefault) ?? open[0];
  if (chosen === undefined) throw conflict(update.id, 'it has no public network interface');
  return chosen;
}

/** What the attached group opens; an empty list where none is attached: then nothing was ever said about ports. */
function readOpen(update: PortsUpdate, group: SecurityGroup | undefined): readonly Port[] {
  if (group === undefined) return [];
  if (group.ports !== undefined) return group.ports;
  throw conflict(update.id, `its security group "${group.name}" has rules of its own; attach another, or take it off`);
}

export async function preparePorts(
  networks: CloudNetworks,
  update: PortsUpdate,
  call: CallOptions | undefined,
): Promise<PortsUpdate> {
  const { id, clusterId } = update;
  if (clusterId === undefined) throw conflict(id, 'its cluster is not known');
  const [interfaces, groups] = await Promise.all([
    networks.listInterfaces(id, call),
    networks.listSecurityGroups(call),
  ]);
  const plug = chooseInterface(update, interfaces);
  const attached = groups.find((group) => group.id === plug.securityGroupId);
  if (attached === undefined && plug.securityGroupId !== undefined)
    throw conflict(id, 'its security group is not in the list of groups');
  const ports = join(readOpen(update, attached), update);
  const wanted = formatPorts(ports);
  // What somebody lets in from IPv4 alone stays so.
  const families = attached?.families ?? 'both';
  const isFit = (group: SecurityGroup): boolean =>
    group.ports !== undefined && group.families === families && formatPorts(group.ports) === wanted;
  if (attached !== undefined && isFit(attached)) return { ...update, resolved: 'in-place' };
  const own = groups.find((group) => group.clusterId === clusterId && group.name.startsWith(PREFIX) && isFit(group));
  const name = PREFIX + hashText(families === 'both' ? wanted : `${families} ${wanted}`).slice(0, 8);
  const groupId = own?.id ?? (await networks.createSecurityGroup({ clusterId, name, ports, families }, call));
  return { ...update, ports, resolved: { interfaceId: plug.id, groupId } };
}

/** ONE request; none where there is nothing to do. */
export async function setPorts(
  networks: CloudNetworks,
  { id, resolved }: PortsUpdate,
  call: CallOptions | undefined,
): Promise<void> {
  if (resolved === undefined)
    throw new CloudError('api-bad-request', `the ports of VM ${id} must be prepared before they are set`, {
      effect: 'none',
    });
  if (resolved === 'in-place') return;
  await networks.attachSecurityGroup({ vmId: id, ...resolved }, call);
}
