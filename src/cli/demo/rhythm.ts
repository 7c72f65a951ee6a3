// What comes again and again is told twice; from then on it is only counted, and summed up each night and at the end. It
// counts and words; it prints nothing.
import { DAY_MILLIS } from '../../core/money.js';
import type { Instant } from '../../core/types.js';
import { countOf } from '../render/phrase.js';

/** One line that might be told. */
export interface Happening {
  readonly at: Instant;
  readonly policy: string;
  /** What comes again: `window "day" opened`, `parked`. */
  readonly what: string;
  /** How many VMs it was about; undefined: none, an edge of a window. */
  readonly vms: number | undefined;
}

/** What was only counted of one policy, until its last happening. */
export interface Sum {
  readonly at: Instant;
  readonly policy: string;
  readonly text: string;
}

export interface Rhythm {
  /** Whether it deserves a line of its own. */
  isNews(happening: Happening): boolean;
  /** Sums of what ended before the day of `now` began, or of everything; each is taken once. */
  takeSums(now: Instant | undefined): readonly Sum[];
}

const TOLD_SO_OFTEN = 2;

interface Counted {
  readonly times: number;
  readonly vms: number | undefined;
}

function describeCounted(what: string, { times, vms }: Counted): string {
  return vms === undefined ? `${what} ${countOf(times, 'time')}` : `${countOf(vms, 'VM')} ${what}`;
}

export function createRhythm(): Rhythm {
  const told = new Map<string, number>();
  const counted = new Map<string, { at: Instant; byWhat: Map<string, Counted> }>();
  return {
    isNews({ at, policy, what, vms }) {
      const key = `${policy}/${what}`;
      const times = told.get(key) ?? 0;
      told.set(key, times + 1);
      if (times < TOLD_SO_OFTEN) return true;
      const own = counted.get(policy) ?? { at, byWhat: new Map<string, Counted>() };
      const before = own.byWhat.get(what);
      own.byWhat.set(what, {
        times: (before?.times ?? 0) + 1,
        vms: vms === undefined ? undefined : vms + (before?.vms ?? 0),
      });
      own.at = at;
      counted.set(policy, own);
      return false;
    },
    takeSums(now) {
      const until = now === undefined ? Number.POSITIVE_INFINITY : Math.floor(now / DAY_MILLIS) * DAY_MILLIS;
      const due = [...counted].filter(([, { at }]) => at < until);
      return due.map(([policy, { at, byWhat }]) => {
        counted.delete(policy);
        // What a schedule asked for stands before what was done about it.
        const isEdge = ([, { vms }]: [string, Counted]): boolean => vms === undefined;
        const sorted = [...byWhat].sort((a, b) => Number(isEdge(b)) - Number(isEdge(a)) || (a[0] < b[0] ? 1 : -1));
        const pieces = sorted.map(([what, own]) => describeCounted(what, own));
        return { at, policy, text: `and so on: ${pieces.join(', ')}` };
      });
    },
  };
}
