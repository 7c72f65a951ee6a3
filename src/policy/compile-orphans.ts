// `kind: orphans`: the checks of its CEL, and a checked document -> the core's policy with its content for hashing.
import { parseDuration } from '../core/duration.js';
import { PurserError } from '../core/errors.js';
import type { OrphansPolicy } from '../core/policy-types.js';
import { compileAbout } from './expression.js';
import { aboutOrphan } from './expression-subjects.js';
import { placeProblem } from './placed-yaml.js';
import type { PlacedDocument } from './placed-yaml.js';
import type { Problem } from './problems.js';
import { readText } from './read-value.js';
import type { OrphansDocument } from './schemas/orphans.js';

export function checkOrphans(document: PlacedDocument): readonly Problem[] {
  const text = readText(document, ['select']);
  if (text === undefined || text === '') return [];
  const compiled = compileAbout(text, aboutOrphan);
  if ('problem' in compiled) {
    const { offset, ...words } = compiled.problem;
    return [placeProblem(document, ['select'], words, document.placeInside(['select'], offset))];
  }
  if (compiled.expression.reads.size > 0 || /\borphan\b/.test(text)) return [];
  const message = 'This says the same about everything that serves nobody in the account, whoever made it.';
  const hint = 'Select by something of orphan, such as orphan.name.';
  return [placeProblem(document, ['select'], { code: 'warning-select-constant', message, hint })];
}

function compileSelect(text: string): NonNullable<OrphansPolicy['select']> {
  const compiled = compileAbout(text, aboutOrphan);
  if ('problem' in compiled)
    throw new PurserError(
      'policy-invalid',
      `The expression ${JSON.stringify(text)} is wrong: ${compiled.problem.message}`,
    );
  const { expression } = compiled;
  // Only a plain yes matches: what isn't known about it, and errors, delete nothing.
  return (orphan, context) => expression.evaluate(orphan, { ...context, policy: '' }).answer === 'yes';
}

/** `account`: the one to use when the document names none. `content`: all that the policy does, for its hash. */
export function compileOrphans(
  document: OrphansDocument,
  account: string,
): { readonly policy: OrphansPolicy; readonly content: unknown } {
  const settled = {
    kind: 'orphans',
    account: document.account ?? account,
    mode: document.mode ?? 'observe',
    selectText: document.select,
    minAgeMillis: parseDuration(document.minAge ?? '24h') ?? 0,
    deleteAt: document.billing?.deleteAt ?? 'boundary',
  } as const;
  const select = document.select === undefined ? undefined : compileSelect(document.select);
  const policy: OrphansPolicy = { ...settled, name: document.name, description: document.description, select };
  return { policy, content: settled };
}
