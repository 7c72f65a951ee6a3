// Renting in the simulated market: an order becomes VMs that launch, or a refusal that changes nothing. Also the estimate of
// the same order. It must not read HTTP bodies: orders arrive checked.
import type { Micros, Port } from '../../core/types.js';
import { payDeposit } from './market-billing.js';
import { scheduleEvent } from './market-events.js';
import { pickOffers, sumExtraStorage, type Pick } from './market-offers.js';
import type { DeployOrder, MarketState, MarketVm, OfferConstraints } from './market-state.js';
import { drawHex, drawInteger, drawUnit } from '../random.js';
import { isRefusal, type Refusal } from '../refusal.js';

export const SSH_PORT: Port = { port: 22, protocol: 'tcp' };

interface DeployFacts {
  /** The launch fails without a word (a fault). */
  readonly neverActive?: boolean;
  /** It takes effect after its call was answered (a fault). */
  readonly late?: boolean;
}

/** Rents all instances or none. */
export function deployVms(
  state: MarketState,
  order: DeployOrder,
  facts: DeployFacts = {},
): readonly MarketVm[] | Refusal {
  const picks = pickOffers(state, order.constraints, order.instances);
  const refusal = isRefusal(picks) ? picks : refuseForMoney(state, picks);
  if (isRefusal(picks) || refusal !== undefined) {
    if (facts.late === true) recordCreate(state, order, [], facts, refusal?.error);
    return refusal!;
  }
  let rented = 0;
  const vms = picks.flatMap((pick) =>
    Array.from({ length: pick.count }, () => rentOne(state, order, pick, { ...facts, place: rented++ })),
  );
  recordCreate(state, order, vms, facts, undefined);
  return vms;
}

export interface MarketEstimate {
  readonly deposit: Micros;
  readonly total: Micros;
  readonly highest: Micros;
}

export function estimateOrder(
  state: MarketState,
  constraints: OfferConstraints,
  instances: number,
): MarketEstimate | Refusal {
  const picks = pickOffers(state, constraints, instances);
  if (isRefusal(picks)) return picks;
  const total = sumPicks(picks);
  const highest = picks.reduce((most, { price }) => (price > most ? price : most), 0n);
  return { deposit: total * 2n, total, highest };
}

type GivenFacts =
  | 'foreign'
  | 'offer'
  | 'server'
  | 'extraStorageGib'
  | 'price'
  | 'createdAt'
  | 'launchingAt'
  | 'activeDueAt'
  | 'osImage'
  | 'hostname'
  | 'ports'
  | 'spentBefore';

/** Puts a VM into the account's list, launching and not yet paid for. */
export function addVm(
  state: MarketState,
  name: string,
  facts: { [K in GivenFacts]: MarketVm[K] } & { readonly luck?: string | undefined },
): MarketVm {
  state.lastSerial += 1;
  const serial = state.lastSerial;
  const vm: MarketVm = {
    serial,
    id: `0x${drawHex(state.seed, `id/${serial}`, 40)}`,
    names: [name],
    status: 'launching',
    activeAt: undefined,
    nextBillingAt: undefined,
    graceUntil: undefined,
    endedAt: undefined,
    deletion: undefined,
    goneAt: undefined,
    openCharge: undefined,
    publicIp: undefined,
    reserve: 0n,
    spent: 0n,
    // Last: of objects that begin with a spread each gets a hidden class of its own (V8 11), which slows all that read them.
    ...facts,
    luck: facts.luck ?? `${serial}`,
  };
  state.vms.set(vm.id.toLowerCase(), vm);
  state.everyVm.push(vm);
  return vm;
}

function refuseForMoney(state: MarketState, picks: readonly Pick[]): Refusal | undefined {
  if (sumPicks(picks) * 2n <= state.balance) return undefined;
  return { status: 402, error: 'Insufficient balance' };
}

function sumPicks(picks: readonly Pick[]): Micros {
  return picks.reduce((sum, { price, count }) => sum + price * BigInt(count), 0n);
}

function rentOne(
  state: MarketState,
  order: DeployOrder,
  pick: Pick,
  { neverActive = false, place }: DeployFacts & { readonly place: number },
): MarketVm {
  const { seed, rules, now } = state;
  const key = order.lucks?.[place] ?? `${state.lastSerial + 1}`;
  const launchMillis = drawInteger(seed, `launch/${key}`, rules.launch.leastMillis, rules.launch.mostMillis);
  const fails = neverActive || drawUnit(seed, `launch-fails/${key}`) < rules.launch.failShare;
  const extraStorageGib = sumExtraStorage(order.constraints);
  pick.server.capacity -= 1;
  pick.server.storageGib -= extraStorageGib;
  const vm = addVm(state, order.name, {
    foreign: false,
    offer: pick.offer,
    server: pick.server,
    extraStorageGib,
    price: pick.price,
    createdAt: now,
    launchingAt: now + Math.floor(launchMillis / 10),
    activeDueAt: fails ? undefined : now + launchMillis,
    osImage: order.osImage,
    hostname: order.hostname,
    ports: [SSH_PORT, ...order.ports],
    spentBefore: 0n,
    luck: key,
  });
  payDeposit(state, vm);
  if (vm.activeDueAt !== undefined) scheduleEvent(state, vm.activeDueAt, { kind: 'launch-finished', vm });
  return vm;
}

function recordCreate(
  state: MarketState,
  order: DeployOrder,
  vms: readonly MarketVm[],
  { late = false }: DeployFacts,
  error: string | undefined,
): void {
  const { name, instances } = order;
  state.creates.push({ at: state.now, name, instances, late, vmIds: vms.map((vm) => vm.id), error });
}
