// Which edge of a window would spare a charge if it were moved, and which window spares none. Each is judged by the schedule as it
// would be if it were edited so, never by what its steps look like: windows lie in and over each other. Pure, and for people alone.
import type { DemandStep } from './policy-types.js';
import type { Millis } from './types.js';

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

/** The steps of a schedule that was changed in one line. */
export interface ScheduleEditor {
  /** Wherever that edge comes; undefined: such a window can't be written. */
  readonly moveEdge: (window: string, edge: EdgeHint['edge'], byMillis: Millis) => readonly DemandStep[] | undefined;
  readonly dropWindow: (window: string) => readonly DemandStep[];
}

/** Charges, of steps. */
export type Count = (steps: readonly DemandStep[]) => number;

const MINUTE: Millis = 60_000;
/** A window that is an hour too long is one of another length. */
const MOST_MINUTES = 60;

interface Pair {
  readonly left: DemandStep;
  readonly right: DemandStep;
}

/** Two wishes side by side, ascending, at each instant at which one of them changes; both begin at the first. */
function pairSteps(left: readonly DemandStep[], right: readonly DemandStep[]): readonly Pair[] {
  const pairs: Pair[] = [];
  let l = 0;
  let r = 0;
  for (;;) {
    pairs.push({ left: left[l]!, right: right[r]! });
    const nextLeft = left[l + 1]?.at ?? Number.POSITIVE_INFINITY;
    const nextRight = right[r + 1]?.at ?? Number.POSITIVE_INFINITY;
    if (nextLeft === nextRight && nextLeft === Number.POSITIVE_INFINITY) return pairs;
    if (nextLeft <= nextRight) l += 1;
    if (nextRight <= nextLeft) r += 1;
  }
}

function listWindows(steps: readonly DemandStep[]): readonly string[] {
  return [...new Set(steps.flatMap(({ window }) => (window === undefined ? [] : [window])))];
}

/** Windows that let fewer be wanted where as much is paid if they don't. */
export function findUseless(
  steps: readonly DemandStep[],
  { dropWindow }: ScheduleEditor,
  counts: readonly Count[],
): readonly string[] {
  return listWindows(steps).filter((window) => {
    const pairs = pairSteps(steps, dropWindow(window));
    if (!pairs.some(({ left, right }) => left.wanted < right.wanted)) return false;
    const kept = pairs.map(({ left, right }) => ({
      at: Math.max(left.at, right.at),
      wanted: Math.max(left.wanted, right.wanted),
      window: left.window,
    }));
    return counts.every((count) => count(kept) === count(steps));
  });
}

/** The fewest whole numbers up to `most` from which on something holds; undefined: not even then. */
function findFewest(most: number, holds: (number: number) => boolean): number | undefined {
  if (!holds(most)) return undefined;
  let low = 0;
  let high = most;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}

const EDGES: readonly Pick<EdgeHint, 'edge' | 'to'>[] = [
  { edge: 'open', to: 'later' },
  { edge: 'open', to: 'earlier' },
  { edge: 'close', to: 'earlier' },
  { edge: 'close', to: 'later' },
];

/**
 * Only moves that let nowhere more be wanted: what more minutes don't save, fewer don't; so the fewest are searched by halves.
 * `promise`: so many charges at the least are saved with such steps instead of these.
 */
export function findHints(
  steps: readonly DemandStep[],
  { moveEdge }: ScheduleEditor,
  promise: Count,
): readonly EdgeHint[] {
  return listWindows(steps).flatMap((window) =>
    EDGES.flatMap(({ edge, to }): EdgeHint[] => {
      const move = (minutes: number): readonly DemandStep[] | undefined => {
        const moved = moveEdge(window, edge, (to === 'earlier' ? -minutes : minutes) * MINUTE);
        if (moved === undefined) return undefined;
        return pairSteps(steps, moved).every(({ left, right }) => right.wanted <= left.wanted) ? moved : undefined;
      };
      const savedBy = (minutes: number): number => {
        const moved = move(minutes);
        return moved === undefined ? 0 : promise(moved);
      };
      // So far has it room: beyond that it would close before it opens, or let more be wanted.
      const tooFar = findFewest(MOST_MINUTES + 1, (minutes) => minutes > MOST_MINUTES || move(minutes) === undefined)!;
      const minutes = tooFar === 1 ? undefined : findFewest(tooFar - 1, (most) => savedBy(most) > 0);
      return minutes === undefined ? [] : [{ window, edge, minutes, to, saves: savedBy(minutes) }];
    }),
  );
}
