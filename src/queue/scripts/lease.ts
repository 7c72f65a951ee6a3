// Lua: leases with rising tokens, and publishing a generation.
import { defineScript } from '../run-script.js';

/**
 * KEYS: lease, fence. ARGV: holder, ttl. Returns the token, or nil when the lease is held.
 * The token is at least the time: when a power cut loses the last second of the append-only file, the counter may be old,
 * and a number that is still in somebody's hands must not be given again.
 */
export const acquireLeaseScript = defineScript(`
if redis.call('EXISTS', KEYS[1]) == 1 then return nil end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local last = tonumber(redis.call('GET', KEYS[2]) or '0')
local token = string.format('%.0f', math.max(last + 1, now))
redis.call('SET', KEYS[2], token)
redis.call('SET', KEYS[1], token .. ' ' .. ARGV[1], 'PX', ARGV[2])
return token
`);

/** A lease's value is "<token> <holder>"; a token belongs to one holder only. */
export const holdsLeaseFunction = `
local function holds_lease(key, token)
  local value = redis.call('GET', key)
  return value and string.match(value, '^(%d+) ') == token
end
`;

/** KEYS: lease. ARGV: token, ttl. Returns 1 when it was still held. */
export const renewLeaseScript = defineScript(`${holdsLeaseFunction}
if not holds_lease(KEYS[1], ARGV[1]) then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
`);

/** KEYS: lease. ARGV: token. */
export const releaseLeaseScript = defineScript(`${holdsLeaseFunction}
if not holds_lease(KEYS[1], ARGV[1]) then return 0 end
return redis.call('DEL', KEYS[1])
`);

/**
 * KEYS: generation. ARGV: the number to be replaced (0: none), its successor (above it), record. Returns 1 when published; also when
 * this very record was published before, so that asking again after a lost answer is harmless.
 */
export const publishGenerationScript = defineScript(`
local present = redis.call('HGET', KEYS[1], 'number') or '0'
if present == ARGV[1] then
  redis.call('HSET', KEYS[1], 'number', ARGV[2], 'record', ARGV[3])
  return 1
end
if present == ARGV[2] and redis.call('HGET', KEYS[1], 'record') == ARGV[3] then return 1 end
return 0
`);
