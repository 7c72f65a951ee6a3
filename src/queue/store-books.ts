// The books of an account in Redis: read whole, and changed by commits under a lease.
import { readMeter, writeMeter, type Meter } from '../core/charge-records.js';
import type { Books, Change, LedgerEntry, Notes } from '../core/books.js';
import { decodeJson, encodeJson } from '../core/json.js';
import type { Evidence } from '../core/types.js';
import type { CommitResult, Lease, Store } from '../ports/store.js';
import { composeClaims, composeIntents, EMPTY_NOTES, writeDoom } from './books-codec.js';
import { createIntentReader } from './intent-reader.js';
import { commitScript } from './scripts/commit.js';
import { packCharges } from './tally-codec.js';
import { callScript, callStore, readReplies, type StoreContext } from './store-context.js';
import { composeHandles, packLedger } from './store-documents.js';

type BooksPart = Pick<Store, 'readBooks' | 'commit' | 'readIntent'>;

/**
 * So many changes (and ledger entries) at most go into one script: some 100 ms, for which Redis does nothing else. A larger
 * commit is written in parts, in its order, each checked by itself.
 */
const CHANGES_PER_SCRIPT = 10_000;

function writeMaybe(meter: Meter | undefined): string {
  return meter === undefined ? '' : writeMeter(meter);
}

function packChange(change: Change): string[] {
  switch (change.kind) {
    case 'claim': {
      const { claim } = change;
      return ['claim', claim.vmId, change.expect, claim.state, writeDoom(claim), encodeJson(claim)];
    }
    case 'unclaim':
      return ['unclaim', change.vmId, change.expect, '', '', ''];
    case 'intent': {
      const { intent } = change;
      const extra = `${intent.kind} ${intent.calledAt ?? ''}`;
      return ['intent', intent.id, change.expect, intent.state, extra, encodeJson(intent)];
    }
    case 'forget-intent':
      return ['forget-intent', change.id, '', '', '', ''];
    case 'meter': {
      const { id, meter, expect, charges } = change;
      return ['meter', id, writeMaybe(expect), writeMaybe(meter), '', packCharges(charges)];
    }
    case 'notes':
      return ['notes', '', '', '', '', encodeJson(change.notes)];
  }
}

/** Parts of at most CHANGES_PER_SCRIPT changes and entries; always at least one. */
function splitCommit(changes: readonly Change[], ledger: readonly LedgerEntry[]) {
  const parts: { changes: readonly Change[]; ledger: readonly LedgerEntry[] }[] = [];
  for (let first = 0; first < changes.length; first += CHANGES_PER_SCRIPT) {
    parts.push({ changes: changes.slice(first, first + CHANGES_PER_SCRIPT), ledger: [] });
  }
  for (let first = 0; first < ledger.length; first += CHANGES_PER_SCRIPT) {
    const entries = ledger.slice(first, first + CHANGES_PER_SCRIPT);
    // A ledger that fits into one script goes with the last changes, so that an ordinary commit is one step.
    if (ledger.length <= CHANGES_PER_SCRIPT && parts.length > 0) parts[parts.length - 1]!.ledger = entries;
    else parts.push({ changes: [], ledger: entries });
  }
  return parts.length > 0 ? parts : [{ changes: [], ledger: [] }];
}

async function commitPart(
  context: StoreContext,
  account: string,
  lease: Lease,
  generation: number,
  part: { readonly changes: readonly Change[]; readonly ledger: readonly LedgerEntry[] },
): Promise<CommitResult> {
  const { keys } = context;
  const own = keys.account(account);
  const scriptKeys = [
    keys.lease(lease.name),
    keys.generation,
    own.claims,
    own.claimStates,
    own.claimDooms,
    own.intents,
    own.intentStates,
    own.intentKinds,
    own.intentCalls,
    own.intentAttempts,
    own.notes,
    own.ledger,
    own.meters,
    own.tallies,
  ];
  const parameters = [lease.token, generation, part.changes.length].map(String);
  for (const change of part.changes) parameters.push(...packChange(change));
  const answer = await callScript(context, commitScript, scriptKeys, parameters.concat(packLedger(part.ledger)));
  if (answer === 'lease-lost' || answer === 'generation-changed') return { refused: answer, failed: [] };
  return { refused: undefined, failed: (answer as number[]).map((index) => part.changes[index]!) };
}

/** Absent where none was ever read. */
function composeMeters(texts: Readonly<Record<string, string>>): Pick<Books, 'meters'> {
  const meters = Object.entries(texts).flatMap(([id, text]) => readMeter(id, text) ?? []);
  return meters.length === 0 ? {} : { meters };
}

function readAll(context: StoreContext, account: string): Promise<unknown[]> {
  const { keys } = context;
  const own = keys.account(account);
  return callStore(context, async (redis) => {
    const transaction = redis.multi();
    const { claims, claimStates, claimDooms, intents, intentStates, intentCalls, meters } = own;
    for (const hash of [claims, claimStates, claimDooms, intents, intentStates, intentCalls, meters]) {
      transaction.hgetall(hash);
    }
    const replies = await transaction
      .hvals(own.evidence)
      .get(own.notes)
      .get(keys.birth)
      .get(keys.freeze)
      .smembers(own.protected)
      .zrange(own.approvals, '0', '-1')
      .exec();
    return readReplies(replies);
  });
}

export function createBooksPart(context: StoreContext): BooksPart {
  return {
    /** A store that was never born (readBirth not called, or emptied since) gives empty books with `bornAt` 0. */
    async readBooks(account): Promise<Books> {
      const replies = await readAll(context, account);
      const [claims, claimStates, dooms, intents, intentStates, calls, meters] = replies as Record<string, string>[];
      const [evidence, notes, birth, freeze, marked, approvals] = replies.slice(7);
      return {
        account,
        bornAt: Number(birth ?? 0),
        claims: composeClaims(claims!, claimStates!, dooms!),
        intents: composeIntents(intents!, intentStates!, calls!),
        notes: notes === null ? EMPTY_NOTES : { ...EMPTY_NOTES, ...(decodeJson(notes as string) as Partial<Notes>) },
        handles: composeHandles(freeze as string | null, marked as string[], approvals as string[]),
        evidence: (evidence as string[]).map((text) => decodeJson(text) as Evidence),
        ...composeMeters(meters!),
      };
    },

    async commit(lease, { account, generation, changes, ledger }): Promise<CommitResult> {
      const failed: Change[] = [];
      for (const part of splitCommit(changes, ledger)) {
        const result = await commitPart(context, account, lease, generation, part);
        failed.push(...result.failed);
        if (result.refused !== undefined) return result;
      }
      return { refused: undefined, failed };
    },

    readIntent: createIntentReader(context),
  };
}
