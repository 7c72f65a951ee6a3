// Asks the API of each chosen account without an engine: no store, no Redis, no shared rate. For commands that only look.
import { createCloud } from '../compose.js';
import type { AccountConfig } from '../config/load-config.js';
import type { Instant } from '../core/types.js';
import type { Cloud } from '../ports/cloud.js';
import { createSystemClock } from '../scheduler/system-clock.js';
import { followSandboxClock } from '../compose/tools.js';
import type { CommandContext } from './command.js';

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

/** In the order of purser.yaml; the first error ends it. */
export async function askClouds<T>(
  context: CommandContext,
  accounts: readonly AccountConfig[],
  ask: (cloud: Cloud) => Promise<T>,
): Promise<readonly CloudAnswer<T>[]> {
  const answers: CloudAnswer<T>[] = [];
  for (const account of accounts) answers.push(await askCloud(context, account, ask));
  return answers;
}
