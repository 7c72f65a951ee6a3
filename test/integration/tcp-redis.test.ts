import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findRedisServer } from '../../src/queue/redis-server.js';
import { childProgram } from './child-programs.js';
import { eventually } from './store-redis.js';

const CHILD = childProgram('tcp-redis-child');
const PASSWORD = 'open:sesame/%';
const servers: ChildProcess[] = [];
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'purser-test-'));
});
afterAll(async () => {
  for (const server of servers) {
    if (server.exitCode !== null) continue;
    server.kill('SIGKILL');
    await once(server, 'exit');
  }
  rmSync(folder, { recursive: true, force: true });
});

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

/** A server for others than us: on a port, with a password. `words`: what turns the port on, and more. */
async function startServer(describePort: (port: number) => readonly string[]): Promise<number> {
  const port = await findFreePort();
  const words = ['--bind', '127.0.0.1', '--requirepass', PASSWORD, '--save', '', ...describePort(port)];
  servers.push(spawn(findRedisServer()!, words, { cwd: folder, stdio: 'ignore' }));
  await eventually('the server listens', () => isOpen(port));
  return port;
}

interface Told {
  readonly protect?: readonly string[];
  readonly reachable?: boolean;
  readonly address?: string;
  readonly error?: string;
}

async function use(url: string, env: Readonly<Record<string, string>> = {}): Promise<Told> {
  const child = spawn(process.execPath, [CHILD, url], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
  await once(child, 'close', { signal: AbortSignal.timeout(40_000) });
  return JSON.parse(text) as Told;
}

/** Certificates are made here; a machine without openssl has nothing to try, and its run says so. */
function makeCertificate(): { readonly key: string; readonly certificate: string } | undefined {
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const name = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  try {
    const words = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', certificate];
    execFileSync('openssl', [...words, ...name], { stdio: 'ignore' });
    return { key, certificate };
  } catch {
    return undefined;
  }
}

describe('a Redis on the network', () => {
  it('is used with its password, by store, queue and worker; no message holds that', { timeout: 60_000 }, async () => {
    const port = await startServer((free) => ['--port', String(free)]);
    const secret = encodeURIComponent(PASSWORD);
    expect(await use(`redis://:${secret}@127.0.0.1:${port}`)).toEqual({
      protect: ['vm-1'],
      reachable: true,
      address: `redis://127.0.0.1:${port}`,
    });
    for (const url of [`redis://127.0.0.1:${port}`, `redis://:wrong-word@127.0.0.1:${port}`]) {
      const { error } = await use(url);
      expect(error).toMatch(/^Redis at redis:\/\/127\.0\.0\.1:\d+ can't be reached: .*(NOAUTH|WRONGPASS)/);
      expect(error).not.toContain('wrong-word');
    }
  });

  it('is used over TLS when its certificate is trusted, and not otherwise', { timeout: 60_000 }, async ({ skip }) => {
    const made = makeCertificate();
    if (made === undefined) return skip('this machine has no openssl to make a certificate with');
    const { key, certificate } = made;
    const files = ['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', certificate];
    const port = await startServer((free) => [
      ...['--port', '0', '--tls-port', String(free), '--tls-auth-clients', 'no'],
      ...files,
    ]);
    const url = `rediss://:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}`;
    expect(await use(url, { NODE_EXTRA_CA_CERTS: certificate })).toMatchObject({ protect: ['vm-1'], reachable: true });
    expect((await use(url)).error).toMatch(/self-signed certificate/);
  });
});
