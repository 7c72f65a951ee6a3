// Looks at every account for a command that shows a plan. Writes nothing; says which account it is at while it waits.
import type { Composition } from '../compose.js';
import { lookAtAccount, type Look } from '../scheduler/look.js';
import { createTickMemory } from '../scheduler/tick.js';
import type { CommandContext } from './command.js';
import { untilAborted } from './interrupt.js';
import type { ChosenPolicies } from './policy-choice.js';

export interface LookOptions {
  /** Plan as if it were this instant. */
  readonly at?: number;
  /** The VM whose verdicts are wanted. */
  readonly traced?: string;
  readonly alwaysMarket?: boolean;
}

export async function lookAtAccounts(
  context: CommandContext,
  engine: Composition,
  policies: ChosenPolicies,
  options: LookOptions = {},
): Promise<readonly Look[]> {
  const memory = createTickMemory(engine);
  const looks: Look[] = [];
  for (const account of engine.accounts.values()) {
    context.progress(`Looking at ${account.settings.name} ...`);
    const facts = { ...memory, policies: policies.set, record: policies.record, ...options };
    looks.push(await untilAborted(context.signal, lookAtAccount(engine, account, facts)));
  }
  context.progress('');
  return looks;
}
