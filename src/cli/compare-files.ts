// Whether policies/ says what is in force, for `status` and `doctor`. Reads files; publishes and judges nothing else.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describePolicyContext } from '../compose.js';
import type { Config } from '../config/load-config.js';
import { PurserError } from '../core/errors.js';
import type { Instant } from '../core/types.js';
import { checkPolicyFiles, type Problem } from '../policy/policies-in-force.js';
import { listNames } from '../policy/merge-documents.js';
import { isError } from '../policy/problems.js';
import type { GenerationRecord } from '../ports/store.js';
import { DEFAULT_FOLDER } from './policy-choice.js';

export interface FileComparison {
  /**
   * same: `apply` would change nothing. differ: it would. broken: `errors` say why it can't. gone: policies of the folder are
   * in force and the folder holds none any more. none: there are none, and none are in force from there.
   */
  readonly state: 'same' | 'differ' | 'broken' | 'gone' | 'none';
  readonly errors: readonly Problem[];
  /** In the files. */
  readonly names: readonly string[];
  readonly added: readonly string[];
  readonly changed: readonly string[];
  /** gone: those of the folder that are in force without a file. */
  readonly removed: readonly string[];
}

const NOTHING = { errors: [], names: [], added: [], changed: [], removed: [] } as const;

function listChanges(
  names: readonly string[],
  hashes: Readonly<Record<string, string>>,
  present: GenerationRecord,
): Pick<FileComparison, 'added' | 'changed' | 'removed'> {
  return {
    added: names.filter((name) => hashes[name] !== undefined && present.policies[name] === undefined),
    changed: names.filter((name) => {
      const known = present.policies[name];
      return known !== undefined && hashes[name] !== undefined && known.hash !== hashes[name];
    }),
    removed: listInForce(present).filter((name) => hashes[name] === undefined),
  };
}

/** Fleets and reaps that stand in force from files of the folder. Holidays have no hash of their own. */
function listInForce(present: GenerationRecord | undefined): readonly string[] {
  const sources = present?.documents.filter(({ path }) => path.startsWith(`${DEFAULT_FOLDER}/`)) ?? [];
  return sources.flatMap(listNames).filter((name) => present?.policies[name] !== undefined);
}

export async function compareFiles(
  config: Config,
  facts: { readonly cwd: string; readonly now: Instant; readonly present: GenerationRecord | undefined },
): Promise<FileComparison> {
  const { cwd, now, present } = facts;
  const removed = listInForce(present);
  const empty: FileComparison = { ...NOTHING, state: removed.length > 0 ? 'gone' : 'none', removed };
  if (!existsSync(resolve(cwd, DEFAULT_FOLDER))) return empty;
  try {
    const where = { baseDir: cwd, now, beside: present?.documents };
    const files = await checkPolicyFiles([DEFAULT_FOLDER], describePolicyContext(config), where);
    const errors = files.problems.filter(isError);
    const { names } = files;
    if (errors.length > 0) return { ...NOTHING, state: 'broken', errors, names };
    if (present === undefined) return { ...NOTHING, state: 'differ', names, added: names };
    if (present.hash === files.hash) return { ...NOTHING, state: 'same', names };
    return { ...NOTHING, state: 'differ', names, ...listChanges(names, files.policyHashes, present) };
  } catch (error) {
    const found = error instanceof PurserError ? error.details?.['problems'] : undefined;
    if (!Array.isArray(found)) throw error;
    const errors = found as Problem[];
    if (errors.some(({ code }) => code !== 'folder-empty')) return { ...NOTHING, state: 'broken', errors };
    return empty;
  }
}
