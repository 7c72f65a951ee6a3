import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { checkRedis } from '../../src/queue/check-redis.js';
import { openEmbeddedRedis, type EmbeddedRedis } from '../../src/queue/embedded-redis.js';
import { holdStateDir } from '../../src/queue/hold-state-dir.js';
import { identifySelf, isPidAlive } from '../../src/queue/process-identity.js';
import { createRedisStore } from '../../src/queue/redis-store.js';
import { makeDeploy, NOW } from '../queue/books-samples.js';
import { childProgram } from './child-programs.js';
import { eventually } from './store-redis.js';

const CHILD = childProgram('embedded-owner-child');
let stateDir: string;
const opened: EmbeddedRedis[] = [];
const children: ChildProcess[] = [];

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'purser-test-'));
});
afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => kill(child)));
  await Promise.all(opened.splice(0).map((redis) => redis.close()));
  rmSync(stateDir, { recursive: true, force: true });
});

async function open(directory = stateDir): Promise<EmbeddedRedis> {
  const redis = await openEmbeddedRedis({ stateDir: directory });
  opened.push(redis);
  return redis;
}

async function startOwner(...words: string[]): Promise<{ child: ChildProcess; redisPid: number; how: string }> {
  const child = spawn(process.execPath, [CHILD, stateDir, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  const [pid, how = ''] = line.trim().split(' ');
  return { child, redisPid: Number(pid), how };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

describe('the private Redis', () => {
  it('is fit for its work, and for nobody else to read', async () => {
    const redis = await open();
    expect(redis.startedByUs).toBe(true);
    expect(await checkRedis(redis.url)).toMatchObject({
      reachable: true,
      version: expect.stringMatching(/^\d+\.\d+/),
      maxmemoryPolicy: 'noeviction',
      appendonly: true,
      durability: 'always',
    });
    expect(statSync(dirname(redis.socket)).mode & 0o077).toBe(0);
    expect(statSync(redis.socket).mode & 0o077).toBe(0);
  });

  it('is shared, stopped by the last one to leave, and keeps its data', async () => {
    const first = await open();
    const second = await open();
    expect(second).toMatchObject({ pid: first.pid, startedByUs: false });
    const store = createRedisStore({ url: first.url, installation: 'ab' });
    await store.readBirth(NOW);
    await store.close();
    await first.close();
    expect(isPidAlive(second.pid)).toBe(true);
    await second.close();
    expect(isPidAlive(second.pid)).toBe(false);
    const third = await open();
    expect(third.pid).not.toBe(first.pid);
    const again = createRedisStore({ url: third.url, installation: 'ab' });
    expect(await again.readBirth(NOW + 1)).toEqual({ bornAt: NOW, fresh: false });
    await again.close();
  });

  it('is started once by processes that start together', async () => {
    const owners = await Promise.all([startOwner(), startOwner(), startOwner(), open()]);
    const pids = new Set(owners.map((owner) => ('redisPid' in owner ? owner.redisPid : owner.pid)));
    expect(pids.size).toBe(1);
    const starters = owners.filter((owner) => ('how' in owner ? owner.how === 'started' : owner.startedByUs));
    expect(starters).toHaveLength(1);
  });

  it('is found again after its owner was killed, and stopped by the next one to leave', async () => {
    const owner = await startOwner();
    await kill(owner.child);
    expect(isPidAlive(owner.redisPid)).toBe(true);
    const redis = await open();
    expect(redis).toMatchObject({ pid: owner.redisPid, startedByUs: false });
    await redis.close();
    await eventually('it stopped', () => !isPidAlive(owner.redisPid));
    expect(readdirSync(join(stateDir, 'redis', 'owners'))).toEqual([]);
  });

  it('outlives a starter that leaves while others use it', async () => {
    const redis = await open();
    const visitor = await startOwner('leave');
    expect(visitor).toMatchObject({ redisPid: redis.pid, how: 'joined' });
    if (visitor.child.exitCode === null) await once(visitor.child, 'exit');
    expect((await checkRedis(redis.url)).reachable).toBe(true);
  });

  it('is started again when it was killed, whether or not anybody uses it', async () => {
    const redis = await open();
    const killed = redis.pid;
    process.kill(killed, 'SIGKILL');
    await eventually('it runs again', () => redis.pid !== killed && isPidAlive(redis.pid));
    await redis.close();
    const owner = await startOwner();
    await kill(owner.child);
    process.kill(owner.redisPid, 'SIGKILL');
    const next = await open();
    expect(next.startedByUs).toBe(true);
    expect((await checkRedis(next.url)).reachable).toBe(true);
  });

  it('never forgets a purchase that was begun, though it is killed right after it said so', async () => {
    const redis = await open();
    const store = createRedisStore({ url: redis.url, installation: 'ab' });
    const lease = await store.acquireLease('account:main', 'test', 60_000);
    const intent = makeDeploy('k3f9x2');
    const changes = [{ kind: 'intent', intent, expect: 'absent' } as const];
    await store.commit(lease!, { account: 'main', generation: 0, changes, ledger: [] });
    const call = {
      account: 'main',
      intent: intent.id,
      generation: 0,
      attempt: 'one',
      leaseMillis: 1,
      now: NOW,
      doom: [],
    };
    const permit = await store.beginCall({ ...call, isOnce: true });
    const killed = redis.pid;
    process.kill(killed, 'SIGKILL');
    expect(permit).toMatchObject({ granted: true, isOnDisk: true });
    await eventually('it runs again', () => redis.pid !== killed && isPidAlive(redis.pid));
    const again = await eventually('it answers', () =>
      store.beginCall({ ...call, attempt: 'two' }).catch(() => undefined),
    );
    expect(again).toMatchObject({ granted: false, why: 'unknown' });
    await store.close();
  });

  it('syncs every write, also when an earlier version had started it otherwise', async () => {
    const redis = await open();
    const direct = new Redis({ path: redis.socket });
    await direct.config('SET', 'appendfsync', 'everysec');
    await direct.quit();
    expect((await checkRedis(redis.url)).durability).not.toBe('always');
    const joined = await open();
    expect((await checkRedis(joined.url)).durability).toBe('always');
  });

  it('is replaced when it lives but has stopped answering', { timeout: 40_000 }, async () => {
    const owner = await startOwner();
    await kill(owner.child);
    process.kill(owner.redisPid, 'SIGSTOP');
    const next = await open();
    expect(next.pid).not.toBe(owner.redisPid);
    expect(isPidAlive(owner.redisPid)).toBe(false);
  });

  it('never ends a process that it does not know, whatever the pid file says', async () => {
    const stranger = spawn('sleep', ['60'], { stdio: 'ignore' });
    children.push(stranger);
    mkdirSync(join(stateDir, 'redis'), { recursive: true });
    writeFileSync(join(stateDir, 'redis', 'redis.pid'), `${stranger.pid}\n`);
    const redis = await open();
    await redis.close();
    expect(isPidAlive(stranger.pid!)).toBe(true);
  });

  it('works in a folder whose path is long and strange', async () => {
    const strange = join(stateDir, 'a "quoted" \\ folder with ümläuts, 100% of it', 'x'.repeat(80));
    const redis = await open(strange);
    expect(Buffer.byteLength(redis.socket)).toBeLessThanOrEqual(100);
    expect(existsSync(join(strange, 'redis', 'appendonlydir'))).toBe(true);
    expect((await checkRedis(redis.url)).reachable).toBe(true);
    await redis.close();
    rmSync(dirname(redis.socket), { recursive: true, force: true });
    const spaced = await open(join(stateDir, 'a 100% %41 folder'));
    expect((await checkRedis(spaced.url)).reachable).toBe(true);
  });

  it('says what to install when there is no server program', async () => {
    vi.stubEnv('PATH', join(stateDir, 'nothing'));
    await expect(openEmbeddedRedis({ stateDir })).rejects.toMatchObject({ code: 'redis-missing' });
  });

  it('is left alone when a process of another machine uses it', async () => {
    const redis = await open();
    await redis.close();
    const owners = join(stateDir, 'redis', 'owners');
    const foreign = { ...identifySelf(), machine: 'elsewhere', host: 'far-away', role: 'owner', since: 0, nonce: 'n' };
    writeFileSync(join(owners, 'foreign.json'), JSON.stringify(foreign));
    await expect(openEmbeddedRedis({ stateDir })).rejects.toMatchObject({
      code: 'state-dir-held',
      message: expect.stringContaining('far-away'),
    });
    utimesSync(join(owners, 'foreign.json'), 0, 0);
    expect((await open()).startedByUs).toBe(true);
  });
});

describe('a held state directory', () => {
  it('names its holder to the second, and is free once released', () => {
    const held = holdStateDir({ stateDir, role: 'up' });
    expect(() => holdStateDir({ stateDir, role: 'up' })).toThrow(
      expect.objectContaining({
        code: 'state-dir-held',
        message: expect.stringContaining(`\`purser up\` (pid ${process.pid} on `),
      }),
    );
    held.release();
    holdStateDir({ stateDir, role: 'up' }).release();
  });

  it('is taken over from a process that was killed, and held again from then on', async () => {
    const { child } = await startOwner('hold');
    expect(() => holdStateDir({ stateDir, role: 'up' })).toThrow(`pid ${child.pid}`);
    await kill(child);
    await (await open()).close();
    const held = holdStateDir({ stateDir, role: 'up' });
    expect(() => holdStateDir({ stateDir, role: 'up' })).toThrow(`pid ${process.pid}`);
    held.release();
  });

  it('is not held by a pid that was given to another process', () => {
    const stale = { ...identifySelf(), startedAt: '1', role: 'up', since: 0, nonce: 'n' };
    writeFileSync(join(stateDir, 'holder.json'), JSON.stringify(stale));
    holdStateDir({ stateDir, role: 'up' }).release();
  });

  it('is held by another machine until it has been silent for half a minute', () => {
    const path = join(stateDir, 'holder.json');
    const foreign = { ...identifySelf(), machine: 'elsewhere', host: 'far-away', role: 'up', since: 0, nonce: 'n' };
    writeFileSync(path, JSON.stringify(foreign));
    expect(() => holdStateDir({ stateDir, role: 'up' })).toThrow('far-away');
    writeFileSync(path, '');
    expect(() => holdStateDir({ stateDir, role: 'up' })).toThrow('just starting');
    utimesSync(path, 0, 0);
    holdStateDir({ stateDir, role: 'up' }).release();
  });
});
