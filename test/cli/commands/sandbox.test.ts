import { describe, expect, it } from 'vitest';
import { command } from '../../../src/cli/commands/sandbox.js';
import { makeFolder, runCommand, type RunOptions } from './fake-context.js';

/** Runs it until it has printed, asks it something, and stops it as SIGTERM would. */
async function runUntilAsked<T>(
  options: Omit<RunOptions, 'cwd' | 'signal' | 'onPrint'> & { readonly cwd?: string },
  ask: (printed: string) => Promise<T>,
) {
  const abort = new AbortController();
  let resolve!: (answer: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((...both) => ([resolve, reject] = both));
  const running = runCommand(command, {
    cwd: options.cwd ?? makeFolder(),
    ...options,
    signal: abort.signal,
    onPrint: (text) => {
      ask(text)
        .then(resolve, reject)
        .finally(() => abort.abort());
    },
  });
  const [run, answer] = await Promise.all([running, promise]);
  return { ...run, answer };
}

interface Told {
  readonly url: string;
  readonly key: string;
  readonly port: number;
}

async function readClock(url: string): Promise<{ nowMillis: number; speed: number }> {
  return (await (await fetch(`${url}/_sandbox/clock`)).json()) as { nowMillis: number; speed: number };
}

describe('purser sandbox', () => {
  it('prints lines to copy, and answers at that address with that key until it is told to stop', async () => {
    const { printed, code, answer } = await runUntilAsked({ options: { port: '0', key: 'my key' } }, async (text) => {
      const url = /FLUENCE_API_URL=(\S+)/.exec(text)![1]!;
      return { url, status: (await fetch(`${url}/vms/v3`, { headers: { 'x-api-key': 'my key' } })).status };
    });
    expect(answer.status).toBe(200);
    expect(printed).toContain("export FLUENCE_API_KEY='my key'");
    expect(printed).toContain(`export PURSER_SIGNAL_PROXY=${answer.url}`);
    expect(printed).toContain(`${answer.url}/_sandbox/`);
    expect(code).toBe(0);
    await expect(fetch(answer.url)).rejects.toThrow();
  });

  it('prints one document with --json and goes on running', async () => {
    const { documents, answer } = await runUntilAsked({ options: { port: '0' }, json: true }, async (text) => {
      const told = JSON.parse(text) as Told;
      return { told, clock: await readClock(told.url) };
    });
    expect(documents).toEqual([{ ...answer.told, key: 'sandbox-key', pid: process.pid }]);
    expect(new URL(answer.told.url)).toMatchObject({ hostname: '127.0.0.1', port: String(answer.told.port) });
  });

  it("goes by this machine's time unless its world names another", async () => {
    const here = await runUntilAsked({ options: { port: '0' } }, (text) =>
      readClock(/FLUENCE_API_URL=(\S+)/.exec(text)![1]!),
    );
    expect(here.answer.speed).toBe(1);
    expect(Math.abs(here.answer.nowMillis - Date.now())).toBeLessThan(20_000);
    const cwd = makeFolder({ 'world.yaml': 'start: 2027-03-01T06:00:00Z\n' });
    const there = await runUntilAsked({ cwd, options: { port: '0', world: 'world.yaml', speed: '0' } }, (text) =>
      readClock(/FLUENCE_API_URL=(\S+)/.exec(text)![1]!),
    );
    expect(there.answer).toMatchObject({ nowMillis: Date.UTC(2027, 2, 1, 6), speed: 0 });
    expect(there.printed).toContain('Its time begins at 2027-03-01T06:00:00Z and stands still');
    expect(there.printed).toContain('export PURSER_CLOCK=sandbox');
  });

  it('plays the cloud when it is asked to, or when its world is one', async () => {
    const list = async (text: string) => {
      const { url, key } = JSON.parse(text) as Told;
      return (await fetch(`${url}/v2/vms`, { headers: { 'x-api-key': key } })).json();
    };
    const asked = await runUntilAsked({ options: { port: '0', product: 'cloud' }, json: true }, list);
    expect(asked.answer).toMatchObject({ items: [] });
    const cwd = makeFolder({ 'world.yaml': 'product: cloud\nvms: [{name: db-1}]\n' });
    const written = await runUntilAsked({ cwd, options: { port: '0', world: 'world.yaml' }, json: true }, list);
    expect(written.answer).toMatchObject({ items: [{ name: 'db-1' }] });
    const told = await runUntilAsked({ options: { port: '0', product: 'cloud' } }, async (text) => text);
    expect(told.printed).toContain('export FLUENCE_PRODUCT=cloud');
    const options = { port: '0', world: 'world.yaml', product: 'marketplace' };
    await expect(runCommand(command, { cwd, options })).rejects.toMatchObject({
      code: 'option-invalid',
      message: expect.stringContaining('is a world of the cloud'),
    });
  });

  it('says so when the port is taken', async () => {
    await runUntilAsked({ options: { port: '0' }, json: true }, async (text) => {
      const { port } = JSON.parse(text) as Told;
      await expect(runCommand(command, { cwd: makeFolder(), options: { port: String(port) } })).rejects.toMatchObject({
        code: 'option-invalid',
        message: expect.stringContaining(`Port ${port}`),
      });
    });
  });

  it.each([
    [{ product: 'clouds' }, /no product "clouds"/],
    [{ port: '70000' }, /--port must be at most/],
    [{ port: 'http' }, /--port must be a port/],
    [{ seed: '-1' }, /--seed must be/],
    [{ speed: 'fast' }, /--speed must be/],
  ])('refuses %j', async (options, message) => {
    await expect(runCommand(command, { cwd: makeFolder(), options })).rejects.toMatchObject({
      code: 'option-invalid',
      message: expect.stringMatching(message),
    });
  });

  it('tells what is wrong with a world', async () => {
    const cwd = makeFolder({ 'world.yaml': 'balanc: 3\n' });
    await expect(runCommand(command, { cwd, options: { world: 'world.yaml', port: '0' } })).rejects.toMatchObject({
      code: 'world-invalid',
    });
  });
});
