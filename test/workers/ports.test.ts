import { beforeEach, describe, expect, it } from 'vitest';
import { formatPort } from '../../src/core/format-port.js';
import type { PortsTarget } from '../../src/core/books.js';
import type { PortsUpdate } from '../../src/ports/cloud.js';
import { createPortsHandler } from '../../workers/ports.js';
import { makeIntent, NOON } from '../core/samples.js';
import { noAnswer, openCallScene, refusal, type CallScene } from './memory-calls.js';

const ports = [22, 80].map((port) => ({ port, protocol: 'tcp' as const }));
const targets = ['a', 'b', 'c'].map((vmId): PortsTarget => ({ vmId, vmName: `web-${vmId}`, ports, closes: [] }));
const planned = makeIntent('k3f9x2', {
  kind: 'ports',
  state: 'planned',
  createdAt: NOON,
  calledAt: undefined,
  ports: { targets },
});
let scene: CallScene;
/** What preparing one VM comes to; by default it stays as it is. */
let prepare: (update: PortsUpdate) => PortsUpdate;
let mostAtOnce: number;

beforeEach(() => {
  scene = openCallScene([planned]);
  prepare = (update) => update;
  mostAtOnce = 100;
  Object.assign(scene.engine.cloud, {
    prepare: () => Promise.resolve(),
    preparePorts: (update: PortsUpdate) => Promise.resolve().then(() => prepare(update)),
    setPorts: (updates: readonly PortsUpdate[]) =>
      Promise.resolve().then(() => {
        const ids = updates.map(({ id }) => id);
        scene.calls.push(ids);
        scene.answer(ids);
      }),
  });
  Object.defineProperty(scene.engine.cloud, 'abilities', { get: () => ({ renamesPerCall: mostAtOnce }) });
});

const run = () => scene.run(createPortsHandler, 'k3f9x2');
const intent = () => scene.intents.get('k3f9x2')!;

describe('setting ports', () => {
  it('is one bulk call', async () => {
    expect(await run()).toEqual({ result: 'done', text: 'ports of 3 set' });
    expect(scene.calls).toEqual([['a', 'b', 'c']]);
    expect(intent()).toMatchObject({ state: 'done', closedAt: NOON, error: undefined });
    // Each VM's history tells its own.
    expect(scene.ledger.map(({ vmId, text }) => [vmId, text])).toEqual(
      targets.map(({ vmId, vmName, ports }) => [
        vmId,
        `the ports of ${vmName} are set: ${ports.map(formatPort).join(', ')}`,
      ]),
    );
  });

  it('is one call each where the product takes no more', async () => {
    mostAtOnce = 1;
    await run();
    expect(scene.calls).toEqual([['a'], ['b'], ['c']]);
  });

  it('sends nothing for a VM that has what it should', async () => {
    prepare = (update) => (update.id === 'b' ? { ...update, resolved: 'in-place' } : update);
    await run();
    expect(scene.calls).toEqual([['a', 'c']]);
    expect(intent().state).toBe('done');
  });

  it('does what it can when one VM can not be prepared, and tells that one', async () => {
    prepare = (update) => {
      if (update.id === 'b') throw refusal('api-conflict');
      return update;
    };
    await run();
    expect(scene.calls).toEqual([['a', 'c']]);
    expect(intent()).toMatchObject({ state: 'failed', error: { text: 'web-b: the service says api-conflict' } });
  });

  it('is split when one id spoils the bulk', async () => {
    scene.answer = (ids) => {
      if (ids.includes('c')) throw refusal('api-not-found');
    };
    await run();
    expect(scene.calls).toEqual([['a', 'b', 'c'], ['a', 'b'], ['c']]);
    expect(intent().state).toBe('failed');
  });

  it('has failed without a clear answer, and is planned again by a later look', async () => {
    scene.answer = () => {
      throw noAnswer();
    };
    await run();
    expect(scene.calls).toHaveLength(1);
    expect(intent().state).toBe('failed');
  });

  it('prepares nothing while it is frozen: preparing may make a security group', async () => {
    let prepared = 0;
    prepare = (update) => {
      prepared += 1;
      return update;
    };
    scene.engine.frozenBy = 'a file';
    await run();
    expect([prepared, scene.calls.length, intent().state]).toEqual([0, 0, 'refused']);
  });

  it('is refused while it is frozen, and stops when it is frozen midway', async () => {
    mostAtOnce = 1;
    scene.answer = () => (scene.engine.frozenBy = 'a file');
    await run();
    expect(scene.calls).toEqual([['a']]);
    scene.intents.set('k3f9x2', planned);
    await run();
    expect([scene.calls.length, intent().state]).toEqual([1, 'refused']);
  });
});
