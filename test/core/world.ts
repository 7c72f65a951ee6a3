// A market as small as a test can bear: VMs that launch, are charged at their boundaries and go. It keeps its own books of
// charges, and knows nothing of Purser but names. (src/sim is the market that people use; this one only checks the core.)
import type { Instant, Micros, Millis, Offer, Part, Price, Vm } from '../../src/core/types.js';
import { HOUR, makeOffer, makeVm } from './samples.js';

export interface WorldOptions {
  readonly price: Price;
  /** fixed: one boundary for all, at whole periods since the epoch. rolling: each VM's own, from its activation. */
  readonly billing: 'rolling' | 'fixed';
  readonly launchMillis: Millis;
  readonly deletionMillis: Millis;
  readonly offers: readonly Offer[];
  /** Whether the list tells what each VM was charged in all. */
  readonly tellsSpent?: boolean;
}

interface Machine {
  readonly id: string;
  name: string;
  status: Vm['status'];
  readonly price: Price;
  paidUntil: Instant | undefined;
  readonly createdAt: Instant;
  readonly upAt: Instant;
  /** When its deletion takes effect. */
  goneAt: Instant | undefined;
}

export interface Charge {
  readonly at: Instant;
  readonly vmId: string;
  /** Its deletion had been called for: a boundary that was missed. */
  readonly wasDoomed: boolean;
}

export interface Removal {
  readonly at: Instant;
  readonly vmId: string;
  readonly status: Vm['status'];
  readonly paidUntil: Instant | undefined;
}

export class World {
  now: Instant;
  readonly machines = new Map<string, Machine>();
  readonly charges: Charge[] = [];
  /** Every deletion that was called for, once a VM. */
  readonly removals: Removal[] = [];
  readonly options: WorldOptions;
  /** Creates that take effect later: their answer was lost. */
  readonly late: { readonly at: Instant; readonly name: string; readonly count: number }[] = [];
  #made = 0;

  constructor(now: Instant, over: Partial<WorldOptions> = {}) {
    this.now = now;
    const price = over.price ?? { amount: 306_980n, periodMillis: HOUR };
    const offers = [makeOffer({ price, capacity: 100_000 })];
    this.options = { price, billing: 'rolling', launchMillis: 0, deletionMillis: 0, offers, ...over };
  }

  create(name: string, count: number, over: Partial<Machine> = {}): readonly string[] {
    return Array.from({ length: count }, () => {
      this.#made += 1;
      const id = `0x${this.#made.toString(16).padStart(4, '0')}`;
      const { price, launchMillis } = this.options;
      const upAt = this.now + launchMillis;
      const fresh = { id, name, status: 'new', price, paidUntil: undefined, createdAt: this.now, upAt } as const;
      this.machines.set(id, { ...fresh, goneAt: undefined, ...over });
      this.charges.push({ at: this.now, vmId: id, wasDoomed: false });
      this.#settle();
      return id;
    });
  }

  createLater(name: string, count: number, afterMillis: Millis): void {
    this.late.push({ at: this.now + afterMillis, name, count });
  }

  delete(ids: readonly string[]): void {
    for (const id of ids) {
      const machine = this.machines.get(id);
      if (machine === undefined || machine.goneAt !== undefined) continue;
      machine.goneAt = this.now + this.options.deletionMillis;
      this.removals.push({ at: this.now, vmId: id, status: machine.status, paidUntil: machine.paidUntil });
    }
    this.#settle();
  }

  rename(id: string, name: string): void {
    const machine = this.machines.get(id);
    if (machine !== undefined) machine.name = name;
  }

  /** The provider ends it; it stays in the list until its record is deleted. */
  terminate(id: string): void {
    const machine = this.machines.get(id);
    if (machine !== undefined && machine.goneAt === undefined) machine.status = 'terminated';
  }

  /** VMs that work now. */
  countUp(): number {
    return [...this.machines.values()].filter((machine) => machine.status === 'active').length;
  }

  /** VMs of a fleet that neither ended nor are being deleted. */
  countKept(fleet: string): number {
    const isKept = ({ name, status, goneAt }: Machine) =>
      name.startsWith(`${fleet}-`) && status !== 'terminated' && goneAt === undefined;
    return [...this.machines.values()].filter(isKept).length;
  }

  list(): readonly Vm[] {
    const spent = this.#sumSpent();
    return [...this.machines.values()].map(({ id, name, status, price, paidUntil, createdAt }) =>
      makeVm(id, {
        spent: spent?.get(id),
        name,
        status,
        statusText: status,
        price,
        paidUntil,
        createdAt,
        place: this.options.offers[0]!.place,
      }),
    );
  }

  /** What is attached to nothing; undefined: everything is in a VM's price. */
  listLeftovers(): readonly Part[] | undefined {
    return undefined;
  }

  removePart(_id: string): 'accepted' | 'absent' | 'failed' {
    return 'absent';
  }

  /** The next instant at which something happens by itself. */
  nextEventAt(): Instant | undefined {
    const instants = [...this.machines.values()].flatMap((machine) => this.#eventsOf(machine));
    const coming = [...instants, ...this.late.map(({ at }) => at)].filter((at) => at > this.now);
    return coming.length === 0 ? undefined : Math.min(...coming);
  }

  advance(to: Instant): void {
    for (;;) {
      const next = this.nextEventAt();
      if (next === undefined || next > to) break;
      this.now = next;
      this.#settle();
      for (const order of this.late.splice(0)) {
        if (order.at <= this.now) this.create(order.name, order.count);
        else this.late.push(order);
      }
    }
    this.now = Math.max(this.now, to);
  }

  #sumSpent(): ReadonlyMap<string, Micros> | undefined {
    if (this.options.tellsSpent !== true) return undefined;
    const spent = new Map<string, Micros>();
    for (const { vmId } of this.charges) spent.set(vmId, (spent.get(vmId) ?? 0n) + this.options.price.amount);
    return spent;
  }

  #eventsOf(machine: Machine): readonly Instant[] {
    const events = machine.status === 'new' ? [machine.upAt] : [];
    if (machine.status === 'active' && machine.paidUntil !== undefined) events.push(machine.paidUntil);
    if (machine.goneAt !== undefined) events.push(machine.goneAt);
    return events;
  }

  /** A VM that is gone by its boundary's instant but not before it was there at its boundary: charged, then gone. */
  #settle(): void {
    for (const machine of [...this.machines.values()]) {
      const { periodMillis } = machine.price;
      if (machine.status === 'new' && machine.upAt <= this.now) {
        machine.status = 'active';
        machine.paidUntil =
          this.options.billing === 'rolling'
            ? machine.upAt + periodMillis
            : (Math.floor(machine.createdAt / periodMillis) + 1) * periodMillis;
      }
      while (machine.status === 'active' && machine.paidUntil !== undefined && machine.paidUntil <= this.now) {
        if (machine.goneAt !== undefined && machine.goneAt < machine.paidUntil) break;
        this.charges.push({ at: machine.paidUntil, vmId: machine.id, wasDoomed: machine.goneAt !== undefined });
        machine.paidUntil += periodMillis;
      }
      if (machine.goneAt !== undefined && machine.goneAt <= this.now) this.machines.delete(machine.id);
    }
  }
}
