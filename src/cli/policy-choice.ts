// Which policies a command is about: the files that were named, else the folder `policies/`, else the generation in force.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describePolicyContext } from '../compose.js';
import type { Config } from '../config/load-config.js';
import { PurserError } from '../core/errors.js';
import type { PolicySet } from '../core/policy-types.js';
import { checkPolicyFiles, createCompiler, requireValid, type PolicyContext } from '../policy/policies-in-force.js';
import type { GenerationRecord } from '../ports/store.js';
import { toPolicies, type CheckedPolicies } from '../scheduler/publish.js';

export const DEFAULT_FOLDER = 'policies';

/** What a plan is made of: the set, and the record that says since when each policy stands. */
export interface ChosenPolicies {
  readonly set: PolicySet;
  readonly record: GenerationRecord | undefined;
  /** Of files: what `apply` would publish. undefined: they are in force already. */
  readonly publishable: CheckedPolicies | undefined;
}

export function noPolicies(): PurserError {
  return new PurserError(
    'policy-unreadable',
    'There are no policies: no path was named, there is no folder policies/, and none are in force. `purser init` writes a first one.',
  );
}

/** The paths to check, or undefined when none were named and there is no folder. */
export function listPolicyPaths(operands: readonly string[], cwd: string): readonly string[] | undefined {
  if (operands.length > 0) return operands;
  return existsSync(resolve(cwd, DEFAULT_FOLDER)) ? [DEFAULT_FOLDER] : undefined;
}

/**
 * Checks files and compiles them as the generation that they would be, beside what is in force from elsewhere (`present`).
 * Throws `policy-*` with every problem.
 */
export function checkFiles(config: Config, paths: readonly string[], where: CheckedWhere): Promise<CheckedSet> {
  return checkFilesIn(describePolicyContext(config), paths, where);
}

interface CheckedWhere {
  readonly cwd: string;
  readonly now: number;
  readonly generation?: number;
  readonly present?: GenerationRecord | undefined;
}

type CheckedSet = CheckedPolicies & { readonly set: PolicySet; readonly filesHash: string };

async function checkFilesIn(
  context: PolicyContext,
  paths: readonly string[],
  where: CheckedWhere,
): Promise<CheckedSet> {
  const { cwd, present, ...rest } = where;
  const beside = present?.documents;
  const checked = await checkPolicyFiles(paths, context, { baseDir: cwd, beside, ...rest }).catch((error: unknown) => {
    throw present === undefined ? error : tellHowToEnd(error, present);
  });
  const set = requireValid(checked);
  const { hash, filesHash, documents, policyHashes } = checked;
  const files = { set, hash, filesHash, documents, policyHashes };
  return 'present' in where ? { ...files, beside: present?.number ?? 0 } : files;
}

/** An emptied folder ends no policy: whoever meant that by deleting the last file is told what does. */
function tellHowToEnd(error: unknown, present: GenerationRecord): unknown {
  if (!(error instanceof PurserError) || error.code !== 'policy-unreadable') return error;
  if (Object.keys(present.policies).length === 0) return error;
  const message = `${error.message} Generation ${present.number} stays in force; \`purser retire NAME\` ends a policy whose file is gone.`;
  return new PurserError(error.code, message, { details: error.details, cause: error });
}

/** A policy whose content is that of the record stands since then; a changed or new one stands since now. */
function previewRecord(
  present: GenerationRecord | undefined,
  files: CheckedPolicies,
  { now, number }: { readonly now: number; readonly number: number },
): GenerationRecord {
  const policies = Object.entries(files.policyHashes).map(([name, hash]) => {
    const known = present?.policies[name];
    return [name, known?.hash === hash ? known : { hash, since: now }] as const;
  });
  return {
    number,
    hash: files.hash,
    publishedAt: now,
    documents: files.documents,
    policies: Object.fromEntries(policies),
    by: 'preview',
  };
}

interface ChoiceFacts {
  readonly cwd: string;
  readonly now: number;
  readonly present: GenerationRecord | undefined;
  /** The newest generation that was ever in force, for `apply`: what it publishes is newer, also over a store that was set back. */
  readonly seen?: number | undefined;
  /** The named files are the whole set: whatever else is in force goes. */
  readonly replaces?: boolean;
}

/** Chooses for `plan`, `apply` and `explain`. Throws `policy-unreadable` when there is nothing to plan with. */
export function choosePolicies(
  config: Config,
  operands: readonly string[],
  facts: ChoiceFacts,
): Promise<ChosenPolicies> {
  return choosePoliciesIn(describePolicyContext(config), operands, facts);
}

/** The same for accounts that are known from a recording. */
export async function choosePoliciesIn(
  context: PolicyContext,
  operands: readonly string[],
  facts: ChoiceFacts,
): Promise<ChosenPolicies> {
  const { cwd, now, present, seen = 0 } = facts;
  const isSetBack = present !== undefined && present.number < seen;
  const generation = Math.max(present?.number ?? 0, seen) + 1;
  const paths = listPolicyPaths(operands, cwd);
  if (paths === undefined) {
    if (present === undefined) {
      throw noPolicies();
    }
    const set = createCompiler(context)(present);
    if (!isSetBack) return { set, record: present, publishable: undefined };
    return {
      set: { ...set, generation },
      record: { ...present, number: generation },
      publishable: { ...toPolicies(present), beside: present.number },
    };
  }
  const beside = facts.replaces === true ? undefined : present;
  const files = await checkFilesIn(context, paths, { cwd, now, generation, present: beside });
  if (present?.hash === files.hash && !isSetBack) {
    return { set: { ...files.set, generation: present.number }, record: present, publishable: undefined };
  }
  // What was shown is judged beside what is in force, also where the files are to be the whole set.
  const publishable = { ...files, beside: present?.number ?? 0 };
  return { set: files.set, record: previewRecord(present, files, { now, number: generation }), publishable };
}
