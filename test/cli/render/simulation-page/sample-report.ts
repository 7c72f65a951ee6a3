// Backtests as the page gets them, built by hand: office hours over some weeks on daily epochs, with names that mean harm, a VM
// that the provider ended, and as many more VMs as a test asks for.
import { DAY_MILLIS, HOUR_MILLIS } from '../../../../src/core/money.js';
import type { Instant, Micros } from '../../../../src/core/types.js';
import type {
  BacktestReport,
  BudgetCourse,
  FleetPoint,
  FollowerName,
  Outcome,
  Timeline,
  VmLife,
} from '../../../../src/sim/backtest/report.js';

const FROM: Instant = Date.UTC(2026, 10, 2);
const PRICE = 306_980n;
export const HARMFUL = `<script>alert("1")</script>&'\u202e`;

export interface SampleOptions {
  readonly days?: number;
  readonly name?: string;
  /** So many more VMs of a second policy, an hour each. */
  readonly moreVms?: number;
  /** So many changes more of a third fleet. */
  readonly changes?: number;
}

function isWeekday(day: number): boolean {
  return day % 7 < 5;
}

function listOfficePoints(days: number): FleetPoint[] {
  const points: FleetPoint[] = [{ at: FROM, wanted: 2, running: 2, parked: 0 }];
  for (let day = 0; day < days; day += 1) {
    if (!isWeekday(day)) continue;
    const start = FROM + day * DAY_MILLIS;
    points.push({ at: start + 7 * HOUR_MILLIS, wanted: 10, running: 10, parked: 0 });
    points.push({ at: start + 19 * HOUR_MILLIS, wanted: 2, running: 10, parked: 8 });
    if (!isWeekday(day + 1)) points.push({ at: start + 30.9 * HOUR_MILLIS, wanted: 2, running: 2, parked: 0 });
  }
  return points.filter(({ at }) => at < FROM + days * DAY_MILLIS);
}

function buildLife(
  index: number,
  policy: string,
  name: string,
  bought: Instant,
  days: number,
  end: VmLife['endedBy'],
): VmLife {
  const periods = Array.from({ length: days }, (_, day) => ({
    from: bought + day * DAY_MILLIS,
    to: bought + (day + 1) * DAY_MILLIS,
    cost: PRICE,
  }));
  const endedAt = bought + days * DAY_MILLIS - (end === 'provider' ? 11 * HOUR_MILLIS : 200_000);
  return {
    id: `0x${index.toString(16).padStart(40, '0')}`,
    name,
    policy,
    createdAt: bought - 90_000,
    activeAt: bought,
    periods,
    deletionCalledAt: end === 'deletion' ? endedAt : undefined,
    endedAt: end === undefined ? undefined : endedAt,
    endedBy: end,
  };
}

function listOfficeVms(days: number, name: string): VmLife[] {
  const lives = [
    buildLife(1, name, `${name}-a1x001y300`, FROM, days, undefined),
    buildLife(2, name, `${name}-a1x001y301`, FROM, days, undefined),
  ];
  for (let day = 0; day < days; day += 7)
    for (let member = 0; member < 8; member += 1) {
      const end = day === 7 && member === 3 ? 'provider' : 'deletion';
      const bought = FROM + day * DAY_MILLIS + 6.9 * HOUR_MILLIS + member * 20_000;
      lives.push(buildLife(10 + day * 8 + member, name, `${name}-a1${day}mqf0${member}`, bought, 5, end));
    }
  return lives;
}

function listPaid(days: number, eachDay: Micros): { at: Instant; paid: Micros }[] {
  return Array.from({ length: days }, (_, day) => ({ at: FROM + day * DAY_MILLIS, paid: eachDay * BigInt(day + 1) }));
}

function buildOutcome(total: Micros, name: string, days: number): Outcome {
  const byDay = Array.from({ length: days }, (_, day) => ({
    day: FROM + day * DAY_MILLIS,
    date: new Date(FROM + day * DAY_MILLIS).toISOString().slice(0, 10),
    policy: name,
    cost: total / BigInt(days),
    periods: 10,
  }));
  return {
    total,
    byPolicy: new Map([[name, total]]),
    byDay,
    periods: Number(total / PRICE),
    deploys: 34,
    deletes: 31,
    takenBack: 128,
    missedBoundaries: 0,
    wasted: total / 3n,
    shortfall: { vmMillis: 741_000, longestMillis: 264_000 },
    shortages: [],
    looks: 1234,
  };
}

function listBudget(days: number, spent: Micros): BudgetCourse {
  const to = FROM + days * DAY_MILLIS;
  const step = {
    atPercent: 80,
    of: 'expected',
    do: 'notify',
    times: 1,
    from: FROM + 20 * DAY_MILLIS,
    until: undefined,
  } as const;
  const never = {
    atPercent: 100,
    of: 'spent',
    do: 'stop-growth',
    times: 0,
    from: undefined,
    until: undefined,
  } as const;
  const period = { from: FROM - DAY_MILLIS, to: to + DAY_MILLIS, name: '2026-11', seenAt: undefined, isWhole: false };
  return { budget: 'team', limit: 80_000_000n, per: 'month', periods: [{ ...period, spent }], steps: [step, never] };
}

export function buildSampleReport({
  days = 28,
  name = 'office',
  moreVms = 0,
  changes = 0,
}: SampleOptions = {}): BacktestReport {
  const eachDay: Readonly<Record<FollowerName, Micros>> = {
    purser: 8n * PRICE,
    immediate: 9n * PRICE,
    lastMinutes: 9n * PRICE - 40_000n,
    neverDelete: 12n * PRICE,
  };
  const names = Object.keys(eachDay) as FollowerName[];
  const totalOf = (follower: FollowerName): Micros => eachDay[follower] * BigInt(days);
  const more = Array.from({ length: moreVms }, (_, index) =>
    buildLife(1000 + index, 'ci', `ci-build-${index}`, FROM + (index % days) * DAY_MILLIS, 1, 'deletion'),
  );
  const step = Math.max(1, Math.floor((days * DAY_MILLIS) / Math.max(1, changes)));
  const busy: FleetPoint[] = Array.from({ length: changes }, (_, index) => ({
    at: FROM + index * step,
    wanted: index === 777 ? 97 : index % 9,
    running: index % 9,
    parked: 0,
  }));
  const timeline: Timeline = {
    fleets: new Map([[name, listOfficePoints(days)], ...(changes === 0 ? [] : [['busy', busy] as const])]),
    vms: [...listOfficeVms(days, name), ...more],
    paid: new Map(names.map((follower) => [follower, listPaid(days, eachDay[follower])])),
  };
  const outcomes = Object.fromEntries(names.map((follower) => [follower, buildOutcome(totalOf(follower), name, days)]));
  const { purser, ...baselines } = outcomes as Record<FollowerName, Outcome>;
  const bound = purser.total - 613_960n;
  return {
    scenario: `${name} in November`,
    from: FROM,
    to: FROM + days * DAY_MILLIS,
    local: { zone: 'UTC', from: '2026-11-02 00:00', to: '2026-11-30 00:00' },
    policies: [
      { name, kind: 'fleet' },
      ...(moreVms === 0 ? [] : [{ name: 'ci', kind: 'reap' } as const]),
      { name: 'team', kind: 'budget' },
    ],
    demandMark: 'same',
    purser,
    budgets: [listBudget(days, purser.total)],
    baselines,
    lowerBound: {
      total: bound,
      periods: 216,
      method: 'sweep',
      isRelaxed: false,
      uncoverableUntil: undefined,
      tookMillis: 16,
    },
    gap: {
      launch: 0n,
      readiness: 306_980n,
      lookAhead: 0n,
      price: -306_980n,
      rails: 0n,
      provider: 613_960n,
      budget: 0n,
      unserved: 0n,
    },
    notes: [`${name} only observes: played as if it acted`],
    timeline,
  };
}
