// What a schedule saves with periods of such a length, at best: the charges that it needs at the least against those of keeping its
// peak all the time, when fewer are paid, and which edge of a window would save another charge, as VMs are bought and deleted in
// truth. Pure, and asked for what is shown to people alone: a plan doesn't go by it.
import { findPeak } from './demand.js';
import { countPeriodsOfSteps } from './fewest-periods.js';
import { lengthenSteps } from './lengthen-steps.js';
import { DAY_MILLIS } from './money.js';
import type { Demand, DemandStep } from './policy-types.js';
import { judgeLines, type ScheduleLine } from './schedule-lines.js';
import type { Instant, Millis } from './types.js';

export interface Span {
  readonly from: Instant;
  readonly to: Instant;
}

/** An edge of a window that costs a charge for a few minutes. */
export interface EdgeHint {
  readonly window: string;
  readonly edge: 'open' | 'close';
  /** By so many minutes each of them would have to move, and whither. */
  readonly minutes: number;
  readonly to: 'earlier' | 'later';
  /** Charges fewer in the span. */
  readonly saves: number;
}

export interface ScheduleSavings {
  /** Charges in the span if the peak were kept all the time. */
  readonly always: number;
  /** The fewest with which any follower could cover the schedule. */
  readonly needed: number;
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
const MINUTE: Millis = 60_000;
/** A window that is an hour too long is one of another length. */
const MOST_MINUTES = 60;
/** More changes than these in a span are no windows that somebody could move. */
const MOST_STEPS = 3000;

/** undefined: the wish never changes, or the span holds no whole period. `longerMillis`: see lengthenSteps; hints reckon with it. */
export function judgeSchedule(
  demand: Demand,
  periodMillis: Millis,
  { from, to }: Span,
  longerMillis: Millis = 0,
): ScheduleSavings | undefined {
  const sweptFrom = from - Math.max(SWEPT_BEFORE, periodMillis);
  const steps = demand(sweptFrom, to);
  const peak = findPeak(demand, from, to - 1);
  const isChanging = steps.some(({ at, wanted }) => at > from && wanted !== peak) || steps.at(-1)!.wanted !== peak;
  if (!isChanging || peak === 0 || to - from < periodMillis || steps.length > MOST_STEPS) return undefined;
  const count = (of: readonly DemandStep[]): number => countPeriodsOfSteps(of, periodMillis, { sweptFrom, from, to });
  const needed = count(steps);
  const countHeld = (of: readonly DemandStep[]): number => count(lengthenSteps(of, longerMillis));
  return {
    always: peak * Math.floor((to - from) / periodMillis),
    needed,
    peak,
    quiet: listQuiet(demand(sweptFrom, to + OUTLOOK), peak, periodMillis, { from, to }),
    hints: findHints(steps, needed, countHeld),
    useless: findUseless(steps, needed, count),
    lines: judgeLines(steps, from, countHeld),
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

/** Where as much is paid if the wish stays, throughout the window, what it was before it. */
function findUseless(
  steps: readonly DemandStep[],
  needed: number,
  count: (steps: readonly DemandStep[]) => number,
): readonly string[] {
  const lowering = new Set<string>();
  for (let index = 1; index < steps.length; index += 1) {
    const { window, wanted } = steps[index]!;
    if (window !== undefined && wanted < steps[index - 1]!.wanted) lowering.add(window);
  }
  return [...lowering].filter((window) => {
    let before = 0;
    const kept = steps.map((step) => {
      const wanted = step.window === window ? Math.max(before, step.wanted) : step.wanted;
      before = wanted;
      return { ...step, wanted };
    });
    return count(kept) === needed;
  });
}

interface Edge extends Pick<EdgeHint, 'window' | 'edge' | 'to'> {
  /** Of the steps that it is. */
  readonly indexes: number[];
}

/** Of edges that let the wish fall those that could come earlier, of those that let it rise those that could come later. */
function listEdges(steps: readonly DemandStep[]): readonly Edge[] {
  const edges = new Map<string, Edge>();
  for (let index = 1; index < steps.length; index += 1) {
    const [before, after] = [steps[index - 1]!, steps[index]!];
    if (before.wanted === after.wanted) continue;
    const falls = after.wanted < before.wanted;
    // A fall is the end of the window that wanted more; one without a name falls since another opens.
    const [own, other] = falls ? [before.window, after.window] : [after.window, before.window];
    const window = own ?? other;
    if (window === undefined) continue;
    const edge = (own !== undefined) === falls ? 'close' : 'open';
    const to = falls ? 'earlier' : 'later';
    const key = `${window}/${edge}/${to}`;
    const known = edges.get(key);
    if (known === undefined) edges.set(key, { window, edge, to, indexes: [index] });
    else known.indexes.push(index);
  }
  return [...edges.values()];
}

/** The steps with the edge moved wherever it comes, unless there is no room for it. */
function moveEdge(steps: readonly DemandStep[], { indexes, to }: Edge, minutes: number): readonly DemandStep[] {
  const moved = [...steps];
  for (const index of indexes) {
    const at = steps[index]!.at + (to === 'earlier' ? -minutes : minutes) * MINUTE;
    const hasRoom = at > steps[index - 1]!.at && at < (steps[index + 1]?.at ?? Number.POSITIVE_INFINITY);
    if (hasRoom) moved[index] = { ...steps[index]!, at };
  }
  return moved;
}

/**
 * Moving an edge so only lets less be wanted: what an hour doesn't save, no minute does; so the fewest are searched by halves.
 * `countHeld`: what is paid in truth. Of the schedule as it is that may be more than `needed`: what a hint promises is saved at least.
 */
function findHints(
  steps: readonly DemandStep[],
  needed: number,
  countHeld: (steps: readonly DemandStep[]) => number,
): readonly EdgeHint[] {
  return listEdges(steps).flatMap((edge): EdgeHint[] => {
    const savedBy = (minutes: number): number => needed - countHeld(moveEdge(steps, edge, minutes));
    if (savedBy(MOST_MINUTES) <= 0) return [];
    let low = 0;
    let high = MOST_MINUTES;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (savedBy(middle) > 0) high = middle;
      else low = middle;
    }
    return [{ window: edge.window, edge: edge.edge, to: edge.to, minutes: high, saves: savedBy(high) }];
  });
}
