// What was charged, read from the sums in Redis. They are written by commits alone (scripts/commit.ts), in the step that moves
// the meters; here nothing is written.
import { DAY_MILLIS } from '../core/money.js';
import { findDay, joinTallies, QUARTER_MILLIS, roundToQuarters, type PolicyTally } from '../core/tallies.js';
import type { Store } from '../ports/store.js';
import { callStore, readReplies, type StoreContext } from './store-context.js';
import { nameDays, nameQuarters, nameVms, readPolicyTallies, readVmTallies } from './tally-codec.js';

type TalliesPart = Pick<Store, 'readPolicyTallies' | 'readVmTallies'>;

async function readHashes(context: StoreContext, keys: readonly string[]): Promise<Record<string, string>[]> {
  if (keys.length === 0) return [];
  const replies = await callStore(context, async (redis) => {
    const transaction = redis.multi();
    for (const key of keys) transaction.hgetall(key);
    return readReplies(await transaction.exec());
  });
  return replies as Record<string, string>[];
}

/** A year has so many days that a span without bounds must not be asked day by day. */
const MOST_DAYS = 500;

function listDays(from: number, to: number): readonly number[] {
  const days = Math.min(MOST_DAYS, Math.max(0, to - from));
  return Array.from({ length: days }, (_, index) => to - days + index);
}

export function createTalliesPart(context: StoreContext): TalliesPart {
  const { keys } = context;
  return {
    async readPolicyTallies(account, from, to) {
      const { tallies } = keys.account(account);
      const span = roundToQuarters(from, to);
      const [first, last] = [Math.ceil(span.from / DAY_MILLIS), findDay(span.to)];
      const whole = listDays(first, last);
      // At the edges of the span quarter-hours, between them whole days.
      const edges = first > last ? [findDay(span.from)] : [...listDays(findDay(span.from), first), last];
      const dayHashes = [...new Set(whole.map(nameDays))];
      const read = await readHashes(context, [
        ...edges.map((day) => tallies + nameQuarters(day)),
        ...dayHashes.map((name) => tallies + name),
      ]);
      const found: PolicyTally[] = [];
      for (const [index, hash] of read.entries()) {
        if (index < edges.length) {
          const from = Math.max(span.from, edges[index]! * DAY_MILLIS);
          found.push(...readPolicyTallies(hash, QUARTER_MILLIS, from, span.to));
        } else found.push(...readPolicyTallies(hash, DAY_MILLIS, whole[0]! * DAY_MILLIS, last * DAY_MILLIS));
      }
      return joinTallies(found);
    },

    async readVmTallies(account, from, to) {
      const { tallies } = keys.account(account);
      const days = listDays(findDay(from), findDay(to - 1) + 1);
      const read = await readHashes(
        context,
        days.map((day) => tallies + nameVms(day)),
      );
      return joinTallies(read.flatMap((hash, index) => readVmTallies(hash, days[index]!)));
    },
  };
}
