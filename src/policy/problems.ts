// What is wrong with a file that a person wrote, and where. One shape for policies, purser.yaml and every other YAML file.
// This file orders and merges problems; it finds none.

/** `code` begins with `warning-` for what isn't an error. `line` and `column` count from 1. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Dotted path inside the document, e.g. `schedule.windows[0].from`; empty for the document itself. */
  readonly path: string;
  readonly code: string;
  readonly message: string;
  /** What would be right; empty when the message says it already. */
  readonly hint: string;
  /** Of an unknown key: the path of the one that was probably meant. */
  readonly meant?: string;
}

/** Where something stands in a document: keys and list indices from the top. */
export type DocumentPath = readonly (string | number)[];

export function isError(problem: Problem): boolean {
  return !problem.code.startsWith('warning-');
}

/** `['windows', 0, 'from']` -> `windows[0].from`. */
export function formatPath(path: DocumentPath): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('');
}

/** Problems that say only that something is not there. */
const ABSENCES = new Set(['key-missing', 'signal-keys', 'window-keys', 'warning-smallest-configuration']);

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('.')));
}

/** Of one document: what a misspelt key makes missing is one problem, not two; the place of the slip is told. */
export function dropEchoes(problems: readonly Problem[]): readonly Problem[] {
  const meant = new Set(problems.flatMap((problem) => problem.meant ?? []));
  if (meant.size === 0) return problems;
  const holders = new Set([...meant].map(parentOf));
  return problems.filter(({ code, path }) => {
    if (!ABSENCES.has(code)) return true;
    if (code === 'key-missing') return !meant.has(path);
    return !holders.has(path) && !(code === 'signal-keys' && holders.has(parentOf(path)));
  });
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/**
 * Joins lists of problems, in the order of files and lines. Of several about the same place and path only the first
 * given stays: specific checks come before the schema's general words. Warnings never hide an error.
 */
export function mergeProblems(...lists: readonly (readonly Problem[])[]): readonly Problem[] {
  const seen = new Set<string>();
  const kept = lists.flat().filter((problem) => {
    const key = [
      problem.file,
      problem.line,
      problem.column,
      problem.path,
      isError(problem) ? '' : problem.message,
    ].join('\n');
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  return kept.sort(
    (left, right) => compareText(left.file, right.file) || left.line - right.line || left.column - right.column,
  );
}

/** One line for a terminal: `policies/web.yaml:4:3 replicas: must be ...`. The code is for programs. */
export function formatProblem(problem: Problem): string {
  const place = `${problem.file}:${problem.line}:${problem.column}`;
  const path = problem.path === '' ? '' : ` ${problem.path}:`;
  const hint = problem.hint === '' ? '' : ` ${problem.hint}`;
  return `${place}${path} ${problem.message}${hint}`;
}
