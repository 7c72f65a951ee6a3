// What intents about ports and SSH keys carry, from the plan's actions. They cost nothing and delete no VM, so no claim changes.
import type { Intent } from './books.js';
import type { KeyAction, PortsAction } from './plan-types.js';

export function writePorts({ vms }: PortsAction): NonNullable<Intent['ports']> {
  return {
    targets: vms.map(({ id, name, clusterId, ports, closes }) => ({
      vmId: id,
      vmName: name,
      ...(clusterId === undefined ? {} : { clusterId }),
      ports,
      closes,
    })),
  };
}

export function writeKey({ change, key }: KeyAction): NonNullable<Intent['key']> {
  return { change, ...key };
}
