// Judges the budgets that count an account, once a plan: figures, steps that hold, and what follows for the fleets (ceilings, no
// purchases). It changes no fleet and asks for no deletion; the planner and guard-budgets.ts do with it what it says.
import { hasDoubt } from '../gates.js';
import { formatUsdc } from '../money.js';
import type { PlanContext } from '../plan-context.js';
import type { FleetPolicy, PolicySet } from '../policy-types.js';
import type { Instant, Micros } from '../types.js';
import type { BudgetPeriod, BudgetPolicy, StepAction } from './budget-policy.js';
import type { BudgetNote, HeldStep } from './budget-notes.js';
import type { BudgetSummary, StepSummary } from './budget-summary.js';
import { findCeilings, joinCeilings } from './find-ceilings.js';
import { findHad } from './find-had.js';
import type { Renewals } from './forecast.js';
import { judgeStep, keyOfStep, type StepFacts } from './judge-steps.js';
import { coversAccount, readPayers, type Payers } from './read-payers.js';
import { readSpent } from './read-spent.js';
import { openCourse, type Ceilings, type Course } from './reckon-course.js';

const NO_CEILINGS: Ceilings = new Map();
const POINTS_BELOW = 2n;

export interface BudgetView {
  readonly budget: BudgetPolicy;
  readonly period: BudgetPeriod;
  readonly spent: Micros;
  readonly countedSince: Instant | undefined;
  readonly payers: Payers;
  readonly course: Course;
  readonly steps: readonly StepSummary[];
  /** Its own, of all its steps. */
  readonly ceilings: Ceilings;
  readonly stopsBuying: boolean;
  /** What would be charged without any step and any refusal: all that is wanted, what is lacking now included. */
  readonly wished: Micros;
  /** Since when more than the limit was seen to be charged; undefined: it isn't. */
  readonly passedSince: Instant | undefined;
  /** Members whose deletion is refused, and what would be expected without that. Absent: none. */
  readonly staying?: NonNullable<BudgetSummary['staying']>;
  /** While all is frozen. */
  readonly buysNothing?: boolean;
  /** To be remembered. */
  readonly note: BudgetNote;
  /** Steps that began or ceased to hold. */
  readonly news: readonly string[];
}

/** Notes of every account that shares the budget, this one's first. */
function listNotes(context: PlanContext, name: string): readonly (BudgetNote | undefined)[] {
  const peers = context.snapshot.peers ?? [];
  return [context.books, ...peers.map(({ books }) => books)].map(({ notes }) => notes.budgets?.[name]);
}

function listApproved(context: PlanContext, name: string): ReadonlySet<string> {
  const books = [context.books, ...(context.snapshot.peers ?? []).map((peer) => peer.books)];
  const approvals = books.flatMap(({ handles }) => handles.approvals);
  return new Set(
    approvals.flatMap(({ hash, policy, until }) => (policy === name && context.now < until ? [hash] : [])),
  );
}

/** The lowest of what accounts remember, fleet by fleet. */
function joinRecords(records: readonly (Readonly<Record<string, number>> | undefined)[]): Ceilings {
  return records.reduce<Ceilings>(
    (joined, record) => joinCeilings(joined, new Map(Object.entries(record ?? {}))),
    NO_CEILINGS,
  );
}

interface Judging {
  readonly context: PlanContext;
  readonly budget: BudgetPolicy;
  readonly course: Course;
  readonly spent: Micros;
  readonly settled: Micros;
  readonly facts: StepFacts;
  readonly notes: readonly (BudgetNote | undefined)[];
}

interface Judged {
  readonly steps: StepSummary[];
  readonly held: Record<string, HeldStep>;
}

function judgeSteps(
  { budget, spent, facts }: Judging,
  judged: Judged,
  actions: readonly StepAction[],
  expected: Micros,
): void {
  for (const step of budget.steps) {
    if (!actions.includes(step.do)) continue;
    const { summary, held } = judgeStep(budget, step, step.of === 'spent' ? spent : expected, facts);
    judged.steps.push(summary);
    if (held !== undefined) judged.held[keyOfStep(step)] = held;
  }
}

function holds({ steps }: Judged, action: StepAction): boolean {
  return steps.some((step) => step.do === action && step.isHeld);
}

/** Whether growth was stopped before, and isn't stopped anew: then what fleets may have is remembered. */
function readHad({ context, course, notes }: Judging, { steps, held }: Judged): ReturnType<typeof findHad> | undefined {
  const stopping = steps.filter((step) => step.do === 'stop-growth' && step.isHeld);
  if (stopping.length === 0) return undefined;
  const goesOn = (key: string): boolean => notes.some((note) => note?.steps[key]?.since === held[key]!.since);
  const isGoingOn = stopping.some((step) => goesOn(keyOfStep(step))) && notes.some((note) => note?.had !== undefined);
  const isForeseen = stopping.every(({ of }) => of === 'expected');
  return findHad(context, course, notes, { isGoingOn, isForeseen });
}

function findShrunk(judging: Judging, judged: Judged, others: Ceilings): Ceilings {
  const { budget, course, settled, facts, notes } = judging;
  if (!holds(judged, 'shrink')) return NO_CEILINGS;
  const before = joinRecords(notes.map((note) => note?.shrunk));
  const known = new Map([...before].filter(([name]) => course.fleets.some(({ fleet }) => fleet.name === name)));
  if (facts.isBlind) return known;
  const target = shrinkTarget(budget);
  const relief = target - (budget.limit * POINTS_BELOW) / 100n;
  return findCeilings(course, known, { settled, target, relief, others });
}

/** What a step that shrinks brings the expected figure down to; a limit's worth where there is none. */
export function shrinkTarget({ limit, steps }: Pick<BudgetPolicy, 'limit' | 'steps'>): Micros {
  const percents = steps.flatMap((step) => (step.do === 'shrink' && step.of === 'expected' ? [step.atPercent] : []));
  return (limit * BigInt(Math.min(100, ...percents))) / 100n;
}

function describeStep({ budget }: Judging, { atPercent, of, do: action, figure, isHeld }: StepSummary): string {
  const percent = (figure * 1000n) / budget.limit;
  const share = `${percent / 10n}.${percent % 10n} %`;
  const state = isHeld ? `reached: ${action}` : `over: ${action} ends`;
  return `${budget.name}: ${atPercent}% of ${of} is ${state} (${formatUsdc(figure)} of ${formatUsdc(budget.limit)}, ${share})`;
}

function listNews(judging: Judging, { steps }: Judged): readonly string[] {
  const { notes } = judging;
  return steps.flatMap((step) => {
    const key = keyOfStep(step);
    const isKnown = notes.some((note) => note?.steps[key] !== undefined);
    const wasOurs = notes[0]?.steps[key] !== undefined;
    return step.isHeld !== isKnown && (step.isHeld || wasOurs) ? [describeStep(judging, step)] : [];
  });
}

function findPassed({ limit }: BudgetPolicy, spent: Micros, { notes, now, from }: StepFacts): HeldStep | undefined {
  if (spent <= limit) return undefined;
  const seen = notes.flatMap((note) => (note?.passed?.from === from ? [note.passed.since] : []));
  return { since: Math.min(now, ...seen), from };
}

function isShared(context: PlanContext, budget: BudgetPolicy): boolean {
  return (context.snapshot.peers ?? []).some(({ settings }) => coversAccount(budget, settings.name));
}

/** What a look that can't be believed lacks is charged all the same. */
function keepOthers({ isBlind, notes }: StepFacts, payers: Payers): readonly Renewals[] {
  return isBlind ? (notes[0]?.others ?? []) : payers.others;
}

function judgeBudget(
  context: PlanContext,
  budget: BudgetPolicy,
  fleets: readonly FleetPolicy[],
  others: Ceilings,
): BudgetView {
  const { now, snapshot } = context;
  const period = budget.periodAt(now);
  const notes = listNotes(context, budget.name);
  const { spent, countedSince, counted } = readSpent(context, budget, period, { fleets, notes });
  const payers = readPayers(context, budget, fleets);
  const course = openCourse(context, payers, period);
  const settled = spent + course.reserved;
  const facts: StepFacts = {
    now,
    from: period.from,
    notes,
    approved: listApproved(context, budget.name),
    isBlind: hasDoubt(snapshot),
  };
  const judging: Judging = { context, budget, course, spent, settled, facts, notes };
  const judged: Judged = { steps: [], held: {} };
  // What is lacking now is no part of what is expected until it is bought: else a step would stop purchases for their own sake.
  judgeSteps(judging, judged, ['notify', 'stop-growth', 'stop-buying'], settled + course.total(others));
  const stopsBuying = holds(judged, 'stop-buying');
  const had = readHad(judging, judged);
  const asTheyAre = course.fleets.map(({ fleet }) => [fleet.name, course.countAlive(fleet.name)] as const);
  const growth: Ceilings = new Map([...Object.entries(had ?? {})]);
  const milder = joinCeilings(joinCeilings(others, growth), stopsBuying ? new Map(asTheyAre) : NO_CEILINGS);
  // Without what shrinking alone does: else it would end by its own success, and begin anew.
  // With it: what a fleet that shrinks first leaves is there for what one that shrinks later lacks.
  judgeSteps(judging, judged, ['shrink'], settled + course.totalFilled(milder));
  const shrunk = findShrunk(judging, judged, milder);
  const passed = findPassed(budget, spent, facts);
  const note: BudgetNote = {
    steps: judged.held,
    ...(passed === undefined ? {} : { passed }),
    ...(had === undefined ? {} : { had }),
    ...(shrunk.size === 0 ? {} : { shrunk: Object.fromEntries(shrunk) }),
    ...(counted === undefined ? {} : { counted }),
    ...(isShared(context, budget) ? { others: keepOthers(facts, payers) } : {}),
  };
  return {
    budget,
    period,
    spent,
    countedSince,
    payers,
    course,
    steps: budget.steps.map((step) => judged.steps.find((each) => keyOfStep(each) === keyOfStep(step))!),
    ceilings: joinCeilings(growth, shrunk),
    stopsBuying,
    wished: settled + course.totalFilled(others),
    passedSince: passed?.since,
    note,
    news: listNews(judging, judged),
  };
}

/** What the budgets that act hold fleets to, together. */
export function joinActing(views: readonly Pick<BudgetView, 'budget' | 'ceilings'>[]): Ceilings {
  return views.reduce(
    (all, { budget, ceilings }) => (budget.mode === 'act' ? joinCeilings(all, ceilings) : all),
    NO_CEILINGS,
  );
}

/** Whether a budget has anything to do with the account. */
export function countsAccount(budget: BudgetPolicy, account: string, fleets: readonly FleetPolicy[]): boolean {
  if (!coversAccount(budget, account)) return false;
  const { policies } = budget.scope;
  if (policies === undefined) return true;
  return fleets.some((fleet) => policies.includes(fleet.name) && (fleet.accounts ?? [fleet.account]).includes(account));
}

/** An account that its fleets left keeps what it counted for a `select` until the period ends: the others know it by its notes. */
function isJudgedHere(
  { settings, books, now }: PlanContext,
  budget: BudgetPolicy,
  fleets: readonly FleetPolicy[],
): boolean {
  if (countsAccount(budget, settings.name, fleets)) return true;
  const counted = books.notes.budgets?.[budget.name]?.counted;
  return coversAccount(budget, settings.name) && counted?.from === budget.periodAt(now).from && counted.amount > 0n;
}

/** The other accounts of the budgets that count this one: they are planned one after the other, by each other's books. */
export function listBudgetPeers(
  { budgets = [], fleets }: Pick<PolicySet, 'budgets' | 'fleets'>,
  account: string,
  accounts: readonly string[],
): readonly string[] {
  const shared = budgets
    .filter(({ mode }) => mode !== 'pause')
    .filter((budget) => countsAccount(budget, account, fleets));
  // A fleet that moved left its charges of the period, and perhaps VMs, in an account that no fleet names now.
  return accounts.filter((name) => name !== account && shared.some((budget) => coversAccount(budget, name)));
}

/**
 * The budgets that count this account, none where there are none. `fleets` of all accounts, as they are written. Each is judged with
 * the ceilings of those before it: of overlapping budgets the strictest holds.
 */
export function judgeBudgets(
  context: PlanContext,
  { budgets = [], fleets }: Pick<PolicySet, 'budgets' | 'fleets'>,
): readonly BudgetView[] {
  const views: BudgetView[] = [];
  let others = NO_CEILINGS;
  for (const budget of budgets) {
    if (budget.mode === 'pause' || !isJudgedHere(context, budget, fleets)) continue;
    const view = judgeBudget(context, budget, fleets, others);
    views.push(view);
    if (budget.mode === 'act') others = joinCeilings(others, view.ceilings);
  }
  return views;
}
