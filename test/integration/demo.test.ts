import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { setDemoStage, type DemoStage } from '../../src/compose/demo-stage.js';
import { isPidAlive } from '../../src/queue/process-identity.js';
import { buildProgram, startProgram } from './built-program.js';
import { eventually } from './store-redis.js';

const START = Date.parse('2026-11-19T05:30:00Z');
const HOUR = 3_600_000;
/** Two virtual days with real processes, on a machine that does other things. */
const SLOW = 180_000;

let folder: string;
beforeAll(() => buildProgram());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'purser-demo-test-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Cost {
  readonly spent: string;
  readonly periods: number;
}
interface DemoDocument extends Cost {
  readonly virtualHours: number;
  readonly takenBack: number;
  readonly healed: number;
  readonly immediate: Cost;
  readonly lowerBound: Cost;
}

describe('purser demo', () => {
  it(
    'misses no boundary and buys nothing twice in two virtual days, with its worker killed in mid-call',
    async () => {
      const demo = startProgram(['demo', '--json'], { cwd: folder, env: { TMPDIR: folder } });
      expect(await demo.ended).toBe(0);
      const summary = JSON.parse(demo.stdout()) as DemoDocument;
      expect(demo.stdout().trimEnd().split('\n')).toHaveLength(1);
      expect(summary).toMatchObject({
        product: 'marketplace',
        missedBoundaries: 0,
        doubled: 0,
        reaped: 1,
        workersKilled: 1,
      });
      expect(summary.virtualHours).toBeGreaterThanOrEqual(48);
      expect(summary.takenBack).toBeGreaterThanOrEqual(1);
      expect(summary.healed).toBeGreaterThanOrEqual(1);
      expect(summary.periods).toBeGreaterThanOrEqual(summary.lowerBound.periods);
      expect(Number(summary.spent)).toBeLessThanOrEqual(Number(summary.immediate.spent));
      expect(Number(summary.spent)).toBeGreaterThan(0);
      expect(demo.stderr()).toBe('');
      expect(readdirSync(folder)).toEqual([]);
    },
    SLOW,
  );

  it(
    'plays the same policies on the cloud, where every hour is charged, and leaves no disk or address behind',
    async () => {
      const demo = startProgram(['demo', '--product', 'cloud', '--json'], { cwd: folder, env: { TMPDIR: folder } });
      expect(await demo.ended).toBe(0);
      const summary = JSON.parse(demo.stdout()) as DemoDocument;
      expect(summary).toMatchObject({ product: 'cloud', missedBoundaries: 0, doubled: 0, reaped: 1, workersKilled: 1 });
      expect(summary.healed).toBeGreaterThanOrEqual(1);
      expect(summary.periods).toBeGreaterThanOrEqual(summary.lowerBound.periods);
      // Ready when a window opens means bought some minutes earlier, which now and then is one more hour.
      expect(Number(summary.spent)).toBeLessThanOrEqual(1.05 * Number(summary.lowerBound.spent));
      expect(demo.stderr()).toBe('');
      expect(readdirSync(folder)).toEqual([]);
    },
    SLOW,
  );

  it('ends at once, with what to install, where there is no Redis, and leaves nothing behind', async () => {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    symlinkSync(process.execPath, join(bin, 'node'));
    const demo = startProgram(['demo'], { cwd: folder, env: { TMPDIR: folder, PATH: bin } });
    expect(await demo.ended).toBe(1);
    expect(demo.stderr()).toContain('redis-server');
    expect(readdirSync(folder)).toEqual(['bin']);
  });
});

describe("the demo's stage", () => {
  let stage: DemoStage | undefined;
  afterEach(async () => {
    await stage?.close();
    stage = undefined;
  });

  it('has one time for sandbox, engine and workers, whose death nothing else feels', async () => {
    stage = await setDemoStage({
      product: 'marketplace',
      world: { start: '2026-11-19T05:30:00Z' },
      start: START,
      tick: '5m',
      seed: 1,
    });
    const { engine, scene } = stage;
    const { sandbox } = scene;
    expect([sandbox.now(), engine.clock.now()]).toEqual([START, START]);
    await stage.setTime(START + HOUR);
    expect([sandbox.now(), engine.clock.now()]).toEqual([START + HOUR, START + HOUR]);

    const [first, second] = [await stage.startWorker(), await stage.startWorker()];
    await first.kill();
    await first.kill();
    expect([isPidAlive(first.pid), isPidAlive(second.pid)]).toEqual([false, true]);
    await engine.queue.add([{ id: 'one', data: { kind: 'reconcile', account: 'main', cause: 'test' } }]);
    await eventually('the other works it off', async () => {
      const { waiting, active } = await engine.queue.counts();
      return waiting + active === 0;
    });
    await stage.close();
    stage = undefined;
    expect(isPidAlive(second.pid)).toBe(false);
  });
});
