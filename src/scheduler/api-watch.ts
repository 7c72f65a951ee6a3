// Keeps word of an API that can't be asked, from look to look: says once when it goes away and once when it is back, and leaves
// a note for `status`. It asks nothing and decides nothing.
import { formatDuration } from '../core/duration.js';
import { errorTable, PurserError } from '../core/errors.js';
import { formatMinute } from '../core/instant.js';
import type { AccountSettings } from '../core/policy-types.js';
import type { Instant, Millis } from '../core/types.js';
import { noteKeys, type Engine } from './engine.js';

export interface ApiTrouble {
  /** Of src/core/errors.ts, `api-...`. */
  readonly code: string;
  readonly text: string;
}

/** What stands in the note. */
export interface TroubleNote extends ApiTrouble {
  readonly since: Instant;
  /** The latest look that failed. */
  readonly at: Instant;
}

/** A key that is refused is refused until a person does something: said again after so long. */
const KEY_TOLD_AGAIN: Millis = 10 * 60_000;
/** The note outlives so many looks that didn't come. */
const FRESH_LOOKS = 3;
const LEAST_NOTE_MILLIS: Millis = 60_000;

/** The trouble that an error tells of; undefined: it is about something else. */
export function readTrouble(error: unknown): ApiTrouble | undefined {
  if (!(error instanceof PurserError) || !error.code.startsWith('api-')) return undefined;
  return { code: error.code, text: error.message };
}

interface Told {
  readonly since: Instant;
  readonly code: string;
  /** On the monotonic clock. */
  readonly toldAt: Millis;
}

function isAboutKey(code: string): boolean {
  return code.startsWith('api-key');
}

function describe(account: string, { code, text }: ApiTrouble, since: Instant): string {
  const said = text.replace(/[.\s]+$/, '');
  return isAboutKey(code)
    ? `The API key of ${account} does not work since ${formatMinute(since)}: ${said}. Nothing is bought or deleted until it does. ${errorTable['api-key-refused'].remedy}`
    : `The API of ${account} is away since ${formatMinute(since)}: ${said}. Nothing is bought or deleted until it is back.`;
}

/** The trouble of the account's latest look, as its process left word of it. */
export async function readTroubleNote(store: Engine['store'], account: string): Promise<TroubleNote | undefined> {
  const text = await store.readNote(noteKeys.trouble(account));
  return text === undefined || text === '' ? undefined : (JSON.parse(text) as TroubleNote);
}

export interface ApiWatch {
  /** After each look: what was wrong, or undefined. Never throws. */
  note(settings: Pick<AccountSettings, 'name' | 'tickMillis'>, trouble: ApiTrouble | undefined): Promise<void>;
}

/** What one process keeps between its looks. */
export function createApiWatch({
  store,
  clock,
  log,
  tell,
}: Pick<Engine, 'store' | 'clock' | 'log' | 'tell'>): ApiWatch {
  const troubled = new Map<string, Told>();
  const say = tell ?? ((text: string) => log.warn({}, text));
  const leaveNote = async (account: string, text: string, millis: Millis): Promise<void> => {
    await store.writeNote(noteKeys.trouble(account), text, millis).catch(() => undefined);
  };
  // Looks are made by several processes: since when it is away is what the first of them wrote down, as long as that stands.
  const findSince = async (account: string, known: Told | undefined): Promise<Instant> => {
    try {
      return (await readTroubleNote(store, account))?.since ?? clock.now();
    } catch {
      return known?.since ?? clock.now();
    }
  };
  const isNews = (known: Told | undefined, { code }: ApiTrouble): boolean =>
    known === undefined ||
    isAboutKey(known.code) !== isAboutKey(code) ||
    (isAboutKey(code) && clock.monotonicMillis() - known.toldAt >= KEY_TOLD_AGAIN);
  return {
    async note({ name, tickMillis }, trouble) {
      const known = troubled.get(name);
      if (trouble === undefined) {
        if (known === undefined) return;
        troubled.delete(name);
        const away = clock.now() - known.since;
        // The clock of a sandbox that was started again begins anew.
        say(`The API of ${name} is back${away < 0 ? '' : `, after ${formatDuration(away)}`}.`);
        return leaveNote(name, '', 1);
      }
      const since = await findSince(name, known);
      if (since !== known?.since || isNews(known, trouble)) {
        troubled.set(name, { since, code: trouble.code, toldAt: clock.monotonicMillis() });
        say(describe(name, trouble, since));
      }
      const note: TroubleNote = { ...trouble, since, at: clock.now() };
      return leaveNote(name, JSON.stringify(note), Math.max(LEAST_NOTE_MILLIS, FRESH_LOOKS * tickMillis));
    },
  };
}
