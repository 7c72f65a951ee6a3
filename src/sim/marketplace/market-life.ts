// The life of a VM in the simulated market after it was rented: becoming active, renamed, ended by the provider or by lack of
// money, deleted, gone; and placing VMs that somebody else rented. Charges are market-billing.ts's.
import type { Instant, Micros, Port } from '../../core/types.js';
import { beginBilling, returnReserve, setBoundary, settleDebts } from './market-billing.js';
import { addVm, SSH_PORT } from './market-deploy.js';
import { scheduleEvent } from './market-events.js';
import type { MarketState, MarketVm, MarketVmStatus } from './market-state.js';
import { drawInteger, drawUnit } from '../random.js';
import type { Refusal } from '../refusal.js';
import { isNamed } from '../vm-apps.js';

function findVm(state: MarketState, id: string): MarketVm | undefined {
  return state.vms.get(id.toLowerCase());
}

export function nameOf(vm: MarketVm): string {
  return vm.names[vm.names.length - 1]!;
}

/** Whether its workload runs: reachable, and charged at its boundaries. */
export function isRunning(vm: MarketVm): boolean {
  return vm.goneAt === undefined && (vm.status === 'active' || vm.status === 'small-balance');
}

export function activateVm(state: MarketState, vm: MarketVm): void {
  vm.status = 'active';
  vm.activeAt = state.now;
  vm.publicIp = chooseIp(vm.serial);
  beginBilling(state, vm);
}

/** The workload is over, the record stays in the list until it is deleted, and so does what is held for it. */
export function endVm(state: MarketState, vm: MarketVm, status: 'terminated' | 'insufficient-funds'): void {
  vm.status = status;
  vm.endedAt = state.now;
  stopWorkload(state, vm);
}

/** Marks all of them for deletion, or none when one id is unknown. Asking again for the same VM changes nothing. */
export function deleteVms(state: MarketState, ids: readonly string[]): Refusal | undefined {
  const refusal = refuseUnknown(state, ids);
  if (refusal !== undefined) return refusal;
  for (const id of ids) {
    const vm = findVm(state, id)!;
    if (vm.deletion !== undefined) continue;
    const { leastMillis, mostMillis } = state.rules.deletion;
    const dueAt = state.now + drawInteger(state.seed, `deletion/${vm.luck}`, leastMillis, mostMillis);
    // Half of them are shown as Stopped meanwhile; both were seen, and a client must bear both.
    vm.deletion = {
      calledAt: state.now,
      dueAt,
      showsStopped: isRunning(vm) && drawUnit(state.seed, `stopped/${vm.luck}`) < 0.5,
    };
    scheduleEvent(state, dueAt, { kind: 'deletion-finished', vm });
  }
  return undefined;
}

export function finishDeletion(state: MarketState, vm: MarketVm): void {
  vm.goneAt = state.now;
  if (vm.endedAt === undefined) stopWorkload(state, vm);
  state.vms.delete(vm.id.toLowerCase());
  returnReserve(state, vm);
}

interface VmUpdate {
  readonly id: string;
  readonly name?: string | undefined;
  /** Replaces the whole list. */
  readonly ports?: readonly Port[] | undefined;
}

/** Applies all updates, or none when one id is unknown. */
export function updateVms(state: MarketState, updates: readonly VmUpdate[]): Refusal | undefined {
  const refusal = refuseUnknown(
    state,
    updates.map(({ id }) => id),
  );
  if (refusal !== undefined) return refusal;
  for (const { id, name, ports } of updates) {
    const vm = findVm(state, id)!;
    if (name !== undefined && name !== nameOf(vm)) vm.names.push(name);
    if (ports !== undefined) vm.ports = ports;
  }
  return undefined;
}

/** The oldest running VM of that name (a trailing `*` stands for any ending), ended by its provider; undefined when none is. */
export function terminateNamed(state: MarketState, name: string): MarketVm | undefined {
  for (const vm of state.vms.values()) {
    if (isRunning(vm) && vm.deletion === undefined && isNamed(nameOf(vm), name)) {
      endVm(state, vm, 'terminated');
      return vm;
    }
  }
  return undefined;
}

export interface ForeignVm {
  readonly name: string;
  readonly country: string | undefined;
  readonly configuration: string | undefined;
  readonly status: MarketVmStatus;
  readonly createdAt: Instant;
  /** undefined: a whole epoch from now. Only running VMs have one. */
  readonly paidUntil: Instant | undefined;
  readonly price: Micros | undefined;
  readonly ports: readonly Port[];
  /** What it had cost before it came; undefined: one epoch. */
  readonly spentBefore?: Micros | undefined;
}

/** Puts a VM there that somebody else rented; it brings the reserve that it needs. undefined: no offer of that kind. */
export function placeVm(state: MarketState, facts: ForeignVm): MarketVm | undefined {
  const offer = state.offers.find(
    ({ place, configuration }) =>
      (facts.country === undefined || place.country === facts.country) &&
      (facts.configuration === undefined || configuration === facts.configuration),
  );
  if (offer === undefined) return undefined;
  const price = facts.price ?? offer.price;
  const vm = addVm(state, facts.name, {
    foreign: true,
    offer,
    server: undefined,
    extraStorageGib: 0,
    price,
    createdAt: facts.createdAt,
    launchingAt: facts.createdAt,
    activeDueAt: undefined,
    osImage: state.images[0]?.downloadUrl ?? '',
    hostname: undefined,
    ports: [SSH_PORT, ...facts.ports],
    spentBefore: facts.spentBefore ?? price,
  });
  vm.status = facts.status;
  if (facts.status === 'active' || facts.status === 'terminated' || facts.status === 'launching') {
    vm.reserve = price;
    state.deposited += price;
  }
  if (facts.status === 'small-balance') state.indebted.add(vm);
  if (isRunning(vm)) {
    vm.activeAt = facts.createdAt;
    vm.publicIp = chooseIp(vm.serial);
    setBoundary(state, vm, facts.paidUntil ?? state.now + state.rules.epochMillis);
  } else if (facts.status !== 'launching') {
    vm.endedAt = state.now;
  }
  settleDebts(state);
  return vm;
}

function stopWorkload(state: MarketState, vm: MarketVm): void {
  vm.publicIp = undefined;
  vm.nextBillingAt = undefined;
  vm.graceUntil = undefined;
  state.indebted.delete(vm);
  if (vm.server !== undefined) {
    vm.server.capacity += 1;
    vm.server.storageGib += vm.extraStorageGib;
  }
}

function refuseUnknown(state: MarketState, ids: readonly string[]): Refusal | undefined {
  const unknown = ids.find((id) => findVm(state, id) === undefined);
  return unknown === undefined ? undefined : { status: 404, error: `VM not found: ${unknown}` };
}

// Every VM that ever was has an address of its own, so a probe of a VM that is gone never reaches another.
const FIRST_ADDRESS = (154 << 24) + (42 << 16) + (3 << 8);

function chooseIp(serial: number): string {
  const number = FIRST_ADDRESS + serial;
  return [number >>> 24, number >>> 16, number >>> 8, number].map((part) => part & 255).join('.');
}

/** The VM that has this address now. */
export function findVmByIp(state: MarketState, ip: string): MarketVm | undefined {
  const number = ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const vm = state.everyVm[number - (FIRST_ADDRESS >>> 0) - 1];
  return vm?.publicIp === ip ? vm : undefined;
}
