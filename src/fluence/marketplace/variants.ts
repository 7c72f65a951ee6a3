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
  /** Looks up what other processes found, where nothing is known. To be awaited before `isSettled` is asked. */
  recall(): Promise<void>;
  /** What changes are written for: the newest, until another is known. */
  present(): Variant;
  /** Whether `present` is more than an assumption. */
  isSettled(): boolean;
  /** Reads the listing where it is, and keeps where that was. `read` is given the version of its path. */
  list<Result>(read: Read<Result>): Promise<Result>;
  /** Takes note of an answer of `/vms/v2`: its VMs tell v2 and the oldest form apart. */
  noteV2(json: unknown): void;
}

/** Where processes leave for each other which variant they found. */
export interface VariantMemory {
  /** undefined: none was found yet, or it can't be read now. Never rejects. */
  read(): Promise<Variant | undefined>;
  /** Never rejects. */
  write(variant: Variant): Promise<void>;
}

/** What is known of an API. */
interface Found {
  version: 'v2' | 'v3' | undefined;
  formOfV2: 'v2' | 'oldest' | undefined;
  /** Whether this process has seen the version answer; else it is only remembered. */
  isSeen: boolean;
}

type Read<Result> = (version: 'v2' | 'v3') => Promise<Result>;

function readFound({ version, formOfV2 }: Found): Variant | undefined {
  return version === 'v2' ? formOfV2 : version;
}

async function ask<Result>(found: Found, read: Read<Result>): Promise<Result> {
  try {
    const result = await read('v3');
    found.version = 'v3';
    return result;
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const result = await read('v2').catch((second: unknown) => {
      throw isNotFound(second) ? error : second;
    });
    found.version = 'v2';
    return result;
  }
}

async function askWhereItIs<Result>(found: Found, read: Read<Result>): Promise<Result> {
  if (found.version === undefined) return ask(found, read);
  try {
    return await read(found.version);
  } catch (error) {
    // An API that moved on from v2 answers 404 there; what is only remembered may never have been this API's.
    if ((found.isSeen && found.version !== 'v2') || !isNotFound(error)) throw error;
    found.version = undefined;
    found.formOfV2 = undefined;
    return ask(found, read);
  }
}

/** `byHand` is believed and never asked for; what is remembered saves the asking, and is put right by what is seen. */
export function createVariantKeeper(byHand: Variant | undefined, memory?: VariantMemory): VariantKeeper {
  const found: Found = { version: undefined, formOfV2: undefined, isSeen: false };
  let remembered: Variant | undefined;

  async function recall(): Promise<void> {
    if (byHand !== undefined || found.version !== undefined || memory === undefined) return;
    remembered = await memory.read();
    // Two may recall at once; what was seen meanwhile is newer.
    if (remembered === undefined || found.isSeen) return;
    found.version = remembered === 'v3' ? 'v3' : 'v2';
    found.formOfV2 = remembered === 'v3' ? undefined : remembered;
  }

  return {
    recall,
    present: () => byHand ?? readFound(found) ?? found.version ?? 'v3',
    isSettled: () => byHand !== undefined || readFound(found) !== undefined,
    async list(read) {
      if (byHand !== undefined) return read(byHand === 'v3' ? 'v3' : 'v2');
      await recall();
      const result = await askWhereItIs(found, read);
      found.isSeen = true;
      const variant = readFound(found);
      if (memory === undefined || variant === undefined || variant === remembered) return result;
      remembered = variant;
      await memory.write(variant);
      return result;
    },
    noteV2(json) {
      // An empty list tells nothing of its form.
      if (!Array.isArray(json) || json.length === 0) return;
      const isOldest = (json as readonly unknown[]).every(
        (entry) => isObject(entry) && entry['createdAt'] === undefined && entry['nextBillingAt'] === undefined,
      );
      found.formOfV2 = isOldest ? 'oldest' : 'v2';
    },
  };
}

function isNotFound(error: unknown): boolean {
  return error instanceof CloudError && error.code === 'api-not-found';
}
