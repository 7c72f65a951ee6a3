// CEL: text -> a checked function over VMs. Has no I/O; evaluation never throws, and only a plain `true` is a yes.
import { Environment, EvaluationError, ParseError } from '@marcbachmann/cel-js';
import type { ASTNode } from '@marcbachmann/cel-js';
import type { SelectContext } from '../core/policy-types.js';
import type { Answer, Vm } from '../core/types.js';
import { findClosestWord } from './closest-word.js';
import { aboutVm } from './expression-subjects.js';
import type { Subject } from './expression-subjects.js';
import { findQuickNo } from './quick-no.js';
import { UNKNOWN_FIELD } from './vm-view.js';

interface ExpressionProblem {
  readonly code: 'cel-broken' | 'cel-type';
  readonly message: string;
  readonly hint: string;
  /** Where in the text, counted from 0. */
  readonly offset: number;
}

export interface ExpressionResult {
  /** unknown: it hangs on something that isn't known about this VM. An error is unknown too, with `error` set. */
  readonly answer: Answer;
  readonly error: string | undefined;
}

export interface Expression<Thing = Vm> {
  readonly text: string;
  /** Fields of `vm` (or what it is about) that it reads. */
  readonly reads: ReadonlySet<string>;
  /** Fast: nothing is made for a yes or a no. */
  readonly evaluate: (thing: Thing, context: SelectContext) => ExpressionResult;
}

const YES: ExpressionResult = { answer: 'yes', error: undefined };
const NO: ExpressionResult = { answer: 'no', error: undefined };
const UNKNOWN: ExpressionResult = { answer: 'unknown', error: undefined };

const environments = new Map<string, Environment>();

/** Made on first use: it takes some milliseconds that `purser --help` should not pay. */
function openEnvironment<Thing>({ variable, type, fields }: Subject<Thing>): Environment {
  const known = environments.get(variable);
  if (known !== undefined) return known;
  const environment = new Environment({
    limits: { maxAstNodes: 2000, maxDepth: 60, maxListElements: 500, maxMapEntries: 50, maxCallArguments: 16 },
  });
  environment.registerType(type.name, { ctor: type.ctor, fields: { ...fields } });
  environment.registerVariable(variable, type.name);
  environment.registerVariable('now', 'google.protobuf.Timestamp');
  // CEL compares int with double but neither equates nor reckons them; people write vm.pricePerDay * 30.
  environment.registerOperator('double == int', (left: number, right: bigint) => left === Number(right));
  for (const [sign, reckon] of [
    ['+', (left: number, right: number) => left + right],
    ['-', (left: number, right: number) => left - right],
    ['*', (left: number, right: number) => left * right],
    ['/', (left: number, right: number) => left / right],
  ] as const) {
    environment.registerOperator(`double ${sign} int: double`, (left: number, right: bigint) =>
      reckon(left, Number(right)),
    );
    environment.registerOperator(`int ${sign} double: double`, (left: bigint, right: number) =>
      reckon(Number(left), right),
    );
  }
  environments.set(variable, environment);
  return environment;
}

/** Every node of a parsed expression, macros as they were written. */
function* walkNodes(root: unknown): Generator<ASTNode> {
  const waiting: unknown[] = [root];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (Array.isArray(next)) waiting.push(...(next as unknown[]));
    else if (typeof next === 'object' && next !== null && 'op' in next) {
      const node = next as ASTNode;
      yield node;
      waiting.push(node.args);
    }
  }
}

function findBadRegex(root: ASTNode): ExpressionProblem | undefined {
  for (const node of walkNodes(root)) {
    if (node.op !== 'rcall' || node.args[0] !== 'matches') continue;
    const pattern = node.args[2][0];
    if (pattern?.op !== 'value' || typeof pattern.args !== 'string') continue;
    try {
      new RegExp(pattern.args);
    } catch {
      const message = `${JSON.stringify(pattern.args)} is not a regular expression.`;
      return { code: 'cel-broken', message, hint: '', offset: pattern.start };
    }
  }
  return undefined;
}

type Named = Pick<Subject<never>, 'variable' | 'fields'>;

function describeUnknownField({ variable, fields }: Named, field: string, offset: number): ExpressionProblem {
  const names = Object.keys(fields);
  const closest = findClosestWord(field, names);
  const hint =
    closest === undefined ? `${variable} has: ${names.join(', ')}.` : `Did you mean \`${variable}.${closest}\`?`;
  return { code: 'cel-type', message: `\`${field}\` is not a field of ${variable}.`, hint, offset };
}

/** Every field of the subject that is read, with the place after it. */
function* walkReads(root: ASTNode, { variable }: Named): Generator<{ readonly field: string; readonly end: number }> {
  for (const { op, args, end } of walkNodes(root))
    if (op === '.' && args[0].op === 'id' && args[0].args === variable) yield { field: args[1], end };
}

function findUnknownField(root: ASTNode, subject: Named): ExpressionProblem | undefined {
  for (const { field, end } of walkReads(root, subject))
    if (!(field in subject.fields)) return describeUnknownField(subject, field, end - field.length);
  return undefined;
}

function listReads(root: ASTNode, subject: Named): Set<string> {
  return new Set(Array.from(walkReads(root, subject), ({ field }) => field));
}

function usesHas(root: ASTNode): boolean {
  for (const node of walkNodes(root)) if (node.op === 'call' && node.args[0] === 'has') return true;
  return false;
}

const METHODS = [
  ...[
    'startsWith',
    'endsWith',
    'contains',
    'matches',
    'size',
    'indexOf',
    'lowerAscii',
    'upperAscii',
    'has',
    'duration',
  ],
  ...['timestamp', 'int', 'double', 'string', 'exists', 'all', 'filter', 'map', 'getHours', 'getDayOfWeek'],
];

const TOKEN_WORDS: Readonly<Record<string, string>> = {
  RPAREN: '`)`',
  LPAREN: '`(`',
  RBRACKET: '`]`',
  RBRACE: '`}`',
  EOF: 'the end',
};

/** CEL's words for what is wrong, made plainer where people err most. */
function explainCelError(error: unknown, subject: Named): ExpressionProblem {
  const { variable: own, fields } = subject;
  const { summary = String(error), range } = error as { summary?: string; range?: { start: number } };
  const offset = range?.start ?? 0;
  const broken = error instanceof ParseError;
  const field = /No such key: (\w+)/.exec(summary)?.[1];
  if (field !== undefined) return describeUnknownField(subject, field, offset);
  const variable = /Unknown variable: (\w+)/.exec(summary)?.[1];
  if (variable !== undefined) {
    const closest = variable in fields ? `${own}.${variable}` : findClosestWord(variable, [own, 'now']);
    const hint =
      closest === undefined
        ? `CEL sees \`${own}\` and \`now\`; texts stand in quotes.`
        : `Did you mean \`${closest}\`?`;
    return { code: 'cel-type', message: `\`${variable}\` is not known here.`, hint, offset };
  }
  const method = /no matching overload for '(?:[\w.<>, ]+\.)?(\w+)\((.*)\)'/.exec(summary);
  if (method !== null) {
    const name = method[1]!;
    const closest = METHODS.includes(name) ? undefined : findClosestWord(name, METHODS);
    const hint = closest === undefined ? `Known are: ${METHODS.join(', ')}.` : `Did you mean \`${closest}\`?`;
    const given = method[2] === '' ? 'without arguments' : `with (${method[2]!.replaceAll('google.protobuf.', '')})`;
    return { code: 'cel-type', message: `There is no \`${name}\` to call here ${given}.`, hint, offset };
  }
  const overload = /no such overload: (.+)/.exec(summary)?.[1];
  if (overload !== undefined) {
    const hint = overload.includes('null')
      ? `Ask has(${own}.x) whether something is known.`
      : overload.includes('string')
        ? 'Texts stand in quotes, numbers do not.'
        : 'Compare values of one type.';
    return {
      code: 'cel-type',
      message: `Types don't fit together: ${overload.replaceAll('google.protobuf.', '')}.`,
      hint,
      offset,
    };
  }
  const prefix = broken ? 'This is not valid CEL' : "This CEL doesn't type-check";
  const hint = /exceed/i.test(summary)
    ? 'Make it shorter.'
    : summary.endsWith('character: =')
      ? 'Compare with ==.'
      : '';
  const words = summary.replaceAll(/\b(RPAREN|LPAREN|RBRACKET|RBRACE|EOF)\b/g, (token) => TOKEN_WORDS[token] ?? token);
  return { code: broken ? 'cel-broken' : 'cel-type', message: `${prefix}: ${words}.`, hint, offset };
}

function readFailure(error: unknown): ExpressionResult {
  if (error === UNKNOWN_FIELD) return UNKNOWN;
  // In the has() view an unknown field is an absent key.
  if (error instanceof EvaluationError && error.code === 'no_such_key') return UNKNOWN;
  const text = error instanceof EvaluationError ? error.summary : String(error);
  return { answer: 'unknown', error: text };
}

const QUOTED_ID = /(['"])(?:0x[0-9a-f]+|[0-9a-f]{8}-[0-9a-f-]*)\1/gi;

/** An expression that asks for `vm.id` means the same id in any letter case; the lengths, and so all places, stay. */
function parseExpression<Thing>(text: string, subject: Subject<Thing>) {
  const parsed = openEnvironment(subject).parse(text);
  if (!listReads(parsed.ast, subject).has('id')) return parsed;
  return openEnvironment(subject).parse(text.replaceAll(QUOTED_ID, (quoted) => quoted.toLowerCase()));
}

type Compiled<Thing> = { readonly expression: Expression<Thing> } | { readonly problem: ExpressionProblem };

/** Parses and type-checks; the result must be a bool. */
export function compileExpression(text: string): Compiled<Vm> {
  return compileAbout(text, aboutVm, (ast) => findQuickNo(ast));
}

/** The same about something else than a VM. `buildQuickNo`: what can say no without the evaluator. */
export function compileAbout<Thing>(
  text: string,
  subject: Subject<Thing>,
  buildQuickNo: (ast: ASTNode) => ((thing: Thing, context: SelectContext) => boolean) | undefined = () => undefined,
): Compiled<Thing> {
  try {
    const parsed = parseExpression(text, subject);
    const badRegex = findBadRegex(parsed.ast);
    if (badRegex !== undefined) return { problem: badRegex };
    const reads = listReads(parsed.ast, subject);
    // has(vm.x) is not type-checked by the library.
    const unknownField = findUnknownField(parsed.ast, subject);
    if (unknownField !== undefined) return { problem: unknownField };
    const { view, aim } = subject.open(usesHas(parsed.ast));
    const checked = parsed.check();
    if (!checked.valid) return { problem: explainCelError(checked.error, subject) };
    if (checked.type !== 'bool') {
      const message = `This must be true or false for ${subject.noun}, but gives ${String(checked.type)}.`;
      return {
        problem: {
          code: 'cel-type',
          message,
          hint: `Compare it with something, such as ${subject.sample}.`,
          offset: 0,
        },
      };
    }
    const variables: Record<string, unknown> & { now: Date } = { [subject.variable]: view, now: new Date(0) };
    const isForbidden = buildQuickNo(parsed.ast);
    const evaluate = (thing: Thing, context: SelectContext): ExpressionResult => {
      if (isForbidden?.(thing, context) === true) return NO;
      aim(thing, context);
      if (variables.now.getTime() !== context.now) variables.now = new Date(context.now);
      try {
        const result: unknown = parsed(variables);
        return result === true
          ? YES
          : result === false
            ? NO
            : { answer: 'unknown', error: 'it gave neither true nor false' };
      } catch (error) {
        return readFailure(error);
      }
    };
    return { expression: { text, reads, evaluate } };
  } catch (error) {
    return { problem: explainCelError(error, subject) };
  }
}
