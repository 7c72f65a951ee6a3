// What a commit does to the books, as a pure function: the store's compare-and-set semantics without a store. Used to preview
// plans and as the model that the real store is tested against. It knows no leases and no generations.
import { writeMeter, type ChargeRecord, type Meter } from './charge-records.js';
import type { Books, Change, Claim, Intent, Notes } from './books.js';

export interface AppliedChanges {
  readonly books: Books;
  /** Changes whose `expect` did not hold; all others were applied. */
  readonly failed: readonly Change[];
}

/** Of each kind only where a change touches it: books hold thousands, and most commits change one kind. */
class Draft {
  notes: Notes;
  readonly #books: Books;
  #claims: Map<string, Claim> | undefined;
  #intents: Map<string, Intent> | undefined;
  #meters: Map<string, Meter> | undefined;

  constructor(books: Books) {
    this.#books = books;
    this.notes = books.notes;
  }

  get claims(): Map<string, Claim> {
    return (this.#claims ??= new Map(this.#books.claims.map((claim) => [claim.vmId, claim])));
  }

  get intents(): Map<string, Intent> {
    return (this.#intents ??= new Map(this.#books.intents.map((intent) => [intent.id, intent])));
  }

  get meters(): Map<string, Meter> {
    return (this.#meters ??= new Map((this.#books.meters ?? []).map((meter) => [meter.id, meter])));
  }

  finish(): Books {
    const { meters: _, ...others } = this.#books;
    return {
      ...(this.#meters === undefined ? this.#books : { ...others, ...putMeters(this.#meters) }),
      ...(this.#claims === undefined ? {} : { claims: [...this.#claims.values()] }),
      ...(this.#intents === undefined ? {} : { intents: [...this.#intents.values()] }),
      notes: this.notes,
    };
  }
}

function writeMaybe(meter: Meter | undefined): string | undefined {
  return meter === undefined ? undefined : writeMeter(meter);
}

/** Whether it was applied. */
function applyChange(draft: Draft, change: Change): boolean {
  switch (change.kind) {
    case 'claim': {
      if ((draft.claims.get(change.claim.vmId)?.state ?? 'absent') !== change.expect) return false;
      draft.claims.set(change.claim.vmId, change.claim);
      return true;
    }
    case 'unclaim': {
      if (draft.claims.get(change.vmId)?.state !== change.expect) return false;
      draft.claims.delete(change.vmId);
      return true;
    }
    case 'intent': {
      if ((draft.intents.get(change.intent.id)?.state ?? 'absent') !== change.expect) return false;
      draft.intents.set(change.intent.id, change.intent);
      return true;
    }
    case 'forget-intent':
      draft.intents.delete(change.id);
      return true;
    case 'meter': {
      const { id, meter, expect } = change;
      if (writeMaybe(draft.meters.get(id)) !== writeMaybe(expect)) return false;
      if (meter === undefined) draft.meters.delete(id);
      else draft.meters.set(id, meter);
      return true;
    }
    case 'notes':
      draft.notes = change.notes;
      return true;
  }
}

/** Absent where there are none. */
export function putMeters(meters: ReadonlyMap<string, Meter>): Pick<Books, 'meters'> {
  return meters.size === 0 ? {} : { meters: [...meters.values()] };
}

/** What the changes that were applied add to the tallies. */
export function listChargeRecords(changes: readonly Change[], failed: readonly Change[] = []): readonly ChargeRecord[] {
  const refused = new Set(failed);
  return changes.flatMap((change) => (change.kind === 'meter' && !refused.has(change) ? change.charges : []));
}

/** Applies the changes in their order, each on its own. Claims and intents keep their order; new ones come last. */
export function applyChanges(books: Books, changes: readonly Change[]): AppliedChanges {
  if (changes.length === 0) return { books, failed: [] };
  const draft = new Draft(books);
  const failed = changes.filter((change) => !applyChange(draft, change));
  return { books: draft.finish(), failed };
}
