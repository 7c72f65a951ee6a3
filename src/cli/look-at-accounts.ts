// Looks at every account for a command that shows a plan. Writes nothing; says which account it is at while it waits.
import type { Composition } from '../compose.js';
import type { Books } from '../core/books.js';
import type { PurserError } from '../core/errors.js';
import type { EngineAccount } from '../scheduler/engine.js';
import { lookAtAccount, type Look } from '../scheduler/look.js';
import { createTickMemory } from '../scheduler/tick.js';
import type { CommandContext } from './command.js';
import { untilAborted } from './interrupt.js';
import { isAboutAccount } from './note-missing.js';
import type { ChosenPolicies } from './policy-choice.js';

export interface LookOptions {
  /** Plan as if it were this instant. */
  readonly at?: number;
  /** The VM whose verdicts are wanted. */
  readonly traced?: string;
  readonly alwaysMarket?: boolean;
  /** Prices of coming purchases, too. */
  readonly alwaysPrices?: boolean;
  /**
   * An account that can't be asked at all (its key is missing or refused) is told here, and the others are looked at. Default: it
   * throws.
   */
  readonly onMissing?: (account: string, error: PurserError) => void;
}

/** The books as a commit of this look would leave them for the others. */
function withRooms({ reckoned: { books }, plan: { budgetRooms } }: Look): Books {
  return budgetRooms === undefined ? books : { ...books, notes: { ...books.notes, budgetRooms } };
}

export async function lookAtAccounts(
  context: Pick<CommandContext, 'progress' | 'signal'>,
  engine: Composition,
  policies: Pick<ChosenPolicies, 'set' | 'record'>,
  { onMissing, ...options }: LookOptions = {},
): Promise<readonly Look[]> {
  const memory = createTickMemory(engine);
  const looks = new Map<string, Look>();
  const look = async (account: EngineAccount, peerBooks?: ReadonlyMap<string, Books>): Promise<void> => {
    const { name } = account.settings;
    context.progress(`Looking at ${name} ...`);
    const facts = { ...memory, policies: policies.set, record: policies.record, ...options };
    const looking = lookAtAccount(engine, account, { ...facts, ...(peerBooks === undefined ? {} : { peerBooks }) });
    looks.set(name, await untilAborted(context.signal, looking));
  };
  const accounts = [...engine.accounts.values()];
  const missing: { readonly account: string; readonly error: PurserError }[] = [];
  const lookOrMiss = async (account: EngineAccount, peerBooks?: ReadonlyMap<string, Books>): Promise<void> => {
    try {
      await look(account, peerBooks);
    } catch (error) {
      if (onMissing === undefined || !isAboutAccount(error, context)) throw error;
      looks.delete(account.settings.name);
      missing.push({ account: account.settings.name, error });
    }
  };
  for (const account of accounts) await lookOrMiss(account);
  // Accounts that share a fleet plan by what each other has: by the looks of now, not by books that may never have been written.
  const seen = new Map([...looks].map(([name, look]) => [name, withRooms(look)]));
  for (const account of accounts)
    if (looks.get(account.settings.name)?.observed.peers !== undefined) await lookOrMiss(account, seen);
  context.progress('');
  if (missing[0] !== undefined && looks.size === 0) throw missing[0].error;
  for (const { account, error } of missing) onMissing?.(account, error);
  return [...looks.values()];
}
