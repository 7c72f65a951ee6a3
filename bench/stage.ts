// What benchmarks with a real Redis stand on: a folder of their own and a private Redis in it, both gone afterwards.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedRedis } from '../src/queue/embedded-redis.js';

/** Tells nothing; what goes wrong in a benchmark throws. */
export const silentLog = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

export interface Stage {
  readonly folder: string;
  readonly redisUrl: string;
}

export async function withStage<Result>(run: (stage: Stage) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'purser-bench-'));
  const redis = await openEmbeddedRedis({ stateDir: join(folder, 'state'), log: silentLog });
  try {
    return await run({ folder, redisUrl: redis.url });
  } finally {
    await redis.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
