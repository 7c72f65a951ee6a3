// How the sandbox's own tests call it: plain fetch with the key, answers read whole.
import { afterEach } from 'vitest';
import type { RunningSandbox, StartOptions } from '../../src/sim/sandbox-server.js';
import { startSandbox } from '../../src/sim/sandbox-server.js';
import type { WorldDocument } from '../../src/sim/marketplace/market-world-schema.js';
import { readWorld } from '../../src/sim/world.js';
import { smallWorld } from './small-market.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined when it is none. */
  readonly json: unknown;
}

export interface SandboxClient extends RunningSandbox {
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** A control; throws when it is refused. */
  control(path: string, body?: unknown): Promise<unknown>;
}

const open: RunningSandbox[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((sandbox) => sandbox.close()));
});

/** A sandbox of the small market; closed after the test. */
export async function openSandbox(changes: WorldDocument = {}, options: StartOptions = {}): Promise<SandboxClient> {
  const sandbox = await startSandbox({ world: readWorld({ ...smallWorld, ...changes }), ...options });
  open.push(sandbox);
  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(sandbox.url + path, {
      method,
      headers: {
        'x-api-key': sandbox.key,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: readJson(text) };
  };
  const control = async (path: string, body?: unknown) => {
    const answer = await call(body === undefined ? 'GET' : 'POST', `/_sandbox/${path}`, body);
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`);
    return answer.json;
  };
  return Object.assign(sandbox, { call, control });
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** A deployment that the small market grants, with changes. */
export function deployBody(changes: { instances?: unknown; constraints?: unknown; vm?: Record<string, unknown> } = {}) {
  return {
    constraints: changes.constraints ?? null,
    instances: changes.instances ?? 1,
    vmConfiguration: {
      name: 'web-1',
      openPorts: [{ port: 80, protocol: 'tcp' }],
      osImage: 'https://images.example/ubuntu.img',
      sshKeys: ['ops'],
      ...changes.vm,
    },
  };
}
