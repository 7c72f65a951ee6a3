// Keeps what a page draws of one follower: points of wanted, running and parked, the paid life of each VM, what was paid by
// then. It grows with the span, so it is only there where somebody wants to see it.
import { isEnded } from '../../core/lifecycle.js';
import type { Instant, Micros, Vm } from '../../core/types.js';
import type { MarketCharge, RunningVm } from './backtest-market.js';
import type { DemandCursor } from './demand-cursor.js';
import type { FleetPoint, PaidPeriod, VmLife } from './report.js';

interface Life {
  readonly name: string;
  readonly policy: string;
  readonly createdAt: Instant;
  activeAt: Instant | undefined;
  readonly charges: MarketCharge[];
  deletionCalledAt: Instant | undefined;
  /** Somebody else's VM: its owner deletes it himself. */
  isOwners?: true;
  endedAt: Instant | undefined;
}

function toPeriod({ readSpan, amount, part }: MarketCharge): readonly PaidPeriod[] {
  const span = readSpan();
  return span === undefined ? [] : [{ ...span, cost: amount, ...(part === undefined ? {} : { part }) }];
}

export class Recorder {
  readonly #lives = new Map<string, Life>();
  readonly #running = new Set<string>();
  readonly #points = new Map<string, FleetPoint[]>();
  readonly #paid: { at: Instant; paid: Micros }[] = [];
  #total = 0n;

  create(vmId: string, name: string, policy: string, createdAt: Instant): void {
    const life = { name, policy, createdAt, activeAt: undefined, deletionCalledAt: undefined, endedAt: undefined };
    this.#lives.set(vmId, { ...life, charges: [] });
  }

  callDeletion(vmId: string, at: Instant): void {
    const life = this.#lives.get(vmId);
    // What is called for afterwards is the record of a VM that the provider ended.
    if (life !== undefined && life.endedAt === undefined) life.deletionCalledAt ??= at;
  }

  deleteByOwner(vmId: string): void {
    const life = this.#lives.get(vmId);
    if (life !== undefined && life.endedAt === undefined && life.deletionCalledAt === undefined) life.isOwners = true;
  }

  charge(charge: MarketCharge): void {
    this.#lives.get(charge.vmId ?? '')?.charges.push(charge);
    this.#total += charge.amount;
    const last = this.#paid.at(-1);
    if (last?.at === charge.at) last.paid = this.#total;
    else this.#paid.push({ at: charge.at, paid: this.#total });
  }

  count(
    at: Instant,
    demands: ReadonlyMap<string, DemandCursor>,
    byFleet: ReadonlyMap<string, readonly RunningVm[]>,
    isParked: (vmId: string) => boolean,
  ): void {
    const running = new Set([...byFleet.values()].flat().map(({ id }) => id));
    for (const id of running) {
      const life = this.#lives.get(id);
      if (life !== undefined) life.activeAt ??= at;
    }
    for (const id of this.#running) {
      const life = this.#lives.get(id);
      if (!running.has(id) && life !== undefined) life.endedAt ??= at;
    }
    this.#running.clear();
    for (const id of running) this.#running.add(id);
    for (const [fleet, demand] of demands) {
      const vms = byFleet.get(fleet) ?? [];
      const point = {
        at,
        wanted: demand.wanted(),
        running: vms.length,
        parked: vms.filter(({ id }) => isParked(id)).length,
      };
      this.#addPoint(fleet, point);
    }
  }

  #addPoint(fleet: string, point: FleetPoint): void {
    const points = this.#points.get(fleet) ?? [];
    this.#points.set(fleet, points);
    if (points.at(-1)?.at === point.at) points.pop();
    const last = points.at(-1);
    const isSame = last?.wanted === point.wanted && last.running === point.running && last.parked === point.parked;
    if (!isSame) points.push(point);
  }

  /** Those that are listed to the end have not ended. */
  finish(vms: readonly Vm[], at: Instant): void {
    for (const { id, name, status } of vms) {
      const life = this.#lives.get(id);
      if (life === undefined) continue;
      this.#lives.set(id, { ...life, name, endedAt: isEnded(status) ? (life.endedAt ?? at) : life.endedAt });
    }
  }

  rename(vmId: string, name: string): void {
    const life = this.#lives.get(vmId);
    if (life !== undefined) this.#lives.set(vmId, { ...life, name });
  }

  readFleets(): ReadonlyMap<string, readonly FleetPoint[]> {
    return this.#points;
  }

  readPaid(): readonly { readonly at: Instant; readonly paid: Micros }[] {
    return this.#paid;
  }

  readLives(): readonly VmLife[] {
    return [...this.#lives].map(([id, { charges, isOwners, ...life }]) => {
      const by = isOwners === true ? 'owner' : life.deletionCalledAt === undefined ? 'provider' : 'deletion';
      return { id, ...life, periods: charges.flatMap(toPeriod), endedBy: life.endedAt === undefined ? undefined : by };
    });
  }
}
