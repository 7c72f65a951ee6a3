// The parts of the store beside the books: handles, evidence, ledger, and documents for `status`.
import type { Approval, Handles, LedgerEntry } from '../core/books.js';
import { decodeJson, encodeJson } from '../core/json.js';
import { DAY_MILLIS } from '../core/money.js';
import type { Evidence, Instant } from '../core/types.js';
import type { Store } from '../ports/store.js';
import { readDocumentsScript, writeDocumentScript, writeEvidenceScript } from './scripts/documents.js';
import { appendLedgerScript } from './scripts/ledger.js';
import { callScript, callStore, readReplies, type StoreContext } from './store-context.js';

/** Values of one script call, and entries of one page, so that nothing holds Redis up for long. */
const WRITE_PAGE = 5_000;
const READ_PAGE = 2_000;

export function packLedger(entries: readonly LedgerEntry[]): string[] {
  return entries.flatMap((entry) => [String(Math.ceil(entry.at)), encodeJson(entry)]);
}

export function composeHandles(
  freeze: string | null,
  marked: readonly string[],
  approvals: readonly string[],
): Handles {
  return {
    freeze: freeze === null ? undefined : (decodeJson(freeze) as NonNullable<Handles['freeze']>),
    protect: marked.toSorted(),
    approvals: approvals.map((text) => decodeJson(text) as Approval),
  };
}

type HandlePart = Pick<Store, 'readHandles' | 'setFreeze' | 'setProtected' | 'addApproval'>;

export function createHandlePart(context: StoreContext): HandlePart {
  const { keys } = context;
  return {
    async readHandles(account) {
      const own = keys.account(account);
      const replies = await callStore(context, (redis) =>
        redis.multi().get(keys.freeze).smembers(own.protected).zrange(own.approvals, '0', '-1').exec(),
      );
      const [freeze, marked, approvals] = readReplies(replies);
      return composeHandles(freeze as string | null, marked as string[], approvals as string[]);
    },
    async setFreeze(freeze) {
      await callStore<unknown>(context, (redis) =>
        freeze === undefined ? redis.del(keys.freeze) : redis.set(keys.freeze, encodeJson(freeze)),
      );
    },
    async setProtected(account, vm, on) {
      const key = keys.account(account).protected;
      await callStore(context, (redis) => (on ? redis.sadd(key, vm) : redis.srem(key, vm)));
    },
    async addApproval(account, approval) {
      const key = keys.account(account).approvals;
      const replies = await callStore(context, (redis) =>
        redis
          .multi()
          .zremrangebyscore(key, '-inf', `(${approval.at}`)
          .zadd(key, approval.until, encodeJson(approval))
          .exec(),
      );
      readReplies(replies);
    },
  };
}

function newestSample(evidence: Evidence): Instant {
  return evidence.runs.at(-1)?.to ?? 0;
}

type RecordPart = Pick<Store, 'writeEvidence' | 'appendLedger' | 'readLedger' | 'followLedger'>;

export function createRecordPart(context: StoreContext): RecordPart {
  const { keys } = context;
  return {
    async writeEvidence(account, evidence) {
      const own = keys.account(account);
      // A day before the newest sample of this very write, so that the store needs no clock of its own.
      const newest = evidence.reduce((latest, one) => Math.max(latest, newestSample(one)), 0);
      for (let first = 0; first < evidence.length; first += WRITE_PAGE) {
        const values = evidence
          .slice(first, first + WRITE_PAGE)
          .flatMap((one) => [`${one.policy} ${one.vmId}`, String(newestSample(one) || newest), encodeJson(one)]);
        const parameters = [String(newest - DAY_MILLIS), ...values];
        await callScript(context, writeEvidenceScript, [own.evidence, own.evidenceTouched], parameters);
      }
    },

    async appendLedger(account, entries) {
      for (let first = 0; first < entries.length; first += WRITE_PAGE) {
        const page = packLedger(entries.slice(first, first + WRITE_PAGE));
        await callScript(context, appendLedgerScript, [keys.account(account).ledger], page);
      }
    },

    /** From `from` to `to`, both included. */
    async readLedger(account, from, to) {
      const found: LedgerEntry[] = [];
      let start = String(Math.max(0, Math.floor(from)));
      for (;;) {
        const page = await callStore(context, (redis) =>
          redis.xrange(keys.account(account).ledger, start, '+', 'COUNT', READ_PAGE),
        );
        for (const [, fields] of page) {
          const entry = decodeJson(fields[1]!) as LedgerEntry;
          if (entry.at >= from && entry.at <= to) found.push(entry);
        }
        if (page.length < READ_PAGE) break;
        start = `(${page.at(-1)![0]}`;
      }
      return found.sort((left, right) => left.at - right.at);
    },

    async followLedger(account, place) {
      const { ledger } = keys.account(account);
      if (place === undefined) {
        const newest = await callStore(context, (redis) => redis.xrevrange(ledger, '+', '-', 'COUNT', 1));
        return { entries: [], place: newest[0]?.[0] ?? '0-0' };
      }
      const page = await callStore(context, (redis) => redis.xrange(ledger, `(${place}`, '+', 'COUNT', READ_PAGE));
      const entries = page.map(([, fields]) => decodeJson(fields[1]!) as LedgerEntry);
      return { entries, place: page.at(-1)?.[0] ?? place };
    },
  };
}

type StatusPart = Pick<Store, 'writeNote' | 'readNote' | 'listNotes'>;

export function createStatusPart(context: StoreContext): StatusPart {
  const { keys } = context;
  const documentKeys = [keys.documents, keys.documentsUntil];
  return {
    async writeNote(key, text, ttlMillis) {
      await callScript(context, writeDocumentScript, documentKeys, [key, text, ttlMillis ?? '']);
    },
    async readNote(key) {
      const [, text] = (await callScript(context, readDocumentsScript, documentKeys, [key])) as string[];
      return text;
    },
    async listNotes(prefix) {
      const flat = (await callScript(context, readDocumentsScript, documentKeys, [])) as string[];
      const notes: { key: string; text: string }[] = [];
      for (let index = 0; index < flat.length; index += 2) {
        if (flat[index]!.startsWith(prefix)) notes.push({ key: flat[index]!, text: flat[index + 1]! });
      }
      return notes.sort((left, right) => (left.key < right.key ? -1 : 1));
    },
  };
}
