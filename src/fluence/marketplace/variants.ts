// The variants of the marketplace's API, as they were documented one after the other: what one call of each can do, and which
// one is there. It is found by asking once and kept; nothing is guessed from a name or a date.
import { DAY_MILLIS } from '../../core/money.js';
import { MOST_PER_INTENT } from '../../core/names.js';
import { CloudError } from '../../ports/cloud.js';
import type { Abilities } from '../../ports/cloud.js';
import { isObject } from '../read-values.js';

/**
 * v3: `/vms/v3` for everything. v2: listed at `/vms/v2`, renamed one by one there. oldest: deleted one by one, too, and its VMs
 * tell neither boundary nor place. All create and delete at `/vms/v3`.
 */
export type Variant = 'v3' | 'v2' | 'oldest';

/** No document says how many a bulk call takes; deletions are kept small, because one unknown id fails them whole. */
const MOST_AT_ONCE = 100;

export function abilitiesOf(variant: Variant): Abilities {
  return {
    createsPerCall: MOST_AT_ONCE,
    // All VMs that one intent can have bought are named by one call.
    renamesPerCall: variant === 'v3' ? MOST_PER_INTENT : 1,
    deletesPerCall: variant === 'oldest' ? 1 : MOST_AT_ONCE,
    partsPerCall: 0,
    periodMillis: DAY_MILLIS,
    deletesEndedVms: true,
  };
}

export interface VariantKeeper {
  /** What changes are written for: the newest, until another is known. */
  present(): Variant;
  /** Whether `present` is more than an assumption. */
  isSettled(): boolean;
  /** Reads the listing where it is, and keeps where that was. `read` is given the version of its path. */
  list<Result>(read: (version: 'v2' | 'v3') => Promise<Result>): Promise<Result>;
  /** Takes note of an answer of `/vms/v2`: its VMs tell v2 and the oldest form apart. */
  noteV2(json: unknown): void;
}

/** `byHand` is believed and never asked for. */
export function createVariantKeeper(byHand: Variant | undefined): VariantKeeper {
  let version: 'v2' | 'v3' | undefined;
  let formOfV2: 'v2' | 'oldest' | undefined;

  async function ask<Result>(read: (version: 'v2' | 'v3') => Promise<Result>): Promise<Result> {
    try {
      const result = await read('v3');
      version = 'v3';
      return result;
    } catch (error) {
      if (!isNotFound(error)) throw error;
      const result = await read('v2').catch((second: unknown) => {
        throw isNotFound(second) ? error : second;
      });
      version = 'v2';
      return result;
    }
  }

  return {
    present: () => byHand ?? (version === 'v2' ? (formOfV2 ?? 'v2') : 'v3'),
    isSettled: () => byHand !== undefined || version === 'v3' || (version === 'v2' && formOfV2 !== undefined),
    async list(read) {
      if (byHand !== undefined) return read(byHand === 'v3' ? 'v3' : 'v2');
      if (version === undefined) return ask(read);
      try {
        return await read(version);
      } catch (error) {
        // An API that moved on from v2 answers 404 there.
        if (version !== 'v2' || !isNotFound(error)) throw error;
        version = undefined;
        formOfV2 = undefined;
        return ask(read);
      }
    },
    noteV2(json) {
      // An empty list tells nothing of its form.
      if (!Array.isArray(json) || json.length === 0) return;
      const isOldest = (json as readonly unknown[]).every(
        (entry) => isObject(entry) && entry['createdAt'] === undefined && entry['nextBillingAt'] === undefined,
      );
      formOfV2 = isOldest ? 'oldest' : 'v2';
    },
  };
}

function isNotFound(error: unknown): boolean {
  return error instanceof CloudError && error.code === 'api-not-found';
}
