// `purser explain` over a VM's whole life, with real Redis and a sandbox.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command as apply } from '../../src/cli/commands/apply.js';
import { command as explain } from '../../src/cli/commands/explain.js';
import { writeFiles, writeFleet } from '../cli/commands/fake-context.js';
import { openStage, type Stage } from './cli-stage.js';
import { openTestRedis, type TestRedis } from './store-redis.js';

const MINUTE = 60_000;
const DAY = 24 * 3_600_000;

let redis: TestRedis;

beforeAll(async () => {
  redis = await openTestRedis();
});
afterAll(() => redis.close());

interface Answer {
  readonly says: string;
  readonly why: string;
  readonly listed: boolean;
  readonly judgedBy: string;
  readonly nobodys?: string;
  readonly coming: readonly { readonly at: string; readonly text: string }[];
  readonly history: readonly {
    readonly at: string;
    readonly kind: string;
    readonly policy: string;
    readonly text: string;
  }[];
}

async function ask(stage: Stage, vm: string): Promise<Answer> {
  const { documents } = await stage.run(explain, { operands: [vm], json: true });
  return documents[0] as Answer;
}

const runApply = (stage: Stage) =>
  stage.run(apply, { loadWorkers: () => import('../../workers/registry.js'), options: { yes: true } });

/** One member that was bought by `apply` and runs. */
async function openBought(): Promise<{ stage: Stage; name: string; id: string }> {
  const stage = await openStage(redis.url);
  writeFiles(stage.cwd, { 'policies/web.yaml': writeFleet('web', 1) });
  await runApply(stage);
  stage.sandbox.advanceBy(5 * MINUTE);
  await runApply(stage);
  const [vm] = stage.sandbox.books().vms;
  return { stage, name: vm!.name, id: vm!.id };
}

describe('the history of a VM', () => {
  it('begins with the purchase: why it was decided, what was bought, when it was up', async () => {
    const { stage, name } = await openBought();
    const { history, says } = await ask(stage, name);
    expect(says).toBe('keep');
    expect(history.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['intent', 'bought', 'charged', 'active']));
    expect(history[0]).toMatchObject({
      kind: 'intent',
      policy: 'web',
      text: expect.stringContaining('0 of 1 wanted') as string,
    });
  });

  it('outlives the VM: who deleted it, why, and what that avoided, by its name and by its id', async () => {
    const { stage, name, id } = await openBought();
    writeFiles(stage.cwd, { 'policies/web.yaml': writeFleet('web', 0) });
    await runApply(stage);
    const { paidUntil } = (await stage.engine.accounts.get('main')!.cloud.listVms()).vms[0]!;
    stage.sandbox.advanceBy(paidUntil! - stage.sandbox.now() - 3 * MINUTE);
    await runApply(stage);
    stage.sandbox.advanceBy(MINUTE);
    await runApply(stage);
    const gone = await ask(stage, name);
    expect(gone).toMatchObject({ says: 'gone', listed: false });
    expect(gone.why).toMatch(
      /^Deleted .* for web\. Why: delete .*: surplus: web wants 0 and has 1\. Avoided 0\.\d{6}\.$/,
    );
    expect(gone.history.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['bought', 'parked', 'intent', 'delete-called', 'deleted']),
    );
    expect((await ask(stage, id.toUpperCase().replace('0X', '0x'))).history).toEqual(gone.history);
    const { printed } = await stage.run(explain, { operands: [name] });
    expect(printed).toMatch(/not in main any more\nDeleted /);
  });

  it('is not made up for a VM that nobody ever saw', async () => {
    const { stage } = await openBought();
    const refused = stage.run(explain, { operands: ['web-never'] });
    await expect(refused).rejects.toMatchObject({ code: 'vm-unknown' });
    await expect(refused).rejects.toThrow(/no ledger knows one/);
  });
});

describe('what judges', () => {
  it('is what is in force, and files that say something else are told', async () => {
    const { stage, name } = await openBought();
    expect((await ask(stage, name)).judgedBy).toBe('judged by generation 1, which is in force');
    writeFiles(stage.cwd, { 'policies/web.yaml': writeFleet('web', 0) });
    const { judgedBy, says } = await ask(stage, name);
    expect(says).toBe('keep');
    expect(judgedBy).toBe(
      'judged by generation 1, which is in force; policies/ is not what generation 1 says: web changed (purser apply)',
    );
  });

  it('are files that are named, and that is told too', async () => {
    const { stage, name } = await openBought();
    writeFiles(stage.cwd, { 'policies/web.yaml': writeFleet('web', 0) });
    const { documents } = await stage.run(explain, { operands: [name, 'policies/web.yaml'], json: true });
    const { judgedBy, coming } = documents[0] as Answer;
    expect(judgedBy).toBe('judged by policies/web.yaml as it stands; in force is generation 1');
    expect(coming.map(({ text }) => text)).toEqual([
      expect.stringContaining('its deadline'),
      expect.stringContaining('its boundary'),
    ]);
  });

  it('leaves a VM whose policy is gone to nobody', async () => {
    const { stage, name } = await openBought();
    writeFiles(stage.cwd, { 'policies/web.yaml': writeFleet('farm', 0) });
    await runApply(stage);
    const { nobodys, says } = await ask(stage, name);
    expect([nobodys, says]).toEqual(['unclaimed', 'keep']);
    const { printed } = await stage.run(explain, { operands: [name] });
    expect(printed).toContain('unclaimed: web bought it and is not in force any more');
  });
});

describe('a forecast', () => {
  it('says of a VM that runs and will be let go what is expected to happen to it, and when', async () => {
    const { stage, name } = await openBought();
    writeFiles(stage.cwd, { 'policies/web.yaml': writeFleet('web', 0) });
    await runApply(stage);
    const { printed } = await stage.run(explain, { operands: [name], options: { at: '3d' } });
    expect(printed).toMatch(
      /^Forecast from Fri .*\nAs of Mon .*: it is expected to be gone by then\. Its deletion starts/,
    );
    expect(printed).toContain('surplus: web wants 0');
    expect(printed).not.toContain('does not say why');
    const { documents } = await stage.run(explain, { operands: [name], options: { at: '3d' }, json: true });
    expect(documents).toMatchObject([
      { says: 'gone', listed: true, why: expect.stringContaining('boundary') as string },
    ]);
    const soon = await stage.run(explain, { operands: [name], options: { at: '1h' } });
    expect(soon.printed).not.toContain('expected to be gone');
  });
});

describe('a VM that is asked for by its purchase', () => {
  it('is found by the name that `apply` printed when it was bought, and by the id of the purchase', async () => {
    const { stage, name } = await openBought();
    const bought = name.slice(0, -2);
    const answer = await ask(stage, name);
    expect(answer.listed).toBe(true);
    expect(await ask(stage, bought)).toEqual(answer);
    expect(await ask(stage, bought.slice(-6))).toEqual(answer);
  });

  it('is one of a list where several were bought at once', async () => {
    const stage = await openStage(redis.url);
    writeFiles(stage.cwd, { 'policies/web.yaml': writeFleet('web', 2) });
    await runApply(stage);
    stage.sandbox.advanceBy(5 * MINUTE);
    await runApply(stage);
    const [first, second] = stage.sandbox.books().vms.map(({ name }) => name);
    const refused = stage.run(explain, { operands: [first!.slice(0, -2)] });
    await expect(refused).rejects.toMatchObject({ code: 'vm-unknown' });
    await expect(refused).rejects.toThrow(
      new RegExp(`^2 VMs are meant .*(${first}|${second}) .*(${first}|${second}) `),
    );
  });
});

it('the age that a reap asks for is an instant at which the answer can change', async () => {
  const stage = await openStage(redis.url);
  const signal = '{http: {url: "http://{vm.publicIp}:8080/status"}}';
  await stage.apply({
    'policies/reap.yaml': `kind: reap\nname: reap-ci\nselect: vm.name.startsWith("ci-")\nminAge: 1d\nidle: {all: [${signal}]}\n`,
  });
  const [vm] = await stage.place('ci-1');
  const { coming } = await ask(stage, 'ci-1');
  expect(coming.map(({ at }) => Date.parse(at))).toContain(vm!.createdAt! + DAY);
});
