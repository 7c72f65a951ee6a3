// Asks the API of each chosen account without an engine: no store, no Redis, no shared rate. For commands that only look.
import type { PurserError } from '../core/errors.js';
import { createCloud } from '../compose.js';
import type { AccountConfig } from '../config/load-config.js';
import type { Instant } from '../core/types.js';
import type { Cloud } from '../ports/cloud.js';
import { createSystemClock } from '../scheduler/system-clock.js';
import { followSandboxClock } from '../compose/tools.js';
import type { CommandContext } from './command.js';
import { isAboutAccount, noteMissing } from './note-missing.js';

export interface CloudAnswer<T> {
  readonly account: AccountConfig;
  readonly answer: T;
  /** When it was answered, by the clock that Purser goes by. */
  readonly at: Instant;
}

export async function askCloud<T>(
  context: CommandContext,
  account: AccountConfig,
  ask: (cloud: Cloud) => Promise<T>,
): Promise<CloudAnswer<T>> {
  const follower = context.config().clock === 'sandbox' ? await followSandboxClock(account.url) : undefined;
  const clock = follower ?? createSystemClock();
  const cloud = createCloud(account, clock);
  try {
    context.progress(`Asking the API about account ${account.name} ...`);
    const answer = await ask(cloud);
    return { account, answer, at: clock.now() };
  } finally {
    context.progress('');
    await cloud.close();
    follower?.close();
  }
}

export interface CloudAnswers<T> {
  /** In the order of purser.yaml; never empty. */
  readonly answers: readonly CloudAnswer<T>[];
  /** false: an account didn't answer, which was noted. The command then ends with 1. */
  readonly isWhole: boolean;
}

/**
 * One account that can't be asked doesn't keep the others from being shown: it is noted. Throws where none answered, with the
 * first one's error.
 */
export async function askClouds<T>(
  context: CommandContext,
  accounts: readonly AccountConfig[],
  ask: (cloud: Cloud) => Promise<T>,
): Promise<CloudAnswers<T>> {
  const answers: CloudAnswer<T>[] = [];
  const failed: { readonly account: AccountConfig; readonly error: PurserError }[] = [];
  for (const account of accounts) {
    try {
      answers.push(await askCloud(context, account, ask));
    } catch (error) {
      if (!isAboutAccount(error, context)) throw error;
      failed.push({ account, error });
    }
  }
  const [first] = failed;
  if (first !== undefined && answers.length === 0) throw first.error;
  for (const { account, error } of failed) noteMissing(context, account.name, error);
  return { answers, isWhole: failed.length === 0 };
}
