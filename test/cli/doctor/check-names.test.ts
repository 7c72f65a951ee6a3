// Whether the account has what its policies name, and this machine the secrets.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { command as doctor } from '../../../src/cli/commands/doctor.js';
import type { Finding } from '../../../src/cli/doctor/finding.js';
import { openCloud, type CloudClient } from '../../sim/cloud/cloud-client.js';
import { makeFolder, runCommand } from '../commands/fake-context.js';

afterEach(() => vi.unstubAllEnvs());

function writeWeb(vm: string): string {
  return `kind: fleet\nname: web\nreplicas: 1\nwhere: {maxPrice: 0.50/day}\nvm: {${vm}}\n`;
}

async function examine(sandbox: CloudClient, files: Readonly<Record<string, string>>) {
  const env = {
    FLUENCE_API_URL: sandbox.url,
    FLUENCE_API_KEY: sandbox.key,
    FLUENCE_PRODUCT: 'cloud',
    PURSER_CLOCK: 'sandbox',
  };
  const run = await runCommand(doctor, { cwd: makeFolder(files), json: true, env });
  const [{ findings }] = run.documents as [{ findings: Finding[] }];
  return findings;
}

const ofNames = (findings: readonly Finding[]) => findings.filter(({ check }) => check === 'names of main');

describe('what doctor says of the names in policies', () => {
  it('is that the account has them', async () => {
    const findings = await examine(await openCloud(), {
      'policies/web.yaml': writeWeb('image: ubuntu-24-04-x64, sshKeys: [ops]'),
    });
    expect(ofNames(findings)).toMatchObject([{ state: 'ok', text: '1 fleet: the account has what they name' }]);
  });

  it('is every one that is missing, image and keys at once', async () => {
    const [finding, ...more] = ofNames(
      await examine(await openCloud(), {
        'policies/web.yaml': writeWeb('image: ubuntu-24-04, sshKeys: [ops, kim, eve]'),
      }),
    );
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ state: 'problem' });
    expect(finding!.text).toContain('web can buy nothing: vm.image "ubuntu-24-04"');
    expect(finding!.text).toContain('vm.sshKeys "kim", "eve": the account has no SSH keys of these names');
  });

  it('counts a key that a policy of keys will add', async () => {
    const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ2dQCDIO8NJYlOayMl+BQMe1ozHsS1vYJGiNkAgjf4D';
    const findings = await examine(await openCloud(), {
      'policies/web.yaml': writeWeb('image: ubuntu-24-04-x64, sshKeys: [kim]'),
      'policies/team.yaml': `kind: keys\nname: team\nkeys: [{name: kim, key: '${key}'}]\n`,
    });
    expect(ofNames(findings)).toMatchObject([{ state: 'ok' }]);
  });

  it('is a note where the key of the account may not list SSH keys', async () => {
    const sandbox = await openCloud();
    const effect = { kind: 'answer', status: 403, body: { code: 'forbidden', error: 'Forbidden' } };
    await sandbox.control('faults', { match: { path: '/v1/ssh_keys' }, count: 0, effect });
    const findings = await examine(sandbox, {
      'policies/web.yaml': writeWeb('image: ubuntu-24-04-x64, sshKeys: [kim]'),
    });
    expect(ofNames(findings)).toMatchObject([{ state: 'ok' }, { state: 'note' }]);
    expect(ofNames(findings)[1]!.text).toMatch(/^SSH keys could not be compared: .*403/);
  });

  it('is nothing where the policies themselves are broken: those come first', async () => {
    expect(ofNames(await examine(await openCloud(), { 'policies/web.yaml': 'kind: fleet' }))).toEqual([]);
  });
});

describe('what doctor says of secrets', () => {
  const files = {
    'policies/web.yaml': writeWeb(
      'image: ubuntu-24-04-x64, sshKeys: [ops], cloudInit: {text: "#!/bin/sh\\necho ${TOKEN}", secrets: {TOKEN: {env: RUNNER_TOKEN}}}',
    ),
  };

  it('is which of them this machine lacks', async () => {
    const findings = await examine(await openCloud(), files);
    expect(findings.find(({ check }) => check === 'secrets of web')).toMatchObject({
      state: 'note',
      text: 'The variable RUNNER_TOKEN is not set here; without it a worker buys nothing for web.',
    });
  });

  it('is nothing where they are there, and never their values', async () => {
    vi.stubEnv('RUNNER_TOKEN', 'hunter2');
    const findings = await examine(await openCloud(), files);
    expect(findings.some(({ check }) => check === 'secrets of web')).toBe(false);
    expect(JSON.stringify(findings)).not.toContain('hunter2');
  });
});
