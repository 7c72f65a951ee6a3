// `simulate --json`: the fields that cli.md promises, and beside them what else a report holds. It shows; it reckons nothing new.
import { formatUsdc } from '../../core/money.js';
import type { Micros } from '../../core/types.js';
import type { BacktestReport, Gap, Outcome } from '../../compose/backtests.js';
import { budgetCoursesToJson } from './budget-courses.js';
import { toIso } from './format-instant.js';

/** Rounded to four digits; undefined where there is nothing to compare with. */
export function ratioOf(paid: Micros, to: Micros): number | undefined {
  if (to === 0n) return undefined;
  return Number((paid * 20_000n + to) / (to * 2n)) / 10_000;
}

function toMinutes(millis: number): number {
  return Math.round(millis / 600) / 100;
}

function shortfallToJson({ shortfall }: Outcome) {
  return { vmMinutes: toMinutes(shortfall.vmMillis), longestMinutes: toMinutes(shortfall.longestMillis) };
}

function baselineToJson(outcome: Outcome) {
  const { total, periods, deploys, deletes, wasted } = outcome;
  const { vmMinutes, longestMinutes } = shortfallToJson(outcome);
  return {
    total: formatUsdc(total),
    periods,
    deploys,
    deletes,
    shortfallVmMinutes: vmMinutes,
    shortfallLongestMinutes: longestMinutes,
    wasted: formatUsdc(wasted),
  };
}

function outcomeToJson(outcome: Outcome) {
  const { total, byPolicy, byDay } = outcome;
  return {
    cost: {
      total: formatUsdc(total),
      byPolicy: Object.fromEntries([...byPolicy].map(([policy, cost]) => [policy, formatUsdc(cost)])),
      byDay: byDay.map(({ date, policy, cost, periods }) => ({
        day: date,
        policy,
        cost: formatUsdc(cost),
        periods,
      })),
    },
    periods: outcome.periods,
    deploys: outcome.deploys,
    deletes: outcome.deletes,
    takenBack: outcome.takenBack,
    missedBoundaries: outcome.missedBoundaries,
    wasted: formatUsdc(outcome.wasted),
    shortfall: shortfallToJson(outcome),
    shortages: outcome.shortages.map(({ policy, cause, by, vmMillis, times, from, to }) => ({
      policy,
      cause,
      ...(by === undefined ? {} : { by }),
      vmMinutes: toMinutes(vmMillis),
      times,
      from: toIso(from),
      to: toIso(to),
    })),
  };
}

function gapToJson(gap: Gap) {
  return {
    launch: formatUsdc(gap.launch),
    readiness: formatUsdc(gap.readiness),
    lookAhead: formatUsdc(gap.lookAhead),
    price: formatUsdc(gap.price),
    rails: formatUsdc(gap.rails),
    provider: formatUsdc(gap.provider),
    budget: formatUsdc(gap.budget),
    unserved: formatUsdc(gap.unserved),
  };
}

function compareToJson({ demandMark }: BacktestReport, file: string, other: BacktestReport) {
  const { total, periods } = other.lowerBound;
  return {
    file,
    policies: other.policies.map(({ name }) => name),
    ...outcomeToJson(other.purser),
    isSameDemand: other.demandMark === demandMark,
    lowerBound: { total: formatUsdc(total), periods },
    ratio: { toLowerBound: ratioOf(other.purser.total, total) },
    gap: gapToJson(other.gap),
    budgets: budgetCoursesToJson(other.budgets),
  };
}

export function simulationToJson(
  report: BacktestReport,
  compared?: { readonly file: string; readonly report: BacktestReport },
) {
  const { purser, baselines, lowerBound, gap } = report;
  return {
    scenario: report.scenario,
    from: toIso(report.from),
    to: toIso(report.to),
    timezone: report.local.zone,
    policies: report.policies.map(({ name }) => name),
    kinds: Object.fromEntries(report.policies.map(({ name, kind }) => [name, kind])),
    ...outcomeToJson(purser),
    baselines: {
      immediate: baselineToJson(baselines.immediate),
      lastMinutes: baselineToJson(baselines.lastMinutes),
      neverDelete: baselineToJson(baselines.neverDelete),
    },
    lowerBound: {
      total: formatUsdc(lowerBound.total),
      periods: lowerBound.periods,
      method: lowerBound.method,
      isRelaxed: lowerBound.isRelaxed,
    },
    ratio: {
      toLowerBound: ratioOf(purser.total, lowerBound.total),
      toImmediate: ratioOf(purser.total, baselines.immediate.total),
    },
    gap: gapToJson(gap),
    budgets: budgetCoursesToJson(report.budgets),
    notes: report.notes,
    ...(compared === undefined ? {} : { compare: compareToJson(report, compared.file, compared.report) }),
  };
}
