import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command as apply } from '../../src/cli/commands/apply.js';
import { command as plan } from '../../src/cli/commands/plan.js';
import { command as up } from '../../src/cli/commands/up.js';
import type { CommandModule } from '../../src/cli/command.js';
import { makeFolder, writeFiles, writeFleet, type Run, type RunOptions } from '../cli/commands/fake-context.js';
import { openStage, type Stage } from './cli-stage.js';
import { eventually, openTestRedis, type TestRedis } from './store-redis.js';

const HOUR = 3_600_000;
const MINUTE = 60_000;

let redis: TestRedis;

beforeAll(async () => {
  redis = await openTestRedis();
});
afterAll(() => redis.close());

const loadWorkers = () => import('../../workers/registry.js');

function run(stage: Stage, command: CommandModule, options: Partial<RunOptions> = {}): Promise<Run> {
  return stage.run(command, { loadWorkers, ...options });
}

const runYes = (stage: Stage, more: Partial<RunOptions> = {}) =>
  run(stage, apply, { ...more, options: { yes: true, ...more.options } });

/** A stage with these policies in its folder, nothing in force. */
async function openWith(files: Readonly<Record<string, string>>, more: Readonly<Record<string, string>> = {}) {
  const stage = await openStage(redis.url, more);
  writeFiles(stage.cwd, files);
  return stage;
}

describe('purser apply', () => {
  it('shows the plan, puts the policies in force, and buys; the second time there is nothing to do', async () => {
    const stage = await openWith({ 'policies/web.yaml': writeFleet('web', 2) });
    const first = await runYes(stage);
    expect(first.code).toBe(0);
    expect(first.printed).toContain('+ deploy 2');
    expect(first.printed).toContain('Policies are in force as generation 1.');
    expect(first.printed).toMatch(/\+ web +bought 2 x web-/);
    expect(first.printed).not.toContain('purser apply\n');
    expect(stage.sandbox.books().totals.created).toBe(2);
    expect(await stage.engine.store.readGeneration()).toMatchObject({ number: 1, by: 'apply' });

    stage.sandbox.advanceBy(5 * MINUTE);
    const planned = await run(stage, plan, { options: { detailedExitcode: true } });
    expect(planned.code).toBe(0);
    const second = await runYes(stage);
    expect(second.code).toBe(0);
    expect(second.printed).toContain('Nothing to do');
    expect(stage.sandbox.books().totals.created).toBe(2);
    expect((await stage.engine.store.readGeneration())!.number).toBe(1);
  });

  it('gives the VMs that it bought their names, one each', async () => {
    const stage = await openWith({ 'policies/web.yaml': writeFleet('web', 3) });
    await runYes(stage);
    const names = stage.sandbox.books().vms.map((vm) => vm.name);
    expect(new Set(names).size).toBe(3);
  });

  it('changes nothing where nobody can be asked and nobody said yes', async () => {
    const stage = await openWith({ 'policies/web.yaml': writeFleet('web', 2) });
    await expect(run(stage, apply)).rejects.toMatchObject({ code: 'confirmation-needed' });
    await expect(run(stage, apply, { json: true })).rejects.toMatchObject({ code: 'confirmation-needed' });
    expect(await stage.engine.store.readGeneration()).toBeUndefined();
    expect(stage.sandbox.books().totals.created).toBe(0);
  });

  it('needs no yes where nothing is to be done', async () => {
    const stage = await openWith({ 'policies/web.yaml': writeFleet('web', 1) });
    await runYes(stage);
    stage.sandbox.advanceBy(5 * MINUTE);
    expect((await run(stage, apply)).code).toBe(0);
  });

  it('prints one JSON document: what came of it, and what is left', async () => {
    const stage = await openWith({ 'policies/web.yaml': writeFleet('web', 2) });
    const { documents } = await runYes(stage, { json: true });
    expect(documents).toHaveLength(1);
    const [document] = documents as [{ generation: number; outcomes: { event: string }[]; plan: object }];
    expect(document.generation).toBe(1);
    expect(document.outcomes.filter(({ event }) => event === 'bought')).toHaveLength(2);
    expect(document.plan).toMatchObject({ actions: [], totals: { deploy: 0 } });
  });

  it('shows with the plan what a schedule really saves', async () => {
    const days =
      'schedule:\n  windows:\n    - {name: day, from: "0 8 * * MON-FRI", to: "0 20 * * MON-FRI", replicas: 2}\n';
    const stage = await openWith({ 'policies/web.yaml': `${writeFleet('web', 0)}${days}` });
    const { printed } = await runYes(stage);
    expect(printed).toMatch(
      /^web .*\n +schedule saves 4 of 14 charges a week; only gaps longer than 24h save: Fri 20:00Z to Mon 08:00Z$/m,
    );
    const { documents } = await runYes(stage, { json: true });
    expect(documents).toMatchObject([
      { plan: { fleets: [{ schedule: { days: 7, always: 14, needed: 10, saved: 4 } }] } },
    ]);
  });

  it('ends with 4 when a rail refuses something, and carries out the rest', async () => {
    const stage = await openWith(
      { 'policies/web.yaml': writeFleet('web', 4) },
      { PURSER_RAILS_DELETES_PLAN_COUNT: '1' },
    );
    await runYes(stage);
    stage.sandbox.advanceBy(5 * MINUTE);
    writeFiles(stage.cwd, { 'policies/web.yaml': writeFleet('web', 1), 'policies/farm.yaml': writeFleet('farm', 1) });
    const refused = await runYes(stage);
    expect(refused.code).toBe(4);
    expect(refused.printed).toContain('purser approve plan-');
    expect(stage.sandbox.books().totals.created).toBe(5);
    expect(stage.sandbox.books().deletes).toEqual([]);
  });

  it('ends with 1 when a purchase is refused, and says what the API said', async () => {
    const stage = await openWith({ 'policies/web.yaml': writeFleet('web', 2) });
    stage.sandbox.faults.add({
      rules: [
        { match: { method: 'POST', path: '/vms/v3' }, effect: { kind: 'answer', status: 422, body: 'no server' } },
      ],
    });
    const failed = await runYes(stage);
    expect(failed.code).toBe(1);
    expect(failed.printed).toContain('not bought');
    expect(stage.sandbox.books().totals.created).toBe(0);
  });

  it('ends with `frozen` while a freeze holds something back, and with 0 when nothing is to be done', async () => {
    const stage = await openWith({ 'policies/web.yaml': writeFleet('web', 2) });
    await stage.engine.store.setFreeze({ since: 0, why: 'maintenance' });
    const frozen = runYes(stage);
    await expect(frozen).rejects.toMatchObject({ code: 'frozen' });
    await expect(frozen).rejects.toThrow(/1 thing in the plan was not carried out: frozen by hand: maintenance\./);
    expect(stage.sandbox.books().totals.created).toBe(0);
    await stage.engine.store.setFreeze(undefined);
    await runYes(stage);
    stage.sandbox.advanceBy(5 * MINUTE);
    await stage.engine.store.setFreeze({ since: 0, why: '' });
    expect((await runYes(stage)).code).toBe(0);
  });

  it('tells beforehand of an SSH key that the account lacks, and buys nothing', async () => {
    const stage = await openWith({ 'policies/web.yaml': writeFleet('web', 2).replace('[ops]', '[opps]') });
    const { code, printed, noted } = await runYes(stage);
    expect(code).toBe(1);
    expect(printed).toContain('Nothing can be done now: web lacks 2 VMs (key-unknown).');
    expect(noted).toContain('web lacks 2 VMs (key-unknown): `purser plan` says why.');
    expect(printed).toContain('key-unknown: vm.sshKeys "opps": the account has no SSH key of that name');
    expect(stage.sandbox.books().calls['POST /vms/v3']).toBeUndefined();
  });

  it('shows a purchase that failed with what the API said and when it is tried again', async () => {
    const stage = await openWith({ 'policies/web.yaml': writeFleet('web', 2) });
    stage.sandbox.faults.add({
      rules: [
        { match: { method: 'POST', path: '/vms/v3' }, effect: { kind: 'answer', status: 422, body: 'no server' } },
      ],
    });
    await runYes(stage);
    const { printed } = await run(stage, plan);
    expect(printed).toMatch(/~ hold +backing-off: attempt 1 failed \(.*no server.*\); tried again 06:0\dZ\n/);
  });

  it('refuses a broken policy with its place before anything is done', async () => {
    const stage = await openWith({ 'policies/web.yaml': writeFleet('web', 2).replace('replicas: 2', 'replicas: two') });
    await expect(runYes(stage)).rejects.toMatchObject({ code: 'policy-invalid' });
    expect(await stage.engine.store.readGeneration()).toBeUndefined();
  });

  it.each(['soon', '5', '-1h'])('refuses --wait %s', async (wait) => {
    const stage = await openWith({ 'policies/web.yaml': writeFleet('web', 2) });
    await expect(runYes(stage, { options: { wait } })).rejects.toMatchObject({ code: 'option-invalid' });
  });
});

describe('purser apply --wait', () => {
  it('stays that long, and carries out what becomes due meanwhile', async () => {
    const window = '{name: day, from: "0 8 * * *", to: "0 20 * * *", replicas: 3}';
    const fleet = writeFleet('web', 1, `schedule: {timezone: UTC, windows: [${window}]}\n`);
    const stage = await openWith({ 'policies/web.yaml': fleet });
    const startedAt = stage.sandbox.now();
    let ended: Run | undefined;
    const waiting = runYes(stage, { options: { wait: '3h' } }).then((result) => (ended = result));
    await eventually('the first is bought', () => stage.sandbox.books().totals.created === 1, 20_000);
    await eventually(
      'it ended',
      async () => {
        const { waiting: ready, active } = await stage.engine.queue.counts();
        if (ready + active === 0) stage.sandbox.advanceBy(MINUTE);
        return ended !== undefined;
      },
      60_000,
    );
    await waiting;
    expect(ended!.code).toBe(0);
    expect(ended!.noted).toContain('Staying for 3h');
    expect(stage.sandbox.now() - startedAt).toBeGreaterThanOrEqual(3 * HOUR);
    expect(stage.sandbox.books().totals.created).toBe(3);
  });

  it('ends at once, with 130, when it is interrupted', async () => {
    const stage = await openWith({ 'policies/web.yaml': writeFleet('web', 1) });
    const abort = new AbortController();
    const waiting = runYes(stage, { options: { wait: '3h' }, signal: abort.signal });
    await eventually('it was bought', () => stage.sandbox.books().totals.created === 1, 20_000);
    abort.abort();
    expect((await waiting).code).toBe(130);
  });
});

describe('an account whose mode nobody said', () => {
  const files = { 'policies/web.yaml': writeFleet('web', 1) };

  it('acts in apply, which shows the plan and asks', async () => {
    const stage = await openWith(files, { PURSER_ACCOUNT_MODE: '' });
    expect((await runYes(stage)).code).toBe(0);
    expect(stage.sandbox.books().totals.created).toBe(1);
  });

  it('only observes in up, and says so', async () => {
    const stage = await openWith(files, { PURSER_ACCOUNT_MODE: '' });
    const abort = new AbortController();
    const running = run(stage, up, { signal: abort.signal });
    try {
      await eventually('it looked', () => stage.sandbox.books().calls['GET /vms/v3'] !== undefined, 20_000);
      await eventually('it left its plan', () => stage.engine.store.readNote('health:main'), 20_000);
    } finally {
      abort.abort();
    }
    const { code, noted } = await running;
    expect(code).toBe(0);
    expect(noted).toContain('main (observe)');
    expect(stage.sandbox.books().totals.created).toBe(0);
  });
});

describe('a folder without purser.yaml', () => {
  it('is given one by the first apply, with an installation to commit', async () => {
    const stage = await openStage(redis.url);
    const cwd = makeFolder({ 'policies/web.yaml': writeFleet('web', 1) });
    const { code, noted } = await run(stage, apply, { cwd, options: { yes: true }, env: { PURSER_INSTALLATION: '' } });
    expect(code).toBe(0);
    expect(noted).toContain('Commit it.');
    expect(readFileSync(join(cwd, 'purser.yaml'), 'utf8')).toMatch(/^installation: ".."$/m);
  });
});
