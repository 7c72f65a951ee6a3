// The simulated cloud as a state machine: made from a world and a seed, moved by `advanceTo`, asked and told through the
// cloud-*.ts functions in between. No I/O, no clock, no chance but the seed's: the same calls give the same world.
import type { Instant, Micros } from '../../core/types.js';
import { drawUuid } from '../random.js';
import { isNamed } from '../vm-apps.js';
import { payHour } from './cloud-billing.js';
import { moveCatalogue } from './cloud-catalogue.js';
import { deployVm } from './cloud-deploy.js';
import { peekEvent, scheduleEvent, takeEvent } from './cloud-events.js';
import {
  placePublicIp,
  placeStorage,
  placeVm,
  type ForeignCloudVm,
  type ForeignPublicIp,
  type ForeignStorage,
} from './cloud-foreign.js';
import { settlePart } from './cloud-parts.js';
import type {
  CloudCluster,
  CloudConfiguration,
  CloudEvent,
  CloudImage,
  CloudKey,
  CloudMove,
  CloudResource,
  CloudRules,
  CloudState,
} from './cloud-state.js';
import { endVm, settleVm, terminateNamed } from './cloud-vms.js';

/** What a cloud begins with. */
export interface CloudWorldFacts {
  readonly start: Instant;
  readonly rules: CloudRules;
  readonly balance: Micros;
  readonly configurations: readonly CloudConfiguration[];
  readonly clusters: readonly CloudCluster[];
  readonly images: readonly CloudImage[];
  readonly keys: readonly CloudKey[];
  readonly vms: readonly ForeignCloudVm[];
  readonly storages: readonly ForeignStorage[];
  readonly publicIps: readonly ForeignPublicIp[];
  readonly terminations: readonly { readonly at: Instant; readonly vmName: string }[];
  readonly moves: readonly { readonly at: Instant; readonly move: CloudMove }[];
}

export function createCloud(world: CloudWorldFacts, seed: number): CloudState {
  const state: CloudState = {
    seed,
    rules: world.rules,
    userId: drawUuid(seed, 'user'),
    now: world.start,
    configurations: world.configurations,
    clusters: structuredClone([...world.clusters]),
    images: world.images,
    keys: new Map(world.keys.map((key) => [key.id, key])),
    groups: new Map(),
    balance: world.balance,
    deposited: world.balance,
    vms: new Map(),
    storages: new Map(),
    publicIps: new Map(),
    ipByAddress: new Map(),
    unpaid: new Set(),
    charges: [],
    creates: [],
    due: [],
    lastSequence: 0,
    lastSerial: 0,
  };
  for (const vm of world.vms) placeVm(state, vm);
  for (const storage of world.storages) placeStorage(state, storage);
  for (const ip of world.publicIps) placePublicIp(state, ip);
  for (const { at, vmName } of world.terminations) scheduleEvent(state, at, { kind: 'termination', vmName });
  for (const { at, move } of world.moves) scheduleEvent(state, at, { kind: 'move', move });
  return state;
}

/** Plays everything up to and including `instant`, in order. An instant in the past only plays what is due now. */
export function advanceTo(state: CloudState, instant: Instant): void {
  for (let next = peekEvent(state); next !== undefined && next.at <= instant; next = peekEvent(state)) {
    takeEvent(state);
    // Something may have been scheduled for a moment that has passed (a world's move before its start): it happens now.
    state.now = Math.max(state.now, next.at);
    playEvent(state, next.event);
  }
  state.now = Math.max(state.now, instant);
}

/** When something happens by itself next; undefined when nothing will. */
export function nextEventAt(state: CloudState): Instant | undefined {
  return peekEvent(state)?.at;
}

function playEvent(state: CloudState, event: CloudEvent): void {
  switch (event.kind) {
    case 'charge':
      return playCharge(state, event.resource);
    case 'settle':
      if (event.resource.kind === 'vm') settleVm(state, event.resource);
      else settlePart(state, event.resource);
      return;
    case 'termination':
      return terminateNamed(state, (name) => isNamed(name, event.vmName));
    case 'move':
      moveCatalogue(state, event.move);
      return;
    case 'late-deploy':
      deployVm(state, event.order, { late: true });
      return;
  }
}

/** A VM that nothing pays ends at once; a part stays and owes its hours. */
function playCharge(state: CloudState, resource: CloudResource): void {
  if (payHour(state, resource)) return;
  if (resource.kind === 'vm') endVm(state, resource, 'no-money');
  else state.unpaid.add(resource);
}
