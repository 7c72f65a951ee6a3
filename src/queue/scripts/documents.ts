// Lua: evidence, and the small documents for `status`.
import { defineScript } from '../run-script.js';

/**
 * KEYS: evidence, touched. ARGV: everything last touched before this instant is dropped; then triples (field, instant, JSON).
 * At most 10,000 are dropped a call, so that one call stays short.
 */
export const writeEvidenceScript = defineScript(`
for index = 2, #ARGV, 3 do
  redis.call('HSET', KEYS[1], ARGV[index], ARGV[index + 2])
  redis.call('ZADD', KEYS[2], ARGV[index + 1], ARGV[index])
end
for _, field in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', '(' .. ARGV[1], 'LIMIT', 0, 10000)) do
  redis.call('HDEL', KEYS[1], field)
  redis.call('ZREM', KEYS[2], field)
end
return 1
`);

const nowFunction = `
local function now_millis()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end
`;

/** KEYS: documents, until. ARGV: name, text, ttl millis or "". */
export const writeDocumentScript = defineScript(`${nowFunction}
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
if ARGV[3] == '' then
  redis.call('ZREM', KEYS[2], ARGV[1])
else
  redis.call('ZADD', KEYS[2], string.format('%.0f', now_millis() + tonumber(ARGV[3])), ARGV[1])
end
return 1
`);

/** KEYS: documents, until. ARGV: nothing for all, or one name. Returns a flat list of names and texts. */
export const readDocumentsScript = defineScript(`${nowFunction}
for _, name in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', string.format('%.0f', now_millis()))) do
  redis.call('HDEL', KEYS[1], name)
  redis.call('ZREM', KEYS[2], name)
end
if not ARGV[1] then return redis.call('HGETALL', KEYS[1]) end
local text = redis.call('HGET', KEYS[1], ARGV[1])
if not text then return {} end
return {ARGV[1], text}
`);
