// Carries faults out around the product's routes: latency, rate limit, delays, lost answers, cut bodies. Also counts each call
// in the books and dates each answer with the sandbox's clock. What goes wrong is decided in faults.ts.
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context, MiddlewareHandler } from 'hono';
import type { FaultEffect } from './faults.js';
import type { SandboxEnv } from './http-parts.js';
import type { Sandbox } from './sandbox.js';

type FaultContext = Context<SandboxEnv>;

export function carryFaults(sandbox: Sandbox): MiddlewareHandler<SandboxEnv> {
  const { faults } = sandbox;
  return async (context, next) => {
    const { method, path } = context.req;
    const answered = (response: Response, status = response.status) => {
      sandbox.countCall(`${method} ${path}`, status);
      if (response !== RESPONSE_ALREADY_SENT) {
        response.headers.set('date', new Date(sandbox.now() + faults.dateSkewMillis).toUTCString());
      }
      context.res = response;
    };
    const waitMillis = faults.takeTurn(performance.now());
    if (waitMillis > 0) return answered(buildTooMany(waitMillis));
    await pause(faults.latencyMillis);
    const rule = faults.take(method, path);
    await pause(rule?.delayMillis ?? 0);
    sandbox.sync();
    const effect = rule?.effect;
    context.set('effect', effect);
    if (effect === undefined || hasEffect(effect)) await next();
    if (effect === undefined) return answered(context.res);
    switch (howItEnds(effect)) {
      case 'drop':
        context.env.outgoing.destroy();
        return answered(RESPONSE_ALREADY_SENT, 0);
      case 'hang':
        answered(RESPONSE_ALREADY_SENT, 0);
        if (!context.env.outgoing.destroyed) await once(context.env.outgoing, 'close');
        return;
      case 'answer':
        return answered(await spoil(context, effect));
    }
  };
}

// What a client that went away asked for still happens, as it would at the real service; only the process may end meanwhile.
async function pause(millis: number): Promise<void> {
  if (millis > 0) await setTimeout(millis, undefined, { ref: false });
}

/** Whether the route runs at all. */
function hasEffect({ kind, afterEffect = false }: FaultEffect): boolean {
  if (kind === 'answer' || kind === 'hang') return afterEffect;
  return kind !== 'drop';
}

function howItEnds({ kind, then }: FaultEffect): 'drop' | 'hang' | 'answer' {
  if (kind === 'late-create') return then ?? 'answer';
  if (kind === 'hang') return 'hang';
  return kind === 'drop' || kind === 'lose-answer' ? 'drop' : 'answer';
}

async function spoil(context: FaultContext, effect: FaultEffect): Promise<Response> {
  const response = context.res;
  if (effect.kind === 'answer') return buildAnswer(effect, 500);
  if (effect.kind === 'late-create') return buildAnswer(effect, 504);
  if (effect.kind === 'cut-body') return cutBody(context, await response.text(), effect);
  if (effect.kind === 'partial-list') {
    return Response.json(dropEntries(await response.json(), effect), { status: response.status });
  }
  return response;
}

function buildAnswer({ status, body, headers, retryAfter }: FaultEffect, usual: number): Response {
  const isText = typeof body === 'string';
  const chosen = status ?? usual;
  const text = isText ? body : JSON.stringify(body ?? { error: 'Internal error' });
  return new Response(chosen === 204 || chosen === 304 ? null : text, {
    status: chosen,
    headers: {
      'content-type': isText ? 'text/html; charset=utf-8' : 'application/json',
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
      ...headers,
    },
  });
}

function buildTooMany(waitMillis: number): Response {
  return Response.json(
    { error: 'Too many requests' },
    { status: 429, headers: { 'retry-after': String(Math.ceil(waitMillis / 1000)) } },
  );
}

function cutBody(context: FaultContext, text: string, { share = 0.5, cutConnection = false }: FaultEffect): Response {
  const kept = text.slice(0, Math.floor(text.length * share));
  if (!cutConnection) return new Response(kept, { headers: { 'content-type': 'application/json' } });
  const { outgoing } = context.env;
  outgoing.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  outgoing.write(kept, () => outgoing.destroy());
  return RESPONSE_ALREADY_SENT;
}

/** A listing without the entries named, or with the first of them only. What is no listing stays whole. */
function dropEntries(listing: unknown, effect: FaultEffect): unknown {
  if (Array.isArray(listing)) return keepEntries(listing, effect);
  const items = (listing as { items?: unknown } | null)?.items;
  return Array.isArray(items) ? { ...(listing as object), items: keepEntries(items, effect) } : listing;
}

function keepEntries(entries: readonly unknown[], { share = 0.5, missing }: FaultEffect): readonly unknown[] {
  if (missing === undefined) return entries.slice(0, Math.floor(entries.length * share));
  return entries.filter((entry) => {
    const { id, vmName, name } = entry as { id?: unknown; vmName?: unknown; name?: unknown };
    return [id, vmName, name].every((word) => !missing.includes(String(word)));
  });
}
