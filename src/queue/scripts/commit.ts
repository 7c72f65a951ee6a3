// Lua: one commit of a reconcile. The lease and the generation are judged in the same step as the changes are made.
import { POLICY_TALLY_DAYS, VM_TALLY_DAYS } from '../../core/tallies.js';
import { defineScript } from '../run-script.js';
import { holdsLeaseFunction } from './lease.js';
import { appendLedgerFunction } from './ledger.js';

/** So many values of ARGV stand for one change: kind, id, expect, state, extra, JSON. */
const VALUES_PER_CHANGE = 6;
/** A hash of sums lapses as a whole: its first day must be kept as long as its last. */
const LONGEST_HASH_DAYS = 32;

/**
 * KEYS: lease, generation, claims, claim states, claim dooms, intents, intent states, intent kinds, intent calls,
 * intent attempts, notes, ledger, meters, and what the keys of tallies begin with.
 * ARGV: token, generation, number of changes, the changes, then pairs of ledger entries.
 * \`extra\` of a claim is its doom ("<intent> <calledAt>" or ""), of an intent "<kind> <calledAt>".
 * Of a meter \`expect\` and \`state\` are meters, "" for none, and what stands for JSON is lines of hash, field and amount.
 * Returns a word when refused, else the list of those changes (counted from 0) whose \`expect\` didn't hold.
 */
export const commitScript = defineScript(`${holdsLeaseFunction}${appendLedgerFunction}
if not holds_lease(KEYS[1], ARGV[1]) then return 'lease-lost' end
if (redis.call('HGET', KEYS[2], 'number') or '0') ~= ARGV[2] then return 'generation-changed' end

local function set_or_delete(key, field, value)
  if value == '' then redis.call('HDEL', key, field) else redis.call('HSET', key, field, value) end
end

local tallied = {}
local function add_charges(lines)
  for hash, field, amount in string.gmatch(lines, '([^\\n]+)\\n([^\\n]+)\\n([^\\n]+)\\n') do
    -- A sum beyond 64 bits is no money: it must not leave a commit half done.
    redis.pcall('HINCRBY', KEYS[14] .. hash, field, amount)
    tallied[hash] = true
  end
end

local function apply(kind, id, expect, state, extra, json)
  if kind == 'claim' then
    if (redis.call('HGET', KEYS[4], id) or 'absent') ~= expect then return false end
    redis.call('HSET', KEYS[3], id, json)
    redis.call('HSET', KEYS[4], id, state)
    set_or_delete(KEYS[5], id, extra)
  elseif kind == 'unclaim' then
    if redis.call('HGET', KEYS[4], id) ~= expect then return false end
    for key = 3, 5 do redis.call('HDEL', KEYS[key], id) end
  elseif kind == 'intent' then
    if (redis.call('HGET', KEYS[7], id) or 'absent') ~= expect then return false end
    local intent_kind, called_at = string.match(extra, '^(%S+) (%S*)$')
    redis.call('HSET', KEYS[6], id, json)
    redis.call('HSET', KEYS[7], id, state)
    redis.call('HSET', KEYS[8], id, intent_kind)
    set_or_delete(KEYS[9], id, called_at)
  elseif kind == 'forget-intent' then
    for key = 6, 10 do redis.call('HDEL', KEYS[key], id) end
  elseif kind == 'meter' then
    if (redis.call('HGET', KEYS[13], id) or '') ~= expect then return false end
    set_or_delete(KEYS[13], id, state)
    add_charges(json)
  else
    redis.call('SET', KEYS[11], json)
  end
  return true
end

local failed = {}
local count = tonumber(ARGV[3])
for index = 0, count - 1 do
  local first = 4 + index * ${VALUES_PER_CHANGE}
  if not apply(ARGV[first], ARGV[first + 1], ARGV[first + 2], ARGV[first + 3], ARGV[first + 4], ARGV[first + 5]) then
    failed[#failed + 1] = index
  end
end
for hash in pairs(tallied) do
  local days = string.sub(hash, 1, 4) == 'vms:' and ${VM_TALLY_DAYS} or ${POLICY_TALLY_DAYS}
  redis.call('EXPIRE', KEYS[14] .. hash, (days + ${LONGEST_HASH_DAYS}) * 86400)
end
append_ledger(KEYS[12], 4 + count * ${VALUES_PER_CHANGE})
return failed
`);
