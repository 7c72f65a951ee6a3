// Which VMs are drawn where there are too many, and what of their paid life: periods one by one while they can be told apart,
// else what is contiguous as one block. It draws nothing.
import type { Instant, Millis } from '../../../core/types.js';
import type { PaidPeriod, VmLife } from '../../../compose/backtests.js';

export interface PolicyBars {
  readonly policy: string;
  /** Of all its VMs, the first ones, by when they were bought. */
  readonly drawn: readonly VmLife[];
  readonly count: number;
}

export interface PaidBlock {
  readonly from: Instant;
  readonly to: Instant;
}

/** Shares `most` bars among the policies: what one doesn't need the others may have. */
export function chooseBars(vms: readonly VmLife[], policies: readonly string[], most: number): readonly PolicyBars[] {
  const byPolicy = new Map<string, VmLife[]>(policies.map((policy) => [policy, []]));
  for (const vm of vms) {
    const known = byPolicy.get(vm.policy);
    if (known === undefined) byPolicy.set(vm.policy, [vm]);
    else known.push(vm);
  }
  const groups = [...byPolicy].filter(([, own]) => own.length > 0);
  const shares = new Map<string, number>();
  let left = most;
  for (const [index, [policy, own]] of [...groups].sort(([, a], [, b]) => a.length - b.length).entries()) {
    const share = Math.min(own.length, Math.floor(left / (groups.length - index)));
    shares.set(policy, share);
    left -= share;
  }
  return groups.map(([policy, own]) => ({
    policy,
    count: own.length,
    drawn: own.toSorted((a, b) => a.createdAt - b.createdAt).slice(0, shares.get(policy)),
  }));
}

/** The VM's own periods; its disks and IPs are charged apart. */
export function listVmPeriods({ periods }: VmLife): readonly PaidPeriod[] {
  return periods.filter(({ part }) => part === undefined).toSorted((a, b) => a.from - b.from);
}

/** Blocks to draw, ascending. `isJoined`: what follows without a gap is one block. */
export function listPaidBlocks(vm: VmLife, isJoined: boolean): readonly PaidBlock[] {
  const blocks: PaidBlock[] = [];
  for (const { from, to } of listVmPeriods(vm)) {
    const last = blocks.at(-1);
    if (isJoined && last !== undefined && from <= last.to)
      blocks[blocks.length - 1] = { from: last.from, to: Math.max(last.to, to) };
    else blocks.push({ from, to });
  }
  return blocks;
}

/** When the VM's last paid period ends. */
export function findPaidUntil(vm: VmLife): Instant | undefined {
  return listVmPeriods(vm).reduce<Instant | undefined>((last, { to }) => Math.max(last ?? to, to), undefined);
}

/** How long it was still paid when it had ended already. */
export function countUnused(vm: VmLife): Millis {
  const paidUntil = findPaidUntil(vm);
  return vm.endedAt === undefined || paidUntil === undefined ? 0 : Math.max(0, paidUntil - vm.endedAt);
}
