// Runs a command on the engine and closes it, whatever happens. A command speaks for itself: of the log only errors are shown.
import { join } from 'node:path';
import { existsSync } from 'node:fs';
import { composeEngine, type ComposeOptions, type Composition } from '../compose.js';
import type { Config } from '../config/load-config.js';
import { PurserError } from '../core/errors.js';
import type { CommandContext } from './command.js';

function quieten(config: Config): Config {
  return config.logLevel === 'info' || config.logLevel === 'warn' ? { ...config, logLevel: 'silent' } : config;
}

/** Throws what `run` throws, `config-invalid` and `redis-*`. */
export async function withEngine<T>(
  context: CommandContext,
  run: (engine: Composition) => Promise<T>,
  options: ComposeOptions = {},
): Promise<T> {
  const engine = await composeEngine(quieten(context.config()), options);
  try {
    return await run(engine);
  } finally {
    await engine.close();
  }
}

/** Whether there is a store to ask: a Redis that was named, or a private one that was used before. Nothing is started. */
export function hasStore(config: Config): boolean {
  if (!config.hasInstallation) return false;
  return config.readRedisUrl() !== undefined || existsSync(join(config.stateDir, 'redis'));
}

/** absent: there is no store. failed: it can't be reached, `problem` says why. */
export type StoreAnswer<T> =
  | { readonly state: 'reached'; readonly answer: T }
  | { readonly state: 'absent' }
  | { readonly state: 'failed'; readonly problem: PurserError };

/** For commands that do without the store where it can't be had, and never depend on the API. Nothing is started for them. */
export async function askStore<T>(
  context: CommandContext,
  run: (engine: Composition) => Promise<T>,
): Promise<StoreAnswer<T>> {
  if (!hasStore(context.config())) return { state: 'absent' };
  try {
    return { state: 'reached', answer: await withEngine(context, run, { doesWithoutClock: true }) };
  } catch (error) {
    if (error instanceof PurserError && /^(redis-|state-dir-held)/.test(error.code))
      return { state: 'failed', problem: error };
    throw error;
  }
}
