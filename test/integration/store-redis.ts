// A private Redis for one test file, and waiting for a condition with a bound. Whoever opens one closes it in afterAll.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openEmbeddedRedis, type EmbeddedRedis } from '../../src/queue/embedded-redis.js';
import type { Log } from '../../src/queue/connection.js';

export const silentLog: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };

function ignore(): void {
  // What adapters tell is no part of these tests.
}

export interface TestRedis {
  readonly redis: EmbeddedRedis;
  readonly url: string;
  readonly stateDir: string;
  close(): Promise<void>;
}

export async function openTestRedis(): Promise<TestRedis> {
  const stateDir = mkdtempSync(join(tmpdir(), 'purser-test-'));
  const redis = await openEmbeddedRedis({ stateDir });
  return {
    redis,
    url: redis.url,
    stateDir,
    async close() {
      await redis.close();
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}

/** Asks until the answer is neither undefined nor false; fails after the bound. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  boundMillis = 10_000,
): Promise<T> {
  const startedAt = performance.now();
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() - startedAt > boundMillis) throw new Error(`not within ${boundMillis} ms: ${what}`);
    await pause(10);
  }
}
