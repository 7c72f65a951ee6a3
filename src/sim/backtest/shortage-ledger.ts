// Why a follower had fewer VMs than wanted: what was missing, by fleet and cause, and in how many stretches. It only adds up what
// it is told; find-shortage.ts says what a cause is.
import type { Instant } from '../../core/types.js';
import type { Shortage, ShortageReason } from './report.js';

interface Sum {
  readonly policy: string;
  readonly reason: ShortageReason;
  vmMillis: number;
  times: number;
  readonly from: Instant;
  to: Instant;
}

export class ShortageLedger {
  readonly #sums = new Map<string, Sum>();

  /** So many of the fleet were missing throughout [from, to). Stretches come in their order. */
  add(policy: string, reason: ShortageReason, missing: number, { from, to }: Pick<Shortage, 'from' | 'to'>): void {
    const key = `${policy} ${reason.cause} ${reason.by ?? ''}`;
    const known = this.#sums.get(key);
    const vmMillis = missing * (to - from);
    if (known === undefined) {
      this.#sums.set(key, { policy, reason, vmMillis, times: 1, from, to });
      return;
    }
    if (known.to < from) known.times += 1;
    known.vmMillis += vmMillis;
    known.to = to;
  }

  /** The largest first. */
  list(): readonly Shortage[] {
    const all = [...this.#sums.values()].map(({ reason, ...rest }): Shortage => ({ ...rest, ...reason }));
    return all.sort((a, b) => b.vmMillis - a.vmMillis || (a.policy < b.policy ? -1 : 1));
  }
}
