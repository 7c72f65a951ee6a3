// What intents about ports and SSH keys carry, from the plan's actions. They cost nothing and delete no VM, so no claim changes.
import type { Intent } from './books.js';
import type { KeyAction, PortsAction } from './plan-types.js';

export function writeTending(action: PortsAction | KeyAction): Pick<Intent, 'ports' | 'key'> {
  if (action.kind === 'key') return { key: { change: action.change, ...action.key } };
  const targets = action.vms.map(({ id, name, clusterId, ports, closes }) => ({
    vmId: id,
    vmName: name,
    ...(clusterId === undefined ? {} : { clusterId }),
    ports,
    closes,
  }));
  return { ports: { targets } };
}
