// What one call of a product can do, so that plans and intents are cut to its measure without knowing which product it is.
import type { Millis } from './types.js';

/** It may be asked before anything was sent, and is sharper after `prepare` or a listing. */
export interface Abilities {
  /** So many equal VMs in one create, new names in one rename, ids in one deletion; more are refused, unsent. */
  readonly createsPerCall: number;
  readonly renamesPerCall: number;
  readonly deletesPerCall: number;
  /** Ids in one `deleteParts`; 0: the product has no parts. */
  readonly partsPerCall: number;
  /** What one charge pays for: an epoch of 24 h or an hour. */
  readonly periodMillis: Millis;
  /**
   * Whether an ended VM must be deleted to be rid of it (it locks its reserve). If not, it costs nothing and leaves by itself, and
   * an ended VM is a deletion that is done.
   */
  readonly deletesEndedVms: boolean;
}

/** Of a snapshot that doesn't tell: those of the marketplace, the only product when such snapshots were recorded. */
const UNTOLD: Abilities = {
  createsPerCall: 100,
  renamesPerCall: 1024,
  deletesPerCall: 100,
  partsPerCall: 0,
  periodMillis: 86_400_000,
  deletesEndedVms: true,
};

export function readAbilities(snapshot: { readonly abilities?: Abilities }): Abilities {
  return snapshot.abilities ?? UNTOLD;
}

/** In lists of at most so many, in their order. */
export function splitByCall<Item>(items: readonly Item[], mostPerCall: number): readonly (readonly Item[])[] {
  const lists: Item[][] = [];
  for (const item of items) {
    const last = lists.at(-1);
    if (last === undefined || last.length >= mostPerCall) lists.push([item]);
    else last.push(item);
  }
  return lists;
}
