// How the benchmarks measure: sides take turns in one process, so that whatever else the machine does hits both; medians are
// compared, never an absolute time. It knows no benchmark.

/** One line of the results; `ok` where `ratio` holds `limit`. */
export interface BenchRow {
  readonly name: string;
  readonly ratio: number;
  readonly limit: number;
  readonly ok: boolean;
  /** What was compared, with this run's absolute figures: information, no criterion. */
  readonly detail: string;
}

/** Of an even number of values the mean of the two in the middle. Throws for none. */
export function medianOf(values: readonly number[]): number {
  if (values.length === 0) throw new Error('there is no median of nothing');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The row of a ratio that may be at most its limit. */
export function judgeAtMost(name: string, ratio: number, limit: number, detail: string): BenchRow {
  return { name, ratio, limit, ok: ratio <= limit, detail };
}

/** The row of a ratio that must reach its limit. */
export function judgeAtLeast(name: string, ratio: number, limit: number, detail: string): BenchRow {
  return { name, ratio, limit, ok: ratio >= limit, detail };
}

/** Milliseconds that a piece of work takes. */
export async function timeMillis(work: () => unknown): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/**
 * Runs each side once a round, the order turned round every time, and gives the median of what each returned. The rounds
 * before `warmUp` are thrown away.
 */
export async function takeTurns<Side extends string>(
  sides: Readonly<Record<Side, () => number | Promise<number>>>,
  rounds: number,
  warmUp = 1,
): Promise<Record<Side, number>> {
  const names = Object.keys(sides) as Side[];
  const taken = new Map<Side, number[]>(names.map((name) => [name, []]));
  for (let round = -warmUp; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : [...names].reverse()) {
      const value = await sides[name]();
      if (round >= 0) taken.get(name)!.push(value);
    }
  }
  return Object.fromEntries(names.map((name) => [name, medianOf(taken.get(name)!)])) as Record<Side, number>;
}
