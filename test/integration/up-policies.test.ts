import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startSandbox, type RunningSandbox } from '../../src/sim/sandbox-server.js';
import { writeFleet } from '../cli/commands/fake-context.js';
import { buildProgram, startProgram, type RunningProgram } from './built-program.js';
import { eventually } from './store-redis.js';

interface StatusDocument {
  readonly generation: number;
  readonly policies: readonly { readonly policy: string; readonly wanted: number }[];
  readonly processes: readonly { readonly role: string }[];
}

let folder: string;
let sandbox: RunningSandbox;
let up: RunningProgram | undefined;

beforeAll(() => buildProgram());
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'purser-up-'));
  mkdirSync(join(folder, 'policies'));
  sandbox = await startSandbox();
});
afterEach(async () => {
  up?.child.kill('SIGTERM');
  await up?.ended;
  up = undefined;
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

const env = () => ({
  FLUENCE_API_URL: sandbox.url,
  FLUENCE_API_KEY: sandbox.key,
  PURSER_CLOCK: 'sandbox',
  PURSER_ACCOUNT_MODE: 'act',
});

function write(name: string, text: string): void {
  writeFileSync(join(folder, 'policies', name), text);
}

async function startUp(more: Readonly<Record<string, string>> = {}): Promise<RunningProgram> {
  const started = startProgram(['up'], { cwd: folder, env: { ...env(), ...more } });
  up = started;
  await eventually('it runs', () => started.stderr().includes('purser up: installation'), 30_000);
  return started;
}

async function readStatus(): Promise<StatusDocument> {
  const status = startProgram(['status', '--json'], { cwd: folder, env: env() });
  expect(await status.ended).toBe(0);
  return JSON.parse(status.stdout()) as StatusDocument;
}

describe('what `up` prints', () => {
  it("is also what it can't do, once, and that it is over", async () => {
    const limitTo = (maxPrice: string) =>
      write('web.yaml', writeFleet('web', 1).replace(/maxPrice: [^\n,}]+/, `maxPrice: ${maxPrice}`));
    limitTo('0.01/day');
    const running = await startUp({ PURSER_LOG_LEVEL: 'debug' });
    const needs = (): number => running.stdout().split('needs you: ').length - 1;
    await eventually('it says what it lacks', () => needs() === 1, 20_000);
    expect(running.stdout()).toMatch(/! web {6}needs you: web .*under maxPrice.* {3}purser offers\n/);
    limitTo('9/day');
    await eventually('it took the change', () => running.stderr().includes('generation 2 is in force'), 20_000);
    sandbox.advanceBy(60_000);
    await eventually('it buys', () => sandbox.books().totals.created === 1, 20_000);
    const isOver = (): boolean => {
      sandbox.advanceBy(5_000);
      return /\. web {6}over since /.test(running.stdout());
    };
    await eventually('it says that it is over', isOver, 20_000);
    expect(needs()).toBe(1);
    // The log is among it, in words.
    expect(running.stderr()).toMatch(/^\w{3} [\d:]{8}Z {2}\. main +job \(/m);
    expect(running.stderr()).not.toMatch(/^\{/m);
  });
});

describe('the policy files of a running `up`', () => {
  it('come into force when they are edited; broken ones change nothing, and status shows what is in force', async () => {
    write('web.yaml', writeFleet('web', 1));
    const running = await startUp();
    await eventually('the first is bought', () => sandbox.books().totals.created === 1, 20_000);
    expect(await readStatus()).toMatchObject({ generation: 1, processes: [{ role: 'up' }] });

    write('web.yaml', writeFleet('web', 3));
    await eventually('it told the change', () => running.stderr().includes('generation 2 is in force'), 20_000);
    sandbox.advanceBy(60_000);
    await eventually('the others are bought', () => sandbox.books().totals.created === 3, 20_000);

    write('web.yaml', writeFleet('web', 9).replace('replicas: 9', 'replicas: nine'));
    await eventually('it told the problem', () => running.stderr().includes('web.yaml:3:11'), 20_000);
    expect(running.stderr()).toContain('The last good generation stays in force.');
    renameSync(join(folder, 'policies'), join(folder, 'elsewhere'));
    await eventually(
      'it told that they are gone',
      () => /stays in force[^]*stays in force/.test(running.stderr()),
      20_000,
    );
    sandbox.advanceBy(60_000);
    const status = await readStatus();
    expect(status.generation).toBe(2);
    expect(status.policies).toMatchObject([{ policy: 'web', wanted: 3 }]);
    expect(sandbox.books().totals.created).toBe(3);
    expect(sandbox.books().deletes).toEqual([]);

    renameSync(join(folder, 'elsewhere'), join(folder, 'policies'));
    write('web.yaml', writeFleet('web', 3));
    await eventually('it told that all is well', () => running.stderr().includes('can be read again'), 20_000);
    expect((await readStatus()).generation).toBe(2);
  });

  it('are not put over what is in force at its start; it says so and follows that', async () => {
    write('web.yaml', writeFleet('web', 1));
    const apply = startProgram(['apply', '--yes'], { cwd: folder, env: env() });
    expect([await apply.ended, apply.stderr()]).toEqual([0, expect.stringContaining('purser.yaml')]);
    write('web.yaml', writeFleet('web', 2));
    const running = await startUp();
    expect(running.stderr()).toContain('differ from generation 1');
    expect(await readStatus()).toMatchObject({ generation: 1, policies: [{ wanted: 1 }] });
  });
});

describe('an `up` that is told to end', () => {
  it('ends within ten seconds, with 0, and leaves its books to the next one', async () => {
    write('web.yaml', writeFleet('web', 1));
    const first = await startUp();
    await eventually('the first is bought', () => sandbox.books().totals.created === 1, 20_000);
    const toldAt = performance.now();
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    expect(performance.now() - toldAt).toBeLessThan(10_000);
    expect(first.stderr()).toContain('Stopping');

    const second = await startUp();
    expect(second.stderr()).toContain('Generation 1 is in force.');
    sandbox.advanceBy(60_000);
    await eventually('it looked', async () => (await readStatus()).policies.length === 1, 20_000);
    expect(sandbox.books().totals.created).toBe(1);
  });

  it('says what is missing, and ends with 2, where there are no policies at all', async () => {
    rmSync(join(folder, 'policies'), { recursive: true });
    const nothing = startProgram(['up'], { cwd: folder, env: env() });
    expect(await nothing.ended).toBe(2);
    expect(nothing.stderr()).toContain('purser init');
  });
});
