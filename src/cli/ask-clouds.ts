// Asks the API of each chosen account without an engine: no store, no Redis, no shared rate. For commands that only look.
import { createCloud } from '../compose.js';
import { createSystemClock } from '../scheduler/system-clock.js';
import type { AccountConfig } from '../config/load-config.js';
import type { Cloud } from '../ports/cloud.js';
import type { CommandContext } from './command.js';

export interface CloudAnswer<T> {
  readonly account: AccountConfig;
  readonly answer: T;
}

export async function askCloud<T>(
  context: CommandContext,
  account: AccountConfig,
  ask: (cloud: Cloud) => Promise<T>,
): Promise<T> {
  const cloud = createCloud(account, createSystemClock());
  try {
    context.progress(`Asking the API about account ${account.name} ...`);
    return await ask(cloud);
  } finally {
    context.progress('');
    await cloud.close();
  }
}

/** In the order of purser.yaml; the first error ends it. */
export async function askClouds<T>(
  context: CommandContext,
  accounts: readonly AccountConfig[],
  ask: (cloud: Cloud) => Promise<T>,
): Promise<readonly CloudAnswer<T>[]> {
  const answers: CloudAnswer<T>[] = [];
  for (const account of accounts) answers.push({ account, answer: await askCloud(context, account, ask) });
  return answers;
}
