// Handles stand in the store and as files in the state directory. Says who knows of one when the store could not be reached.
import type { CommandContext } from './command.js';
import type { StoreAnswer } from './with-engine.js';

/**
 * The exit code: 1 when others that share the store were not told. Without a store of their own address, all processes that
 * this can concern read the same state directory.
 */
export function tellReach(context: CommandContext, stored: StoreAnswer<unknown>, again: string): number {
  if (stored.state !== 'failed') return 0;
  const config = context.config();
  context.note(`${stored.problem.message}.`);
  context.note(
    `Only this machine knows: the files in ${config.stateDir} say it, the store does not. ` +
      `Run \`${again}\` again when Redis is back.`,
  );
  return config.readRedisUrl() === undefined ? 0 : 1;
}

/** For `--json`. */
export function isInStore(stored: StoreAnswer<unknown>): boolean {
  return stored.state === 'reached';
}
