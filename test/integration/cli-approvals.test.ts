// `purser approve` and `purser retire` against a store: what an approval names and until when, and that what waits in the queue
// for a policy is let go with it.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command as approve } from '../../src/cli/commands/approve.js';
import { command as retire } from '../../src/cli/commands/retire.js';
import { writeFleet } from '../cli/commands/fake-context.js';
import { openStage, type Stage } from './cli-stage.js';
import { openTestRedis, type TestRedis } from './store-redis.js';

const HOUR = 3_600_000;
let redis: TestRedis;

beforeAll(async () => {
  redis = await openTestRedis();
});
afterAll(() => redis.close());

/** Four members, paid until three to six hours from now, of a fleet that wants none any more where a plan may delete two. */
async function openRefusal(): Promise<Stage> {
  const stage = await openStage(redis.url, { PURSER_RAILS_DELETES_PLAN_COUNT: '2' });
  await stage.apply({ 'policies/web.yaml': writeFleet('web', 4) });
  const now = stage.sandbox.now();
  stage.sandbox.placeVms(
    ['m1', 'm2', 'm3', 'm4'].map((name, index) => ({
      ...{ name, country: 'DE', configuration: undefined, status: 'active' as const, price: undefined, ports: [] },
      ...{ createdAt: now, paidUntil: now + (3 + index) * HOUR },
    })),
  );
  const { vms } = await stage.engine.accounts.get('main')!.cloud.listVms();
  await stage.claim('web', vms);
  await stage.apply({ 'policies/web.yaml': writeFleet('web', 0) });
  return stage;
}

describe('purser approve', () => {
  it('says until when each VM is approved, and holds on when the first is gone', async () => {
    const stage = await openRefusal();
    const [refusal] = (await stage.tick()).refused;
    const done = await stage.run(approve, { operands: [refusal!.approve!] });
    expect(done.printed).toMatch(/for each until its own boundary, the first .+, the last /);
    const [approval] = (await stage.engine.store.readHandles('main')).approvals;
    expect(approval!.targets!.map(({ until }) => until)).toEqual(refusal!.targets.map(({ boundary }) => boundary));
    expect((await stage.tick()).refused).toEqual([]);
    const { claims } = await stage.engine.store.readBooks('main');
    expect(claims.map(({ state }) => state)).toEqual(['parked', 'parked', 'parked', 'parked']);
    const { cloud } = stage.engine.accounts.get('main')!;
    await cloud.deleteVms([refusal!.targets[0]!.id]);
    expect((await stage.tick()).refused).toEqual([]);
  });

  it('tells a plan from what is to be approved', async () => {
    const stage = await openRefusal();
    const plan = await stage.tick();
    const asked = stage.run(approve, { operands: [plan.id] });
    await expect(asked).rejects.toMatchObject({ code: 'approval-unknown' });
    await expect(asked).rejects.toThrow(`${plan.id} is the id of a plan`);
    await expect(asked).rejects.toThrow(`purser approve ${plan.refused[0]!.approve!}   web: 4 of 4 VMs`);
  });
});

describe('purser retire', () => {
  it('lets go what waits in the queue for a policy that owns nothing yet', async () => {
    const stage = await openStage(redis.url);
    await stage.apply({ 'policies/web.yaml': writeFleet('web', 1), 'policies/office.yaml': writeFleet('office', 1) });
    await stage.tick();
    rmSync(join(stage.cwd, 'policies/web.yaml'));
    await stage.apply({});
    const done = await stage.run(retire, { operands: ['web'], options: { yes: true } });
    expect(done.code).toBe(0);
    const { intents } = await stage.engine.store.readBooks('main');
    expect(intents.map(({ policy, state }) => `${policy} ${state}`).sort()).toEqual(['office planned', 'web refused']);
  });
});
