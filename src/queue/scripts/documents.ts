// Lua: evidence, the small documents for `status`, and the rate of an account's calls.
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

/**
 * GCRA by the clock of Redis. KEYS: rate. ARGV: microseconds between two tokens, how many may come at once.
 * Returns 0 when a token was taken, else the microseconds to wait; waiting reserves nothing.
 */
export const takeTokenScript = defineScript(`
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local interval = tonumber(ARGV[1])
local burst = tonumber(ARGV[2])
-- Never further ahead than a used-up burst: the clock of Redis may have been set back, or the rate raised.
local arrival = math.min(math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now), now + interval * burst)
local wait = arrival - interval * (burst - 1) - now
if wait > 0 then return math.ceil(wait) end
local next_arrival = arrival + interval
redis.call('SET', KEYS[1], string.format('%.0f', next_arrival), 'PX', math.ceil((next_arrival - now) / 1000) + 1000)
return 0
`);
