// What the VMs' own HTTP applications answer: scripts that change with virtual time, kept by name, prefix or id of the VM.
// Pure: it finds answers, the proxy sends them.
import Type, { type Static } from 'typebox';
import type { Instant, Millis } from '../core/types.js';
import { momentShape, readMoment } from './shape-parts.js';

const answerFields = {
  status: Type.Optional(Type.Integer({ minimum: 200, maximum: 599 })),
  /** A text is sent as it is, anything else as JSON. */
  body: Type.Optional(Type.Unknown()),
  delayMillis: Type.Optional(Type.Integer({ minimum: 0 })),
  hang: Type.Optional(Type.Boolean()),
};

/** Which VM: one of the three. A trailing `*` in `name` stands for any ending. */
export const selectorFields = {
  id: Type.Optional(Type.String({ minLength: 1 })),
  name: Type.Optional(Type.String({ minLength: 1 })),
  prefix: Type.Optional(Type.String({ minLength: 1 })),
};

/** One script: either the answer itself, or `answers`, each valid from its `from` on. */
export const appShape = Type.Object(
  {
    ...selectorFields,
    path: Type.Optional(Type.String({ pattern: '^/' })),
    port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
    ...answerFields,
    answers: Type.Optional(
      Type.Array(Type.Object({ from: Type.Optional(momentShape), ...answerFields }, { additionalProperties: false })),
    ),
  },
  { additionalProperties: false },
);

export interface VmSelector {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly prefix?: string | undefined;
}

export interface AppAnswer {
  readonly from: Instant;
  readonly status: number;
  readonly body: string;
  readonly contentType: string;
  /** Real time. */
  readonly delayMillis: Millis;
  readonly hang: boolean;
}

export interface AppScript {
  readonly vm: VmSelector;
  /** undefined: any. */
  readonly path: string | undefined;
  readonly port: number | undefined;
  /** Ascending by `from`. */
  readonly answers: readonly AppAnswer[];
}

/** Reads a checked script; `from` counts from `base`. undefined when a date is none. */
export function readApp(written: Static<typeof appShape>, base: Instant): AppScript | undefined {
  const answers: AppAnswer[] = [];
  for (const answer of written.answers ?? [written]) {
    const from = 'from' in answer && answer.from !== undefined ? readMoment(answer.from, base) : 0;
    if (from === undefined) return undefined;
    const isText = typeof answer.body === 'string';
    answers.push({
      from,
      status: answer.status ?? 200,
      body: isText ? (answer.body as string) : JSON.stringify(answer.body ?? null),
      contentType: isText ? 'text/plain; charset=utf-8' : 'application/json',
      delayMillis: answer.delayMillis ?? 0,
      hang: answer.hang ?? false,
    });
  }
  answers.sort((left, right) => left.from - right.from);
  const { id, name, prefix, path, port } = written;
  return { vm: { id, name, prefix }, path, port, answers };
}

/** A VM of either product, by its present name. */
export interface NamedVm {
  readonly id: string;
  readonly name: string;
}

/** Whether the selector means this VM; one that names nothing means none. */
export function isSelected(vm: NamedVm, { id, name, prefix }: VmSelector): boolean {
  if (id !== undefined) return vm.id.toLowerCase() === id.toLowerCase();
  if (name !== undefined) return isNamed(vm.name, name);
  return prefix !== undefined && vm.name.startsWith(prefix);
}

/** It means VMs that are still to come as well. */
export function isOpenEnded({ id, name, prefix }: VmSelector): boolean {
  if (id !== undefined) return false;
  return name === undefined ? prefix !== undefined : name.endsWith('*');
}

/** Exact, or by prefix with a trailing `*`. */
export function isNamed(name: string, wanted: string): boolean {
  return wanted.endsWith('*') ? name.startsWith(wanted.slice(0, -1)) : name === wanted;
}

/** The answer in force, the newest script first. `not-listening`: no script for this VM and port. */
export function findAppAnswer(
  scripts: readonly AppScript[],
  vm: NamedVm,
  request: { readonly path: string; readonly port: number },
  now: Instant,
): AppAnswer | 'not-found' | 'not-listening' {
  let listening = false;
  for (const script of scripts.toReversed()) {
    if (!isSelected(vm, script.vm) || (script.port !== undefined && script.port !== request.port)) continue;
    listening = true;
    if (script.path !== undefined && script.path !== request.path) continue;
    const answer = script.answers.findLast(({ from }) => from <= now);
    if (answer !== undefined) return answer;
  }
  return listening ? 'not-found' : 'not-listening';
}
