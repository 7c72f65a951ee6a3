// `purser spend` as a person reads it: what was paid, what will be, and how long the money lasts. Shows what was gathered, and
// decides nothing.
import { CHARGE_USES } from '../../core/charge-records.js';
import type { BilledReason } from '../../core/explain-billed.js';
import { formatUsdc } from '../../core/money.js';
import type { SpendRow } from '../../core/spend-rows.js';
import type { Micros } from '../../core/types.js';
import { describePurchases, sumComing } from './coming-sums.js';
import { describeRunway } from './describe-runway.js';
import { formatDateTime, formatInstant } from './format-instant.js';
import { countOf, wrapSentence } from './phrase.js';
import { renderCharges } from './render-charges.js';
import type { RenderFacts } from './render-facts.js';
import { renderTable, type Column } from './render-table.js';
import type { AccountSpend, SpendReport } from './spend-report.js';

/** So many lines of coming charges; the rest is one sum. */
const MOST_CHARGES = 40;
const MOST_DIFFERENCES = 20;

/** Why more was billed than counted. */
const BILLED_WHY: Readonly<Record<BilledReason, string>> = {
  'before-counting': 'paid before Purser looked',
  'while-removed': 'charged while it was being removed, gone before the next look',
  unknown: 'not known: see `purser doctor`',
};

function money(amount: bigint): string {
  return amount === 0n ? '-' : formatUsdc(amount);
}

function writeDay(day: number): string {
  return formatDateTime(day).slice(0, 14);
}

/** `isShared`: others of the table bear the same name. */
function nameRow({ policy, nowCalled, vm, day }: SpendRow, isShared: (name: string) => boolean): string {
  if (vm !== undefined) return isShared(vm.name) ? `${vm.name} (${vm.id})` : vm.name;
  if (day !== undefined) return writeDay(day);
  const renamed = nowCalled === undefined ? '' : ` (now ${nowCalled})`;
  return policy === undefined ? '(no policy)' : `${policy}${renamed}`;
}

const SUM_COLUMNS: readonly Column[] = [...CHARGE_USES, 'total'].map((title) => ({
  title: title.toUpperCase(),
  align: 'right',
}));

function renderPaid(spend: AccountSpend, report: SpendReport, facts: RenderFacts): string {
  const { rows, sum, account } = spend;
  const isByVm = report.by === 'vm';
  const columns: Column[] = [
    { title: report.by.toUpperCase(), shrinks: true },
    ...(isByVm ? [{ title: 'POLICY', yields: 1 }] : []),
    ...SUM_COLUMNS,
  ];
  const write = ({ sums, total }: Pick<SpendRow, 'sums' | 'total'>): string[] => [
    ...CHARGE_USES.map((use) => money(sums[use])),
    formatUsdc(total),
  ];
  const names = new Map<string, number>();
  for (const { vm } of rows) if (vm !== undefined) names.set(vm.name, (names.get(vm.name) ?? 0) + 1);
  const isShared = (name: string): boolean => names.get(name)! > 1;
  const lines = rows.map((row) => [nameRow(row, isShared), ...(isByVm ? [row.policy ?? '-'] : []), ...write(row)]);
  const isOne = rows.length === 1 && report.by !== 'policy';
  const all = rows.length > 1 || isOne ? [...lines, ['total', ...(isByVm ? [''] : []), ...write(sum)]] : lines;
  const head = `PAID by ${account}, ${report.span}`;
  if (rows.length === 0)
    return `${head}\nNothing${spend.countedSince === undefined ? ' is counted yet: `purser up` or `apply` counts' : ' was charged'}.`;
  return `${head}\n${renderTable(columns, all, facts)}`;
}

function renderNotes({ countedSince, account }: AccountSpend, report: SpendReport, facts: RenderFacts): string[] {
  const notes: string[] = [];
  if (countedSince !== undefined && countedSince > report.from) {
    const since = formatDateTime(countedSince);
    notes.push(`Counted since ${since}, when Purser first looked at ${account}: what was charged before is not in it.`);
  }
  return notes.map((note) => wrapSentence(note, facts.width));
}

/** Its charge was wanted when it came; what was left of its period when it ended served nobody. */
function renderCutShort(cutShort: Micros | undefined, facts: RenderFacts): string[] {
  if (cutShort === undefined || cutShort === 0n) return [];
  const text = `${formatUsdc(cutShort)} of what was paid was lost with VMs that ended by themselves before their period was over; it stands under WANTED.`;
  return [wrapSentence(text, facts.width)];
}

function renderWaste({ waste, cutShort, ledgerSince }: AccountSpend, facts: RenderFacts): string[] {
  if (waste === undefined) return [];
  const cut = renderCutShort(cutShort, facts);
  if (waste.length === 0) {
    const none = `None${cut.length === 0 ? '' : ' by charge'}: all that was paid was wanted, or is not Purser's.`;
    return [['WASTE', none, ...cut].join('\n')];
  }
  const columns: Column[] = [
    { title: 'WASTE' },
    { title: 'VM', shrinks: true },
    { title: 'POLICY', yields: 1 },
    { title: 'USE' },
    { title: 'PAID', align: 'right' },
    { title: 'WHY', shrinks: true },
  ];
  const rows = waste.map(({ day, vmName, policy, use, amount, why }) => [
    writeDay(day),
    vmName,
    policy ?? '-',
    use,
    formatUsdc(amount),
    why,
  ]);
  const reach =
    ledgerSince === undefined
      ? 'The ledger is empty: it says no reasons.'
      : `Reasons are the ledger's, which reaches back to ${formatDateTime(ledgerSince)}; the sums are exact.`;
  return [[renderTable(columns, rows, facts), ...cut, wrapSentence(reach, facts.width)].join('\n')];
}

function renderBilled({ billed, billedProblem, account }: AccountSpend, facts: RenderFacts): string[] {
  if (billedProblem !== undefined) return [wrapSentence(billedProblem, facts.width)];
  if (billed === undefined) return [];
  const { differences } = billed;
  const sums = `The service billed ${formatUsdc(billed.billed)} on these days, Purser counted ${formatUsdc(billed.counted)}`;
  if (differences.length === 0) return [wrapSentence(`${sums}: no difference.`, facts.width)];
  const shown = differences.slice(0, MOST_DIFFERENCES);
  const table = renderTable(
    [
      { title: `DIFFERS in ${account}` },
      { title: 'WHAT', shrinks: true },
      { title: 'BILLED', align: 'right' },
      { title: 'COUNTED', align: 'right' },
      { title: 'WHY', shrinks: true },
    ],
    shown.map(({ day, name, billed: paid, counted, reason }) => [
      writeDay(day),
      name,
      formatUsdc(paid),
      formatUsdc(counted),
      BILLED_WHY[reason],
    ]),
    facts,
  );
  const more = differences.length - shown.length;
  return [`${wrapSentence(`${sums}.`, facts.width)}\n${table}${more > 0 ? `\n${more} more: --json has all` : ''}`];
}

function renderComing({ coming, account }: AccountSpend, report: SpendReport, facts: RenderFacts): string[] {
  if (coming === undefined) return [];
  const until = formatInstant(coming.until, report.at);
  const isSeveral = report.accounts.length > 1;
  const outlook = { isFrozen: report.isFrozen, isUp: report.isUp };
  const table = renderCharges(coming.groups, facts, { ...outlook, isSeveral, most: MOST_CHARGES });
  const charges = coming.groups.reduce((sum, { vms }) => sum + vms.length, 0);
  const { renewed, avoided, bought, total } = sumComing(coming);
  const spared =
    avoided === 0n ? '' : `, and ${formatUsdc(avoided)} will be avoided${report.isUp ? '' : ' if \`up\` runs'}`;
  const sum =
    table === undefined
      ? `Nothing that is there will be charged in ${account} until ${until}.`
      : `${countOf(charges, 'charge')} until ${until}: ${formatUsdc(renewed)} will be paid${spared}.`;
  const now = coming.boughtNow === 0n ? [] : [`Bought at once: ${formatUsdc(coming.boughtNow)} comes on top.`];
  const later = coming.purchases.map((each) => {
    const cost = each.cost === 0n ? '' : `: ${formatUsdc(each.cost)} comes on top until ${until}, all renewals with it`;
    return `${describePurchases(each, report.at)}${cost}.`;
  });
  const all = bought === 0n ? [] : [`In all ${formatUsdc(total)} until ${until}, at the prices of now.`];
  const sentences = [sum, ...now, ...later, ...all].map((text) => wrapSentence(text, facts.width));
  return [[...(table === undefined ? [] : [table]), ...sentences].join('\n')];
}

function renderRunway({ runway, account, product }: AccountSpend, report: SpendReport, facts: RenderFacts): string[] {
  if (runway === undefined) return [];
  const told =
    runway.runway === undefined
      ? [`The ${product}'s API tells no balance of ${account}`]
      : [describeRunway(runway.runway, runway.periodMillis, report.at)];
  return [
    `RUNWAY\n${[...told, ...runway.signs].map((text) => wrapSentence(`${text[0]!.toUpperCase()}${text.slice(1)}.`, facts.width)).join('\n')}`,
  ];
}

/** The whole answer of `purser spend`, without a newline at the end. */
export function renderSpend(report: SpendReport, facts: RenderFacts): string {
  return report.accounts
    .flatMap((spend) => [
      [renderPaid(spend, report, facts), ...renderNotes(spend, report, facts)].join('\n'),
      ...renderWaste(spend, facts),
      ...renderBilled(spend, facts),
      ...renderComing(spend, report, facts),
      ...renderRunway(spend, report, facts),
    ])
    .join('\n\n');
}
