// What a status command gathers on a quiet Friday evening, for the tests of what it shows.
import type { StatusSources } from '../../../src/cli/render/status-report.js';
import type { ChargeUse } from '../../../src/core/charge-records.js';
import { DAY_MILLIS } from '../../../src/core/money.js';
import type { PolicyTally } from '../../../src/core/tallies.js';
import { NOW, fridayPlan } from './sample-plans.js';

export function gather(over: Partial<StatusSources> = {}): StatusSources {
  return {
    at: NOW,
    installation: 'a1',
    processes: [
      { role: 'up', startedAt: NOW - 12 * DAY_MILLIS - 5000 },
      { role: 'worker', startedAt: NOW - 60_000 },
    ],
    nextTickAt: NOW + 26_000,
    frozen: undefined,
    accounts: [
      {
        account: 'main',
        mode: 'act',
        isModeTold: true,
        lastLookAt: NOW - 4000,
        latencyMillis: 212,
        skewMillis: 300,
        apiDown: undefined,
      },
    ],
    generation: 17,
    hasFiles: true,
    redis: { appendOnly: true, evictionPolicy: 'noeviction' },
    plans: [fridayPlan()],
    ledger: [],
    paid: [],
    problems: [],
    runways: [],
    needs: [],
    savings: [],
    ...over,
  };
}

/** What was charged on one day for each of these uses. */
export function paidFor(amounts: Partial<Record<ChargeUse, bigint>>): readonly PolicyTally[] {
  return Object.entries(amounts).map(([use, amount]) => ({
    day: Math.floor(NOW / DAY_MILLIS) * DAY_MILLIS,
    policy: use === 'foreign' ? undefined : 'web',
    use: use as ChargeUse,
    amount,
  }));
}
