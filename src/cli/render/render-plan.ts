// `purser plan` as a person reads it: one block an account, one a policy in it, then the totals and what to run.
import { hashText } from '../../core/hash.js';
import { describeLaunch } from '../../core/launch-times.js';
import { DAY_MILLIS, formatUsdc } from '../../core/money.js';
import type { FleetSummary, KeysSummary, OrphansSummary, ReapSummary } from '../../core/plan-summaries.js';
import type { Hold, Plan } from '../../core/plan-types.js';
import type { Instant } from '../../core/types.js';
import { describeNextStep, describeTotals, earliestOf } from './plan-totals.js';
import { mergeBudgets, renderBudgets } from './render-budgets.js';
import { describeSavings, type FleetSavings } from './describe-savings.js';
import { formatDateTime, formatInstant, formatNear } from './format-instant.js';
import { listNobodys } from './list-nobodys.js';
import { paint } from './paint.js';
import { countOf, joinPieces, oneLine, wrapText } from './phrase.js';
import {
  isRecovering,
  renderAccountHead,
  renderAccountHolds,
  renderOthers,
  renderRails,
  renderRefusals,
} from './plan-account.js';
import { describeActions } from './plan-actions.js';
import { describeHolds } from './plan-holds.js';
import { alignPlanLines, renderPlanLines } from './plan-line.js';
import type { PlanLine } from './plan-line.js';
import { findPeriodMillis } from './plan-period.js';
import type { RecordingFacts, RenderFacts } from './render-facts.js';

interface Block {
  readonly policy: string;
  /** The policy's line, its name included. */
  readonly title: string;
  readonly lines: readonly PlanLine[];
}

/** The plan's own id; of several accounts, an id of them all. */
export function mergePlanIds(plans: readonly Plan[]): string {
  const [first] = plans;
  if (plans.length === 1 && first !== undefined) return first.id;
  return `plan-${hashText(plans.map((plan) => plan.id).join('/')).slice(0, 6)}`;
}

function describeMode(mode: Plan['mode']): string[] {
  return mode === 'act' ? [] : [mode === 'observe' ? 'observes only' : 'paused'];
}

function describeDemand(fleet: FleetSummary, now: Instant): string[] {
  const { window, next } = fleet;
  const open = window === undefined ? '' : `window "${window}"`;
  if (next === undefined) return open === '' ? [] : [open];
  const at = formatNear(next.at, now, now);
  const opens = next.window === undefined || next.window === window ? '' : ` (window "${next.window}")`;
  const change = open === '' ? `${next.wanted} from ${at}${opens}` : `${open}, ${next.wanted} from ${at}${opens}`;
  return [change, ...describeBuyingAhead(fleet, now)];
}

function describeDelay({ undelayed }: FleetSummary): string[] {
  if (undelayed === undefined) return [];
  return undelayed === 'rolling'
    ? ['delayPurchase does nothing here: each VM is charged at a time of its own']
    : ['delayPurchase waits for two VMs that show a common boundary'];
}

/** `bought from 07:56Z: a launch takes 2m, 95 of 100 at most 4m (23 of ... in FR)`. Said once it is near enough to matter. */
function describeBuyingAhead({ buysFrom, launch }: FleetSummary, now: Instant): string[] {
  if (buysFrom === undefined || launch === undefined || buysFrom - now > DAY_MILLIS) return [];
  return [`bought from ${formatNear(buysFrom, now, now)}: ${describeLaunch(launch)}`];
}

/** Pieces that don't fit go on beneath the first one, not beneath the name. */
function titlePolicy(policy: string, pieces: readonly string[], nameWidth: number, facts: RenderFacts): string {
  const [first = '', ...more] = pieces;
  return joinPieces([policy.padEnd(nameWidth) + first, ...more], '   ', facts.width, nameWidth).trimEnd();
}

function titleFleets(fleets: readonly FleetSummary[], nameWidth: number, facts: RenderFacts): Map<string, string> {
  const columns = fleets.map((fleet) => [
    fleet.policyWants === undefined ? `wanted ${fleet.wanted}` : `wanted ${fleet.wanted} of ${fleet.policyWants}`,
    `running ${fleet.running}`,
    `parked ${fleet.parked}`,
  ]);
  const widths = [0, 1, 2].map((index) => Math.max(0, ...columns.map((column) => column[index]!.length)));
  const titles = new Map<string, string>();
  for (const [index, fleet] of fleets.entries()) {
    const counts = columns[index]!.map((text, column) => text.padEnd(widths[column]!));
    const more = [
      ...(fleet.launching > 0 ? [`launching ${fleet.launching}`] : []),
      ...((fleet.unseen ?? 0) > 0 ? [`not listed ${fleet.unseen}`] : []),
      ...(fleet.doomed > 0 ? [`being deleted ${fleet.doomed}`] : []),
      ...((fleet.elsewhere ?? 0) > 0 ? [`in other accounts ${fleet.elsewhere}`] : []),
      ...describeDemand(fleet, facts.now),
      ...describeDelay(fleet),
      ...describeMode(fleet.mode),
    ];
    titles.set(fleet.policy, titlePolicy(fleet.policy, [...counts, ...more], nameWidth, facts));
  }
  return titles;
}

function titleReap(reap: ReapSummary, nameWidth: number, facts: RenderFacts): string {
  // Members of fleets, protected and deleted ones match, but their signals are nobody's business.
  const unasked = reap.matched - reap.idle - reap.busy - reap.unknown;
  const counts = [
    `${reap.matched} match`,
    `${reap.idle} idle`,
    `${reap.busy} busy`,
    `${reap.unknown} unknown`,
    ...(unasked > 0 ? [`${unasked} not asked`] : []),
    ...describeMode(reap.mode),
  ];
  return titlePolicy(reap.policy, counts, nameWidth, facts);
}

function titleOrphans(orphans: OrphansSummary, nameWidth: number, facts: RenderFacts): string {
  const { parts, vms, locked, perDay } = orphans;
  const counts = [
    `${countOf(parts, 'disk or IP', 'disks and IPs')} attached to nothing`,
    ...(perDay > 0n ? [`${formatUsdc(perDay)} a day`] : []),
    ...(vms > 0 ? [`${countOf(vms, 'ended VM')}, ${formatUsdc(locked)} locked`] : []),
    ...describeMode(orphans.mode),
  ];
  return titlePolicy(orphans.policy, counts, nameWidth, facts);
}

function titleKeys(keys: KeysSummary, nameWidth: number, facts: RenderFacts): string {
  const counts = [
    countOf(keys.declared, 'key'),
    `there ${keys.present ?? 'unknown'}`,
    ...(keys.others === undefined || keys.others === 0 ? [] : [`others ${keys.others}`]),
    ...describeMode(keys.mode),
  ];
  return titlePolicy(keys.policy, counts, nameWidth, facts);
}

/** Beneath the title of its fleet: what its schedule saves. */
function addSavings(
  titles: Map<string, string>,
  savings: readonly FleetSavings[],
  nameWidth: number,
  facts: RenderFacts,
): void {
  for (const each of savings) {
    const title = titles.get(each.policy);
    if (title === undefined) continue;
    const lines = wrapText(describeSavings(each, facts.now, 1), facts.width, nameWidth, nameWidth);
    titles.set(each.policy, [title, `${' '.repeat(nameWidth)}${lines[0] ?? ''}`, ...lines.slice(1)].join('\n'));
  }
}

function buildBlocks(plan: Plan, facts: RenderFacts, savings: readonly FleetSavings[]): Block[] {
  const periodMillis = findPeriodMillis(plan);
  const { orphans = [], keys = [] } = plan;
  const known = [...plan.fleets, ...plan.reaps, ...orphans, ...keys].map((summary) => summary.policy);
  // VMs of nobody are told below the policies; what remains has a policy that is gone.
  const others = new Set(plan.others.map((other) => other.vm.id));
  const holds = plan.holds.filter(
    (hold) => hold.policy !== undefined && (known.includes(hold.policy) || !others.has(hold.vm?.id ?? '')),
  );
  const gone = [...holds, ...plan.actions].map((each) => each.policy ?? '').filter((name) => !known.includes(name));
  const nameWidth = Math.max(12, ...known.map((name) => name.length + 2));
  const titles = titleFleets(plan.fleets, nameWidth, facts);
  addSavings(titles, savings, nameWidth, facts);
  for (const reap of plan.reaps) titles.set(reap.policy, titleReap(reap, nameWidth, facts));
  for (const each of orphans) titles.set(each.policy, titleOrphans(each, nameWidth, facts));
  for (const each of keys) titles.set(each.policy, titleKeys(each, nameWidth, facts));
  return [...new Set([...known, ...gone])].map((policy) => {
    const fleet = plan.fleets.find((each) => each.policy === policy);
    const actions = plan.actions.filter((action) => action.policy === policy);
    const held = holds.filter((hold) => hold.policy === policy);
    return {
      policy,
      title: titles.get(policy) ?? policy,
      lines: [
        ...describeActions(actions, facts.now, periodMillis, plan.foreseenFrom === undefined ? 'now' : 'then'),
        ...describeHolds(held, fleet, facts.now, periodMillis),
      ],
    };
  });
}

function isAccountWide(hold: Hold): boolean {
  return hold.policy === undefined && hold.vm === undefined;
}

/** What a forecast supposes: without it nobody could tell why it says what it says. */
function describeForecast({ foreseenFrom, budgets }: Plan, facts: RenderFacts): string[] {
  if (foreseenFrom === undefined) return [];
  const seen = formatDateTime(foreseenFrom);
  const ofBudgets = budgets === undefined ? '' : ', and budgets count as spent what is charged by then';
  const text = `forecast from ${seen}: supposes that nothing is bought until then, launches succeed, wanted VMs are renewed and others let go; signals can't be foreseen${ofBudgets}`;
  return wrapText(text, facts.width, 0, 2);
}

function renderAccount(plan: Plan, facts: RenderFacts, savings: readonly FleetSavings[]): string {
  const blocks = buildBlocks(plan, facts, savings);
  const columns = alignPlanLines(blocks.map((block) => block.lines));
  const policies = blocks.flatMap((block) => [
    paint(block.policy, 'strong', facts.colours) + block.title.slice(block.policy.length),
    ...renderPlanLines(block.lines, columns, facts),
  ]);
  const sections = [
    [renderAccountHead(plan, facts), ...describeForecast(plan, facts)],
    renderAccountHolds(plan.holds.filter(isAccountWide), facts),
    policies.length === 0 ? ['No policies for this account.'] : policies,
    renderRefusals(plan.refused, facts),
    [...renderOthers(listNobodys(plan), isRecovering(plan), facts), renderRails(plan.rails)],
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function findExample(plans: readonly Plan[]): string | undefined {
  const holds = plans.flatMap((plan) => plan.holds).filter((hold) => hold.vm !== undefined);
  const unknown = holds.find((hold) => hold.reason.code === 'signal-unknown');
  const deletion = plans.flatMap((plan) => plan.actions).find((action) => action.kind === 'delete');
  return (unknown ?? holds[0])?.vm?.name ?? (deletion?.kind === 'delete' ? deletion.vm.name : undefined);
}

export interface PlanTelling {
  /** Behind the plan's id, instead of `run it: purser apply`. */
  readonly nextStep?: string;
  /** What `plan` was given: `apply` is to be given the same. */
  readonly paths?: readonly string[];
  readonly recording?: RecordingFacts;
  /** What the schedules of fleets save. */
  readonly savings?: readonly FleetSavings[];
}

/** `Recording tuesday.json of Fri 2026-11-20 19:10Z`. */
function describeRecording({ file, at }: RecordingFacts): string {
  return `Recording ${oneLine(file)} of ${formatDateTime(at)}`;
}

/** The whole answer of `purser plan`, without a newline at the end. */
export function renderPlan(plans: readonly Plan[], facts: RenderFacts, telling: PlanTelling = {}): string {
  const { recording, paths, nextStep = describeNextStep(plans, paths), savings = [] } = telling;
  if (plans.length === 0) return 'No accounts to plan for. purser.yaml names them; purser init writes a first one.';
  const example = findExample(plans);
  const last = [
    `${mergePlanIds(plans)}   ${nextStep}`.trimEnd(),
    ...(example === undefined ? [] : [`one VM: purser explain ${oneLine(example)}`]),
  ];
  const budgets = renderBudgets(mergeBudgets(plans), facts);
  return [
    ...(recording === undefined ? [] : [paint(describeRecording(recording), 'strong', facts.colours)]),
    ...plans.map((plan) => renderAccount(plan, facts, savings)),
    ...(budgets === undefined ? [] : [budgets]),
    `${describeTotals(plans, facts)}\n${joinPieces(last, '    ', facts.width)}`,
  ].join('\n\n');
}

/** How `apply` ends: `Next deadline Sat 06:44Z: by then run purser apply, or let purser up run.`, unless one runs (`isKept`). */
export function renderNextDeadline(plans: readonly Plan[], facts: RenderFacts, isKept = false): string {
  const at = earliestOf(plans.map((plan) => plan.nextDeadlineAt));
  if (at === undefined) return 'No deletion waits for a deadline.';
  const todo = isKept ? 'purser up, which runs, keeps it' : 'by then run purser apply, or let purser up run';
  return `Next deadline ${formatInstant(at, facts.now)}: ${todo}.`;
}
