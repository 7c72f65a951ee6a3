// Lua: intents as they are at one instant, in one command: every job begins with it.
import { defineScript } from '../run-script.js';

/**
 * KEYS: intents, intent states, intent calls. ARGV: intents, a few hundred at most (Lua's stack).
 * Returns three lists, each in the order of ARGV: JSON, state and call; nil where there is none.
 */
export const readIntentsScript = defineScript(`
return {
  redis.call('HMGET', KEYS[1], unpack(ARGV)),
  redis.call('HMGET', KEYS[2], unpack(ARGV)),
  redis.call('HMGET', KEYS[3], unpack(ARGV))
}
`);
