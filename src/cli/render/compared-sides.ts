// The two sides of `simulate --compare`, and what each is called: by the files that were named, or as the scenario has them.
import type { BacktestReport } from '../../compose/backtests.js';

/** The same scenario with another version of some policies. */
export interface ComparedSimulation {
  readonly file: string;
  /** Files that were played on the first side instead of the scenario's own policies; undefined: none. */
  readonly base?: string | undefined;
  readonly report: BacktestReport;
}

/** What is behind `Purser`, and above a column. */
export function labelBase({ base }: Pick<ComparedSimulation, 'base'>): string {
  return base === undefined ? 'as in the scenario' : `with ${base}`;
}

export function labelOther({ file }: Pick<ComparedSimulation, 'file'>): string {
  return `with ${file}`;
}

/** Heads of columns; names of files keep their letters. */
export function titleBase({ base }: Pick<ComparedSimulation, 'base'>): string {
  return base === undefined ? 'AS IN THE SCENARIO' : `WITH ${base}`;
}

export function titleOther({ file }: Pick<ComparedSimulation, 'file'>): string {
  return `WITH ${file}`;
}

/** Behind `than`. */
export function phraseBase({ base }: Pick<ComparedSimulation, 'base'>): string {
  return base === undefined ? "with the scenario's policies" : `with ${base}`;
}

/** Where there is little room: the files' own names, cut from the beginning; where those are the same, which side it is. */
export function shortenSides(
  { base, file }: Pick<ComparedSimulation, 'base' | 'file'>,
  most: number,
): readonly [base: string, other: string] {
  const shorten = (path: string): string => shortenLabel(path.slice(path.lastIndexOf('/') + 1), most);
  const [first, second] = [base === undefined ? 'the scenario' : shorten(base), shorten(file)];
  return first === second ? ['the first', 'the second'] : [first, second];
}

/** The end of a path says more than its beginning. */
function shortenLabel(label: string, most: number): string {
  const letters = [...label];
  return letters.length <= most ? label : `…${letters.slice(1 - most).join('')}`;
}
