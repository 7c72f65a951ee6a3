import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command as adopt } from '../../src/cli/commands/adopt.js';
import { command as approve } from '../../src/cli/commands/approve.js';
import { command as retire } from '../../src/cli/commands/retire.js';
import { command as vms } from '../../src/cli/commands/vms.js';
import type { Vm } from '../../src/core/types.js';
import { noteKeys, reconcileLease } from '../../src/scheduler/engine.js';
import { writeFleet } from '../cli/commands/fake-context.js';
import { openStage, type Stage } from './cli-stage.js';
import { openTestRedis, type TestRedis } from './store-redis.js';

let redis: TestRedis;

beforeAll(async () => {
  redis = await openTestRedis();
});
afterAll(() => redis.close());

const REAP = `kind: reap
name: reap-ci
select: vm.name.startsWith("ci-")
idle: {all: [{http: {url: "http://{vm.publicIp}:8080/status", json: /busy, equals: false}}]}
`;

async function openFleets(): Promise<Stage> {
  const stage = await openStage(redis.url);
  await stage.apply({
    'policies/web.yaml': writeFleet('web', 2),
    'policies/office.yaml': writeFleet('office', 1),
    'policies/reap.yaml': REAP,
  });
  return stage;
}

async function readClaims({ engine }: Stage) {
  return (await engine.store.readBooks('main')).claims;
}

async function readEvents({ engine, sandbox }: Stage, event: string) {
  return (await engine.store.readLedger('main', 0, sandbox.now())).filter((entry) => entry.event === event);
}

describe('purser adopt', () => {
  it('gives a VM to a fleet: its claim, the ledger, and what it means for the fleet', async () => {
    const stage = await openFleets();
    const [vm] = await stage.place('db-1');
    const done = await stage.run(adopt, { operands: ['db-1'], options: { policy: 'web' } });
    expect(done.code).toBe(0);
    expect(done.printed).toContain('web wants 2 and has 1 with it');
    expect(await readClaims(stage)).toMatchObject([
      {
        vmId: vm!.id,
        policy: 'web',
        origin: 'adopted',
        state: 'member',
        generation: 1,
        paidUntil: vm!.paidUntil,
        price: vm!.price,
      },
    ]);
    expect(await readEvents(stage, 'adopted')).toMatchObject([{ policy: 'web', vmName: 'db-1' }]);
    expect((await stage.tick()).fleets.find(({ policy }) => policy === 'web')).toMatchObject({ running: 1 });
    expect((await stage.run(vms, { options: { policy: 'web' }, json: true })).documents).toMatchObject([
      [{ name: 'db-1', policy: 'web', state: 'member' }],
    ]);
  });

  it('warns that what is too many will be deleted', async () => {
    const stage = await openFleets();
    const placed = await stage.place('a', 'b', 'c');
    await stage.claim('web', placed.slice(0, 2));
    const { printed } = await stage.run(adopt, { operands: ['c'], options: { policy: 'web' } });
    expect(printed).toContain('web wants 2 and has 3 with it: what is too many is deleted before its boundary');
  });

  it('changes nothing when the fleet owns it already', async () => {
    const stage = await openFleets();
    await stage.claim('web', await stage.place('a'));
    const before = await readClaims(stage);
    const done = await stage.run(adopt, { operands: ['a'], options: { policy: 'web' }, json: true });
    expect(done.documents).toMatchObject([{ adopted: false, policy: 'web' }]);
    expect(await readClaims(stage)).toEqual(before);
  });

  it('takes a VM from another fleet only when it is told to', async () => {
    const stage = await openFleets();
    const [vm] = await stage.place('a');
    await stage.claim('web', [vm!]);
    const wish = { operands: ['a'], options: { policy: 'office' } };
    await expect(stage.run(adopt, wish)).rejects.toMatchObject({
      code: 'vm-taken',
      message: expect.stringContaining(`purser adopt ${vm!.id} --policy office --move`),
    });
    expect(await readClaims(stage)).toMatchObject([{ policy: 'web' }]);
    await stage.run(adopt, { ...wish, options: { policy: 'office', move: true } });
    expect(await readClaims(stage)).toMatchObject([{ policy: 'office', state: 'member' }]);
    expect(await readEvents(stage, 'moved')).toMatchObject([{ text: 'a was given to office by hand, from web' }]);
  });

  it('takes a VM whose policy is gone without being told twice', async () => {
    const stage = await openFleets();
    await stage.claim('bygone', await stage.place('a'));
    await stage.run(adopt, { operands: ['a'], options: { policy: 'web' } });
    expect(await readClaims(stage)).toMatchObject([{ policy: 'web' }]);
  });

  it('never takes a VM whose deletion has begun', async () => {
    const stage = await openFleets();
    const [vm] = await stage.place('a');
    await stage.claim('web', [vm!]);
    const lease = (await stage.engine.store.acquireLease(reconcileLease('main'), 'test', 10_000))!;
    const [claim] = await readClaims(stage);
    const doomed = {
      ...claim!,
      state: 'doomed' as const,
      deletion: { intent: 'k3f9x2', calledAt: stage.sandbox.now() },
    };
    const changes = [{ kind: 'claim' as const, claim: doomed, expect: 'member' as const }];
    await stage.engine.store.commit(lease, { account: 'main', generation: 1, changes, ledger: [] });
    await stage.engine.store.releaseLease(lease);
    await expect(
      stage.run(adopt, { operands: ['a'], options: { policy: 'office', move: true } }),
    ).rejects.toMatchObject({ code: 'vm-taken', message: expect.stringContaining('its deletion has begun') });
  });

  it('waits until a reconcile has ended', async () => {
    const stage = await openFleets();
    await stage.place('a');
    const { store } = stage.engine;
    const lease = (await store.acquireLease(reconcileLease('main'), 'reconcile', 60_000))!;
    let claimsWhileHeld: number | undefined;
    let releasing: Promise<void> | undefined;
    const release = async () => {
      claimsWhileHeld = (await readClaims(stage)).length;
      await store.releaseLease(lease);
    };
    const done = await stage.run(adopt, {
      operands: ['a'],
      options: { policy: 'web' },
      onProgress: (text) => {
        if (text.startsWith('Waiting')) releasing ??= release();
      },
    });
    await releasing;
    expect(done.code).toBe(0);
    expect(claimsWhileHeld).toBe(0);
    expect(await readClaims(stage)).toHaveLength(1);
  });

  it.each([
    [['a'], {}, 'option-invalid', /--policy NAME/],
    [['a'], { policy: 'wep' }, 'policy-unknown', /Did you mean "web"/],
    [['a'], { policy: 'reap-ci' }, 'policy-unknown', /a reap owns no VMs/],
    [['nowhere'], { policy: 'web' }, 'vm-unknown', /No account has a VM "nowhere"/],
    [['twin'], { policy: 'web' }, 'vm-unknown', /2 VMs bear the name "twin"/],
  ])('refuses %j with %j', async (operands, options, code, message) => {
    const stage = await openFleets();
    await stage.place('a', 'twin', 'twin');
    await expect(stage.run(adopt, { operands, options })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
    expect(await readClaims(stage)).toEqual([]);
  });

  it('needs policies in force', async () => {
    const stage = await openStage(redis.url);
    await expect(stage.run(adopt, { operands: ['a'], options: { policy: 'web' } })).rejects.toMatchObject({
      code: 'policy-unknown',
      message: expect.stringContaining('purser apply'),
    });
  });
});

describe('purser retire', () => {
  it('lets the VMs of a policy that is gone from the books, and tells what they cost', async () => {
    const stage = await openFleets();
    const placed = await stage.place('a', 'b', 'c');
    await stage.claim('bygone', placed.slice(0, 2));
    await stage.claim('web', placed.slice(2));
    const done = await stage.run(retire, { operands: ['bygone'], options: { yes: true } });
    expect(done.code).toBe(0);
    expect(done.printed).toContain('0.600000 at each round of charges');
    expect(done.printed).toContain('2 VMs let go');
    expect(await readClaims(stage)).toMatchObject([{ vmName: 'c', policy: 'web' }]);
    expect(await readEvents(stage, 'retired')).toHaveLength(2);
    expect(stage.sandbox.books().vms.filter((vm) => vm.status === 'active')).toHaveLength(3);
  });

  it('asks first, and where nobody can be asked does nothing', async () => {
    const stage = await openFleets();
    await stage.claim('bygone', await stage.place('a'));
    await expect(stage.run(retire, { operands: ['bygone'] })).rejects.toMatchObject({ code: 'confirmation-needed' });
    expect(await readClaims(stage)).toHaveLength(1);
  });

  it('refuses a policy that stands: it would claim or buy again', async () => {
    const stage = await openFleets();
    await stage.claim('web', await stage.place('a'));
    await expect(stage.run(retire, { operands: ['web'], options: { yes: true } })).rejects.toMatchObject({
      code: 'option-invalid',
      message: expect.stringContaining('stands in policies/web.yaml: take it out of that file first'),
    });
    expect(await readClaims(stage)).toHaveLength(1);
  });

  it('ends a policy whose file is gone, also the last one of all, and lets its VMs go', async () => {
    const stage = await openStage(redis.url);
    await stage.apply({ 'policies/web.yaml': writeFleet('web', 1) });
    await stage.claim('web', await stage.place('a'));
    rmSync(join(stage.cwd, 'policies/web.yaml'));
    const done = await stage.run(retire, { operands: ['web'], options: { yes: true } });
    expect(done.code).toBe(0);
    expect(done.printed).toContain('Generation 2 is in force, without "web".');
    expect(done.printed).toContain('1 VM let go');
    expect(await readClaims(stage)).toEqual([]);
    expect((await stage.engine.store.readGeneration())?.documents).toEqual([]);
    expect((await stage.tick()).actions).toEqual([]);
  });

  it('leaves what else stood in the same file, and in others', async () => {
    const stage = await openStage(redis.url);
    const both = `${writeFleet('web', 1)}---\n# kept\n${writeFleet('api', 1)}`;
    await stage.apply({ 'policies/both.yaml': both, 'policies/office.yaml': writeFleet('office', 1) });
    const before = await stage.engine.store.readGeneration();
    rmSync(join(stage.cwd, 'policies/both.yaml'));
    await stage.run(retire, { operands: ['web'], options: { yes: true } });
    const after = await stage.engine.store.readGeneration();
    expect(Object.keys(after!.policies).sort()).toEqual(['api', 'office']);
    expect(after!.policies['api']).toEqual(before!.policies['api']);
    expect(after!.documents.map(({ path }) => path)).toEqual(['policies/both.yaml', 'policies/office.yaml']);
  });

  it('does not know a policy that owns nothing', async () => {
    const stage = await openFleets();
    await expect(stage.run(retire, { operands: ['nobody'] })).rejects.toMatchObject({ code: 'policy-unknown' });
  });
});

describe('purser approve', () => {
  /** Four members of a fleet that soon wants none, where a plan may delete two. */
  async function openRefusal(): Promise<{ readonly stage: Stage; readonly placed: readonly Vm[] }> {
    const stage = await openStage(redis.url, { PURSER_RAILS_DELETES_PLAN_COUNT: '2' });
    await stage.apply({ 'policies/web.yaml': writeFleet('web', 4) });
    const placed = await stage.place('m1', 'm2', 'm3', 'm4');
    await stage.claim('web', placed);
    return { stage, placed };
  }

  it('allows the deletions that the newest plan refused, until their boundary', async () => {
    const { stage, placed } = await openRefusal();
    await stage.apply({ 'policies/web.yaml': writeFleet('web', 0) });
    const before = await stage.tick();
    const [refusal] = before.refused;
    expect(refusal).toMatchObject({ policy: 'web', approve: expect.stringMatching(/^plan-/) });
    const done = await stage.run(approve, { operands: [refusal!.approve!], json: true });
    const until = new Date(Math.min(...placed.map((vm) => vm.paidUntil!))).toISOString().replace('.000Z', 'Z');
    expect(done.documents).toMatchObject([{ approved: refusal!.approve, policy: 'web', until }]);
    expect((await stage.tick()).refused).toEqual([]);
  });

  it('lists what can be approved when asked for something else', async () => {
    const { stage } = await openRefusal();
    await stage.apply({ 'policies/web.yaml': writeFleet('web', 0) });
    const [refusal] = (await stage.tick()).refused;
    await expect(stage.run(approve, { operands: ['plan-0000000000'] })).rejects.toMatchObject({
      code: 'approval-unknown',
      message: expect.stringContaining(refusal!.approve!),
    });
  });

  it('knows nothing before anything was planned', async () => {
    const stage = await openStage(redis.url);
    expect(await stage.engine.store.readNote(noteKeys.plan('main'))).toBeUndefined();
    await expect(stage.run(approve, { operands: ['plan-6f2c91'] })).rejects.toMatchObject({
      code: 'approval-unknown',
      message: expect.stringContaining('Nothing waits for an approval'),
    });
  });
});
