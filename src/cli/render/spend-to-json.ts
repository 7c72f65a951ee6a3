// `purser spend --json`. What is not known is left out.
import { CHARGE_USES } from '../../core/charge-records.js';
import { formatUsdc } from '../../core/money.js';
import type { SpendRow } from '../../core/spend-rows.js';
import { describePurchases, sumComing, type Coming } from './coming-sums.js';
import { toIso, toOptionalIso } from './format-instant.js';
import type { AccountSpend, RunwayReport, SpendReport } from './spend-report.js';

function sumsToJson({ sums, total }: Pick<SpendRow, 'sums' | 'total'>) {
  return { ...Object.fromEntries(CHARGE_USES.map((use) => [use, formatUsdc(sums[use])])), total: formatUsdc(total) };
}

export function runwayToJson({ runway, periodMillis, signs }: RunwayReport) {
  if (runway === undefined) return { signs };
  const balance = formatUsdc(runway.balance);
  if (runway.kind === 'endless') return { balance, signs };
  return {
    balance,
    endsAt: toIso(runway.at),
    lacking: formatUsdc(runway.short),
    perPeriod: formatUsdc(runway.perPeriod),
    periodMillis,
    unpaid: runway.charges.map(({ vm, part, policy, cost }) => ({ vm, part, policy, cost: formatUsdc(cost) })),
    signs,
  };
}

function sumsOfComing(coming: Coming) {
  const { renewed, avoided, bought, total } = sumComing(coming);
  return {
    renewed: formatUsdc(renewed),
    avoided: formatUsdc(avoided),
    boughtNow: formatUsdc(coming.boughtNow),
    bought: formatUsdc(bought),
    total: formatUsdc(total),
  };
}

function accountToJson({ sum, rows, waste, billed, coming, runway, ...spend }: AccountSpend, at: SpendReport['at']) {
  return {
    account: spend.account,
    product: spend.product,
    countedSince: toOptionalIso(spend.countedSince),
    rows: rows.map(({ policy, nowCalled, vm, day, ...row }) => ({
      policy,
      nowCalled,
      vm,
      day: toOptionalIso(day)?.slice(0, 10),
      ...sumsToJson(row),
    })),
    sum: sumsToJson(sum),
    ledgerSince: toOptionalIso(spend.ledgerSince),
    cutShort: spend.cutShort === undefined ? undefined : formatUsdc(spend.cutShort),
    waste: waste?.map(({ day, amount, ...line }) => ({
      day: toIso(day).slice(0, 10),
      ...line,
      amount: formatUsdc(amount),
    })),
    billed:
      billed === undefined
        ? undefined
        : {
            billed: formatUsdc(billed.billed),
            counted: formatUsdc(billed.counted),
            differences: billed.differences.map((line) => ({
              ...line,
              day: toIso(line.day).slice(0, 10),
              billed: formatUsdc(line.billed),
              counted: formatUsdc(line.counted),
            })),
          },
    billedProblem: spend.billedProblem,
    comingUntil: toOptionalIso(coming?.until),
    coming: coming?.groups.map(({ at, cost, avoidableUntil, ...group }) => ({
      at: toIso(at),
      ...group,
      cost: formatUsdc(cost),
      avoidableUntil: toOptionalIso(avoidableUntil),
    })),
    growth: coming?.purchases.map((purchases) => describePurchases(purchases, at)),
    purchases: coming?.purchases.map(({ at: from, boughtAt, later, cost, ...purchases }) => ({
      ...purchases,
      at: toIso(from),
      boughtAt: toIso(boughtAt),
      later: later.map((rise) => ({ ...rise, at: toIso(rise.at) })),
      cost: formatUsdc(cost),
    })),
    comingSums: coming === undefined ? undefined : sumsOfComing(coming),
    runway: runway === undefined ? undefined : runwayToJson(runway),
  };
}

export function spendToJson({ at, from, to, by, accounts }: SpendReport) {
  return {
    at: toIso(at),
    from: toIso(from),
    to: toIso(to),
    by,
    accounts: accounts.map((account) => accountToJson(account, at)),
  };
}
