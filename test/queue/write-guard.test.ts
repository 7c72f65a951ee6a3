import { afterEach, describe, expect, it } from 'vitest';
import { createWriteGuard, type WriteGuard } from '../../src/queue/write-guard.js';
import { startFakeRedis, type FakeRedis, type Reply } from './fake-redis.js';

let redis: FakeRedis | undefined;
let guard: WriteGuard | undefined;
afterEach(async () => {
  await guard?.close();
  await redis?.close();
});

interface Settings {
  readonly version?: string;
  readonly appendonly?: boolean;
  readonly policy?: Reply;
  readonly waitaof?: () => Reply | Promise<Reply>;
}

async function open({ version = '7.4.1', appendonly = true, policy = 'everysec', waitaof }: Settings): Promise<void> {
  redis = await startFakeRedis(([command]) => {
    switch (command?.toLowerCase()) {
      case 'info':
        return `redis_version:${version}\r\nloading:0\r\naof_enabled:${appendonly ? 1 : 0}\r\n`;
      case 'config':
        return policy instanceof Error ? policy : ['appendfsync', policy];
      case 'waitaof':
        return waitaof?.() ?? [1, 0];
      default:
        return 'OK';
    }
  });
  guard = createWriteGuard({ url: redis.url, key: 'synced' });
}

const listWaits = () =>
  redis!.asked.filter(([command]) => /^(set|waitaof)$/i.test(command!)).map((words) => words.join(' ').toLowerCase());

describe('the guard of writes', () => {
  it('writes something and waits until the append-only file is on disk', async () => {
    await open({});
    expect(await guard!.awaitOnDisk()).toBe(true);
    expect(listWaits()).toEqual(['set synced 1', 'waitaof 1 0 2000']);
  });

  it('says so when Redis does not confirm it in time', async () => {
    await open({ waitaof: () => [0, 0] });
    expect(await guard!.awaitOnDisk()).toBe(false);
  });

  it('says so when Redis answers with an error, or goes away', async () => {
    await open({ waitaof: () => new Error('ERR no') });
    expect(await guard!.awaitOnDisk()).toBe(false);
    await redis!.close();
    const closed = guard!.awaitOnDisk();
    await guard!.close();
    expect(await closed).toBe(false);
  });

  it.each([
    ['syncs every write itself', { policy: 'always' }],
    ['is older than 7.2', { version: '7.0.15' }],
    ['has no append-only file', { appendonly: false }],
  ] as const)('does not wait where Redis %s', async (_name, settings) => {
    await open(settings);
    expect(await guard!.awaitOnDisk()).toBe(true);
    expect(listWaits()).toEqual([]);
  });

  it('waits where Redis does not tell how often it syncs', async () => {
    await open({ policy: new Error('NOPERM this user has no permissions') });
    expect(await guard!.awaitOnDisk()).toBe(true);
    expect(listWaits()).toHaveLength(2);
  });

  it('shares one wait among all that came after the last one began', async () => {
    const answers: ((reply: Reply) => void)[] = [];
    let arrived: () => void = () => undefined;
    const next = () => new Promise<void>((resolve) => (arrived = resolve));
    await open({ waitaof: () => new Promise((resolve) => (answers.push(resolve), arrived())) });
    let waiting = next();
    const first = guard!.awaitOnDisk();
    await waiting;
    const others = [guard!.awaitOnDisk(), guard!.awaitOnDisk(), guard!.awaitOnDisk()];
    waiting = next();
    answers[0]!([1, 0]);
    expect(await first).toBe(true);
    await waiting;
    answers[1]!([0, 0]);
    expect(await Promise.all(others)).toEqual([false, false, false]);
    expect(answers).toHaveLength(2);
  });
});
