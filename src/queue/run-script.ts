// Runs Lua scripts by their hash and sends the text when Redis doesn't have it (first time, or restarted).
import { createHash } from 'node:crypto';
import { Command, type Redis } from 'ioredis';

export interface Script {
  readonly lua: string;
  readonly hash: string;
}

export function defineScript(lua: string): Script {
  return { lua, hash: createHash('sha1').update(lua).digest('hex') };
}

/** Takes the arguments as a list: a spread of a big commit's would overflow the call stack. */
function send(redis: Redis, name: string, parameters: (string | number)[]): Promise<unknown> {
  return redis.sendCommand(new Command(name, parameters, { replyEncoding: 'utf8' })) as Promise<unknown>;
}

export async function runScript(
  redis: Redis,
  script: Script,
  keys: readonly string[],
  parameters: readonly (string | number)[],
): Promise<unknown> {
  const rest = [keys.length, ...keys].concat(parameters);
  try {
    return await send(redis, 'evalsha', [script.hash, ...rest]);
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
    return send(redis, 'eval', [script.lua, ...rest]);
  }
}
