import { beforeEach, describe, expect, it } from 'vitest';
import { createRenameHandler } from '../../workers/rename.js';
import { makeIntent, NOON } from '../core/samples.js';
import { noAnswer, openCallScene, refusal, type CallScene } from './memory-calls.js';

const targets = ['a', 'b', 'c'].map((vmId) => ({ vmId, from: 'web-a1', to: `web-a1-${vmId}` }));
const planned = makeIntent('k3f9x2', { kind: 'rename', state: 'planned', calledAt: undefined, rename: { targets } });
let scene: CallScene;
beforeEach(() => {
  scene = openCallScene([planned]);
});

const rename = (signal?: AbortSignal) => scene.run(createRenameHandler, 'k3f9x2', signal);
const intent = () => scene.intents.get('k3f9x2')!;

describe('giving names', () => {
  it('is one bulk call', async () => {
    expect(await rename()).toEqual({ result: 'done', text: '3 named' });
    expect(scene.calls).toEqual([['a', 'b', 'c']]);
    expect(intent()).toMatchObject({ state: 'done', closedAt: NOON, error: undefined });
  });

  it('is split when one id spoils the bulk; that one is told', async () => {
    scene.answer = (ids) => {
      if (ids.includes('c')) throw refusal('api-not-found');
    };
    await rename();
    expect(scene.calls).toEqual([['a', 'b', 'c'], ['a', 'b'], ['c']]);
    expect(intent()).toMatchObject({ state: 'failed', error: { text: 'web-a1: the service says api-not-found' } });
    expect(scene.ledger).toMatchObject([{ event: 'note', text: expect.stringContaining('not renamed') as string }]);
  });

  it.each([
    ['refused', refusal('api-conflict')],
    ['without a clear answer', noAnswer()],
  ] as const)('has failed when it is %s, and is planned again by the next look', async (_name, error) => {
    scene.answer = () => {
      throw error;
    };
    await rename();
    expect(scene.calls).toHaveLength(1);
    expect(intent().state).toBe('failed');
  });

  it('is one call each where the product takes one name at a time', async () => {
    scene.engine.cloud.abilities = { ...scene.engine.cloud.abilities, renamesPerCall: 1 };
    expect(await rename()).toEqual({ result: 'done', text: '3 named' });
    expect(scene.calls).toEqual([['a'], ['b'], ['c']]);
  });

  it('has failed, unsent, where what it must know beforehand can not be had', async () => {
    Object.assign(scene.engine.cloud, { prepare: () => Promise.reject(refusal('api-key-missing')) });
    await rename();
    expect(scene.calls).toEqual([]);
    expect(intent()).toMatchObject({ state: 'failed', error: { text: 'the service says api-key-missing' } });
  });

  it('is refused while it is frozen, or under other policies', async () => {
    for (const change of [() => (scene.engine.frozenBy = 'a file'), () => (scene.generation = 2)]) {
      scene = openCallScene([planned]);
      change();
      await rename();
      expect([scene.calls, intent().state]).toEqual([[], 'refused']);
    }
  });

  it('is not sent when it is frozen between permit and call', async () => {
    scene.atGate = () => (scene.engine.frozenBy = 'a file');
    await rename();
    expect([scene.calls, intent().state]).toEqual([[], 'failed']);
  });

  it('goes on where a worker is gone, and waits where it is not', async () => {
    scene.begin('k3f9x2', 'another', true);
    expect(await rename()).toMatchObject({ result: 'retry', afterMillis: 6_000 });
    scene.begin('k3f9x2', 'another', true);
    scene.engine.clock.step(6_000);
    expect(await rename()).toMatchObject({ result: 'done', text: '3 named' });
  });

  it('is asked for anew where the store has forgotten its call', async () => {
    scene.answer = () => void scene.intents.set('k3f9x2', planned);
    expect(await rename()).toMatchObject({ result: 'retry' });
  });

  it('has nothing to do once it is closed', async () => {
    scene.intents.set('k3f9x2', { ...planned, state: 'done' });
    expect(await rename()).toEqual({ result: 'done', text: 'nothing to do: it is done' });
  });
});
