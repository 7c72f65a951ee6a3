// A scenario's file -> what a backtest plays, with its policies compiled; or everything that is wrong with any of them, at
// once. Reads files; plays nothing.
import { basename, isAbsolute, relative, resolve, sep } from 'node:path';
import type { PolicySet } from '../../core/policy-types.js';
import type { Scenario } from '../../core/scenario.js';
import { readTextFile, toProblem } from '../load-policy-files.js';
import type { SourceDocument } from '../load-policy-files.js';
import { describeValue, validatePlaced } from '../placed-schema.js';
import { placeProblem, readPlacedYaml } from '../placed-yaml.js';
import type { PlacedDocument } from '../placed-yaml.js';
import { policyKinds } from '../policy-schema.js';
import { dropEchoes, isError, mergeProblems } from '../problems.js';
import type { Problem } from '../problems.js';
import { readNumber, readText, readValue } from '../read-value.js';
import { scenarioSchema } from '../schemas/scenario.js';
import { checkAccounts } from './check-accounts.js';
import { readDemands, readIdle } from './read-demand.js';
import type { ScenarioFolder } from './read-demand.js';
import { readBalance, readDelay, readLaunch, readTerminations, readVms } from './read-events.js';
import { readOffers, readParts } from './read-offers.js';
import { beginReading, keepZone, readClock } from './read-span.js';
import { overlayPolicies, type Overlaid } from './overlay-policies.js';
import {
  checkDemands,
  checkPatterns,
  compileScenarioPolicies,
  loadPaths,
  loadScenarioPolicies,
} from './scenario-policies.js';
import type { ScenarioReading } from './scenario-reading.js';

const MOST_FILE_BYTES = 1_000_000;

export interface ReadScenario {
  /** undefined as soon as there is one error. */
  readonly scenario: Scenario | undefined;
  /** The policies to play, compiled; undefined as soon as there is one error. */
  readonly set: PolicySet | undefined;
  /** Their texts; those that stand in the scenario under its own path. */
  readonly documents: readonly SourceDocument[];
  /** Where other policies were given: what became of the scenario's own. */
  readonly overlaid: Pick<Overlaid, 'replaced' | 'kept' | 'added'> | undefined;
  /** By file and line; warnings too. */
  readonly problems: readonly Problem[];
}

/** The one document that the file should hold. */
function findDocument(file: string, text: string, problems: Problem[]): PlacedDocument | undefined {
  const read = readPlacedYaml(file, text);
  problems.push(...read.problems);
  const [document, second] = read.documents;
  if (document === undefined || read.problems.some(isError)) return undefined;
  if (second !== undefined) {
    const message = 'A scenario file holds one scenario.';
    const hint = 'Make a file of each; policies stand under `policies`.';
    problems.push(placeProblem(second, [], { code: 'documents-several', message, hint }));
    return undefined;
  }
  const { value } = document;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const message = `A scenario is a mapping of keys, but this is ${describeValue(value)}.`;
    problems.push(placeProblem(document, [], { code: 'type-wrong', message, hint: 'Begin with `kind: scenario`.' }));
    return undefined;
  }
  const kind = readValue(document, ['kind']);
  if (policyKinds.some((known) => known === kind)) {
    const message = `This is a policy (\`kind: ${kind as string}\`), not a scenario.`;
    const hint = 'A scenario names it under `policies`.';
    problems.push(placeProblem(document, ['kind'], { code: 'kind-unknown', message, hint }));
    return undefined;
  }
  return document;
}

function nameOf(reading: ScenarioReading, file: string): string {
  return readText(reading.document, ['name']) ?? basename(file).replace(/\.ya?ml$/, '');
}

/** What could be read; whole only where `reading` has no error. */
async function readWhole(reading: ScenarioReading, folder: ScenarioFolder): Promise<Scenario> {
  const { document, product } = reading;
  const clock = readClock(reading);
  const offers = readOffers(reading);
  return {
    name: nameOf(reading, folder.file),
    description: readText(document, ['description']),
    seed: readNumber(document, ['seed']) ?? 1,
    from: reading.from ?? 0,
    to: reading.to ?? 0,
    zone: keepZone(reading.zone),
    product,
    clock: clock ?? { kind: 'rolling', periodMillis: 0 },
    launch: readLaunch(reading),
    deletion: readDelay(reading, 'deletion'),
    balance: readBalance(reading),
    parts: readParts(reading),
    offers,
    hasUsualOffers: readValue(document, ['offers']) === undefined,
    ...readTerminations(reading),
    vms: readVms(reading, offers, clock),
    idle: await readIdle(reading, folder),
    demands: await readDemands(reading, folder),
  };
}

/**
 * Reads a scenario and everything that it names. `path` counts from `baseDir`, and files are told as seen from there.
 * `policies`: files and folders to play instead of the scenario's own of the same names, as seen from `baseDir`; its others stay.
 * Throws nothing for what is
 * wrong with files: that is in `problems`.
 */
export async function readScenario(
  path: string,
  { baseDir, policies }: { readonly baseDir: string; readonly policies?: readonly string[] | undefined },
): Promise<ReadScenario> {
  const file = resolve(baseDir, path);
  const show = (full: string): string => {
    const below = relative(baseDir, full);
    return (below.startsWith('..') || isAbsolute(below) || below === '' ? full : below).split(sep).join('/');
  };
  const refuse = (problems: readonly Problem[]): ReadScenario => ({
    scenario: undefined,
    set: undefined,
    documents: [],
    overlaid: undefined,
    problems: mergeProblems(problems),
  });
  const text = await readTextFile(file, MOST_FILE_BYTES);
  if (typeof text !== 'string') {
    const isLarge = text.code === 'file-too-large';
    return refuse([
      toProblem(show(file), isLarge ? { ...text, hint: 'Move long lists of steps to a CSV file.' } : text),
    ]);
  }
  const found: Problem[] = [];
  const document = findDocument(show(file), text, found);
  if (document === undefined) return refuse(found);
  const reading = beginReading(document);
  const folder = { file, show, baseDir };
  const scenario = await readWhole(reading, folder);
  const source = { path: show(file), text };
  const other = policies === undefined ? undefined : await loadPaths(policies, baseDir);
  reading.problems.push(...(other?.problems ?? []));
  const own = await loadScenarioPolicies(reading, source, folder);
  const overlaid = other === undefined ? undefined : overlayPolicies(reading, own, other.documents);
  const documents = overlaid?.documents ?? own;
  const checked = compileScenarioPolicies(reading, documents);
  const accounts = checkAccounts(documents);
  if (documents.length > 0) {
    checkDemands(reading, scenario, checked);
    checkPatterns(reading, scenario, checked);
  }
  const told = dropEchoes([...reading.problems, ...validatePlaced(scenarioSchema, document)]);
  const problems = mergeProblems(found, told, checked.problems, accounts);
  const isWhole = !problems.some(isError);
  const whole = isWhole ? { scenario, set: checked.set } : { scenario: undefined, set: undefined };
  return { ...whole, documents, overlaid, problems };
}
