// What all routes of the sandbox share: the context's type, reading a JSON body by its shape, and refusing. No route is here.
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { FaultEffect } from './faults.js';
import type { Refusal } from './market-offers.js';
import { formatProblem, type ShapeAnswer } from './shape-check.js';

export interface SandboxEnv {
  Bindings: HttpBindings;
  Variables: {
    /** The fault that hits this call, where its route has to carry it out. */
    effect: FaultEffect | undefined;
  };
}

/** The front answers with its status and `{"error": message}`. */
export class RequestRefused extends Error {
  readonly status: Refusal['status'] | 403 | 413 | 415;
  constructor(status: RequestRefused['status'], message: string) {
    super(message);
    this.status = status;
  }
}

/** The body as what the check says it is; throws RequestRefused for anything else. */
export async function readBody<Body>(
  context: Context<SandboxEnv>,
  check: (value: unknown) => ShapeAnswer<Body>,
): Promise<Body> {
  const type = context.req.header('content-type') ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new RequestRefused(415, 'Expected request with `Content-Type: application/json`');
  }
  return readUntypedBody(context, check);
}

/** The same of any content type, for the controls: `curl -d` sends another one unless told. */
export async function readUntypedBody<Body>(
  context: Context<SandboxEnv>,
  check: (value: unknown) => ShapeAnswer<Body>,
): Promise<Body> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(await context.req.text());
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
  if ('error' in answer && 'status' in answer) throw new RequestRefused(answer.status, answer.error);
  return answer;
}
