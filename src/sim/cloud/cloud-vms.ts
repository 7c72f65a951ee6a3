// The life of a VM in the simulated cloud after it was rented: launched, changed, restarted, terminated, ended. Its storages
// and public IP stay behind when it goes.
import type { Refusal } from '../refusal.js';
import { drawInteger } from '../random.js';
import { beginBilling, endBilling } from './cloud-billing.js';
import { moveStock } from './cloud-catalogue.js';
import { settleLater } from './cloud-events.js';
import { nameOf, type CloudState, type CloudVm, type CloudVmStatus } from './cloud-state.js';

/** As `allowedActions` spells them. */
export type VmAction =
  | 'addPublicIp'
  | 'removePublicIp'
  | 'addStorages'
  | 'removeStorages'
  | 'updateNetworkInterface'
  | 'restart'
  | 'softReboot'
  | 'terminate';

const EVERY_ACTION: readonly VmAction[] = [
  'addPublicIp',
  'removePublicIp',
  'addStorages',
  'removeStorages',
  'updateNetworkInterface',
  'restart',
  'softReboot',
  'terminate',
];

const VM_NAME = /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

/** What may be done to it now, by its status alone; anything else is refused with 406. */
export function listVmActions({ status }: CloudVm): readonly VmAction[] {
  switch (status) {
    case 'launched':
      return EVERY_ACTION;
    case 'failed':
    case 'suspended':
      return ['terminate'];
    case 'new':
    case 'launching':
    case 'updating':
    case 'terminating':
    case 'terminated':
    case 'suspending':
    case 'restarting':
    case 'softRebooting':
    case 'unknown':
      return [];
  }
}

/** As the API shows it: a launching VM is new for the first tenth of its launch. */
export function readVmStatus(vm: CloudVm, state: CloudState): CloudVmStatus {
  return vm.status === 'launching' && state.now < vm.launchingAt ? 'new' : vm.status;
}

/** Whether its workload runs: reachable, and charged at its boundaries. */
export function isRunning({ status }: CloudVm): boolean {
  switch (status) {
    case 'launched':
    case 'updating':
    case 'restarting':
    case 'softRebooting':
    case 'terminating':
    case 'unknown':
      return true;
    case 'new':
    case 'launching':
    case 'failed':
    case 'terminated':
    case 'suspending':
    case 'suspended':
      return false;
  }
}

export function refuseAction(vm: CloudVm, action: VmAction, state: CloudState): Refusal | undefined {
  if (listVmActions(vm).includes(action)) return undefined;
  return { status: 406, error: `${action} is not allowed while the VM is ${readVmStatus(vm, state)}` };
}

/** Its status ends: it is launched, or has failed, or is back to work, or is gone. */
export function settleVm(state: CloudState, vm: CloudVm): void {
  vm.settlesAt = undefined;
  if (vm.status === 'terminating') return finishVm(state, vm);
  if (vm.status === 'launching') return finishLaunch(state, vm);
  setStatus(state, vm, 'launched');
}

function finishLaunch(state: CloudState, vm: CloudVm): void {
  setStatus(state, vm, vm.failsLaunch ? 'failed' : 'launched');
  if (!vm.failsLaunch && !beginBilling(state, vm)) endVm(state, vm, 'no-money');
}

export function terminateVm(state: CloudState, vm: CloudVm): Refusal | undefined {
  const refusal = refuseAction(vm, 'terminate', state);
  if (refusal !== undefined) return refusal;
  const { leastMillis, mostMillis } = state.rules.deletion;
  vm.endCalledAt = state.now;
  setStatus(state, vm, 'terminating');
  settleLater(state, vm, state.now + drawInteger(state.seed, `deletion/${vm.luck}`, leastMillis, mostMillis));
  return undefined;
}

/** At once, and without having been asked to. */
export function endVm(state: CloudState, vm: CloudVm, by: 'provider' | 'no-money'): void {
  vm.endedBy = by;
  finishVm(state, vm);
}

/** The oldest running VM of that name, by its provider; undefined when none is. `isNamed` tells names. */
export function terminateNamed(state: CloudState, isMeant: (name: string) => boolean): void {
  for (const vm of state.vms.values()) {
    if (isRunning(vm) && vm.endCalledAt === undefined && isMeant(nameOf(vm))) return endVm(state, vm, 'provider');
  }
}

export function restartVm(state: CloudState, vm: CloudVm, action: 'restart' | 'softReboot'): Refusal | undefined {
  const refusal = refuseAction(vm, action, state);
  if (refusal !== undefined) return refusal;
  if (action === 'restart') vm.restartRequired = false;
  keepBusy(state, vm, action === 'restart' ? 'restarting' : 'softRebooting');
  return undefined;
}

export function renameVm(state: CloudState, vm: CloudVm, name: string): Refusal | undefined {
  if (vm.endCalledAt !== undefined || vm.endedAt !== undefined) {
    return { status: 406, error: `The VM is ${vm.status}: it can't be renamed` };
  }
  const refusal = refuseVmName(name);
  if (refusal === undefined && name !== nameOf(vm)) {
    vm.names.push(name);
    vm.updatedAt = state.now;
  }
  return refusal;
}

export function refuseVmName(name: string): Refusal | undefined {
  if (VM_NAME.test(name)) return undefined;
  return { status: 400, error: `Invalid name ${name}: 1 to 63 letters, digits and hyphens, no hyphen at the ends` };
}

/** Nothing may be done to it for a while. */
export function keepBusy(state: CloudState, vm: CloudVm, status: 'updating' | 'restarting' | 'softRebooting'): void {
  const { leastMillis, mostMillis } = state.rules.update;
  setStatus(state, vm, status);
  const millis = drawInteger(state.seed, `update/${vm.luck}/${state.now}`, leastMillis, mostMillis);
  settleLater(state, vm, state.now + millis);
}

function setStatus(state: CloudState, vm: CloudVm, status: CloudVmStatus): void {
  vm.status = status;
  vm.updatedAt = state.now;
}

function finishVm(state: CloudState, vm: CloudVm): void {
  setStatus(state, vm, 'terminated');
  vm.settlesAt = undefined;
  vm.left = namePartsOf(vm);
  for (const part of [vm.bootDisk, ...vm.dataDisks, vm.publicIp]) {
    if (part !== undefined) part.attachedTo = undefined;
  }
  vm.bootDisk = undefined;
  vm.dataDisks = [];
  vm.publicIp = undefined;
  vm.interfaces = [];
  endBilling(state, vm);
  moveStock(vm, 1);
}

export function namePartsOf(vm: CloudVm): CloudVm['left'] {
  return {
    bootDisk: vm.bootDisk?.id ?? null,
    dataDisks: vm.dataDisks.map(({ id }) => id),
    publicIp: vm.publicIp?.id ?? null,
  };
}
