// A checked reap document -> the core's reap, and its content for hashing. Must only see documents without errors.
import { parseDuration } from '../core/duration.js';
import type { ReapPolicy, SelectContext, SignalExpression } from '../core/policy-types.js';
import type { Millis, Vm } from '../core/types.js';
import { PurserError } from '../core/errors.js';
import { hashContent } from './canonical.js';
import { compileExpression } from './expression.js';
import type { Expression, ExpressionResult } from './expression.js';
import type { HttpSignalDocument, SignalDocument } from './schemas/signal.js';
import type { ReapDocument } from './schemas/reap.js';

function readMillis(text: string | undefined, standard: string): Millis {
  return parseDuration(text ?? standard) ?? 0;
}

function compileHttp(document: HttpSignalDocument): SignalExpression {
  const content = {
    kind: 'http',
    url: document.url,
    json: document.json,
    equals: document.equals,
    timeoutMillis: readMillis(document.timeout, '5s'),
  } as const;
  return { op: 'signal', signal: { ...content, id: hashContent(content) } };
}

function compileSignal(document: SignalDocument): SignalExpression {
  if (document.http !== undefined) return compileHttp(document.http);
  if (document.not !== undefined) return { op: 'not', part: compileSignal(document.not) };
  const op = document.all === undefined ? 'any' : 'all';
  return { op, parts: (document[op] ?? []).map(compileSignal) };
}

type Select = ReapPolicy['select'];

const expressions = new WeakMap<Select, Expression>();

/** Compiles CEL that was checked before; throws `policy-invalid` for any other. */
export function compileChecked(text: string): Expression {
  const compiled = compileExpression(text);
  if ('expression' in compiled) return compiled.expression;
  throw new PurserError(
    'policy-invalid',
    `The expression ${JSON.stringify(text)} is wrong: ${compiled.problem.message}`,
  );
}

function compileSelect(text: string): Select {
  const expression = compileChecked(text);
  // Only a plain yes matches: what isn't known about a VM, and errors, never reap it.
  const select: Select = (vm, context) => expression.evaluate(vm, context).answer === 'yes';
  expressions.set(select, expression);
  return select;
}

/** Why a reap's `select` matches or doesn't: the answer with the error, if evaluating gave one. */
export function diagnoseSelect(select: Select, vm: Vm, context: SelectContext): ExpressionResult {
  const expression = expressions.get(select);
  return expression?.evaluate(vm, context) ?? { answer: select(vm, context) ? 'yes' : 'no', error: undefined };
}

/** `account`: the one to use when the document names none. `content`: all that the policy does, for its hash. */
export function compileReap(
  document: ReapDocument,
  account: string,
): { readonly policy: ReapPolicy; readonly content: unknown } {
  const { idle } = document;
  const settled = {
    kind: 'reap',
    account: document.account ?? account,
    mode: document.mode ?? 'observe',
    selectText: document.select,
    minAgeMillis: readMillis(document.minAge, '1h'),
    idle: {
      forMillis: readMillis(idle.for, '30m'),
      everyMillis: readMillis(idle.every, '1m'),
      expression: compileSignal(idle),
    },
    tellAfterMillis: readMillis(document.tellAfter, '2h'),
    deleteAt: document.billing?.deleteAt ?? 'boundary',
  } as const;
  const policy: ReapPolicy = {
    ...settled,
    name: document.name,
    description: document.description,
    select: compileSelect(document.select),
  };
  return { policy, content: settled };
}
