import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { followSandboxClock, type SandboxFollower } from '../../src/sim/follow-sandbox-clock.js';
import { eventually } from '../integration/store-redis.js';
import { openSandbox } from './sandbox-client.js';

const HOUR = 3_600_000;

const followers: SandboxFollower[] = [];
const servers: Server[] = [];

afterEach(() => {
  for (const follower of followers.splice(0)) follower.close();
  for (const server of servers.splice(0)) server.close();
});

async function follow(url: string): Promise<SandboxFollower> {
  const follower = await followSandboxClock(url);
  followers.push(follower);
  return follower;
}

/** A server that is no sandbox. */
async function serve(body: string): Promise<string> {
  const server = createServer((_request, response) => response.end(body)).listen(0, '127.0.0.1');
  servers.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('following a clock of a sandbox', () => {
  it('tells its time from the start, and that of a step after reading again', async () => {
    const sandbox = await openSandbox({ start: '2026-11-20T06:00:00Z' }, { speed: 0 });
    const clock = await follow(sandbox.url);
    expect(clock.now()).toBe(Date.parse('2026-11-20T06:00:00Z'));
    await sandbox.control('clock', { advanceBy: '5h' });
    await clock.sync();
    expect(clock.now()).toBe(Date.parse('2026-11-20T11:00:00Z'));
    expect(clock.isStepped).toBe(true);
  });

  it('hears of a step within a moment without being asked to', async () => {
    const sandbox = await openSandbox({}, { speed: 0 });
    const clock = await follow(sandbox.url);
    const before = clock.now();
    await sandbox.control('clock', { advanceBy: '5h' });
    await eventually('the step was heard of', () => clock.now() === before + 5 * HOUR);
  });

  it('runs on at the speed of the sandbox between two readings', async () => {
    const sandbox = await openSandbox({}, { speed: 3_600 });
    const clock = await follow(sandbox.url);
    const first = { virtual: clock.now(), real: clock.monotonicMillis() };
    await eventually('an hour passed', () => clock.now() - first.virtual > HOUR);
    const ratio = (clock.now() - first.virtual) / (clock.monotonicMillis() - first.real);
    expect(ratio).toBeGreaterThan(1_800);
    expect(ratio).toBeLessThan(7_200);
    expect(clock.speed!()).toBe(3_600);
  });

  it('stands still with a sandbox whose clock stands', async () => {
    const sandbox = await openSandbox({}, { speed: 0 });
    const clock = await follow(sandbox.url);
    const before = clock.now();
    const since = clock.monotonicMillis();
    await eventually('time passed here', () => clock.monotonicMillis() - since > 30);
    expect(clock.now()).toBe(before);
  });

  it('runs on when the sandbox is gone', async () => {
    const sandbox = await openSandbox({}, { speed: 60 });
    const clock = await follow(sandbox.url);
    await sandbox.close();
    const before = clock.now();
    await expect(clock.sync()).rejects.toMatchObject({ code: 'api-unreachable' });
    await eventually('its time went on', () => clock.now() > before);
  });
});

describe('waiting by the clock of a sandbox', () => {
  it('ends once that instant is there, however it came', async () => {
    const sandbox = await openSandbox({}, { speed: 0 });
    const clock = await follow(sandbox.url);
    const at = clock.now() + HOUR;
    let isThere = false;
    const waiting = clock.waitUntil(at).then(() => (isThere = true));
    await clock.waitUntil(clock.now());
    expect(isThere).toBe(false);
    await sandbox.control('clock', { advanceBy: '1h' });
    await waiting;
    expect(clock.now()).toBe(at);
  });

  it('ends in a fraction of the time where the sandbox runs fast', async () => {
    const sandbox = await openSandbox({}, { speed: 36_000 });
    const clock = await follow(sandbox.url);
    const since = performance.now();
    await clock.waitUntil(clock.now() + HOUR);
    expect(performance.now() - since).toBeLessThan(5_000);
  });

  it('ends at once when it is aborted, before or meanwhile', async () => {
    const sandbox = await openSandbox({}, { speed: 0 });
    const clock = await follow(sandbox.url);
    await clock.waitUntil(clock.now() + HOUR, AbortSignal.abort());
    const abort = new AbortController();
    const waiting = clock.waitUntil(clock.now() + HOUR, abort.signal);
    abort.abort();
    await waiting;
  });
});

describe('an address without a sandbox', () => {
  it.each([
    ['answers something else', '{"hello": "there"}'],
    ['answers no JSON', 'no'],
  ])('is refused when it %s, with the address and what to do', async (_what, body) => {
    const url = await serve(body);
    const refused = followSandboxClock(url);
    await expect(refused).rejects.toMatchObject({ code: 'api-unreachable' });
    await expect(refused).rejects.toThrow(url);
    await expect(refused).rejects.toThrow('purser sandbox');
  });

  it('is refused when nobody listens', async () => {
    const url = await serve('');
    await new Promise((resolve) => servers.pop()!.close(resolve));
    await expect(followSandboxClock(url)).rejects.toMatchObject({ code: 'api-unreachable' });
  });
});
