import { describe, expect, it } from 'vitest';
import { command as doctor } from '../../../src/cli/commands/doctor.js';
import type { Finding } from '../../../src/cli/doctor/finding.js';
import { openCloud } from '../../sim/cloud/cloud-client.js';
import { openSandbox } from '../../sim/sandbox-client.js';
import { makeFolder, runCommand } from '../commands/fake-context.js';

interface Api {
  readonly url: string;
  readonly key: string;
}

/** What doctor finds about the account of an API, without a store. */
async function examine({ url, key }: Api, env: Readonly<Record<string, string>> = {}) {
  const account = { FLUENCE_API_URL: url, FLUENCE_API_KEY: key, PURSER_CLOCK: 'sandbox', PURSER_ACCOUNT_MODE: 'act' };
  const run = await runCommand(doctor, { cwd: makeFolder(), json: true, env: { ...account, ...env } });
  const [{ findings }] = run.documents as [{ findings: Finding[] }];
  return Object.fromEntries(findings.map((finding) => [finding.check, finding]));
}

const CLOUD = { FLUENCE_PRODUCT: 'cloud' };

describe('what doctor says of an account on the cloud', () => {
  it('proves key, product, permissions and clock, and changes nothing', async () => {
    const sandbox = await openCloud();
    const before = { ...sandbox.books(), calls: {} };
    const findings = await examine(sandbox, CLOUD);
    for (const check of ['key of main', 'product of main', 'permissions of main', 'clock of main', 'API of main'])
      expect(findings[check]).toMatchObject({ state: 'ok' });
    expect(findings).not.toHaveProperty('variant of main');
    expect({ ...sandbox.books(), calls: {} }).toEqual(before);
  });

  it('names a key that may only read', async () => {
    const sandbox = await openCloud({ readOnlyKey: 'reader' });
    const findings = await examine({ url: sandbox.url, key: 'reader' }, CLOUD);
    expect(findings['key of main']).toMatchObject({ state: 'ok' });
    expect(findings['permissions of main']).toMatchObject({
      state: 'problem',
      text: 'The key is read-only: it lists, and may neither buy nor delete.',
      mend: 'Make a key that may write in the Fluence console.',
    });
    const looking = await examine({ url: sandbox.url, key: 'reader' }, { ...CLOUD, PURSER_ACCOUNT_MODE: 'observe' });
    expect(looking['permissions of main']).toMatchObject({ state: 'note' });
  });

  it('finds a key that may only read though it may not ask for its permissions', async () => {
    const sandbox = await openCloud({ readOnlyKey: 'reader' });
    const effect = { kind: 'answer', status: 403, body: { code: 'forbidden', error: 'Forbidden' } };
    await sandbox.control('faults', { match: { path: '/v1/users/me' }, count: 0, effect });
    const findings = await examine({ url: sandbox.url, key: 'reader' }, CLOUD);
    expect(findings['permissions of main']).toMatchObject({ state: 'problem' });
    expect((await examine(sandbox, CLOUD))['permissions of main']).toMatchObject({ state: 'ok' });
  });

  it('names the permission that is lacking', async () => {
    const sandbox = await openCloud();
    const body = { id: 'u', permissions: ['vms:read', 'vms:write', 'storages:write'] };
    await sandbox.control('faults', {
      match: { path: '/v1/users/me' },
      count: 0,
      effect: { kind: 'answer', status: 200, body },
    });
    const findings = await examine(sandbox, CLOUD);
    expect(findings['permissions of main']).toMatchObject({ state: 'problem', text: 'The key lacks public_ip:write.' });
  });
});

describe('what doctor says of an account on the marketplace', () => {
  it.each(['v3', 'v2', 'oldest'] as const)('proves the key of variant %s', async (variant) => {
    const sandbox = await openSandbox({ variant });
    await sandbox.control('vms', { name: 'ci-b', country: 'FR', paidUntil: '+2h', state: 'active' });
    const findings = await examine(sandbox);
    expect(findings['variant of main']).toMatchObject({ state: 'ok', text: `${variant}, found by asking` });
    expect(findings['permissions of main']).toMatchObject({ state: 'ok' });
    const said = await examine(sandbox, { FLUENCE_VARIANT: variant });
    expect(said['variant of main']).toMatchObject({ state: 'ok' });
  });

  it('names a key that may only read', async () => {
    const sandbox = await openSandbox();
    const effect = { kind: 'answer', status: 403, body: { error: 'This API Key is read-only' } };
    await sandbox.control('faults', { match: { method: 'PATCH' }, count: 0, effect });
    const findings = await examine(sandbox);
    expect(findings['permissions of main']).toMatchObject({
      state: 'problem',
      text: expect.stringMatching(/read-only/),
    });
  });

  it('owns up where it could not be found out', async () => {
    const sandbox = await openSandbox();
    const effect = { kind: 'answer', status: 503 };
    await sandbox.control('faults', { match: { method: 'PATCH' }, count: 0, effect });
    const findings = await examine(sandbox);
    expect(findings['permissions of main']).toMatchObject({ state: 'note', text: expect.stringMatching(/503/) });
  });
});

describe('what doctor says of the wrong product', () => {
  it.each([
    ['cloud', 'marketplace', openCloud],
    ['marketplace', 'cloud', openSandbox],
  ])('knows the %s that was called %s', async (actual, said, open) => {
    const sandbox = await open();
    const findings = await examine(sandbox, { FLUENCE_PRODUCT: said });
    expect(findings['product of main']).toMatchObject({
      state: 'problem',
      text: `The configuration says ${said}, and ${sandbox.url} answers this key as the ${actual}.`,
      mend: expect.stringContaining(`accounts.main.product to ${actual}`),
    });
  });

  it('says of a key that neither knows that it is refused', async () => {
    const sandbox = await openCloud();
    const findings = await examine({ url: sandbox.url, key: 'wrong' }, CLOUD);
    expect(findings['key of main']).toMatchObject({ state: 'problem', mend: expect.stringContaining('console') });
    expect(findings).not.toHaveProperty('product of main');
  });
});

it('names two accounts that one key opens, wherever each reads it', async () => {
  const sandbox = await openCloud();
  const account = (variable: string) => `{product: cloud, url: '${sandbox.url}', keyEnv: ${variable}}`;
  const file = `accounts:\n  daily: ${account('KEY_ONE')}\n  hourly: ${account('KEY_TWO')}\n`;
  const run = async (two: string) => {
    const env = { KEY_ONE: sandbox.key, KEY_TWO: two };
    const { documents } = await runCommand(doctor, { cwd: makeFolder({ 'purser.yaml': file }), json: true, env });
    const [{ findings }] = documents as [{ findings: Finding[] }];
    return findings.find(({ check }) => check === 'accounts');
  };
  expect(await run(sandbox.key)).toMatchObject({ state: 'problem', text: expect.stringContaining('daily and hourly') });
  expect(await run('another')).toBeUndefined();
});
