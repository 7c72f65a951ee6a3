// `purser status --json`. What is not known is left out.
import { formatUsdc } from '../../core/money.js';
import { budgetsToJson } from './render-budgets.js';
import { savingsToJson } from './describe-savings.js';
import { toIso, toOptionalIso } from './format-instant.js';
import { runwayToJson } from './spend-to-json.js';
import type { StatusReport } from './status-report.js';

/** What stops everything needs a person too; a page tells it above all else, and one list is enough for an alarm. */
function listNeeds({ frozen, problems, needsYou }: StatusReport) {
  const why = frozen === undefined || frozen.why === '' ? '' : `: ${frozen.why}`;
  const freeze = { code: 'frozen', text: `frozen${why}`, since: toOptionalIso(frozen?.since), remedy: 'purser thaw' };
  return [
    ...(frozen === undefined ? [] : [{ vms: [], ...freeze }]),
    ...problems.map(({ since, ...problem }) => ({ vms: [], ...problem, since: toOptionalIso(since) })),
    ...needsYou,
  ];
}

export function statusToJson(status: StatusReport) {
  const scheduleOf = new Map(status.savings.map((each) => [each.policy, savingsToJson(each)]));
  return {
    at: toIso(status.at),
    running: status.upSince !== undefined,
    upSince: toOptionalIso(status.upSince),
    installation: status.installation,
    workers: status.workers,
    processes: status.processes.map(({ role, startedAt }) => ({ role, startedAt: toIso(startedAt) })),
    lastLookAt: toOptionalIso(status.lastLookAt),
    nextTickAt: toOptionalIso(status.nextTickAt),
    frozen: status.frozen !== undefined,
    freeze:
      status.frozen === undefined ? undefined : { since: toOptionalIso(status.frozen.since), why: status.frozen.why },
    generation: status.generation,
    redis: status.redis,
    accounts: status.accounts.map(({ apiDown, lastLookAt, ...account }) => ({
      ...account,
      lastLookAt: toOptionalIso(lastLookAt),
      apiDown: apiDown === undefined ? undefined : { ...apiDown, since: toOptionalIso(apiDown.since) },
    })),
    policies: status.policies.map(({ perDay, next, ...row }) => ({
      ...row,
      schedule: scheduleOf.get(row.policy),
      perDay: formatUsdc(perDay),
      next: next === undefined ? undefined : { at: toOptionalIso(next.at), text: next.text },
    })),
    budgets: budgetsToJson(status.budgets),
    charges: status.charges.map(({ at, cost, avoidableUntil, ...group }) => ({
      at: toIso(at),
      ...group,
      cost: formatUsdc(cost),
      avoidableUntil: toOptionalIso(avoidableUntil),
    })),
    runways: status.runways.map(({ account, runway, periodMillis }) => ({
      account,
      ...runwayToJson({ runway, periodMillis, signs: [] }),
    })),
    needsYou: listNeeds(status),
    problems: status.problems.map((problem) => ({ ...problem, since: toOptionalIso(problem.since) })),
    lastDay: {
      ...status.lastDay,
      paid: formatUsdc(status.lastDay.paid),
      forNothing: formatUsdc(status.lastDay.forNothing),
      foreign: formatUsdc(status.lastDay.foreign),
      cutShort: formatUsdc(status.lastDay.cutShort),
    },
  };
}
