// The instant that commands without an engine go by: this machine's, or the sandbox's where that is the clock.
import type { Config } from '../config/load-config.js';
import { followSandboxClock } from '../compose/tools.js';
import type { Instant } from '../core/types.js';
import { createSystemClock } from '../scheduler/system-clock.js';

/** Throws `api-unreachable` when the sandbox whose clock it is can't be asked. */
export async function readNow({ clock, accounts }: Pick<Config, 'clock' | 'accounts'>): Promise<Instant> {
  if (clock !== 'sandbox') return createSystemClock().now();
  const follower = await followSandboxClock(accounts[0]!.url);
  follower.close();
  return follower.now();
}
