import { beforeEach, describe, expect, it } from 'vitest';
import type { DeleteTarget } from '../../src/core/books.js';
import { createDeleteHandler } from '../../workers/delete.js';
import { HOUR, MINUTE, makeIntent, makeReap, NOON, PRICE } from '../core/samples.js';
import { noAnswer, openCallScene, refusal, type CallScene } from './memory-calls.js';

function makeTarget(vmId: string, over: Partial<DeleteTarget> = {}): DeleteTarget {
  return {
    vmId,
    vmName: `vm-${vmId}`,
    boundary: NOON + HOUR,
    deadline: NOON,
    latestStart: NOON + HOUR - 20_000,
    price: PRICE,
    recordOnly: false,
    railExempt: false,
    reaped: false,
    publicIp: '192.0.2.1',
    reason: 'surplus',
    ...over,
  };
}

/** A boundary so long after noon, and no latest start before it. */
function near(millis: number): Partial<DeleteTarget> {
  return { boundary: NOON + millis, latestStart: undefined };
}

let scene: CallScene;

function open(...targets: readonly DeleteTarget[]): void {
  const intent = makeIntent('k3f9x2', { kind: 'delete', state: 'planned', calledAt: undefined, delete: { targets } });
  scene = openCallScene([intent], { policies: { reaps: [makeReap({ name: 'web' })] } });
}
beforeEach(() => open(makeTarget('a'), makeTarget('b'), makeTarget('c')));

const remove = (signal?: AbortSignal) => scene.run(createDeleteHandler, 'k3f9x2', signal);
const intent = () => scene.intents.get('k3f9x2')!;
const results = () => intent().delete!.targets.map(({ vmId, outcome }) => `${vmId} ${outcome?.result ?? 'open'}`);
const states = () => [...scene.claims.values()].map(({ vmId, state }) => `${vmId} ${state}`);
const events = () => scene.ledger.map(({ event }) => event);

/** An earlier attempt doomed these and is gone. */
function takeOver(...doomed: readonly string[]): void {
  scene.begin('k3f9x2', 'another', false);
  for (const vmId of doomed) {
    const deletion = { intent: 'k3f9x2', calledAt: NOON };
    scene.claims.set(vmId, { ...scene.claims.get(vmId)!, state: 'doomed', deletion });
  }
}

describe('a deletion', () => {
  it('is one bulk call; what was accepted stays doomed until a list lacks it, and a look is asked for', async () => {
    expect(await remove()).toEqual({ result: 'done', text: '3 of 3 sent' });
    expect(scene.calls).toEqual([['a', 'b', 'c']]);
    expect(results()).toEqual(['a accepted', 'b accepted', 'c accepted']);
    expect(states()).toEqual(['a doomed', 'b doomed', 'c doomed']);
    expect(intent()).toMatchObject({ state: 'done', calledAt: NOON, closedAt: NOON });
    expect(scene.engine.queue.ids()).toEqual(['reconcile-main-after-k3f9x2-done']);
  });

  it('is one call each where the product takes one id at a time, each with an outcome of its own', async () => {
    scene.engine.cloud.abilities = { ...scene.engine.cloud.abilities, deletesPerCall: 1 };
    scene.answer = (ids) => {
      if (ids.includes('b')) throw refusal('api-conflict');
    };
    await remove();
    expect(scene.calls).toEqual([['a'], ['b'], ['c']]);
    expect(results()).toEqual(['a accepted', 'b failed', 'c accepted']);
    expect(states()).toEqual(['a doomed', 'b parked', 'c doomed']);
  });

  it('is not sent, and not begun, where what it must know beforehand can not be had', async () => {
    Object.assign(scene.engine.cloud, { prepare: () => Promise.reject(refusal('api-key-missing')) });
    await remove();
    expect(scene.calls).toEqual([]);
    expect(results()).toEqual(['a failed', 'b failed', 'c failed']);
    expect(states()).toEqual(['a parked', 'b parked', 'c parked']);
  });

  it('is split when one id spoils the bulk, until that one is known', async () => {
    scene.answer = (ids) => {
      if (ids.includes('b')) throw refusal('api-not-found');
    };
    await remove();
    expect(scene.calls).toEqual([['a', 'b', 'c'], ['a', 'b'], ['a'], ['b'], ['c']]);
    expect(results()).toEqual(['a accepted', 'b absent', 'c accepted']);
    expect(events()).toEqual(['delete-called', 'delete-called', 'delete-called']);
  });

  it('that the service surely refused has not begun: its VMs are parked as before', async () => {
    scene.answer = () => {
      throw refusal('api-conflict');
    };
    await remove();
    expect(scene.calls).toHaveLength(1);
    expect(results()).toEqual(['a failed', 'b failed', 'c failed']);
    expect(states()).toEqual(['a parked', 'b parked', 'c parked']);
    expect(events()).toEqual(['delete-failed', 'delete-failed', 'delete-failed']);
  });

  it('is called for again after an answer that was lost, or a wait that the service asked for', async () => {
    const errors = [noAnswer(), refusal('api-rate-limited'), refusal('api-unavailable')];
    scene.answer = () => {
      const error = errors.shift();
      if (error !== undefined) throw error;
    };
    await remove();
    expect(scene.calls).toHaveLength(4);
    expect(results()).toEqual(['a accepted', 'b accepted', 'c accepted']);
  });

  it('is left to the planner after five tries, or a wait that would sleep through a boundary', async () => {
    scene.answer = () => {
      throw noAnswer();
    };
    await remove();
    expect(scene.calls).toHaveLength(5);
    expect(states()).toEqual(['a doomed', 'b doomed', 'c doomed']);
    open(makeTarget('a'));
    scene.answer = () => {
      throw refusal('api-rate-limited', 60_000);
    };
    await remove();
    expect(scene.calls).toHaveLength(1);
    expect(states()).toEqual(['a parked']);
  });

  it('that ends in parts tells each part by itself', async () => {
    scene.answer = (ids) => {
      if (ids.length > 1) throw refusal('api-not-found');
      if (ids[0] === 'b') throw refusal('api-conflict');
    };
    await remove();
    expect(results()).toEqual(['a accepted', 'b failed', 'c accepted']);
    expect(states()).toEqual(['a doomed', 'b parked', 'c doomed']);
  });

  it('is asked for anew where the store has forgotten its call', async () => {
    const planned = intent();
    scene.answer = () => void scene.intents.set('k3f9x2', planned);
    expect(await remove()).toMatchObject({ result: 'retry' });
    scene.answer = () => undefined;
    expect(await remove()).toMatchObject({ result: 'done' });
    expect(intent().state).toBe('done');
  });

  it('that another attempt has by now is told all the same', async () => {
    scene.answer = () => scene.begin('k3f9x2', 'another', true);
    expect(await remove()).toMatchObject({ result: 'done' });
    expect(intent().state).toBe('calling');
    expect(events()).toEqual(['delete-called', 'delete-called', 'delete-called']);
  });
});

describe('a deletion is not sent', () => {
  it.each([
    [
      'frozen by hand',
      'frozen',
      (): void => void (scene.handles = { ...scene.handles, freeze: { since: 0, why: '' } }),
    ],
    ['frozen here', 'frozen-here', (): void => void (scene.engine.frozenBy = 'a file')],
    ['under other policies', 'generation-changed', (): void => void (scene.generation = 2)],
    [
      'frozen between permit and call',
      'frozen-here',
      (): void => void (scene.atGate = () => void (scene.engine.frozenBy = 'a file')),
    ],
  ] as const)('%s; its VMs are parked as before', async (_name, why, change) => {
    change();
    expect(await remove()).toEqual({ result: 'done', text: why });
    expect(scene.calls).toEqual([]);
    expect(intent()).toMatchObject({ state: 'refused', error: { code: why } });
    expect(states()).toEqual(['a parked', 'b parked', 'c parked']);
  });

  it('for what was protected, taken back, or has passed its boundary', async () => {
    open(makeTarget('a'), makeTarget('b'), makeTarget('c', near(0)), makeTarget('d'));
    scene.handles = { ...scene.handles, protect: ['a'] };
    scene.claims.set('b', { ...scene.claims.get('b')!, state: 'member' });
    await remove();
    expect(scene.calls).toEqual([['d']]);
    expect(results()).toEqual(['a kept', 'b kept', 'c kept', 'd accepted']);
    expect(states()).toEqual(['a parked', 'b member', 'c parked', 'd doomed']);
  });

  it('for what has passed its boundary while the permit was asked for, also when it is called for again', async () => {
    open(makeTarget('a', near(1)), makeTarget('b', { ...near(1), reason: 'deletion-retry' }));
    scene.atGate = () => scene.engine.clock.step(1);
    await remove();
    expect(scene.calls).toEqual([]);
    expect(states()).toEqual(['a parked', 'b parked']);
  });

  it('for a reaped VM that is busy again, or whose evidence has aged', async () => {
    open(makeTarget('a', { reaped: true }), makeTarget('b'));
    scene.engine.answer = () => 'no';
    await remove();
    expect(scene.calls).toEqual([['b']]);
    expect(results()).toEqual(['a kept', 'b accepted']);
    open(makeTarget('a', { reaped: true }));
    scene.atGate = () => scene.engine.clock.step(30_001);
    await remove();
    expect(scene.calls).toEqual([]);
    expect(results()).toEqual(['a kept']);
  });

  it('for what could only land after its boundary: when it waited in line, or for the service, until then', async () => {
    open(makeTarget('a', { boundary: NOON + 2_000, latestStart: NOON - 18_000 }), makeTarget('b'));
    await remove();
    expect(scene.calls).toEqual([['b']]);
    expect(results()).toEqual(['a kept', 'b accepted']);
    open(makeTarget('a', { boundary: NOON + 60_000, latestStart: NOON + 40_000 }));
    scene.answer = () => {
      scene.engine.clock.step(40_000);
      throw refusal('api-unreachable');
    };
    await remove();
    expect(scene.calls).toHaveLength(1);
    expect(states()).toEqual(['a parked']);
  });

  it('for what has passed its boundary by the clock of the service, when that is ahead of ours', async () => {
    open(makeTarget('a', near(90_000)), makeTarget('b', near(120_000)));
    Object.assign(scene.engine.cloud, { skewMillis: () => 110_000 });
    await remove();
    expect(scene.calls).toEqual([['b']]);
    open(makeTarget('a', near(1)));
    Object.assign(scene.engine.cloud, { skewMillis: () => -110_000 });
    await remove();
    expect(scene.calls).toEqual([['a']]);
  });

  it('for what no deadline drives and no look has wanted for five minutes', async () => {
    const untimed = { deadline: undefined, latestStart: undefined };
    const targets = [
      makeTarget('a', untimed),
      makeTarget('b', { ...untimed, boundary: undefined, reason: 'launch-timeout' }),
      makeTarget('c', { ...untimed, boundary: undefined, recordOnly: true }),
      makeTarget('d'),
    ];
    open(...targets);
    scene.intents.set('k3f9x2', { ...intent(), createdAt: NOON - 13 * HOUR });
    await remove();
    expect(scene.calls).toEqual([['d']]);
    expect(states()).toEqual(['a parked', 'b parked', 'c parked', 'd doomed']);
    open(...targets);
    scene.intents.set('k3f9x2', { ...intent(), createdAt: NOON - 13 * HOUR, wantedAt: NOON - MINUTE });
    await remove();
    expect(scene.calls).toEqual([['a', 'b', 'c', 'd']]);
  });

  it('under settings that a person has edited since it was planned, until a look confirms it', async () => {
    scene.intents.set('k3f9x2', { ...intent(), settingsHash: 'of another day' });
    expect(await remove()).toMatchObject({ result: 'retry' });
    expect([scene.calls, intent().state]).toEqual([[], 'planned']);
  });

  it.each<[string, Partial<DeleteTarget>, (say: () => void) => void]>([
    [
      'between two tries without effect',
      {},
      (say) => {
        scene.answer = () => {
          say();
          throw refusal('api-unreachable');
        };
      },
    ],
    [
      'while it waits for its turn',
      {},
      (say) => {
        const take = () => (say(), Promise.resolve({ granted: true, isTrial: false } as const));
        Object.assign(scene.engine.accounts.get('main')!.traffic, { take });
      },
    ],
    ['while its evidence is asked for', { reaped: true }, (say) => (scene.engine.answer = () => (say(), 'yes'))],
    ['while the permit is asked for', {}, (say) => (scene.atGate = say)],
  ])('for what is protected %s, in the store or by a file', async (when, over, meanwhile) => {
    const ways = [
      () => void (scene.handles = { ...scene.handles, protect: ['a'] }),
      () => void (scene.engine.protectedHere = ['vm-a']),
    ];
    for (const say of ways) {
      open(makeTarget('a', over));
      meanwhile(say);
      await remove();
      expect(scene.calls.length).toBe(when.startsWith('between') ? 1 : 0);
      expect([results(), states()]).toEqual([['a kept'], ['a parked']]);
    }
  });

  it('again for what is protected after an unclear answer; it stays doomed, because it may be going on', async () => {
    open(makeTarget('a'));
    scene.answer = () => {
      scene.engine.protectedHere = ['a'];
      throw noAnswer();
    };
    await remove();
    expect(scene.calls).toHaveLength(1);
    expect([results(), states()]).toEqual([['a failed'], ['a doomed']]);
  });

  it('while another worker is at it, or by one that is told to stop: the job comes again', async () => {
    expect(await remove(AbortSignal.abort())).toMatchObject({ result: 'retry', afterMillis: 0 });
    scene.begin('k3f9x2', 'another', true);
    expect(await remove()).toMatchObject({ result: 'retry', afterMillis: 6_000 });
    expect(scene.calls).toEqual([]);
  });

  it('again once it is frozen after an unclear answer; it stays doomed, because it may be going on', async () => {
    scene.answer = () => {
      scene.handles = { ...scene.handles, freeze: { since: NOON, why: '' } };
      throw noAnswer();
    };
    await remove();
    expect(scene.calls).toHaveLength(1);
    expect(intent().state).toBe('done');
    expect(results()).toEqual(['a failed', 'b failed', 'c failed']);
    expect(states()).toEqual(['a doomed', 'b doomed', 'c doomed']);
  });
});

describe('a deletion that is taken over from a worker that is gone', () => {
  it('goes on with what was doomed, and with nothing else', async () => {
    takeOver('a', 'c');
    await remove();
    expect(scene.calls).toEqual([['a', 'c']]);
    expect(results()).toEqual(['a accepted', 'b kept', 'c accepted']);
  });

  it.each([
    ['frozen by hand', (): void => void (scene.handles = { ...scene.handles, freeze: { since: 0, why: '' } })],
    ['frozen here', (): void => void (scene.engine.frozenBy = 'a file')],
    ['other policies are in force', (): void => void (scene.generation = 2)],
  ] as const)('waits while %s; what is doomed stays so', async (_name, change) => {
    takeOver('a', 'b', 'c');
    change();
    expect(await remove()).toMatchObject({ result: 'retry', afterMillis: 10_000 });
    expect(scene.calls).toEqual([]);
    expect(intent().state).toBe('calling');
    expect(states()).toEqual(['a doomed', 'b doomed', 'c doomed']);
  });

  it('calls no more for what was protected, or has passed its boundary hours later; neither is taken back', async () => {
    takeOver('a', 'b');
    scene.handles = { ...scene.handles, protect: ['vm-a'] };
    scene.engine.clock.step(2 * HOUR);
    await remove();
    expect(scene.calls).toEqual([]);
    expect(results()).toEqual(['a kept', 'b kept', 'c kept']);
    expect(states()).toEqual(['a doomed', 'b doomed', 'c parked']);
    expect(scene.ledger.map(({ text }) => text)).toEqual([
      'vm-a kept: it was protected meanwhile',
      'vm-b kept: its boundary has passed: it is paid again',
      'vm-c kept: an earlier attempt had kept it',
    ]);
  });

  it('removes the record of an ended VM at any time', async () => {
    open(makeTarget('a', { recordOnly: true, boundary: NOON - HOUR }));
    takeOver('a');
    await remove();
    expect(scene.calls).toEqual([['a']]);
  });
});
