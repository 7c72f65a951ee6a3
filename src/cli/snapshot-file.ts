// The file that `record` writes and `plan --record` reads: snapshots as observed, with the settings they were made under.
// Self-contained: planning from it needs neither API nor Redis nor a key.
import { readFile } from 'node:fs/promises';
import { decodeJson, encodeJson } from '../core/json.js';
import { PurserError } from '../core/errors.js';
import type { Snapshot } from '../core/plan-types.js';
import type { AccountSettings } from '../core/policy-types.js';

const FORMAT = 'purser-snapshot/1';

export interface RecordedAccount {
  readonly settings: AccountSettings;
  readonly snapshot: Snapshot;
}

/** Only what the planner needs: nothing of where the key is. */
function pickSettings(settings: AccountSettings): AccountSettings {
  const { name, product, mode, ratePerSecond, concurrency, rails, tickMillis, installation, periodMillis } = settings;
  return { name, product, mode, ratePerSecond, concurrency, rails, tickMillis, installation, periodMillis };
}

export function writeSnapshot(accounts: readonly RecordedAccount[]): string {
  const recorded = accounts.map(({ settings, snapshot }) => ({ settings: pickSettings(settings), snapshot }));
  return `${encodeJson({ format: FORMAT, accounts: recorded })}\n`;
}

function isRecord(value: unknown): value is { format: string; accounts: readonly RecordedAccount[] } {
  if (typeof value !== 'object' || value === null || !('format' in value) || !('accounts' in value)) return false;
  return value.format === FORMAT && Array.isArray(value.accounts) && value.accounts.every(isRecordedAccount);
}

function isRecordedAccount(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('settings' in value) || !('snapshot' in value)) return false;
  const { settings, snapshot } = value as Partial<RecordedAccount>;
  return (
    typeof settings?.name === 'string' &&
    settings.rails !== undefined &&
    Array.isArray(snapshot?.inventory?.vms) &&
    Array.isArray(snapshot.books?.claims) &&
    Array.isArray(snapshot.books.intents)
  );
}

/** Throws `snapshot-invalid` with the file's name. */
export async function readSnapshot(path: string): Promise<readonly RecordedAccount[]> {
  let value: unknown;
  try {
    value = decodeJson(await readFile(path, 'utf8'));
  } catch (error) {
    throw new PurserError('snapshot-invalid', `${path} can't be read as a snapshot: ${(error as Error).message}`, {
      cause: error,
    });
  }
  if (isRecord(value)) return value.accounts;
  throw new PurserError('snapshot-invalid', `${path} is no snapshot of format ${FORMAT}.`);
}
