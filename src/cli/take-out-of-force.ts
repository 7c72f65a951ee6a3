// Takes a policy whose file is gone out of the policies in force. A folder that became empty counts as unreadable, so deleting the
// last file alone changes nothing: only a person who says so by name ends a policy that way.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describePolicyContext, type Composition } from '../compose.js';
import { PurserError } from '../core/errors.js';
import { findFleet } from '../core/ownership.js';
import { checkPolicies } from '../policy/check-policies.js';
import { dropPolicy, findSource } from '../policy/drop-policy.js';
import { listNames } from '../policy/merge-documents.js';
import { requireValid } from '../policy/policies-in-force.js';
import type { GenerationRecord } from '../ports/store.js';
import { publishPolicies } from '../scheduler/publish.js';

/** What the file says now; undefined: there is none. One that is there and can't be read may hold the policy still. */
function readNow(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new PurserError('policy-unreadable', `${path} is there and can't be read (${code ?? 'unknown error'}).`, {
      cause: error,
    });
  }
}

/**
 * Whether the policy stands in force though its file lacks it. Throws `option-invalid` when the file holds it still, or when
 * another policy took its name over: it would only claim, or buy, again.
 */
export function isWithoutFile(
  engine: Composition,
  record: GenerationRecord | undefined,
  policy: string,
  cwd: string,
): boolean {
  if (record === undefined) return false;
  const set = engine.compile(record);
  const others = [...set.reaps, ...set.orphans, ...(set.keys ?? []), ...(set.budgets ?? [])];
  const heir = findFleet(set.fleets, policy) ?? others.find(({ name }) => name === policy);
  if (heir === undefined) return false;
  const source = findSource(record.documents, heir.name);
  if (heir.name !== policy) {
    throw new PurserError(
      'option-invalid',
      `"${policy}" stands in generation ${record.number} as "${heir.name}", which names it in formerly (${source?.path ?? 'no file'}): take that line out and run \`purser apply\` first.`,
    );
  }
  if (source === undefined) return true;
  const text = readNow(resolve(cwd, source.path));
  if (text === undefined || !listNames({ path: source.path, text }).includes(policy)) return true;
  throw new PurserError(
    'option-invalid',
    `"${policy}" stands in ${source.path}: take it out of that file first, then run this again. Its VMs run on meanwhile.`,
  );
}

/** Publishes what is in force less this policy. Throws `policy-invalid`, `generation-changed`. */
export async function takeOutOfForce(
  engine: Composition,
  record: GenerationRecord,
  policy: string,
): Promise<GenerationRecord> {
  const context = describePolicyContext(engine.config);
  const documents = dropPolicy(record.documents, policy);
  const checked = checkPolicies(documents, {
    ...context,
    defaultAccount: context.accounts.length === 1 ? context.accounts[0] : undefined,
    now: engine.clock.now(),
  });
  requireValid(checked);
  const { hash, policyHashes } = checked;
  return (await publishPolicies(engine, { hash, documents, policyHashes, beside: record.number }, 'retire')).record;
}
