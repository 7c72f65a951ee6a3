import { expect, it } from 'vitest';
import { createDeleteHandler } from '../../workers/delete.js';
import { createDeployHandler } from '../../workers/deploy.js';
import { findWork } from '../../workers/find-work.js';
import { createRenameHandler } from '../../workers/rename.js';
import { makeDeploy, makeIntent } from '../core/samples.js';
import { openCallScene } from './memory-calls.js';

const elsewhere = { account: 'lab', state: 'planned', deploy: makeDeploy(1), delete: { targets: [] } } as const;

it.each([
  ['deploy', createDeployHandler],
  ['delete', createDeleteHandler],
  ['rename', createRenameHandler],
] as const)(
  'a %s of an account that this process does not know is left to another worker, and told once',
  async (kind, create) => {
    const scene = openCallScene([makeIntent('k3f9x2', { ...elsewhere, kind, rename: { targets: [] } })]);
    expect(await scene.run(create, 'k3f9x2')).toMatchObject({ result: 'retry', afterMillis: 2_000 });
    await scene.run(create, 'k3f9x2');
    expect(scene.engine.logged).toHaveLength(1);
    expect(scene.engine.logged[0]).toContain('account lab is not in');
  },
);

it('work is what is planned or was begun, and nothing else', async () => {
  const planned = makeIntent('k3f9x2', { state: 'planned', deploy: makeDeploy(1) });
  const { engine, intents } = openCallScene([planned]);
  const job = { kind: 'deploy', account: 'main', intent: 'k3f9x2', generation: 1 } as const;
  expect(await findWork(engine, 'deploy', job)).toMatchObject({ intent: planned });
  intents.set('k3f9x2', { ...planned, state: 'done' });
  expect(await findWork(engine, 'deploy', job)).toMatchObject({ outcome: { text: 'nothing to do: it is done' } });
  intents.clear();
  expect(await findWork(engine, 'deploy', job)).toMatchObject({ outcome: { text: 'nothing to do: no such intent' } });
  await expect(findWork(engine, 'delete', job)).rejects.toThrow('not a delete job');
});
