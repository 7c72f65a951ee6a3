// One sandbox without its HTTP front: a market, the clock that moves it, faults, the scripts of the VMs' applications and the
// count of calls. Whoever reads or changes the market goes through `sync`, which plays what is due first.
import { PurserError } from '../core/errors.js';
import { formatUsdc } from '../core/money.js';
import type { Instant, Micros, Millis } from '../core/types.js';
import { createFaultBook, type FaultBook } from './faults.js';
import { formatInstant, readBooks, type MarketBooks } from './market-books.js';
import { depositFunds } from './market-billing.js';
import { endVm, isRunning, nameOf, placeVm, type ForeignVm } from './market-life.js';
import { moveOffers } from './market-offers.js';
import { advanceTo, createMarket, nextEventAt } from './market.js';
import type { MarketState, MarketVm, OfferMove } from './market-state.js';
import { createSandboxClock } from './sandbox-clock.js';
import { isSelected, type AppScript, type VmSelector } from './vm-apps.js';
import type { World } from './world-build.js';

interface CallCount {
  count: number;
  /** 0 stands for calls that got no answer. */
  readonly byStatus: Record<string, number>;
}

export interface SandboxBooks extends MarketBooks {
  /** By route, e.g. `POST /vms/v3`. */
  readonly calls: Readonly<Record<string, CallCount>>;
}

/** The sandbox as its HTTP controls, tests and the demo use it. */
export interface SandboxControls {
  now(): Instant;
  readonly speed: number;
  /** undefined: nothing will happen by itself. */
  nextEventAt(): Instant | undefined;
  /** Plays everything up to then. Throws `option-invalid` when it has passed or the time is another clock's. */
  advanceTo(instant: Instant): void;
  advanceBy(millis: Millis): void;
  setSpeed(speed: number): void;
  books(): SandboxBooks;
  readonly faults: FaultBook;
  /** Throws `vm-unknown`. Ends every running VM that the selector means. */
  terminate(selector: VmSelector): readonly MarketVm[];
  /** Throws `option-invalid` when no offer is of that kind. */
  placeVms(vms: readonly ForeignVm[]): readonly MarketVm[];
  /** Returns how many offers it changed. */
  moveOffers(move: OfferMove): number;
  /** A negative amount takes money out; throws `option-invalid` when there is less. Returns the balance. */
  deposit(amount: Micros): Micros;
  scriptApp(script: AppScript): void;
}

export interface Sandbox extends SandboxControls {
  readonly key: string;
  readonly market: MarketState;
  readonly apps: readonly AppScript[];
  /** Plays what is due, and says what time it is. */
  sync(): Instant;
  countCall(route: string, status: number): void;
}

export interface SandboxOptions {
  readonly world: World;
  readonly seed: number;
  readonly speed: number;
  /** Default: the world's. */
  readonly key?: string | undefined;
  /** The sandbox follows this clock instead of keeping its own; it can't be stepped then. */
  readonly clock?: { now(): Instant } | undefined;
}

export function createSandbox({ world, seed, speed, key = world.key, clock }: SandboxOptions): Sandbox {
  const market = createMarket(world.market, seed);
  const own = createSandboxClock(world.market.start, speed);
  const faults = createFaultBook();
  const apps = [...world.apps];
  const calls: Record<string, CallCount> = {};
  const sync = () => {
    advanceTo(market, (clock ?? own).now());
    return market.now;
  };
  const refuseOtherClock = () => {
    if (clock !== undefined) throw refuse('This sandbox follows the clock of its owner; step that one.');
  };
  const jumpTo = (instant: Instant) => {
    refuseOtherClock();
    if (instant < sync())
      throw refuse(`The sandbox's time only goes ahead, and it is ${formatInstant(market.now)} already.`);
    own.advanceTo(instant);
    sync();
  };
  return {
    ...buildMarketControls(market, sync),
    key,
    market,
    apps,
    faults,
    sync,
    now: sync,
    get speed() {
      return own.speed;
    },
    nextEventAt() {
      sync();
      return nextEventAt(market);
    },
    advanceTo: jumpTo,
    advanceBy: (millis) => jumpTo(sync() + millis),
    setSpeed(next) {
      refuseOtherClock();
      own.setSpeed(next);
    },
    books() {
      sync();
      return { ...readBooks(market), calls: structuredClone(calls) };
    },
    countCall(route, status) {
      const counted = (calls[route] ??= { count: 0, byStatus: {} });
      counted.count += 1;
      counted.byStatus[status] = (counted.byStatus[status] ?? 0) + 1;
    },
    scriptApp(script) {
      apps.push(script);
    },
  };
}

/** What is done to the market from outside its API. */
function buildMarketControls(
  market: MarketState,
  sync: () => Instant,
): Pick<SandboxControls, 'terminate' | 'placeVms' | 'moveOffers' | 'deposit'> {
  return {
    terminate(selector) {
      sync();
      return terminateSelected(market, selector);
    },
    placeVms(vms) {
      sync();
      return vms.map((vm) => {
        const placed = placeVm(market, vm);
        if (placed === undefined) throw refuse(`No offer fits the VM ${vm.name}: change its country or configuration.`);
        return placed;
      });
    },
    moveOffers(move) {
      sync();
      return moveOffers(market, move);
    },
    deposit(amount) {
      sync();
      if (market.balance + amount < 0n) {
        throw refuse(`The account has ${formatUsdc(market.balance)} USDC; so much can't be taken out.`);
      }
      depositFunds(market, amount);
      return market.balance;
    },
  };
}

function terminateSelected(market: MarketState, selector: VmSelector): readonly MarketVm[] {
  const meant = [...market.vms.values()].filter((vm) => isSelected(vm, selector));
  const running = meant.filter(isRunning);
  if (running.length === 0) {
    const found = meant.map((vm) => `${nameOf(vm)} is ${vm.status}`).join(', ');
    throw new PurserError('vm-unknown', `No running VM is meant by ${JSON.stringify(selector)}. ${found}`.trim());
  }
  for (const vm of running) endVm(market, vm, 'terminated');
  return running;
}

function refuse(message: string): PurserError {
  return new PurserError('option-invalid', message);
}
