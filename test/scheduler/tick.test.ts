import { beforeEach, describe, expect, it } from 'vitest';
import { wantAlways } from '../../src/core/demand.js';
import { noteKeys, reconcileLease } from '../../src/scheduler/engine.js';
import { readPlanNote } from '../../src/scheduler/plan-note.js';
import { createTickMemory, readWake, runTick } from '../../src/scheduler/tick.js';
import {
  makeBooks,
  makeDeploy,
  makeFleet,
  makeIntent,
  makeNotes,
  makeOffer,
  makeReap,
  makeVm,
  HOUR,
  MINUTE,
  NOON,
} from '../core/samples.js';
import { createMemoryEngine, makeInventory, makeRecord, openIntents, type MemoryEngine } from './memory-engine.js';

let engine: MemoryEngine;

function tick(of = engine) {
  return runTick(of, 'main', createTickMemory(of));
}

/** A fleet of two without members, in an account that Purser has known for long. */
beforeEach(() => {
  engine = createMemoryEngine({ policies: { fleets: [makeFleet({ demand: wantAlways(2) })] } });
  engine.state.generation = makeRecord();
  engine.state.books.set('main', makeBooks({ notes: makeNotes() }));
  engine.cloud.offers = [makeOffer()];
});

describe('a tick', () => {
  it('writes down what it decided before it asks anybody to do it', async () => {
    const { plan, why } = await tick();
    expect(why).toBe('done');
    expect(plan!.totals.deploy).toBe(2);
    const [intent] = openIntents(engine);
    expect(intent).toMatchObject({ kind: 'deploy', state: 'planned', policy: 'web', deploy: { count: 2 } });
    expect([...engine.queue.jobs]).toEqual([
      [intent!.id, { kind: 'deploy', account: 'main', intent: intent!.id, generation: 1 }],
    ]);
    expect(engine.state.ledger.map(({ event }) => event)).toContain('intent');
  });

  it('leaves its plan, its wake and the account’s health for status and the scheduler', async () => {
    const { plan } = await tick();
    expect(await readPlanNote(engine.store, 'main')).toMatchObject({ id: plan!.id, at: NOON });
    expect(readWake(engine.state.notes.get(noteKeys.wake('main')))).toBe(plan!.nextWakeAt);
    expect(JSON.parse(engine.state.notes.get(noteKeys.health('main'))!)).toEqual({
      at: NOON,
      latencyMillis: 5,
      skewMillis: 0,
      state: 'complete',
    });
  });

  it('decides nothing twice: the next one finds the intent and buys no more', async () => {
    await tick();
    engine.clock.step(30_000);
    await tick();
    expect(openIntents(engine)).toHaveLength(1);
    expect(engine.queue.jobs.size).toBe(1);
  });

  it('asks again for open intents whose job a Redis forgot, and not for those without a clear answer', async () => {
    const begun = { createdAt: NOON - 30_000, calledAt: NOON - 30_000, deploy: makeDeploy(1) };
    const intents = [
      makeIntent('aaaaaa', { ...begun, state: 'planned' }),
      makeIntent('bbbbbb', { ...begun, state: 'calling' }),
      makeIntent('cccccc', { ...begun, state: 'unknown' }),
      makeIntent('dddddd', { ...begun, state: 'done', closedAt: NOON }),
    ];
    engine.state.books.set('main', makeBooks({ intents, notes: makeNotes() }));
    await tick();
    const known = new Set(intents.map(({ id }) => id));
    expect(engine.queue.ids().filter((id) => known.has(id))).toEqual(['aaaaaa', 'bbbbbb']);
  });

  it.each(['lease-lost', 'generation-changed'] as const)(
    'asks for nothing when its commit is refused: %s',
    async (why) => {
      engine.state.refusal = why;
      expect(await tick()).toEqual({ plan: undefined, why: `nothing written: ${why}` });
      expect(engine.queue.jobs.size).toBe(0);
      // It is counted as begun, and serves nobody.
      expect([...engine.state.notes.keys()]).toEqual([noteKeys.looksBegun('main')]);
    },
  );

  it('asks for nothing that the store did not take', async () => {
    const { store } = engine;
    const refusing = {
      ...engine,
      store: {
        ...store,
        commit: (...[, { changes }]: Parameters<typeof store.commit>) =>
          Promise.resolve({ refused: undefined, failed: changes.filter(({ kind }) => kind === 'intent') }),
      },
    };
    await tick(refusing);
    expect(engine.queue.jobs.size).toBe(0);
  });

  it('does nothing without policies in force, and says what to do', async () => {
    engine.state.generation = undefined;
    const { plan, why } = await tick();
    expect(plan).toBeUndefined();
    expect(why).toContain('purser apply');
    expect(engine.cloud.calls.listVms).toBe(0);
  });

  it('leaves the account to the process that reconciles it', async () => {
    engine.state.leases.set(reconcileLease('main'), 'somebody');
    expect((await tick()).why).toBe('another process reconciles this account');
    expect(engine.cloud.calls.listVms).toBe(0);
    expect(engine.state.leases.get(reconcileLease('main'))).toBe('somebody');
  });

  it('gives its lease back, also when looking fails', async () => {
    await tick();
    expect(engine.state.leases.size).toBe(0);
    engine.cloud.listVms = () => Promise.reject(new Error('key refused'));
    await expect(tick()).rejects.toThrow('key refused');
    expect(engine.state.leases.size).toBe(0);
  });

  it('knows no account that is not configured here', async () => {
    expect((await runTick(engine, 'other', createTickMemory(engine))).why).toContain('other');
  });
});

describe('the probes of a tick', () => {
  const ripe = makeVm('ci', { name: 'ci-build-07', createdAt: NOON - 5 * HOUR, paidUntil: NOON + HOUR });

  beforeEach(() => {
    engine.policies = { ...engine.policies, fleets: [], reaps: [makeReap(), makeReap({ name: 'slow' })] };
    engine.cloud.inventory = makeInventory({ vms: [ripe] });
  });

  it('are asked for once an interval, with the VMs that are to be asked', async () => {
    await tick();
    engine.clock.step(30_000);
    await tick();
    expect(engine.queue.ids()).toEqual([`probe-main-${NOON / MINUTE}`]);
    engine.clock.step(30_000);
    await tick();
    expect(engine.queue.ids()).toEqual([`probe-main-${NOON / MINUTE}`, `probe-main-${NOON / MINUTE + 1}`]);
    const targets = JSON.parse(engine.state.notes.get(noteKeys.probes('main'))!) as { policy: string }[];
    expect(targets[0]).toMatchObject({
      policy: 'reap-ci',
      vm: { id: 'ci', name: 'ci-build-07' },
      publicIp: '2001:db8::ci',
    });
  });

  it('are not asked for where no reap selects a VM', async () => {
    engine.cloud.inventory = makeInventory({ vms: [makeVm('db', { name: 'database' })] });
    await tick();
    expect(engine.queue.jobs.size).toBe(0);
  });
});

describe('the wake that a plan left', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['soon', undefined],
    [String(NOON), NOON],
  ])('of %j is %j', (text, at) => {
    expect(readWake(text)).toBe(at);
  });
});
