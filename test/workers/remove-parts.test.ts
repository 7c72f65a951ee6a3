import { beforeEach, describe, expect, it } from 'vitest';
import type { PartTarget } from '../../src/core/books.js';
import type { PartKind } from '../../src/core/types.js';
import { createRemovePartsHandler } from '../../workers/remove-parts.js';
import { makeIntent, MINUTE, NOON } from '../core/samples.js';
import { noAnswer, openCallScene, refusal, type CallScene } from './memory-calls.js';

const target = (partId: string, kind: PartKind): PartTarget => ({
  kind,
  partId,
  name: `web-${partId}`,
  boundary: undefined,
  reason: 'left-behind',
});
const targets = [
  target('a', 'boot-disk'),
  target('b', 'public-ip'),
  target('c', 'data-disk'),
  target('d', 'public-ip'),
];
const planned = makeIntent('k3f9x2', {
  kind: 'remove-parts',
  state: 'planned',
  createdAt: NOON,
  calledAt: undefined,
  removeParts: { targets },
});
let scene: CallScene;

function open(intent = planned, partsPerCall = 100): void {
  scene = openCallScene([intent]);
  scene.engine.cloud.abilities = { ...scene.engine.cloud.abilities, partsPerCall };
}
beforeEach(() => open());

const remove = (signal?: AbortSignal) => scene.run(createRemovePartsHandler, 'k3f9x2', signal);
const intent = () => scene.intents.get('k3f9x2')!;
const outcomes = () =>
  Object.fromEntries(intent().removeParts!.targets.map(({ partId, outcome }) => [partId, outcome?.result]));

describe('removing disks and IPs', () => {
  it('is one call for each kind', async () => {
    expect(await remove()).toEqual({ result: 'done', text: '4 of 4 removed' });
    expect(scene.calls).toEqual([
      ['a', 'c'],
      ['b', 'd'],
    ]);
    expect(intent()).toMatchObject({ state: 'done', calledAt: NOON, closedAt: NOON });
    expect(outcomes()).toEqual({ a: 'accepted', b: 'accepted', c: 'accepted', d: 'accepted' });
    expect(scene.ledger.map(({ event, vmId }) => [event, vmId])).toEqual(
      ['a', 'b', 'c', 'd'].map((id) => ['delete-called', id]),
    );
  });

  it('is as many at once as the product takes', async () => {
    open(planned, 1);
    await remove();
    expect(scene.calls).toEqual([['a'], ['c'], ['b'], ['d']]);
  });

  it.each(['api-not-found', 'api-conflict'] as const)('is split when one spoils a call with %s', async (code) => {
    scene.answer = (ids) => {
      if (ids.includes('c')) throw refusal(code);
    };
    await remove();
    expect(scene.calls).toEqual([['a', 'c'], ['a'], ['c'], ['b', 'd']]);
    expect(outcomes()).toMatchObject({
      a: 'accepted',
      c: code === 'api-not-found' ? 'absent' : 'failed',
      b: 'accepted',
    });
  });

  it('is tried again after an unclear answer, and has failed when there is none in the end', async () => {
    scene.answer = (ids) => {
      if (ids.includes('a')) throw noAnswer();
    };
    await remove();
    expect(scene.calls.filter((ids) => ids.includes('a'))).toHaveLength(4);
    expect(outcomes()).toMatchObject({ a: 'failed', c: 'failed', b: 'accepted', d: 'accepted' });
  });

  it('goes on with what has no outcome, after an attempt that is gone', async () => {
    const half = targets.map((each, index) =>
      index === 0 ? { ...each, outcome: { result: 'accepted' as const, text: '' } } : each,
    );
    open({ ...planned, removeParts: { targets: half } });
    scene.begin('k3f9x2', 'theirs', false);
    await remove();
    expect(scene.calls).toEqual([['c'], ['b', 'd']]);
    expect(intent().state).toBe('done');
  });

  it('leaves what was protected meanwhile', async () => {
    scene.handles = { ...scene.handles, protect: ['a', 'web-b'] };
    await remove();
    expect(scene.calls).toEqual([['c'], ['d']]);
    expect(outcomes()).toMatchObject({ a: 'kept', b: 'kept', c: 'accepted' });
  });

  it.each<[string, () => void]>([
    ['in the store', () => (scene.handles = { ...scene.handles, protect: ['a', 'web-b'] })],
    ['by a file', () => (scene.engine.protectedHere = ['a', 'web-b'])],
  ])('leaves what is protected %s while the permit is asked for', async (_, protect) => {
    scene.atGate = protect;
    await remove();
    expect(scene.calls).toEqual([['c'], ['d']]);
    expect(outcomes()).toMatchObject({ a: 'kept', b: 'kept', c: 'accepted' });
  });

  it('sends nothing when all is protected, and says so', async () => {
    scene.handles = { ...scene.handles, protect: ['a', 'b', 'c', 'd'] };
    await remove();
    expect(scene.calls).toEqual([]);
    expect(intent().state).toBe('done');
    expect(scene.ledger.map(({ event }) => event)).toEqual(['kept', 'kept', 'kept', 'kept']);
  });

  it.each<[string, () => void, string]>([
    ['it is frozen here', () => (scene.engine.frozenBy = 'a file'), 'frozen-here'],
    ['other policies are in force', () => (scene.generation = 2), 'generation-changed'],
    [
      'it waited so long that somebody may use them by now',
      () => open({ ...planned, createdAt: NOON - 3 * MINUTE }),
      'outdated',
    ],
  ])('is refused when %s', async (_, change, why) => {
    change();
    await remove();
    expect(scene.calls).toEqual([]);
    expect(intent()).toMatchObject({ state: 'refused', error: { code: why } });
  });

  it('stops between two calls when it is frozen, and tells what was done', async () => {
    scene.answer = () => (scene.engine.frozenBy = 'a file');
    await remove();
    expect(scene.calls).toEqual([['a', 'c']]);
    expect(intent().state).toBe('done');
    expect(outcomes()).toEqual({ a: 'accepted', b: undefined, c: 'accepted', d: undefined });
  });

  it('waits for another worker, and does nothing about what is closed or gone', async () => {
    scene.begin('k3f9x2', 'theirs', true);
    expect(await remove()).toMatchObject({ result: 'retry', text: 'another worker is calling' });
    open({ ...planned, state: 'done' });
    expect(await remove()).toMatchObject({ result: 'done', text: 'nothing to do: it is done' });
    expect(scene.calls).toEqual([]);
  });
});
