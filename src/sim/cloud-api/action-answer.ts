// What a call that changed something answers: its object, or nothing where the world's quirks have it so.
import type { Context } from 'hono';
import type { CloudSandbox } from '../cloud-sandbox.js';
import { RequestRefused, type SandboxEnv } from '../http-parts.js';
import type { Refusal } from '../refusal.js';

export function answerAction(context: Context<SandboxEnv>, { quirks }: CloudSandbox, answer: () => object): Response {
  return quirks.actionBodies === 'empty' ? context.body(null, 200) : context.json(answer());
}

/** Throws what the cloud refused. */
export function refuse(refusal: Refusal | undefined): void {
  if (refusal !== undefined) throw new RequestRefused(refusal.status, refusal.error);
}
