// One sandbox without its HTTP front: a simulated product, the clock that moves it, faults, the scripts of the VMs' applications
// and the count of calls. Whoever reads or changes the product goes through `sync`, which plays what is due first.
import { PurserError } from '../core/errors.js';
import { formatUsdc } from '../core/money.js';
import type { Instant, Micros, Millis } from '../core/types.js';
import { createFaultBook, type FaultBook } from './faults.js';
import { formatInstant } from './instant-text.js';
import { createSandboxClock } from './sandbox-clock.js';
import { isSelected, type AppScript, type NamedVm, type VmSelector } from './vm-apps.js';

/** A VM as the controls and the proxy see it, of either product. */
export interface SimulatedVm extends NamedVm {
  readonly status: string;
  /** Not gone; on the cloud a terminated one is still listed for a while, and gone all the same. */
  readonly isThere: boolean;
  /** Its workload runs. */
  readonly isRunning: boolean;
  /** The provider ends it. */
  end(): void;
}

/** What a sandbox needs of a product; marketplace/market.ts and cloud/cloud.ts are behind it. */
export interface Simulation<Books extends object> {
  now(): Instant;
  advanceTo(instant: Instant): void;
  /** undefined: nothing will happen by itself. */
  nextEventAt(): Instant | undefined;
  books(): Books;
  listVms(): readonly SimulatedVm[];
  /** The running VM that answers at this address. */
  findVmAt(address: string): NamedVm | undefined;
  balance(): Micros;
  /** A negative amount takes money out. */
  deposit(amount: Micros): void;
}

interface CallCount {
  count: number;
  /** 0 stands for calls that got no answer. */
  readonly byStatus: Record<string, number>;
}

/** The sandbox as its HTTP controls, tests and the demo use it. */
export interface SandboxControls<Books extends object = object> {
  now(): Instant;
  readonly speed: number;
  /** undefined: nothing will happen by itself. */
  nextEventAt(): Instant | undefined;
  /** Plays everything up to then. Throws `option-invalid` when it has passed or the time is another clock's. */
  advanceTo(instant: Instant): void;
  advanceBy(millis: Millis): void;
  setSpeed(speed: number): void;
  /** `calls` by route, e.g. `POST /vms/v3`. */
  books(): Books & { readonly calls: Readonly<Record<string, CallCount>> };
  readonly faults: FaultBook;
  /** The VMs that are there and that the selector means. */
  listMeant(selector: VmSelector): readonly NamedVm[];
  /** Throws `vm-unknown`. Ends every running VM that the selector means. */
  terminate(selector: VmSelector): readonly NamedVm[];
  /** A negative amount takes money out; throws `option-invalid` when there is less. Returns the balance. */
  deposit(amount: Micros): Micros;
  scriptApp(script: AppScript): void;
}

export interface Sandbox<Books extends object = object> extends SandboxControls<Books> {
  readonly key: string;
  readonly apps: readonly AppScript[];
  /** Plays what is due, and says what time it is. */
  sync(): Instant;
  countCall(route: string, status: number): void;
  findVmAt(address: string): NamedVm | undefined;
}

export interface SandboxOptions {
  /** Virtual seconds per real second; 0: stepped. */
  readonly speed: number;
  /** Default: the world's. */
  readonly key?: string | undefined;
  /** The sandbox follows this clock instead of keeping its own; it can't be stepped then. */
  readonly clock?: { now(): Instant } | undefined;
}

export function createSandbox<Books extends object>(
  simulation: Simulation<Books>,
  world: { readonly key: string; readonly apps: readonly AppScript[] },
  { speed, key = world.key, clock }: SandboxOptions,
): Sandbox<Books> {
  const own = createSandboxClock(simulation.now(), speed);
  const faults = createFaultBook();
  const apps = [...world.apps];
  const calls: Record<string, CallCount> = {};
  const sync = () => {
    simulation.advanceTo((clock ?? own).now());
    return simulation.now();
  };
  const refuseOtherClock = () => {
    if (clock !== undefined) throw refuse('This sandbox follows the clock of its owner; step that one.');
  };
  const jumpTo = (instant: Instant) => {
    refuseOtherClock();
    if (instant < sync())
      throw refuse(`The sandbox's time only goes ahead, and it is ${formatInstant(simulation.now())} already.`);
    own.advanceTo(instant);
    sync();
  };
  return {
    ...buildVmControls(simulation, sync),
    key,
    apps,
    faults,
    sync,
    now: sync,
    get speed() {
      return own.speed;
    },
    nextEventAt() {
      sync();
      return simulation.nextEventAt();
    },
    advanceTo: jumpTo,
    advanceBy: (millis) => jumpTo(sync() + millis),
    setSpeed(next) {
      refuseOtherClock();
      own.setSpeed(next);
    },
    books() {
      sync();
      return { ...simulation.books(), calls: structuredClone(calls) };
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

/** What is done to the product from outside its API, of either kind. */
function buildVmControls(
  simulation: Simulation<object>,
  sync: () => Instant,
): Pick<Sandbox, 'findVmAt' | 'listMeant' | 'terminate' | 'deposit'> {
  return {
    findVmAt(address) {
      sync();
      return simulation.findVmAt(address);
    },
    listMeant(selector) {
      sync();
      return simulation.listVms().filter((vm) => vm.isThere && isSelected(vm, selector));
    },
    terminate(selector) {
      sync();
      return terminateSelected(simulation.listVms(), selector);
    },
    deposit(amount) {
      sync();
      if (simulation.balance() + amount < 0n) {
        throw refuse(`The account has ${formatUsdc(simulation.balance())} USDC; so much can't be taken out.`);
      }
      simulation.deposit(amount);
      return simulation.balance();
    },
  };
}

function terminateSelected(vms: readonly SimulatedVm[], selector: VmSelector): readonly NamedVm[] {
  const meant = vms.filter((vm) => isSelected(vm, selector));
  const running = meant.filter((vm) => vm.isRunning);
  if (running.length === 0) {
    const found = meant.map((vm) => `${vm.name} is ${vm.status}`).join(', ');
    throw new PurserError('vm-unknown', `No running VM is meant by ${JSON.stringify(selector)}. ${found}`.trim());
  }
  for (const vm of running) vm.end();
  return running.map(({ id, name }) => ({ id, name }));
}

export function refuse(message: string): PurserError {
  return new PurserError('option-invalid', message);
}
