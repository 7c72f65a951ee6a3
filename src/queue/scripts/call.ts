// Lua: the gate before a call that has effects, and writing down what came of it. Each is one step, because two workers may
// hold the same job and a person may freeze at any instant.
import { defineScript } from '../run-script.js';
import { appendLedgerFunction } from './ledger.js';

/**
 * KEYS: freeze, generation, intent states, intent kinds, intent calls, intent attempts, call, claim states, claim dooms, protected.
 * ARGV: intent, generation, attempt, lease millis, now, then the VM ids to doom.
 * Returns {"granted", doomed ids, other ids, what is protected by hand} or {why, retry after millis}.
 * An attempt that asks twice (its first answer was lost) is let through twice: it can't have called in between.
 */
export const beginCallScript = defineScript(`
local id, attempt, now = ARGV[1], ARGV[3], ARGV[5]
if redis.call('EXISTS', KEYS[1]) == 1 then return {'frozen', -1} end
if (redis.call('HGET', KEYS[2], 'number') or '0') ~= ARGV[2] then return {'generation-changed', -1} end

local state = redis.call('HGET', KEYS[3], id)
if not state then return {'absent', -1} end
if state ~= 'planned' and state ~= 'calling' and state ~= 'unknown' then return {'closed', -1} end

local caller = redis.call('GET', KEYS[7])
if caller and caller ~= attempt then return {'in-flight', math.max(redis.call('PTTL', KEYS[7]), 1)} end
if (state == 'unknown' or (state == 'calling' and not caller)) and redis.call('HGET', KEYS[4], id) == 'deploy' then
  -- A create was begun and nobody waits for its answer any more: it may have taken effect.
  redis.call('HSET', KEYS[3], id, 'unknown')
  return {'unknown', -1}
end

redis.call('SET', KEYS[7], attempt, 'PX', ARGV[4])
redis.call('HSET', KEYS[3], id, 'calling')
redis.call('HSET', KEYS[5], id, now)
redis.call('HSET', KEYS[6], id, attempt)

local doomed, others = {}, {}
for index = 6, #ARGV do
  local vm = ARGV[index]
  local claim = redis.call('HGET', KEYS[8], vm)
  if claim == 'parked' then
    redis.call('HSET', KEYS[8], vm, 'doomed')
    redis.call('HSET', KEYS[9], vm, id .. ' ' .. now)
    doomed[#doomed + 1] = vm
  elseif claim == 'doomed' and string.match(redis.call('HGET', KEYS[9], vm) or '', '^%S+') == id then
    doomed[#doomed + 1] = vm
  else
    others[#others + 1] = vm
  end
end
return {'granted', doomed, others, redis.call('SMEMBERS', KEYS[10])}
`);

/**
 * KEYS: intents, intent states, intent kinds, intent calls, intent attempts, call, claims, claim states, claim dooms, ledger.
 * ARGV: intent, attempt, state, kind, calledAt or "", JSON, number of claims, number of VM ids to undoom, the claims (VM id,
 * state, doom, JSON), the VM ids, then pairs of ledger entries.
 * Returns {written, state}. Only the attempt that the gate let through last may write: an earlier one that slept must not
 * release targets that a later one is deleting. Writing the same outcome twice counts as written and changes nothing.
 * What a purchase was answered with is a fact that no later reader can ask for again: it is also written where the store has
 * forgotten the call (set back: planned again; emptied: absent) or given it up (lapsed), and its claims in any case.
 */
export const finishCallScript = defineScript(`${appendLedgerFunction}
local id, attempt, next_state = ARGV[1], ARGV[2], ARGV[3]
local is_purchase = ARGV[4] == 'deploy'
local state = redis.call('HGET', KEYS[2], id)
local last = redis.call('HGET', KEYS[5], id)
local finished = '=' .. attempt
if state and last == finished and state == next_state then return {1, state} end

local was_let_through = last == attempt or last == finished
local function may_write()
  if not state then return is_purchase and next_state ~= 'refused' end
  if state == 'calling' or state == 'unknown' then return was_let_through end
  if state == 'planned' then return is_purchase or next_state == 'refused' end
  return is_purchase and state == 'lapsed' and was_let_through
end

local is_written = may_write()
if is_written then
  redis.call('HSET', KEYS[1], id, ARGV[6])
  redis.call('HSET', KEYS[2], id, next_state)
  if not state then redis.call('HSET', KEYS[3], id, ARGV[4]) end
  if ARGV[5] ~= '' then redis.call('HSET', KEYS[4], id, ARGV[5]) end
  if next_state ~= 'refused' or was_let_through then redis.call('HSET', KEYS[5], id, finished) end
  -- Nobody was let through since, so the call can be nobody else's.
  if was_let_through then redis.call('DEL', KEYS[6]) end
elseif not is_purchase or ARGV[7] == '0' then
  return {0, state or ''}
end

local index = 9
for _ = 1, tonumber(ARGV[7]) do
  if redis.call('HSETNX', KEYS[8], ARGV[index], ARGV[index + 1]) == 1 then
    redis.call('HSET', KEYS[7], ARGV[index], ARGV[index + 3])
    if ARGV[index + 2] ~= '' then redis.call('HSET', KEYS[9], ARGV[index], ARGV[index + 2]) end
  end
  index = index + 4
end
for _ = 1, tonumber(ARGV[8]) do
  local vm = ARGV[index]
  if redis.call('HGET', KEYS[8], vm) == 'doomed'
    and string.match(redis.call('HGET', KEYS[9], vm) or '', '^%S+') == id then
    redis.call('HSET', KEYS[8], vm, 'parked')
    redis.call('HDEL', KEYS[9], vm)
  end
  index = index + 1
end
append_ledger(KEYS[10], index)
if is_written then return {1, next_state} end
return {0, state or ''}
`);
