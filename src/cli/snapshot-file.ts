// The file that `record` writes and `plan --record` reads: snapshots as observed, with the settings they were made under.
// Self-contained: planning from it needs neither API nor Redis nor a key.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { decodeJson, encodeJson } from '../core/json.js';
import { PurserError } from '../core/errors.js';
import type { Snapshot } from '../core/plan-types.js';
import type { AccountSettings } from '../core/policy-types.js';
import type { GenerationRecord } from '../ports/store.js';

const FORMAT = 'purser-snapshot/1';

export interface RecordedAccount {
  readonly settings: AccountSettings;
  readonly snapshot: Snapshot;
}

export interface Recording {
  readonly accounts: readonly RecordedAccount[];
  /** What was in force then; undefined: nothing, or an older recording. */
  readonly generation: GenerationRecord | undefined;
}

/** Only what the planner needs: nothing of where the key is. */
function pickSettings(settings: AccountSettings): AccountSettings {
  const { name, product, mode, ratePerSecond, concurrency, rails, tickMillis, installation, periodMillis } = settings;
  return { name, product, mode, ratePerSecond, concurrency, rails, tickMillis, installation, periodMillis };
}

export function writeSnapshot({ accounts, generation }: Recording): string {
  const recorded = accounts.map(({ settings, snapshot }) => ({ settings: pickSettings(settings), snapshot }));
  return `${encodeJson({ format: FORMAT, generation, accounts: recorded })}\n`;
}

function isRecording(value: unknown): value is Recording {
  if (typeof value !== 'object' || value === null || !('format' in value) || !('accounts' in value)) return false;
  if (value.format !== FORMAT || !Array.isArray(value.accounts) || !value.accounts.every(isRecordedAccount))
    return false;
  return !('generation' in value) || value.generation === undefined || isGeneration(value.generation);
}

function isGeneration(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { number, hash, documents, policies } = value as Partial<GenerationRecord>;
  return (
    typeof number === 'number' &&
    typeof hash === 'string' &&
    typeof policies === 'object' &&
    (policies as unknown) !== null &&
    Array.isArray(documents) &&
    documents.every((document: unknown) => isDocument(document))
  );
}

function isDocument(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('path' in value) || !('text' in value)) return false;
  return typeof value.path === 'string' && typeof value.text === 'string';
}

function isRecordedAccount(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('settings' in value) || !('snapshot' in value)) return false;
  const { settings, snapshot } = value as Partial<RecordedAccount>;
  return (
    typeof settings?.name === 'string' &&
    settings.rails !== undefined &&
    isListOf(snapshot?.inventory?.vms, ['id', 'name', 'status']) &&
    isListOf(snapshot?.books?.claims, ['vmId', 'vmName', 'state']) &&
    isListOf(snapshot?.books?.intents, ['id', 'kind', 'state'])
  );
}

/** Whether it is a list of objects that have these texts: what nothing can be planned or told without. */
function isListOf(value: unknown, texts: readonly string[]): boolean {
  if (!Array.isArray(value)) return false;
  return value.every((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null) return false;
    const record = entry as Record<string, unknown>;
    return texts.every((name) => typeof record[name] === 'string');
  });
}

const REMEDY = '`purser record --out FILE` writes one';

async function readText(path: string, shown: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    const why = code === 'ENOENT' ? `There is no recording ${shown}` : `The recording ${shown} can't be read (${code})`;
    throw new PurserError('snapshot-invalid', `${why}; ${REMEDY}.`, { cause: error });
  }
}

/** Throws `snapshot-invalid` with the file's name, as the person gave it. */
export async function readSnapshot(cwd: string, shown: string): Promise<Recording> {
  const text = await readText(resolve(cwd, shown), shown);
  let value: unknown;
  try {
    value = decodeJson(text);
  } catch (error) {
    const said = (error as Error).message;
    throw new PurserError('snapshot-invalid', `${shown} is no recording (${said}); ${REMEDY}.`, { cause: error });
  }
  if (isRecording(value)) return value;
  throw new PurserError('snapshot-invalid', `${shown} is no recording of the format ${FORMAT}; ${REMEDY}.`);
}
