// Texts -> a compiled set of policies, or everything that is wrong with them. A pure function: it reads no file and no clock,
// so every process makes the same of the same generation.
import type { BudgetPolicy } from '../core/budgets/budget-policy.js';
import type { FleetPolicy, KeysPolicy, OrphansPolicy, PolicySet, ReapPolicy } from '../core/policy-types.js';
import type { Instant, Product } from '../core/types.js';
import { hashContent } from './canonical.js';
import { checkAccounts, checkNames, readHolidays } from './check-names.js';
import type { KindDocument } from './check-names.js';
import { checkBilling } from './check-billing.js';
import { checkBudget } from './check-budget.js';
import { checkBudgetSizes } from './check-budget-sizes.js';
import { checkCloudInit } from './check-cloud-init.js';
import { checkFleet } from './check-fleet.js';
import { checkKeys } from './check-keys.js';
import { checkReap } from './check-reap.js';
import { findClosestWord, suggestWord } from './closest-word.js';
import { compileBudget } from './compile-budget.js';
import { compileFleet } from './compile-fleet.js';
import { compileKeys } from './compile-keys.js';
import { checkOrphans, compileOrphans } from './compile-orphans.js';
import { compileChecked, compileReap } from './compile-reap.js';
import type { Schedule } from './demand.js';
import { compileExpression } from './expression.js';
import type { SourceDocument } from './load-policy-files.js';
import { describeValue, joinWords, validatePlaced } from './placed-schema.js';
import { isNamedFile } from './named-files.js';
import { placeProblem } from './placed-yaml.js';
import type { PlacedDocument } from './placed-yaml.js';
import { kindSchemas, policyKinds } from './policy-schema.js';
import type { PolicyKind } from './policy-schema.js';
import { dropEchoes, isError, mergeProblems } from './problems.js';
import type { Problem } from './problems.js';
import { readSchedule } from './read-schedule.js';
import { readSource } from './read-source.js';
import { readText, readValue } from './read-value.js';
import type { BudgetDocument } from './schemas/budget.js';
import type { FleetDocument } from './schemas/fleet.js';
import type { KeysDocument } from './schemas/keys.js';
import type { OrphansDocument } from './schemas/orphans.js';
import type { ReapDocument } from './schemas/reap.js';
import type { LocalMillis } from './zone.js';

export interface CheckOptions {
  /** Accounts of purser.yaml; empty: unknown, any name will do. */
  readonly accounts: readonly string[];
  /** By account; one that isn't there is of any. */
  readonly products?: Readonly<Record<string, Product>>;
  /** For policies that name none; undefined: the only one. */
  readonly defaultAccount: string | undefined;
  /** undefined before `init`: names can't be told from members' then. */
  readonly installation: string | undefined;
  /** CEL of purser.yaml's `protect`. */
  readonly protect: readonly string[];
  readonly now: Instant;
  /** The number that the set carries; 0 when it isn't published. */
  readonly generation?: number;
  /** What loading found; joined with what is found here. */
  readonly problems?: readonly Problem[];
}

export interface CheckResult {
  readonly problems: readonly Problem[];
  /** undefined as soon as there is one error. */
  readonly set: PolicySet | undefined;
  /** By name and by former name: the hash of what the policy does, so that a rename keeps it. */
  readonly policyHashes: Readonly<Record<string, string>>;
  /** Of the whole set: independent of formatting, files and order. */
  readonly hash: string;
  /** Names of all policies, holidays included, in the order of the files. */
  readonly names: readonly string[];
}

/** What no policy's `kind` says. */
function describeKind({ file }: PlacedDocument, kind: unknown): { readonly message: string; readonly hint: string } {
  if (kind === 'scenario') {
    const hint = `Check and play it: purser simulate --scenario ${file}. Keep it in a folder of its own, such as policies/scenarios.`;
    return { message: 'This is a scenario of a backtest, no policy.', hint };
  }
  const kinds = `Kinds are ${joinWords(policyKinds, 'and')}.`;
  return {
    message: `There is no kind of policy called ${describeValue(kind)}.`,
    hint: suggestWord(typeof kind === 'string' ? kind : '', policyKinds, kinds),
  };
}

/** Finds the kind of each document; what has none is a problem and is judged no further. */
function sortKinds(documents: readonly PlacedDocument[], problems: Problem[]): KindDocument[] {
  return documents.flatMap((document): KindDocument[] => {
    const { value } = document;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      const message = `A policy is a mapping of keys, but this is ${describeValue(value)}.`;
      problems.push(placeProblem(document, [], { code: 'type-wrong', message, hint: 'Begin with `kind: fleet`.' }));
      return [];
    }
    const kind = readValue(document, ['kind']);
    if (kind === undefined) {
      const misspelt = Object.keys(value).find((key) => findClosestWord(key, ['kind']) !== undefined);
      if (misspelt !== undefined) {
        const words = { code: 'key-unknown', message: `\`${misspelt}\` is not a key of a policy.`, meant: 'kind' };
        problems.push(placeProblem(document, [misspelt], { ...words, hint: 'Did you mean `kind`?' }, 'key'));
        return [];
      }
      const hint = `Add \`kind\`: ${joinWords(policyKinds)}.`;
      problems.push(
        placeProblem(document, ['kind'], { code: 'key-missing', message: '`kind` is missing.', hint }, 'key'),
      );
      return [];
    }
    const known = policyKinds.find((candidate) => candidate === kind);
    if (known !== undefined) return [{ kind: known, document }];
    problems.push(placeProblem(document, ['kind'], { code: 'kind-unknown', ...describeKind(document, kind) }));
    return [];
  });
}

interface Checked {
  readonly kinds: readonly KindDocument[];
  readonly schedules: ReadonlyMap<PlacedDocument, Schedule>;
  readonly holidays: ReadonlyMap<string, readonly LocalMillis[]>;
  /** Texts of the files that policies name, by the path of their document. */
  readonly namedFiles: ReadonlyMap<string, string>;
}

function checkProtect(protect: readonly string[]): Problem[] {
  return protect.flatMap((text, index) => {
    const compiled = compileExpression(text);
    if ('expression' in compiled) return [];
    const { code, message, hint } = compiled.problem;
    return [{ file: 'purser.yaml', line: 1, column: 1, path: `protect[${index}]`, code, message, hint }];
  });
}

/** The accounts that a policy names, or would be given, that are known to be at the product. */
function listAccountsAt(
  product: Product,
  document: PlacedDocument,
  { products = {}, accounts, defaultAccount }: CheckOptions,
): string[] {
  const standard = defaultAccount ?? (accounts.length === 1 ? accounts[0] : undefined);
  const named = [readValue(document, ['account']) ?? standard].flat();
  return named.filter(
    (name): name is string => typeof name === 'string' && Object.hasOwn(products, name) && products[name] === product,
  );
}

function checkDocuments(sources: readonly SourceDocument[], options: CheckOptions, problems: Problem[]): Checked {
  const namedFiles = new Map(sources.filter(isNamedFile).map(({ path, text }) => [path, text]));
  const read = sources.filter((source) => !isNamedFile(source)).map(readSource);
  problems.push(...read.flatMap((result) => result.problems));
  const kinds = sortKinds(
    read.flatMap((result) => result.documents),
    problems,
  );
  const holidays = new Map<string, readonly LocalMillis[]>();
  for (const { kind, document } of kinds) {
    if (kind !== 'holidays') continue;
    const list = readHolidays(document, options.now);
    problems.push(...list.problems);
    holidays.set(readText(document, ['name']) ?? '', list.dates);
  }
  problems.push(...checkNames(kinds, options.installation));
  problems.push(...checkAccounts(kinds, options.accounts, options.defaultAccount));
  const kindOf = new Map(kinds.map(({ kind, document }) => [readText(document, ['name']) ?? '', kind]));
  const schedules = new Map<PlacedDocument, Schedule>();
  for (const { kind, document } of kinds) {
    const own: Problem[] = [];
    if (kind === 'fleet') {
      const { schedule, problems: found } = readSchedule(document, holidays, options.now);
      if (schedule !== undefined) schedules.set(document, schedule);
      own.push(...found, ...checkFleet(document, namedFiles));
      own.push(
        ...checkCloudInit(document, { namedFiles, marketplaces: listAccountsAt('marketplace', document, options) }),
      );
      own.push(...checkBilling(document, listAccountsAt('cloud', document, options)));
    }
    if (kind === 'reap') own.push(...checkReap(document));
    if (kind === 'orphans') own.push(...checkOrphans(document));
    if (kind === 'keys') own.push(...checkKeys(document, namedFiles));
    if (kind === 'budget') own.push(...checkBudget(document, { accounts: options.accounts, kinds: kindOf }));
    problems.push(...dropEchoes([...own, ...validatePlaced(kindSchemas[kind], document)]));
  }
  return { kinds, schedules, holidays, namedFiles };
}

/** Unknown is protected: a missing field must not open the way to a deletion. */
function compileProtect(protect: readonly string[]): PolicySet['isProtected'] {
  const expressions = protect.map(compileChecked);
  return (vm, context) => expressions.some((expression) => expression.evaluate(vm, context).answer !== 'no');
}

interface Compiled {
  readonly kind: PolicyKind;
  readonly policy: BudgetPolicy | FleetPolicy | KeysPolicy | OrphansPolicy | ReapPolicy;
  readonly content: unknown;
}

function compileDocuments(checked: Checked, account: string): Compiled[] {
  return checked.kinds.flatMap(({ kind, document }): Compiled[] => {
    switch (kind) {
      case 'holidays':
        return [];
      case 'budget':
        return [{ kind, ...compileBudget(document.value as BudgetDocument) }];
      case 'reap':
        return [{ kind, ...compileReap(document.value as ReapDocument, account) }];
      case 'orphans':
        return [{ kind, ...compileOrphans(document.value as OrphansDocument, account) }];
      case 'keys':
        return [{ kind, ...compileKeys(document.value as KeysDocument, { ...checked, file: document.file, account }) }];
      case 'fleet': {
        const schedule = checked.schedules.get(document)!;
        return [
          {
            kind,
            ...compileFleet(document.value as FleetDocument, { ...checked, file: document.file, account, schedule }),
          },
        ];
      }
    }
  });
}

/**
 * Checks documents (as `loadPolicyFiles` or a generation's record gives them) and compiles them. The same arguments give
 * the same result. `problems` are sorted by file and line; `set` is there only without errors.
 */
export function checkPolicies(sources: readonly SourceDocument[], options: CheckOptions): CheckResult {
  const found: Problem[] = [...(options.problems ?? [])];
  const checked = checkDocuments(sources, options, found);
  found.push(...checkProtect(options.protect));
  const names = checked.kinds.flatMap(({ document }) => readText(document, ['name']) ?? []);
  if (found.some(isError)) return { problems: mergeProblems(found), set: undefined, policyHashes: {}, hash: '', names };
  const account = options.defaultAccount ?? options.accounts[0] ?? 'main';
  const compiled = compileDocuments(checked, account);
  const problems = mergeProblems(found, checkBudgetSizes(checked.kinds, compiled));
  const policyHashes: Record<string, string> = {};
  for (const { policy, content } of compiled) {
    const hash = hashContent(content);
    for (const name of [policy.name, ...(policy.kind === 'fleet' ? policy.formerly : [])]) policyHashes[name] = hash;
  }
  const identity = compiled
    .map(({ policy, content }) => ({
      name: policy.name,
      description: policy.description,
      content,
      ...('formerly' in policy && { formerly: policy.formerly }),
    }))
    .sort((left, right) => (left.name < right.name ? -1 : 1));
  const hash = hashContent(identity);
  const policies = compiled.map(({ policy }) => policy);
  const keys = policies.filter((policy) => policy.kind === 'keys');
  const budgets = policies.filter((policy) => policy.kind === 'budget');
  const set: PolicySet = {
    generation: options.generation ?? 0,
    hash,
    fleets: policies.filter((policy) => policy.kind === 'fleet'),
    reaps: policies.filter((policy) => policy.kind === 'reap'),
    orphans: policies.filter((policy) => policy.kind === 'orphans'),
    ...(keys.length === 0 ? {} : { keys }),
    ...(budgets.length === 0 ? {} : { budgets }),
    isProtected: compileProtect(options.protect),
  };
  return { problems, set, policyHashes, hash, names };
}
