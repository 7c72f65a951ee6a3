// Lua: turns of an account's requests. Rate, requests in flight, the service's own `Retry-After` and the circuit are judged in one
// step by the clock of Redis, so that all processes keep to what one of them learned.
import { defineScript } from '../run-script.js';

const clock = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local function text(number) return string.format('%.0f', number) end
`;

/**
 * KEYS: rate, turns, told, circuit. ARGV: turn, microseconds between two requests, how many may come at once, how many may be in
 * flight, how long a turn stands (ms), 1 for urgent. Returns {'granted', 1 for a trial} or {why, milliseconds to wait}.
 * The rate is a GCRA; waiting reserves nothing.
 */
export const takeTurnScript = defineScript(`${clock}
local turn, interval, burst, most, stands = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local is_urgent = ARGV[6] == '1'
local told = redis.call('PTTL', KEYS[3])
if told > 0 then return {'told-to-wait', told} end

local circuit = redis.call('HMGET', KEYS[4], 'open_until', 'trial', 'trial_until')
local is_open = circuit[1] ~= false
if is_open and not is_urgent then
  if tonumber(circuit[1]) > now then return {'circuit', math.ceil((tonumber(circuit[1]) - now) / 1000)} end
  local is_tried = circuit[2] and circuit[2] ~= turn and tonumber(circuit[3]) > now
  if is_tried then return {'circuit', 100} end
end

redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', text(now))
if not redis.call('ZSCORE', KEYS[2], turn) and redis.call('ZCARD', KEYS[2]) >= most then return {'in-flight', 0} end

-- Never further ahead than a used-up burst: the clock of Redis may have been set back, or the rate raised.
local arrival = math.min(math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now), now + interval * burst)
local wait = arrival - interval * (burst - 1) - now
if wait > 0 then return {'rate', math.ceil(wait / 1000)} end
local next_arrival = arrival + interval
redis.call('SET', KEYS[1], text(next_arrival), 'PX', math.ceil((next_arrival - now) / 1000) + 1000)

redis.call('ZADD', KEYS[2], text(now + stands * 1000), turn)
redis.call('PEXPIRE', KEYS[2], stands * 2)
if is_open then redis.call('HSET', KEYS[4], 'trial', turn, 'trial_until', text(now + stands * 1000)) end
return {'granted', is_open and 1 or 0}
`);

/** KEYS: turns, circuit. ARGV: how long a turn stands (ms), turns. Those that lapsed are not taken up again. */
export const renewTurnsScript = defineScript(`${clock}
local stands = tonumber(ARGV[1])
local until_when = text(now + stands * 1000)
local trial = redis.call('HGET', KEYS[2], 'trial')
for index = 2, #ARGV do
  redis.call('ZADD', KEYS[1], 'XX', until_when, ARGV[index])
  if trial == ARGV[index] then redis.call('HSET', KEYS[2], 'trial_until', until_when) end
end
redis.call('PEXPIRE', KEYS[1], stands * 2)
return 1
`);

/**
 * KEYS: turns, told, circuit. ARGV: turn, 'answers' | 'fails' | 'unused', ms to keep away or 0, failures in a row that open the
 * circuit, ms until it is tried first and at most, the failure's text. A circuit that nobody asks is forgotten after an hour.
 */
export const endTurnScript = defineScript(`${clock}
local turn, service, told = ARGV[1], ARGV[2], tonumber(ARGV[3])
local threshold, first, longest = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
redis.call('ZREM', KEYS[1], turn)
if told > redis.call('PTTL', KEYS[2]) and told > 0 then redis.call('SET', KEYS[2], '1', 'PX', told) end
local was_trial = redis.call('HGET', KEYS[3], 'trial') == turn
if service == 'answers' then
  redis.call('DEL', KEYS[3])
elseif service == 'fails' then
  local failures = redis.call('HINCRBY', KEYS[3], 'failures', 1)
  redis.call('HSETNX', KEYS[3], 'since', text(now))
  redis.call('HSET', KEYS[3], 'text', ARGV[7])
  local open_until = redis.call('HGET', KEYS[3], 'open_until')
  if open_until and (was_trial or tonumber(open_until) <= now) then
    local tries = redis.call('HINCRBY', KEYS[3], 'tries', 1)
    redis.call('HSET', KEYS[3], 'open_until', text(now + math.min(first * 2 ^ math.min(tries, 20), longest) * 1000))
  elseif not open_until and failures >= threshold then
    redis.call('HSET', KEYS[3], 'open_until', text(now + first * 1000))
  end
  redis.call('PEXPIRE', KEYS[3], 3600000)
end
if was_trial and service ~= 'answers' then redis.call('HDEL', KEYS[3], 'trial', 'trial_until') end
return 1
`);

/**
 * KEYS: turns, told, circuit. Returns {in flight, ms told to keep away, ms since the first failure or -1, failures, ms until the
 * next trial, text}.
 */
export const readTrafficScript = defineScript(`${clock}
local in_flight = redis.call('ZCOUNT', KEYS[1], '(' .. text(now), '+inf')
local told = math.max(0, redis.call('PTTL', KEYS[2]))
local circuit = redis.call('HMGET', KEYS[3], 'open_until', 'since', 'failures', 'text')
if not circuit[1] then return {in_flight, told, -1, 0, 0, ''} end
local since = math.max(0, math.floor((now - tonumber(circuit[2])) / 1000))
local next_try = math.max(0, math.ceil((tonumber(circuit[1]) - now) / 1000))
return {in_flight, told, since, tonumber(circuit[3]), next_try, circuit[4]}
`);
