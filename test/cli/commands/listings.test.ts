import { beforeEach, describe, expect, it } from 'vitest';
import { command as images } from '../../../src/cli/commands/images.js';
import { command as keys } from '../../../src/cli/commands/keys.js';
import { command as offers } from '../../../src/cli/commands/offers.js';
import { command as vms } from '../../../src/cli/commands/vms.js';
import type { CommandModule } from '../../../src/cli/command.js';
import { openSandbox, type SandboxClient } from '../../sim/sandbox-client.js';
import { makeFolder, runCommand, type RunOptions } from './fake-context.js';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ2dQCDIO8NJYlOayMl+BQMe1ozHsS1vYJGiNkAgjf4D kim@example';

let sandbox: SandboxClient;

beforeEach(async () => {
  sandbox = await openSandbox();
});

function run(command: CommandModule, more: Partial<RunOptions> = {}) {
  const { cwd = makeFolder(), env, ...rest } = more;
  const account = { FLUENCE_API_URL: sandbox.url, FLUENCE_API_KEY: sandbox.key, PURSER_CLOCK: 'sandbox' };
  return runCommand(command, { cwd, env: { ...account, ...env }, ...rest });
}

describe('purser vms', () => {
  beforeEach(async () => {
    await sandbox.control('vms', { name: 'ci-b', country: 'FR', paidUntil: '+2h', state: 'active' });
    await sandbox.control('vms', { name: 'ci-a', country: 'DE', paidUntil: '+3h', state: 'active' });
    await sandbox.control('vms', { name: 'old', country: 'FR', state: 'terminated' });
  });

  it('lists what the account has, by name, without a store', async () => {
    const { printed, code } = await run(vms);
    const names = printed.split('\n').map((line) => line.split(' ')[0]);
    expect(names).toEqual(['NAME', 'ci-a', 'ci-b', 'old']);
    expect(code).toBe(0);
  });

  it('filters by state and country, in any letter case', async () => {
    const { documents } = await run(vms, { json: true, options: { state: 'active', country: 'fr,pl' } });
    expect(documents).toMatchObject([[{ name: 'ci-b', status: 'active', account: 'main' }]]);
  });

  it('prints one address a line for other tools, and nothing else', async () => {
    const { printed } = await run(vms, { options: { output: 'hosts' } });
    expect(printed).toMatch(/^(\d+\.\d+\.\d+\.\d+)\n(\d+\.\d+\.\d+\.\d+)$/);
  });

  it('refuses to print addresses as JSON, rather than leave one of the two out', async () => {
    await expect(run(vms, { json: true, options: { output: 'hosts' } })).rejects.toMatchObject({
      code: 'option-invalid',
    });
  });

  it('owns up that nobody owns anything before a policy was applied', async () => {
    const { printed, noted } = await run(vms, { options: { policy: 'web' } });
    expect(printed).toBe('No VMs of policy web; `purser vms` lists all.');
    expect(noted).toContain('No policy was ever applied here');
  });

  it('shows what purser.yaml and the handles of this machine protect', async () => {
    const cwd = makeFolder({
      'purser.yaml': `protect: ['vm.name == "ci-a"']\n`,
      '.purser/protect': 'old\n',
    });
    const { documents } = await run(vms, { cwd, json: true });
    expect(documents).toMatchObject([
      [
        { name: 'ci-a', protected: true },
        { name: 'ci-b', protected: false },
        { name: 'old', protected: true },
      ],
    ]);
  });

  it('is an error when the API does not list them, and no empty list', async () => {
    await sandbox.control('faults', {
      match: { method: 'GET', path: '/vms/v3' },
      count: 0,
      effect: { kind: 'answer', status: 500 },
    });
    await expect(run(vms, { json: true })).rejects.toMatchObject({ code: 'api-unreachable' });
  });

  it.each([
    [{ state: 'asleep' }, /--state must be one of/],
    [{ output: 'xml' }, /--output must be one of table, json, hosts/],
    [{ country: 'France' }, /--country must be country codes/],
  ])('refuses %j', async (options, message) => {
    await expect(run(vms, { options })).rejects.toMatchObject({
      code: 'option-invalid',
      message: expect.stringMatching(message),
    });
  });

  it('names the accounts that there are when another is asked for', async () => {
    await expect(run(vms, { options: { account: 'other' } })).rejects.toMatchObject({
      code: 'account-unknown',
      message: expect.stringContaining('main'),
    });
  });

  it('says one sentence about a wrong key', async () => {
    await expect(run(vms, { env: { FLUENCE_API_KEY: 'wrong' } })).rejects.toMatchObject({ code: 'api-key-refused' });
  });
});

describe('purser offers', () => {
  it('lists the cheapest first', async () => {
    const { documents } = await run(offers, { json: true });
    const [list] = documents as [{ price: string }[]];
    expect(list.map(({ price }) => price)).toEqual(['0.300000', '0.306980', '0.600000']);
  });

  it('asks for country, configuration and price', async () => {
    const options = { country: 'FR', configuration: 'cpu-2-ram-4gb-storage-25gb', maxPrice: '0.02/hour' };
    const { documents } = await run(offers, { json: true, options });
    expect(documents).toMatchObject([[{ account: 'main', price: '0.306980', per: '24h', place: { country: 'FR' } }]]);
  });

  it('refuses a price without its unit', async () => {
    await expect(run(offers, { options: { maxPrice: '0.80' } })).rejects.toMatchObject({ code: 'option-invalid' });
  });
});

describe('purser images', () => {
  it('lists the slugs in order', async () => {
    const { documents } = await run(images, { json: true });
    const [list] = documents as [{ slug: string }[]];
    expect(list.map(({ slug }) => slug)).toEqual(['debian-12', 'fedora-41', 'ubuntu-22-04-x64', 'ubuntu-24-04-x64']);
  });
});

describe('purser keys', () => {
  it('adds a key from a file, lists it, and removes it by its name', async () => {
    const cwd = makeFolder({ 'kim.pub': `${KEY}\n` });
    const added = await run(keys, { cwd, operands: ['add', 'kim', 'kim.pub'], json: true });
    expect(added.documents).toMatchObject([{ account: 'main', name: 'kim', publicKey: KEY }]);
    expect((await run(keys)).printed.split('\n').map((line) => line.split(' ')[0])).toEqual(['NAME', 'kim', 'ops']);
    await run(keys, { operands: ['remove', 'kim'] });
    expect((await run(keys)).printed).not.toContain('kim');
  });

  it('takes the key itself', async () => {
    const { printed } = await run(keys, { operands: ['add', 'kim', KEY] });
    expect(printed).toMatch(/^Account main has the key "kim" \(SHA256:/);
  });

  it('never sends a private key, and never quotes it', async () => {
    const cwd = makeFolder({
      id: '-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----\n',
    });
    const refusal = run(keys, { cwd, operands: ['add', 'kim', 'id'] });
    await expect(refusal).rejects.toMatchObject({ message: expect.stringContaining('holds a private key') });
    await expect(refusal).rejects.not.toMatchObject({ message: expect.stringContaining('c2VjcmV0') });
    expect(sandbox.books().calls).not.toHaveProperty('POST /ssh_keys');
  });

  it.each([
    [['add', 'kim'], /Say the name and the key/],
    [['remove'], /Say which/],
    [['remove', 'nobody'], /no key with the fingerprint or name "nobody"/],
    [['rename', 'kim'], /Write purser keys/],
    [['add', 'kim', 'no-such-file'], /neither a public key/],
  ])('refuses %j', async (operands, message) => {
    await expect(run(keys, { operands })).rejects.toMatchObject({
      code: 'option-invalid',
      message: expect.stringMatching(message),
    });
  });
});
