// What all routes of the sandbox share: the context's type, reading a JSON body by its shape, and refusing. No route is here.
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { FaultEffect } from './faults.js';
import { isRefusal, type Refusal } from './refusal.js';
import { formatProblem, type ShapeAnswer } from './shape-check.js';

const MOST_BODY_BYTES = 1_048_576;

export interface SandboxEnv {
  Bindings: HttpBindings;
  Variables: {
    /** The fault that hits this call, where its route has to carry it out. */
    effect: FaultEffect | undefined;
  };
}

/** The front answers with its status and `{"error": message}`. */
export class RequestRefused extends Error {
  readonly status: Refusal['status'] | 401 | 413 | 415;
  constructor(status: RequestRefused['status'], message: string) {
    super(message);
    this.status = status;
  }
}

/** A JSON body as what the check says it is, from a request that calls it JSON; throws RequestRefused for anything else. */
export async function readBody<Body>(
  context: Context<SandboxEnv>,
  check: (value: unknown) => ShapeAnswer<Body>,
): Promise<Body> {
  const type = context.req.header('content-type') ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new RequestRefused(415, 'Expected request with `Content-Type: application/json`');
  }
  return readBodyOfAnyType(context, check);
}

/** The same of any content type, for the controls: `curl -d` calls its body a form unless told. */
export async function readBodyOfAnyType<Body>(
  context: Context<SandboxEnv>,
  check: (value: unknown) => ShapeAnswer<Body>,
): Promise<Body> {
  // A length that is told is believed before the body is read, so that a huge one never is.
  const told = Number(context.req.header('content-length') ?? 0);
  const text = told > MOST_BODY_BYTES ? '' : await context.req.text();
  if (Math.max(told, text.length) > MOST_BODY_BYTES) throw new RequestRefused(413, 'The request body is too large');
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new RequestRefused(400, 'The request body is not valid JSON');
  }
  const { value, problems } = check(parsed);
  if (problems !== undefined)
    throw new RequestRefused(400, `Invalid request: ${problems.map(formatProblem).join('; ')}`);
  return value;
}

/** Throws what the market refused. */
export function unwrap<Answer extends object>(answer: Answer | Refusal): Answer {
  if (isRefusal(answer)) throw new RequestRefused(answer.status, answer.error);
  return answer;
}
