// From policy files, or a generation's record, to compiled policies. One place, so that every process compiles alike.
import { PurserError } from '../core/errors.js';
import type { PolicySet } from '../core/policy-types.js';
import type { Instant, Product } from '../core/types.js';
import { hashContent } from './canonical.js';
import { checkPolicies, type CheckResult } from './check-policies.js';
import { loadPolicyFiles, type SourceDocument } from './load-policy-files.js';
import { keepOthers } from './merge-documents.js';
import { formatProblem, isError, type Problem } from './problems.js';

/** What compiling needs to know of the configuration. */
export interface PolicyContext {
  readonly accounts: readonly string[];
  readonly products?: Readonly<Record<string, Product>>;
  readonly installation: string | undefined;
  /** CEL of `protect`. */
  readonly protect: readonly string[];
}

export interface CheckedFiles extends CheckResult {
  readonly documents: readonly SourceDocument[];
  /** Of the texts that were read, without what stays beside them. */
  readonly filesHash: string;
}

/** Reads and checks files. Problems are returned, not thrown; throws `policy-unreadable` when nothing could be read. */
export async function checkPolicyFiles(
  paths: readonly string[],
  context: PolicyContext,
  where: {
    readonly baseDir: string;
    readonly now: Instant;
    readonly generation?: number;
    /** What is in force: policies from elsewhere than `paths` stay beside the files. Default: the files are the whole set. */
    readonly beside?: readonly SourceDocument[] | undefined;
  },
): Promise<CheckedFiles> {
  const { documents: loaded, problems } = await loadPolicyFiles(paths, where);
  const documents = [...loaded, ...keepOthers(where.beside ?? [], loaded, { paths, baseDir: where.baseDir })];
  const { now, generation } = where;
  const checked = checkPolicies(documents, {
    ...context,
    defaultAccount: context.accounts.length === 1 ? context.accounts[0] : undefined,
    now,
    problems,
    ...(generation === undefined ? {} : { generation }),
  });
  return { ...checked, documents, filesHash: hashContent(loaded) };
}

/** The compiled set, or `policy-invalid` with every problem in the message. */
export function requireValid(checked: CheckResult): PolicySet {
  if (checked.set !== undefined) return checked.set;
  const errors = checked.problems.filter(isError);
  const lines = errors.map(formatProblem).join('\n');
  throw new PurserError('policy-invalid', `${errors.length === 1 ? '' : `${errors.length} problems:\n`}${lines}`, {
    details: { problems: checked.problems },
  });
}

/** Compiles generations, keeping the last one: workers ask at every job. Throws `policy-invalid`. */
export function createCompiler(
  context: PolicyContext,
): (record: { number: number; hash: string; publishedAt: Instant; documents: readonly SourceDocument[] }) => PolicySet {
  let last: { key: string; set: PolicySet } | undefined;
  return (record) => {
    const key = `${record.number}/${record.hash}`;
    if (last?.key === key) return last.set;
    const checked = checkPolicies(record.documents, {
      ...context,
      defaultAccount: context.accounts.length === 1 ? context.accounts[0] : undefined,
      now: record.publishedAt,
      generation: record.number,
    });
    const set = requireValid(checked);
    last = { key, set };
    return set;
  };
}

export type { Problem };
