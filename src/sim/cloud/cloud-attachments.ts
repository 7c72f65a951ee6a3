// Changing what a VM of the simulated cloud is plugged into: public IP, data disks, security groups of its interfaces. Each
// keeps the VM busy for a while.
import { drawUuid } from '../random.js';
import type { Refusal } from '../refusal.js';
import { refuseAttaching } from './cloud-parts.js';
import type { CloudGroup, CloudPublicIp, CloudState, CloudStorage, CloudVm, NetworkInterface } from './cloud-state.js';
import { keepBusy, refuseAction } from './cloud-vms.js';

export function plugPublicIp(state: CloudState, vm: CloudVm, ip: CloudPublicIp): Refusal | undefined {
  const refusal = refuseAction(vm, 'addPublicIp', state);
  if (refusal !== undefined) return refusal;
  if (vm.publicIp !== undefined) return { status: 409, error: 'The VM has a public IP already' };
  const inTheWay = refuseAttaching(ip, vm.cluster);
  if (inTheWay !== undefined) return inTheWay;
  attachPublicIp(state, vm, ip);
  keepBusy(state, vm, 'updating');
  return undefined;
}

export function unplugPublicIp(state: CloudState, vm: CloudVm): Refusal | undefined {
  const refusal = refuseAction(vm, 'removePublicIp', state);
  if (refusal !== undefined) return refusal;
  if (vm.publicIp === undefined) return { status: 409, error: 'The VM has no public IP' };
  vm.publicIp.attachedTo = undefined;
  vm.publicIp = undefined;
  vm.interfaces = vm.interfaces.filter(({ kind }) => kind !== 'public');
  keepBusy(state, vm, 'updating');
  return undefined;
}

export function plugStorages(state: CloudState, vm: CloudVm, disks: readonly CloudStorage[]): Refusal | undefined {
  const refusal = refuseAction(vm, 'addStorages', state);
  if (refusal !== undefined) return refusal;
  for (const disk of disks) {
    const inTheWay = refuseAttaching(disk, vm.cluster);
    if (inTheWay !== undefined) return inTheWay;
  }
  attachDataDisks(vm, disks);
  vm.restartRequired = true;
  keepBusy(state, vm, 'updating');
  return undefined;
}

export function unplugStorages(state: CloudState, vm: CloudVm, disks: readonly CloudStorage[]): Refusal | undefined {
  const refusal = refuseAction(vm, 'removeStorages', state);
  if (refusal !== undefined) return refusal;
  const stranger = disks.find((disk) => !vm.dataDisks.includes(disk));
  if (stranger !== undefined) return { status: 409, error: `${stranger.id} is no data disk of the VM` };
  for (const disk of disks) disk.attachedTo = undefined;
  vm.dataDisks = vm.dataDisks.filter((disk) => !disks.includes(disk));
  vm.restartRequired = true;
  keepBusy(state, vm, 'updating');
  return undefined;
}

/** `group` undefined takes away what is there. */
export function setInterfaceGroup(
  state: CloudState,
  vm: CloudVm,
  plug: NetworkInterface,
  group: CloudGroup | undefined,
): Refusal | undefined {
  const refusal = refuseAction(vm, 'updateNetworkInterface', state);
  if (refusal !== undefined) return refusal;
  if (group !== undefined && group.cluster !== vm.cluster) {
    return { status: 400, error: 'The security group is in another cluster' };
  }
  plug.groupId = group?.id;
  keepBusy(state, vm, 'updating');
  return undefined;
}

/** Interfaces of VMs that the group is attached to. */
export function listAttachments(state: CloudState, group: CloudGroup): readonly string[] {
  return [...state.vms.values()].flatMap((vm) =>
    vm.interfaces.filter(({ groupId }) => groupId === group.id).map(({ id }) => id),
  );
}

export function attachPublicIp(state: CloudState, vm: CloudVm, ip: CloudPublicIp): void {
  vm.publicIp = ip;
  ip.attachedTo = vm;
  vm.interfaces = [...vm.interfaces, buildInterface(state, vm, 'public')];
}

export function attachDataDisks(vm: CloudVm, disks: readonly CloudStorage[]): void {
  const added = [...new Set(disks)];
  for (const disk of added) disk.attachedTo = vm;
  vm.dataDisks = [...vm.dataDisks, ...added];
}

export function buildInterface(state: CloudState, vm: CloudVm, kind: NetworkInterface['kind']): NetworkInterface {
  const id = drawUuid(state.seed, `interface/${vm.serial}/${kind}/${state.now}`);
  return { id, kind, groupId: undefined };
}
