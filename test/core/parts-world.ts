// The small market with disks and IPs that are charged apart, each on a clock of its own, and that stay when their VM goes. It
// keeps its own books of them; people may add theirs. It knows nothing of Purser but names.
import type { Instant, Millis, Part, Vm } from '../../src/core/types.js';
import { makePart } from './samples.js';
import { World, type WorldOptions } from './world.js';

export interface Disk {
  readonly part: Part;
  readonly isForeign: boolean;
  /** The VM that it was made with. */
  readonly madeFor: string | undefined;
  vmId: string | undefined;
  paidUntil: Instant;
  /** When its removal takes effect. */
  goneAt: Instant | undefined;
}

export class PartsWorld extends World {
  readonly disks = new Map<string, Disk>();
  /** `vmId`: the VM that it was made with. */
  readonly partCharges: {
    readonly at: Instant;
    readonly id: string;
    readonly vmId: string | undefined;
    readonly hadEnded: boolean;
  }[] = [];
  /** Every removal that took effect, and every one that was asked for of what is attached. */
  readonly partRemovals: { readonly at: Instant; readonly id: string }[] = [];
  readonly attachedAsked: string[] = [];
  readonly removalMillis: Millis;
  /** How long before its VM each part was paid for the first time. */
  readonly aheadMillis: Millis;
  readonly #ipAheadMillis: Millis;
  #made = 0;

  /** `ipAheadMillis`: of IPs, where it is another than that of disks. */
  constructor(
    now: Instant,
    over: Partial<WorldOptions>,
    parts: { removalMillis: Millis; aheadMillis: Millis; ipAheadMillis?: Millis },
  ) {
    super(now, over);
    this.removalMillis = parts.removalMillis;
    this.aheadMillis = parts.aheadMillis;
    this.#ipAheadMillis = parts.ipAheadMillis ?? parts.aheadMillis;
  }

  override create(name: string, count: number): readonly string[] {
    const ids = super.create(name, count);
    for (const id of ids) {
      this.addDisk(`${name}-b`, { vmId: id });
      this.addDisk(`${name}-i`, { vmId: id, kind: 'public-ip' });
    }
    return ids;
  }

  addDisk(name: string, facts: { vmId?: string; kind?: Part['kind']; isForeign?: boolean }): string {
    this.#made += 1;
    const id = `d${this.#made}`;
    const { kind = 'boot-disk', isForeign = false } = facts;
    const { periodMillis } = this.options.price;
    const price = { amount: 2_750n, periodMillis };
    const ahead = kind === 'public-ip' ? this.#ipAheadMillis : this.aheadMillis;
    const paidUntil = this.now + this.options.launchMillis - ahead + periodMillis;
    const part = makePart(id, { kind, name, price, createdAt: this.now });
    this.disks.set(id, { part, isForeign, madeFor: facts.vmId, vmId: facts.vmId, paidUntil, goneAt: undefined });
    return id;
  }

  attach(id: string, vmId: string): void {
    const disk = this.disks.get(id);
    if (disk !== undefined && disk.goneAt === undefined) disk.vmId = vmId;
  }

  override list(): readonly Vm[] {
    return super.list().map((vm) => ({ ...vm, parts: this.#show((disk) => disk.vmId === vm.id) }));
  }

  override listLeftovers(): readonly Part[] {
    return this.#show((disk) => disk.vmId === undefined);
  }

  override removePart(id: string): 'accepted' | 'absent' | 'failed' {
    const disk = this.disks.get(id);
    if (disk === undefined) return 'absent';
    if (disk.vmId !== undefined) {
      this.attachedAsked.push(id);
      return 'failed';
    }
    if (disk.goneAt !== undefined) return 'failed';
    disk.goneAt = this.now + this.removalMillis;
    this.partRemovals.push({ at: this.now, id });
    this.#settleDisks();
    return 'accepted';
  }

  override delete(ids: readonly string[]): void {
    super.delete(ids);
    this.#settleDisks();
  }

  override terminate(id: string): void {
    super.terminate(id);
    this.#settleDisks();
  }

  override nextEventAt(): Instant | undefined {
    const own = [...this.disks.values()].flatMap(({ paidUntil, goneAt }) => [paidUntil, goneAt ?? paidUntil]);
    const coming = [super.nextEventAt() ?? Infinity, ...own].filter((at) => at > this.now);
    const next = Math.min(...coming);
    return next === Infinity ? undefined : next;
  }

  override advance(to: Instant): void {
    while (this.now < to) {
      super.advance(Math.min(to, this.nextEventAt() ?? to));
      this.#settleDisks();
    }
  }

  #show(isMeant: (disk: Disk) => boolean): readonly Part[] {
    return [...this.disks.values()].filter(isMeant).map(({ part, vmId, paidUntil, goneAt }) => {
      const status = goneAt === undefined ? 'ready' : 'removing';
      return {
        ...part,
        paidUntil,
        attachedTo: vmId === undefined ? [] : [vmId],
        status,
        mayBeDeleted: goneAt === undefined,
      };
    });
  }

  #settleDisks(): void {
    for (const [id, disk] of this.disks) {
      const holder = disk.vmId === undefined ? undefined : this.machines.get(disk.vmId);
      const hasEnded = holder === undefined || holder.status === 'terminated';
      if (hasEnded) disk.vmId = undefined;
      while (disk.paidUntil <= this.now && !(disk.goneAt !== undefined && disk.goneAt < disk.paidUntil)) {
        const isDoomed = holder?.goneAt !== undefined;
        this.partCharges.push({ at: disk.paidUntil, id, vmId: disk.madeFor, hadEnded: hasEnded || isDoomed });
        disk.paidUntil += this.options.price.periodMillis;
      }
      if (disk.goneAt !== undefined && disk.goneAt <= this.now) this.disks.delete(id);
    }
  }
}
