import { beforeEach, describe, expect, it } from 'vitest';
import type { KeyChange } from '../../src/core/books.js';
import { createKeyHandler } from '../../workers/key.js';
import { makeIntent, NOON } from '../core/samples.js';
import { noAnswer, openCallScene, refusal, type CallScene } from './memory-calls.js';

const key: KeyChange = { change: 'add', name: 'kim', publicKey: 'ssh-ed25519 AAAAkim', fingerprint: 'SHA256:kim' };
let scene: CallScene;
/** The name under which the account has the key afterwards. */
let nameThere: string;

function open(change: KeyChange): void {
  scene = openCallScene([
    makeIntent('k3f9x2', { kind: 'key', state: 'planned', createdAt: NOON, calledAt: undefined, key: change }),
  ]);
  const call = (word: string): void => {
    scene.calls.push([word]);
    scene.answer([word]);
  };
  Object.assign(scene.engine.cloud, {
    addKey: ({ publicKey }: { publicKey: string }) =>
      Promise.resolve().then(() => {
        call('add');
        return { name: nameThere, publicKey, fingerprint: key.fingerprint, algorithm: undefined };
      }),
    removeKey: (fingerprint: string) => Promise.resolve().then(() => call(`remove ${fingerprint}`)),
  });
}
beforeEach(() => {
  nameThere = 'kim';
  open(key);
});

const run = (signal?: AbortSignal) => scene.run(createKeyHandler, 'k3f9x2', signal);
const intent = () => scene.intents.get('k3f9x2')!;

describe('a key', () => {
  it('is added by one call', async () => {
    expect(await run()).toEqual({ result: 'done', text: 'added the SSH key "kim"' });
    expect(scene.calls).toEqual([['add']]);
    expect(intent()).toMatchObject({ state: 'done', closedAt: NOON, key });
    expect(intent().key).not.toHaveProperty('wasThere');
  });

  it("is nobody's but its owner's when it was there by another name", async () => {
    nameThere = 'somebody';
    await run();
    expect(intent()).toMatchObject({ state: 'done', key: { wasThere: true } });
  });

  it('is removed by its fingerprint', async () => {
    open({ ...key, change: 'remove' });
    expect(await run()).toMatchObject({ text: 'removed the SSH key "kim"' });
    expect(scene.calls).toEqual([['remove SHA256:kim']]);
  });

  it.each([
    ['failed', refusal('api-conflict')],
    ['lapsed', noAnswer()],
  ] as const)('has %s where the service says no, or nothing', async (state, error) => {
    scene.answer = () => {
      throw error;
    };
    await run();
    expect(intent()).toMatchObject({ state, closedAt: NOON, error: { code: error.code } });
    expect(scene.ledger).toMatchObject([{ event: 'note', text: expect.stringContaining('was not added') as string }]);
  });

  it('is not touched while it is frozen, or under other policies', async () => {
    for (const change of [() => (scene.engine.frozenBy = 'a file'), () => (scene.generation = 2)]) {
      open(key);
      change();
      await run();
      expect([scene.calls, intent().state]).toEqual([[], 'refused']);
    }
  });

  it('is not touched when it is frozen between permit and call', async () => {
    scene.atGate = () => (scene.engine.frozenBy = 'a file');
    expect(await run()).toMatchObject({ result: 'retry' });
    expect(scene.calls).toEqual([]);
  });

  it('waits while another worker is at it, and goes on where that is gone', async () => {
    scene.begin('k3f9x2', 'another', true);
    expect(await run()).toMatchObject({ result: 'retry', afterMillis: 6_000 });
    scene.engine.clock.step(6_000);
    expect(await run()).toMatchObject({ result: 'done' });
  });
});
