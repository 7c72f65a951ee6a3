import { afterEach, describe, expect, it } from 'vitest';
import { noteKeys } from '../../src/scheduler/engine.js';
import {
  createSchedulerRounds,
  findNextReconcile,
  startScheduler,
  type Scheduler,
} from '../../src/scheduler/scheduler.js';
import { DAY, HOUR, NOON } from '../core/samples.js';
import { eventually } from '../integration/store-redis.js';
import { createMemoryEngine, type MemoryEngine } from './memory-engine.js';

const TICK = 30_000;

function nameWake(engine: MemoryEngine, at: number | string): void {
  engine.state.notes.set(noteKeys.wake('main'), String(at));
}

describe('the next reconcile', () => {
  it('is the next slot of the tick, never this very instant', () => {
    expect(findNextReconcile(NOON, TICK, undefined)).toBe(NOON + TICK);
    expect(findNextReconcile(NOON + 1, TICK, undefined)).toBe(NOON + TICK);
    expect(findNextReconcile(NOON + TICK - 1, TICK, undefined)).toBe(NOON + TICK);
  });

  it('is the instant that a plan named when that comes first', () => {
    expect(findNextReconcile(NOON, TICK, NOON + 7_000)).toBe(NOON + 7_000);
    expect(findNextReconcile(NOON, TICK, NOON + TICK + 1)).toBe(NOON + TICK);
  });

  it('takes no notice of a named instant that has passed', () => {
    expect(findNextReconcile(NOON, TICK, NOON)).toBe(NOON + TICK);
    expect(findNextReconcile(NOON, TICK, NOON - 1)).toBe(NOON + TICK);
  });
});

describe('the rounds of a scheduler', () => {
  it('enqueue one reconcile a slot, and nothing between', async () => {
    const engine = createMemoryEngine();
    const rounds = createSchedulerRounds(engine);
    expect(await rounds.run()).toBe(NOON + TICK);
    engine.clock.step(10_000);
    await rounds.run();
    expect(engine.queue.ids()).toEqual([`reconcile-main-${NOON}`]);
    engine.clock.step(20_000);
    expect(await rounds.run()).toBe(NOON + 2 * TICK);
    expect(engine.queue.ids()).toEqual([`reconcile-main-${NOON}`, `reconcile-main-${NOON + TICK}`]);
    expect(engine.queue.jobs.get(`reconcile-main-${NOON}`)).toEqual({
      kind: 'reconcile',
      account: 'main',
      cause: 'tick',
    });
  });

  it('enqueue one at the instant that a plan named, and say that it was that', async () => {
    const engine = createMemoryEngine();
    const rounds = createSchedulerRounds(engine);
    await rounds.run();
    nameWake(engine, NOON + 7_000);
    expect(await rounds.run()).toBe(NOON + 7_000);
    engine.clock.step(7_250);
    await rounds.run();
    await rounds.run();
    expect(engine.queue.ids()).toEqual([`reconcile-main-${NOON}`, `reconcile-main-${NOON + 7_000}`]);
    expect(engine.queue.jobs.get(`reconcile-main-${NOON + 7_000}`)).toMatchObject({ cause: 'wake' });
  });

  it('enqueue each instant once, however many schedulers there are', async () => {
    const first = createMemoryEngine();
    const others = [first, createMemoryEngine({ beside: first }), createMemoryEngine({ beside: first })];
    const rounds = others.map(createSchedulerRounds);
    nameWake(first, NOON + 7_000);
    for (const step of [0, 7_000, 1, 22_999, 30_000]) {
      first.clock.step(step);
      await Promise.all(rounds.map((each) => each.run()));
    }
    const instants = [NOON, NOON + 7_000, NOON + TICK, NOON + 2 * TICK];
    expect(first.queue.ids()).toEqual(instants.map((at) => `reconcile-main-${at}`));
  });

  it('enqueue one reconcile after a long sleep, not all that were slept through', async () => {
    const engine = createMemoryEngine();
    const rounds = createSchedulerRounds(engine);
    await rounds.run();
    nameWake(engine, NOON + 5_000);
    engine.clock.step(9 * HOUR + 4_321);
    await rounds.run();
    expect(engine.queue.ids()).toEqual([`reconcile-main-${NOON}`, `reconcile-main-${NOON + 9 * HOUR}`]);
  });

  it('go on at once when the wall clock is set back, by a second or by years', async () => {
    const engine = createMemoryEngine();
    const rounds = createSchedulerRounds(engine);
    for (const [jump, slot] of [
      [0, NOON],
      [-1_000, NOON - TICK],
      [5 * 365 * DAY, NOON - TICK + 5 * 365 * DAY],
      [-5 * 365 * DAY - HOUR, NOON - TICK - HOUR],
    ] as const) {
      engine.clock.jump(jump);
      await rounds.run();
      expect(engine.queue.ids().at(-1)).toBe(`reconcile-main-${slot}`);
    }
    engine.clock.step(TICK);
    await rounds.run();
    expect(engine.queue.ids()).toHaveLength(5);
  });

  it('go by the tick alone where the named instant is no number', async () => {
    const engine = createMemoryEngine();
    for (const text of ['', 'soon', 'Infinity']) {
      nameWake(engine, text);
      expect(await createSchedulerRounds(engine).run()).toBe(NOON + TICK);
    }
  });
});

describe('a running scheduler', () => {
  let scheduler: Scheduler | undefined;
  afterEach(async () => scheduler?.stop());

  it('goes on from slot to slot until it is stopped', async () => {
    const engine = createMemoryEngine();
    scheduler = startScheduler(engine);
    await eventually('the first reconcile', () => engine.queue.jobs.size === 1);
    engine.clock.step(TICK);
    await eventually('the second reconcile', () => engine.queue.jobs.size === 2);
    await scheduler.stop();
    engine.clock.step(TICK);
    expect(engine.queue.jobs.size).toBe(2);
  });

  it('survives a store that is away, says so, and goes on when it is back', async () => {
    const engine = createMemoryEngine();
    engine.state.outage = new Error('Redis is away');
    scheduler = startScheduler(engine);
    await eventually('a warning', () => engine.logged.some((line) => line.startsWith('warn: ')));
    expect(engine.queue.jobs.size).toBe(0);
    engine.state.outage = undefined;
    engine.clock.step(1_000);
    await eventually('a reconcile', () => engine.queue.jobs.size === 1);
  });
});
