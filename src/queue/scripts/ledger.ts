// Lua: appending to the ledger, alone or as a part of other scripts.
import { defineScript } from '../run-script.js';

/** About so many entries are kept of each account. */
const LEDGER_LENGTH = 100_000;

/**
 * Entries are pairs of ARGV (instant, JSON). Ids are made here rather than by Redis: they must not run behind the entries'
 * own instants, which come from another clock, and must never go back. So a reader may start at the instant it asks for.
 */
export const appendLedgerFunction = `
local function append_ledger(key, first)
  if first > #ARGV then return end
  local millis, sequence = 0, 0
  local newest = redis.call('XREVRANGE', key, '+', '-', 'COUNT', 1)
  if newest[1] then
    local left, right = string.match(newest[1][1], '^(%d+)-(%d+)$')
    millis, sequence = tonumber(left), tonumber(right)
  end
  for index = first, #ARGV, 2 do
    local at = tonumber(ARGV[index])
    if at > millis then millis, sequence = at, 0 else sequence = sequence + 1 end
    redis.call('XADD', key, 'MAXLEN', '~', ${LEDGER_LENGTH},
      string.format('%.0f-%.0f', millis, sequence), 'entry', ARGV[index + 1])
  end
end
`;

/** KEYS: ledger. ARGV: pairs (instant, JSON). */
export const appendLedgerScript = defineScript(`${appendLedgerFunction}
append_ledger(KEYS[1], 1)
return 1
`);
