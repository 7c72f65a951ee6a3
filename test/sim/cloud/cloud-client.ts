// How the tests of the simulated cloud call it: plain fetch with the key. Every answer, and every request that was accepted, is
// judged by the published document, unless the world has quirks against it.
import { afterEach, expect } from 'vitest';
import type { CloudWorldDocument } from '../../../src/sim/cloud/cloud-world-schema.js';
import { startCloudSandbox, type RunningCloudSandbox, type StartOptions } from '../../../src/sim/sandbox-server.js';
import { readCloudWorld } from '../../../src/sim/world.js';
import { openJudge } from '../../openapi/judge.js';
import { IMAGE, idOf, SMALL, smallCloudWorld } from './small-cloud.js';

/** As JSON.parse gives it: tests reach into it, and expect() says whether it is right. */
export type Json = ReturnType<typeof JSON.parse>;

export interface Answer {
  readonly status: number;
  readonly text: string;
  /** The body as JSON; undefined when it is none. */
  readonly json: Json;
}

export interface CloudClient extends RunningCloudSandbox {
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** A call that succeeds; throws otherwise. Its body. */
  ask(method: string, path: string, body?: unknown): Promise<Json>;
  /** A control; throws when it is refused. */
  control(path: string, body?: unknown): Promise<Json>;
  /** `status code` of a call. */
  refusal(method: string, path: string, body?: unknown): Promise<string>;
}

export const judge = openJudge();
const open: RunningCloudSandbox[] = [];
const problems: string[] = [];
/** Operations of the document that were called and judged. */
export const judged = new Set<string>();

afterEach(async () => {
  await Promise.all(open.splice(0).map((sandbox) => sandbox.close()));
  expect(problems.splice(0)).toEqual([]);
});

/** A sandbox of the small cloud; closed after the test. */
export async function openCloud(
  changes: CloudWorldDocument = {},
  options: Omit<StartOptions, 'world'> = {},
): Promise<CloudClient> {
  const world = readCloudWorld({ ...smallCloudWorld, ...changes });
  const sandbox = await startCloudSandbox({ ...options, world });
  open.push(sandbox);
  const isJudged = judge.isPresent && changes.quirks === undefined;
  const call: CloudClient['call'] = async (method, path, body, headers = {}) => {
    const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(sandbox.url + path, {
      method,
      headers: {
        'x-api-key': sandbox.key,
        ...(text === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(text === undefined ? {} : { body: text }),
    });
    const answer = await response.text();
    const request = { method, path, body: text };
    if (isJudged && judge.nameOperation(request) !== undefined) {
      judged.add(judge.nameOperation(request)!);
      problems.push(...judge.judgeAnswer(request, { status: response.status, body: answer }));
      if (response.ok) problems.push(...judge.judgeRequest(request));
    }
    return { status: response.status, text: answer, json: readJson(answer) };
  };
  return Object.assign(sandbox, {
    call,
    ask: async (method: string, path: string, body?: unknown) => {
      const answer = await call(method, path, body);
      if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
      return answer.json;
    },
    control: async (path: string, body?: unknown) => {
      const answer = await call(body === undefined ? 'GET' : 'POST', `/_sandbox/${path}`, body);
      if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`);
      return answer.json;
    },
    refusal: async (method: string, path: string, body?: unknown) => {
      const { status, json } = await call(method, path, body);
      return `${status} ${json?.code}`;
    },
  });
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** A create that the small cloud grants, in the first cluster, with changes. */
export function createBody({ cloud }: CloudClient, changes: Record<string, unknown> = {}) {
  const clusterId = cloud.clusters[0]!.id;
  return {
    clusterId,
    configurationId: idOf(cloud, SMALL),
    name: 'web-1',
    bootDisk: newDisk(clusterId, 'web-1-boot', { osImage: IMAGE }),
    publicIp: { clusterId, name: 'web-1-ip', addressType: 'V4' },
    sshKeys: [...cloud.keys.keys()],
    ...changes,
  };
}

export function newDisk(clusterId: string, name: string, changes: Record<string, unknown> = {}) {
  return { clusterId, name, storageType: 'NVME', volumeGb: 25, replicated: false, ...changes };
}

/** A VM that is launched, and time is then. */
export async function launch(sandbox: CloudClient, changes: Record<string, unknown> = {}): Promise<Json> {
  const vm = await sandbox.ask('POST', '/v2/vms', createBody(sandbox, changes));
  sandbox.advanceBy(60_000);
  return sandbox.ask('GET', `/v2/vms/${vm.id}`);
}
