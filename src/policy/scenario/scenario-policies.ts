// The policies of a scenario: files, folders, and those that stand in it, compiled together by the one code that compiles
// policies; and what of the scenario must agree with them. Their errors are placed where they were written.
import { PurserError } from '../../core/errors.js';
import { matchesName } from '../../core/name-pattern.js';
import type { Scenario } from '../../core/scenario.js';
import { checkPolicies } from '../check-policies.js';
import type { CheckResult } from '../check-policies.js';
import { suggestWord } from '../closest-word.js';
import { loadNamedFiles, loadPolicyFiles } from '../load-policy-files.js';
import type { SourceDocument } from '../load-policy-files.js';
import { joinWords } from '../placed-schema.js';
import type { DocumentPath, Problem } from '../problems.js';
import { readList } from '../read-value.js';
import { resolvePath } from './read-demand.js';
import type { ScenarioFolder } from './read-demand.js';
import { report } from './scenario-reading.js';
import type { ScenarioReading } from './scenario-reading.js';

interface Loaded {
  readonly documents: readonly SourceDocument[];
  readonly problems: readonly Problem[];
}

/** As loadPolicyFiles, but nothing throws: a path that can't be read is a problem like others. */
export async function loadPaths(paths: readonly string[], baseDir: string): Promise<Loaded> {
  try {
    return await loadPolicyFiles(paths, { baseDir });
  } catch (error) {
    if (!(error instanceof PurserError) || error.code !== 'policy-unreadable') throw error;
    return { documents: [], problems: (error.details?.['problems'] ?? []) as readonly Problem[] };
  }
}

/** Problems that are about a path as the scenario writes it, not about what stands in a file. */
const OF_THE_PATH = new Set(['path-missing', 'file-unreadable', 'folder-empty']);

function tellAtEntry(reading: ScenarioReading, path: DocumentPath, written: string, problem: Problem): void {
  const words = problem.message.replace(/^This (path|file|folder) /, 'it ').replace(/^This is /, 'it is ');
  const hint =
    problem.code === 'path-missing' ? 'A relative path counts from the folder of the scenario.' : problem.hint;
  report(reading, path, [problem.code, `\`${written}\` can't be used: ${words}`, hint]);
}

/** The texts of all policies that the scenario names or holds. */
export async function loadScenarioPolicies(
  reading: ScenarioReading,
  source: SourceDocument,
  folder: ScenarioFolder & { readonly baseDir: string },
): Promise<readonly SourceDocument[]> {
  const documents = new Map<string, SourceDocument>();
  const within: DocumentPath[] = [];
  for (const [index, entry] of readList(reading.document, ['policies']).entries()) {
    const path = ['policies', index];
    if (typeof entry === 'object' && entry !== null && !Array.isArray(entry)) within.push(path);
    if (typeof entry !== 'string' || entry === '') continue;
    const loaded = await loadPaths([resolvePath(folder, entry)], folder.baseDir);
    for (const document of loaded.documents) documents.set(document.path, document);
    for (const problem of loaded.problems)
      if (OF_THE_PATH.has(problem.code) && problem.path === '') tellAtEntry(reading, path, entry, problem);
      else reading.problems.push(problem);
  }
  if (within.length > 0) {
    const own: SourceDocument = { ...source, within };
    const named = await loadNamedFiles(own, folder.baseDir);
    reading.problems.push(...named.problems);
    for (const document of [own, ...named.documents]) documents.set(document.path, document);
  }
  // Its own come last: of a name that is taken twice the scenario's is told.
  const rank = ({ path }: SourceDocument): string => `${path === source.path ? 1 : 0}${path}`;
  return [...documents.values()].sort((left, right) => (rank(left) < rank(right) ? -1 : 1));
}

/** Compiles them for the one account that a scenario has, whatever they call it. */
export function compileScenarioPolicies(reading: ScenarioReading, documents: readonly SourceDocument[]): CheckResult {
  return checkPolicies(documents, {
    accounts: [],
    products: { main: reading.product },
    defaultAccount: 'main',
    installation: undefined,
    protect: [],
    now: reading.from ?? 0,
  });
}

function listFleets({ set, names }: Pick<CheckResult, 'set' | 'names'>): readonly string[] {
  return set?.fleets.map(({ name }) => name) ?? names;
}

/** Tells of demand for what is no fleet. */
export function checkDemands(
  reading: ScenarioReading,
  { demands }: Pick<Scenario, 'demands'>,
  checked: Pick<CheckResult, 'set' | 'names'>,
): void {
  const fleets = listFleets(checked);
  for (const { policy } of demands) {
    if (fleets.includes(policy)) continue;
    const isThere = checked.names.includes(policy);
    const message = isThere
      ? `\`${policy}\` is no fleet, so nobody can want VMs of it.`
      : `There is no fleet \`${policy}\`.`;
    const hint = suggestWord(
      isThere ? '' : policy,
      fleets,
      fleets.length === 0 ? 'Its policies have no fleet.' : `Fleets are ${joinWords(fleets, 'and')}.`,
    );
    report(reading, ['demand', policy], ['policy-unknown', message, hint], 'key');
  }
}

/** Whether a member of the fleet could bear such a name; how members' names end is not known beforehand. */
function mayMatchMember(pattern: string, fleet: string): boolean {
  const begin = pattern.split('*', 1)[0]!;
  if (begin === pattern) return begin.startsWith(`${fleet}-`);
  return begin.startsWith(`${fleet}-`) || `${fleet}-`.startsWith(begin);
}

/** Warns of patterns that match no VM that could ever be there. */
export function checkPatterns(
  reading: ScenarioReading,
  { vms, idle, terminations }: Pick<Scenario, 'vms' | 'idle' | 'terminations'>,
  checked: Pick<CheckResult, 'set' | 'names'>,
): void {
  const fleets = listFleets(checked);
  const isOfNobody = (pattern: string): boolean =>
    !vms.some(({ name }) => matchesName(name, pattern)) && !fleets.some((fleet) => mayMatchMember(pattern, fleet));
  const check = (key: 'idle' | 'terminations', patterns: ReadonlySet<string>): void => {
    for (const [index, entry] of readList(reading.document, [key]).entries()) {
      const pattern = (entry as { vm?: unknown } | null)?.vm;
      if (typeof pattern !== 'string' || !patterns.has(pattern) || !isOfNobody(pattern)) continue;
      const message = `No VM of this scenario can be named \`${pattern}\`.`;
      report(
        reading,
        [key, index, 'vm'],
        ['warning-no-vm', message, 'Name one of `vms`, or begin with the name of a fleet.'],
      );
    }
  };
  check('idle', new Set(idle.map(({ vm }) => vm)));
  check('terminations', new Set(terminations.map(({ vm }) => vm)));
}
