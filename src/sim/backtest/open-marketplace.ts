// The simulated marketplace as a follower in a backtest sees it. It keeps no rules of its own: market-*.ts decide what happens.
// What has left the list is forgotten, so that a year of it takes no more memory than a week.
import type { Abilities } from '../../core/abilities.js';
import { DAY_MILLIS } from '../../core/money.js';
import type { ScenarioVm } from '../../core/scenario.js';
import type { Hardware, Instant, Offer, Place, Price, Vm, VmStatus } from '../../core/types.js';
import { isRefusal, type Refusal } from '../refusal.js';
import { advanceTo, nextEventAt } from '../marketplace/market.js';
import { findNextBoundary, payFirstEpoch } from '../marketplace/market-billing.js';
import { deployVms } from '../marketplace/market-deploy.js';
import { deleteVms, endVm, isRunning, nameOf, placeVm, updateVms } from '../marketplace/market-life.js';
import type { MarketOffer, MarketState, MarketVm, MarketVmStatus } from '../marketplace/market-state.js';
import {
  isChargedAtComing,
  type BacktestMarket,
  type MarketCharge,
  type MarketOrder,
  type RunningVm,
} from './backtest-market.js';
import { findNextTurn } from './next-turn.js';

/** As those of the API (fluence/marketplace). */
const ABILITIES: Abilities = {
  createsPerCall: 100,
  renamesPerCall: 1024,
  deletesPerCall: 100,
  partsPerCall: 0,
  periodMillis: DAY_MILLIS,
  deletesEndedVms: true,
};

const STATUSES: Readonly<Record<MarketVmStatus, VmStatus>> = {
  launching: 'launching',
  active: 'active',
  'small-balance': 'small-balance',
  'insufficient-funds': 'insufficient-funds',
  terminated: 'terminated',
};

interface OfferFacts {
  readonly place: Place;
  readonly hardware: Hardware;
}

function describeOffer({ place, hardware }: MarketOffer): OfferFacts {
  const { cpu, memory, storage } = hardware;
  return {
    place,
    hardware: {
      cpuManufacturer: cpu.manufacturer,
      cpuArchitecture: cpu.architecture,
      memoryType: memory.type,
      memoryGeneration: memory.generation,
      storageType: storage.type,
    },
  };
}

function daily(amount: bigint): Price {
  return { amount, periodMillis: DAY_MILLIS };
}

function readStatus(vm: MarketVm, now: Instant): VmStatus {
  if (vm.deletion?.showsStopped === true) return 'stopped';
  if (vm.status === 'launching' && now < vm.launchingAt) return 'new';
  return STATUSES[vm.status];
}

function showVm(vm: MarketVm, { place, hardware }: OfferFacts, now: Instant): Vm {
  const { offer, status } = vm;
  return {
    id: vm.id,
    name: nameOf(vm),
    status: readStatus(vm, now),
    statusText: status,
    price: daily(vm.price),
    paidUntil: vm.nextBillingAt,
    createdAt: vm.createdAt,
    place,
    configuration: offer.configuration,
    vcpu: offer.vcpu,
    ramGb: offer.ramGb,
    storageGb: offer.storageGb,
    hardware,
    image: vm.osImage,
    publicIp: vm.publicIp,
    ports: vm.ports,
    reserved: vm.reserve,
    spent: vm.spent + vm.spentBefore,
  };
}

/** By all that changes while a VM is listed; its ports don't, in a backtest. */
function isShown(shown: Vm, vm: MarketVm, now: Instant): boolean {
  return (
    shown.status === readStatus(vm, now) &&
    shown.statusText === vm.status &&
    shown.paidUntil === vm.nextBillingAt &&
    shown.spent === vm.spent + vm.spentBefore &&
    shown.reserved === vm.reserve &&
    shown.price?.amount === vm.price &&
    shown.publicIp === vm.publicIp &&
    shown.name === nameOf(vm)
  );
}

/** Lists what is there; most of it is as it was at the last look, and isn't made anew then. */
function createLister(state: MarketState, facts: ReadonlyMap<MarketOffer, OfferFacts>): () => Vm[] {
  const last = new WeakMap<MarketVm, Vm>();
  return () => {
    const listed: Vm[] = [];
    for (const vm of state.vms.values()) {
      let shown = last.get(vm);
      if (shown === undefined || !isShown(shown, vm, state.now))
        last.set(vm, (shown = showVm(vm, facts.get(vm.offer)!, state.now)));
      listed.push(shown);
    }
    return listed;
  };
}

function isServing(vm: MarketVm): boolean {
  return isRunning(vm) && vm.deletion === undefined;
}

function rent(state: MarketState, { offer, cap, count, name, lucks }: MarketOrder): readonly MarketVm[] | Refusal {
  const { hardware } = offer;
  return deployVms(state, {
    constraints: {
      configuration: offer.configuration,
      countries: [offer.country],
      ...(hardware?.cpuManufacturer === undefined && hardware?.cpuArchitecture === undefined
        ? {}
        : { cpu: [{ manufacturer: hardware.cpuManufacturer, architecture: hardware.cpuArchitecture }] }),
      maxPrice: cap.amount,
    },
    instances: count,
    name,
    hostname: undefined,
    osImage: '',
    ports: [],
    lucks,
  });
}

/** Launches and deletions under way; most of the time there are few, and looks ask at every tick. */
class Unsettled {
  readonly #vms = new Set<MarketVm>();

  add(vms: readonly MarketVm[]): void {
    for (const vm of vms) this.#vms.add(vm);
  }

  isEmpty(): boolean {
    for (const vm of this.#vms) {
      if (vm.goneAt === undefined && (vm.deletion !== undefined || vm.status === 'launching')) return false;
      this.#vms.delete(vm);
    }
    return true;
  }
}

function showOffer(offer: MarketOffer, facts: OfferFacts): Offer {
  const { configuration, vcpu, ramGb, storageGb, price, servers } = offer;
  const capacity = servers.reduce((sum, server) => sum + server.capacity, 0);
  return { configuration, vcpu, ramGb, storageGb, price: daily(price), capacity, ...facts };
}

/** Those that have gone are forgotten with what they were charged. */
function takeCharges(state: MarketState): readonly MarketCharge[] {
  const charges = state.charges.splice(0).map((charge): MarketCharge => ({
    at: charge.at,
    resourceId: charge.vm.id,
    vmId: charge.vm.id,
    part: undefined,
    amount: charge.amount,
    readSpan: () =>
      charge.from === undefined || charge.to === undefined ? undefined : { from: charge.from, to: charge.to },
  }));
  state.everyVm.length = 0;
  state.creates.length = 0;
  return charges;
}

/** Its first boundary that is still to come. */
function findForeignBoundary({ rules, now }: MarketState, { at, paidUntil }: ScenarioVm): Instant {
  if (paidUntil !== undefined) return paidUntil;
  if (rules.regime === 'fixed') return findNextBoundary(rules, now);
  return at + (Math.floor((now - at) / rules.epochMillis) + 1) * rules.epochMillis;
}

/** Who comes now, and isn't paid for already, is charged now. */
function placeForeign(state: MarketState, vm: ScenarioVm): string | undefined {
  const { name, country, configuration, price, at } = vm;
  const isCharged = isChargedAtComing(vm, state.now);
  const placed = placeVm(state, {
    name,
    country,
    configuration,
    status: 'active',
    createdAt: at,
    paidUntil: findForeignBoundary(state, vm),
    price: price?.amount,
    ports: [],
    ...(isCharged ? { spentBefore: 0n } : {}),
  });
  if (placed !== undefined && isCharged) payFirstEpoch(state, placed);
  return placed?.id;
}

export function openMarketplace(state: MarketState): BacktestMarket {
  const facts = new Map(state.offers.map((offer) => [offer, describeOffer(offer)]));
  const unsettled = new Unsettled();
  return {
    abilities: ABILITIES,
    now: () => state.now,
    nextEventAt: () => nextEventAt(state),
    // Who is being deleted doesn't count as running from the call on.
    nextTurnAt: () => findNextTurn(state.due, ({ kind }) => kind === 'charge' || kind === 'deletion-finished'),
    advanceTo: (instant) => advanceTo(state, instant),
    listVms: createLister(state, facts),
    listLeftovers: () => undefined,
    listOffers: () => state.offers.map((offer) => showOffer(offer, facts.get(offer)!)),
    listRunning: () => {
      const running: RunningVm[] = [];
      for (const vm of state.vms.values()) if (isServing(vm)) running.push(vm);
      return running;
    },
    isSettling: () => !unsettled.isEmpty(),
    create: (order) => {
      const vms = rent(state, order);
      if (isRefusal(vms)) return vms;
      unsettled.add(vms);
      return vms.map(({ id }) => id);
    },
    deleteVms: (ids) => {
      const vms = ids.flatMap((id) => state.vms.get(id.toLowerCase()) ?? []);
      const begun = vms.filter(({ deletion, endedAt }) => deletion === undefined && endedAt === undefined).length;
      deleteVms(
        state,
        vms.map(({ id }) => id),
      );
      unsettled.add(vms);
      return begun;
    },
    removePart: () => 'absent',
    rename: (id, name) => {
      if (state.vms.has(id.toLowerCase())) updateVms(state, [{ id, name }]);
    },
    endVm: (id) => {
      const vm = state.vms.get(id.toLowerCase());
      if (vm !== undefined && isServing(vm)) endVm(state, vm, 'terminated');
    },
    placeVm: (vm) => placeForeign(state, vm),
    takeCharges: () => takeCharges(state),
  };
}
