import { beforeEach, describe, expect, it } from 'vitest';
import type { Intent } from '../../src/core/books.js';
import { PurserError } from '../../src/core/errors.js';
import { closeIntent, describeOutcome, toOutcome } from '../../workers/close-intent.js';
import { makeIntent, NOON } from '../core/samples.js';
import { openCallScene, type CallScene } from './memory-calls.js';

const planned = makeIntent('k3f9x2', { kind: 'delete', state: 'planned', delete: { targets: [] } });
const done: Intent = { ...planned, state: 'done' };
let scene: CallScene;
beforeEach(() => {
  scene = openCallScene([planned]);
  scene.begin('k3f9x2', 'ours', true);
});

const close = () =>
  closeIntent(scene.engine, 'ours', { intent: done, ledger: [describeOutcome(done, NOON, 'note', 'it was done')] });
const texts = () => scene.ledger.map(({ text }) => text);

describe('writing down an outcome', () => {
  it('writes it once, tells it once, and asks for a look', async () => {
    expect(await close()).toEqual({ written: true, state: 'done' });
    expect(texts()).toEqual(['it was done']);
    expect(scene.engine.queue.ids()).toEqual(['reconcile-main-after-k3f9x2-done']);
  });

  it('tries again while Redis is away', async () => {
    scene.outages.push(new PurserError('redis-unreachable', 'away'));
    expect(await close()).toMatchObject({ written: true });
  });

  it('throws what is no outage at once', async () => {
    scene.outages.push(new Error('a defect'), new Error('never reached'));
    await expect(close()).rejects.toThrow('a defect');
    expect(scene.outages).toHaveLength(1);
  });

  it.each(['done', 'lapsed', 'refused', undefined] as const)(
    'tells what was done though the intent is %s by now, and asks for a look that settles it',
    async (state) => {
      if (state === undefined) scene.intents.delete('k3f9x2');
      else scene.intents.set('k3f9x2', { ...planned, state });
      expect(await close()).toEqual({ written: false, state });
      expect(texts()).toEqual(['it was done']);
      expect(scene.engine.logged).toHaveLength(1);
      expect(scene.engine.queue.jobs.size).toBe(1);
    },
  );

  it('leaves it to the job that runs again where the store has forgotten the call', async () => {
    scene.intents.set('k3f9x2', planned);
    const closed = await close();
    expect(closed).toEqual({ written: false, state: 'planned' });
    expect(texts()).toEqual([]);
    expect(toOutcome(closed, 'done')).toMatchObject({ result: 'retry' });
    expect(toOutcome({ written: false, state: 'calling' }, 'done')).toEqual({ result: 'done', text: 'done' });
  });
});
