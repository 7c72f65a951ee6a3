// What a schedule saves with periods of such a length: the charges that it needs, at best and as VMs are bought and deleted in
// truth, against those of keeping its peak all the time, when fewer are paid, and which line of it would save another charge.
// Pure, and asked for what is shown to people alone: a plan doesn't go by it.
import { findPeak } from './demand.js';
import { countPeriodsByLayer, countPeriodsOfSteps } from './fewest-periods.js';
import { delaySteps, lengthenSteps } from './lengthen-steps.js';
import type { FixedClock } from './fixed-clock.js';
import { DAY_MILLIS, HOUR_MILLIS } from './money.js';
import type { Demand, DemandStep } from './policy-types.js';
import { findHints, findUseless, type Count, type EdgeHint, type ScheduleEditor } from './schedule-hints.js';
import { judgeLines, type ScheduleLine } from './schedule-lines.js';
import type { Instant, Millis } from './types.js';

export interface Span {
  readonly from: Instant;
  readonly to: Instant;
}

export interface ScheduleSavings {
  /** Charges in the span if the peak were kept all the time. */
  readonly always: number;
  /** The fewest with which any follower could cover the schedule. */
  readonly needed: number;
  /** Charges as VMs are held in truth: bought a launch ahead, say, so that the last boundary comes before they are let go. */
  readonly paid: number;
  readonly peak: number;
  /** The longest stretches in which fewer than the peak are paid for, in their order. */
  readonly quiet: readonly Span[];
  readonly hints: readonly EdgeHint[];
  /** Windows that let fewer be wanted and spare no charge of the span: what they let go is paid through. */
  readonly useless: readonly string[];
  readonly lines: readonly ScheduleLine[];
}

/** What was paid before the span reaches into it: swept from so long before. */
const SWEPT_BEFORE: Millis = 14 * DAY_MILLIS;
/** How far beyond the span the end of a gap is looked for. */
const OUTLOOK: Millis = 14 * DAY_MILLIS;
/** By this much an edge may move a charge past the end of the span, which saves nothing: hints must hold in a later one, too. */
const LATER: Millis = HOUR_MILLIS;
/** More changes than these in a span are no windows that somebody could move. */
const MOST_STEPS = 3000;

/** From when to when a member is paid for, next to when it is wanted. */
export interface Hold {
  /** It is there so much after it is wanted first (see delaySteps). */
  readonly laterMillis: Millis;
  /** It is paid for so much longer than it is wanted, at both ends together (see lengthenSteps). */
  readonly longerMillis: Millis;
}

/**
 * Nobody knows to the minute how long launches and deletions take: a hint promises what is saved if as little as may be is paid now,
 * and as much as may be then.
 */
export interface Holding {
  readonly usual: Hold;
  readonly least: Hold;
  readonly most: readonly Hold[];
}

const EXACTLY: Hold = { laterMillis: 0, longerMillis: 0 };
const AT_ONCE: Holding = { usual: EXACTLY, least: EXACTLY, most: [EXACTLY] };

interface Options {
  readonly holding?: Holding;
  /** All VMs of the account are charged at its boundaries; undefined: each at its own. */
  readonly fixedClock?: FixedClock | undefined;
  /** Without it nothing is said of its windows' edges, nor which are useless. */
  readonly openEditor?: ((demand: Demand, span: Span) => ScheduleEditor | undefined) | undefined;
}

/** undefined: the wish never changes, or the span holds no whole period. */
export function judgeSchedule(
  demand: Demand,
  periodMillis: Millis,
  { from, to }: Span,
  { holding = AT_ONCE, fixedClock, openEditor }: Options = {},
): ScheduleSavings | undefined {
  const sweptFrom = from - Math.max(SWEPT_BEFORE, periodMillis);
  const steps = demand(sweptFrom, to);
  const peak = findPeak(demand, from, to - 1);
  const isChanging = steps.some(({ at, wanted }) => at > from && wanted !== peak) || steps.at(-1)!.wanted !== peak;
  if (!isChanging || peak === 0 || to - from < periodMillis || steps.length > MOST_STEPS) return undefined;
  /** Of a span that begins so much later. */
  const countHeld =
    ({ laterMillis, longerMillis }: Hold, after: Millis = 0, count = countPeriodsOfSteps): Count =>
    (of) => {
      const span = { sweptFrom, from: from + after, to: to + after, fixedClock };
      const seen = of.filter(({ at }) => at < span.to);
      return count(lengthenSteps(delaySteps(seen, laterMillis), longerMillis), periodMillis, span);
    };
  const { usual, least, most } = holding;
  const counts = [usual, least, ...most].map((hold) => countHeld(hold));
  const editor = openEditor?.(demand, { from: sweptFrom, to: to + LATER });
  const edited = demand(sweptFrom, to + LATER);
  // Which member stands in for which is up to the plan: what is saved by that alone is promised by nobody.
  const bounds = [0, LATER].flatMap((after) =>
    [countPeriodsOfSteps, countPeriodsByLayer].map((count) => ({
      now: countHeld(least, after, count)(edited),
      then: most.map((hold) => countHeld(hold, after, count)),
    })),
  );
  const promise: Count = (moved) =>
    Math.min(...bounds.flatMap(({ now, then }) => then.map((countThen) => now - countThen(moved))));
  return {
    always: peak * Math.floor((to - from) / periodMillis),
    needed: countHeld(EXACTLY)(steps),
    paid: countHeld(usual)(steps),
    peak,
    quiet: listQuiet(demand(sweptFrom, to + OUTLOOK), peak, periodMillis, { from, to }),
    hints: editor === undefined ? [] : findHints(edited, editor, promise),
    useless: editor === undefined ? [] : findUseless(edited, editor, counts),
    lines: judgeLines(steps, from, counts),
  };
}

/** Where fewer than the peak are wanted for longer than a period: shorter gaps are paid through. */
function listQuiet(steps: readonly DemandStep[], peak: number, periodMillis: Millis, span: Span): readonly Span[] {
  const quiet: Span[] = [];
  for (const [index, { at, wanted }] of steps.entries()) {
    if (wanted >= peak) continue;
    const last = quiet.at(-1);
    const end = steps[index + 1]?.at ?? span.to + OUTLOOK;
    if (last !== undefined && last.to === at) quiet[quiet.length - 1] = { from: last.from, to: end };
    else quiet.push({ from: at, to: end });
  }
  const long = quiet.filter(({ from, to }) => to - from > periodMillis && to > span.from && from < span.to);
  const begun = long.filter(({ from }) => from >= span.from);
  // One that comes again each week is named once, by the next time that it begins.
  return begun.length > 0 ? begun : long;
}
