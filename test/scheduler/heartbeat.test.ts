import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { listProcesses, startHeartbeat } from '../../src/scheduler/heartbeat.js';
import { NOON } from '../core/samples.js';
import { createMemoryEngine } from './memory-engine.js';

describe('the heartbeat of a process', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('says at once that a process of this role lives, and since when', async () => {
    const engine = createMemoryEngine();
    const heartbeat = startHeartbeat(engine, 'up');
    expect(await listProcesses(engine.store)).toEqual([{ role: 'up', startedAt: NOON, pid: process.pid }]);
    heartbeat.stop();
  });

  it('takes leave when it is stopped, so that nobody waits for it to be forgotten', async () => {
    const engine = createMemoryEngine();
    startHeartbeat(engine, 'up').stop();
    expect(await listProcesses(engine.store)).toEqual([]);
  });

  it('tells several processes apart', async () => {
    const engine = createMemoryEngine();
    const beats = [startHeartbeat(engine, 'scheduler'), startHeartbeat(engine, 'worker')];
    engine.clock.step(1_000);
    beats.push(startHeartbeat(engine, 'worker'));
    const processes = await listProcesses(engine.store);
    expect(processes.map(({ role }) => role).sort()).toEqual(['scheduler', 'worker', 'worker']);
    for (const beat of beats) beat.stop();
  });

  it('beats often enough for the note to outlive two lost beats, and no more once it is stopped', async () => {
    const engine = createMemoryEngine();
    const lifetimes: number[] = [];
    const store = {
      ...engine.store,
      writeNote: (_key: string, _text: string, ttlMillis = 0) => (lifetimes.push(ttlMillis), Promise.resolve()),
    };
    const heartbeat = startHeartbeat({ ...engine, store }, 'up');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(60_000 / (lifetimes.length - 1)).toBeLessThanOrEqual(Math.min(...lifetimes) / 3);
    heartbeat.stop();
    // Its leave is the last.
    expect(lifetimes.pop()).toBe(1);
    const beaten = lifetimes.length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(lifetimes).toHaveLength(beaten);
  });

  it('survives a store that is away', async () => {
    const engine = createMemoryEngine();
    const beats: number[] = [];
    const store = {
      ...engine.store,
      writeNote: () => {
        beats.push(Date.now());
        return Promise.reject(new Error('Redis is away'));
      },
    };
    const heartbeat = startHeartbeat({ ...engine, store }, 'up');
    await vi.advanceTimersByTimeAsync(30_000);
    expect(beats.length).toBeGreaterThan(3);
    heartbeat.stop();
  });
});
