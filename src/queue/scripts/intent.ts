// Lua: one intent as it is at one instant, in one command: every job begins with it.
import { defineScript } from '../run-script.js';

/** KEYS: intents, intent states, intent calls. ARGV: intent. Returns its JSON, state and call, each nil where there is none. */
export const readIntentScript = defineScript(`
return {
  redis.call('HGET', KEYS[1], ARGV[1]),
  redis.call('HGET', KEYS[2], ARGV[1]),
  redis.call('HGET', KEYS[3], ARGV[1])
}
`);
