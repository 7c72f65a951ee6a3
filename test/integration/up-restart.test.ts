// `up` is stopped while deletions wait in the queue, a person edits purser.yaml, and `up` starts again: with real processes.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeFleet } from '../cli/commands/fake-context.js';
import { openStage, type Stage } from './cli-stage.js';
import { eventually, openTestRedis, type TestRedis } from './store-redis.js';
import { besideUp } from './up-process.js';

let redis: TestRedis;
beforeAll(async () => {
  redis = await openTestRedis();
});
afterAll(() => redis.close());

async function leaveDeletionsWaiting(): Promise<Stage> {
  const stage = await openStage(redis.url);
  await stage.apply({ 'policies/web.yaml': writeFleet('web', 0) });
  const vms = await stage.place('db-1', 'db-2');
  await stage.claim('web', vms);
  await stage.tick();
  await stage.tick();
  await stage.tick();
  stage.sandbox.advanceBy(12 * 3_600_000 - 3 * 60_000);
  const plan = await stage.tick();
  expect(plan.actions.map(({ kind }) => kind)).toEqual(['delete', 'delete']);
  return stage;
}

/** `purser up` with another word in its environment, until it has looked. */
async function startUp(stage: Stage, more: Record<string, string>): Promise<readonly string[]> {
  const waitAndLook = async (): Promise<readonly string[]> => {
    await eventually(
      'nothing waits in the queue',
      async () => {
        const { intents } = await stage.engine.store.readBooks('main');
        return intents.every(({ state }) => state !== 'planned' && state !== 'calling');
      },
      20_000,
    );
    stage.sandbox.advanceBy(60_000);
    const { vms } = await stage.engine.accounts.get('main')!.cloud.listVms();
    return vms.map(({ name, status }) => `${name} ${status}`);
  };
  return besideUp(stage, waitAndLook, more);
}

describe('`up` that was stopped while deletions waited', () => {
  it('deletes nothing after a person wrote `mode: observe`', async () => {
    const stage = await leaveDeletionsWaiting();
    expect(await startUp(stage, { PURSER_ACCOUNT_MODE: 'observe' })).toEqual(['db-1 active', 'db-2 active']);
  });

  it('deletes what is still wanted after another setting was edited, once a look has confirmed it', async () => {
    const stage = await leaveDeletionsWaiting();
    writeFileSync(join(stage.cwd, 'purser.yaml'), `protect: ['vm.name == "db-1"']\n`);
    expect(await startUp(stage, {})).toEqual(['db-1 active']);
  });

  it('deletes nothing that a person has protected in purser.yaml', async () => {
    const stage = await leaveDeletionsWaiting();
    writeFileSync(join(stage.cwd, 'purser.yaml'), `protect: ['vm.name.startsWith("db-")']\n`);
    expect(await startUp(stage, {})).toEqual(['db-1 active', 'db-2 active']);
  });
});
