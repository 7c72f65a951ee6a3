// Reading policies from a disk where anything may be wrong.
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PurserError } from '../../src/core/errors.js';
import { checkPolicies } from '../../src/policy/check-policies.js';
import { loadPolicyFiles } from '../../src/policy/load-policy-files.js';
import type { Problem } from '../../src/policy/problems.js';
import { OPTIONS, writeFleet } from './policy-texts.js';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0000000000000000000000000000000000000000ops ops@example';
let folder = '';

async function write(path: string, text: string | Buffer): Promise<void> {
  await writeFile(join(folder, path), text);
}

async function loadFailing(paths: readonly string[]): Promise<readonly Problem[]> {
  const error: unknown = await loadPolicyFiles(paths, { baseDir: folder }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof PurserError) || error.code !== 'policy-unreadable') throw new Error('it was not refused');
  return error.details?.['problems'] as Problem[];
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'purser-policies-'));
  for (const name of ['some', 'some/scenarios', 'some/keys', 'empty']) await mkdir(join(folder, name));
  await write('some/b.yaml', writeFleet({ name: 'name: b', vm: 'vm: {image: u, sshKeys: [keys/ops.pub]}' }));
  await write('some/a.yml', writeFleet({ name: 'name: a' }));
  await write('some/a.test.yaml', 'kind: nothing');
  await write('some/policy.schema.json', '{}');
  await write('some/.hidden.yaml', 'kind: nothing');
  await write('some/scenarios/s.yaml', 'kind: nothing');
  await write('some/keys/ops.pub', `# the team's\n${KEY}\n`);
  await write('some/keys/private', '-----BEGIN OPENSSH PRIVATE KEY-----\nsecret-bytes\n');
  await write('some/keys/none.pub', 'hello\n');
  await write(
    'latin.yaml',
    Buffer.concat([Buffer.from('kind: fleet\nname: caf'), Buffer.from([0xe9]), Buffer.from('\n')]),
  );
  await write('huge.yaml', 'kind: fleet\n');
  await truncate(join(folder, 'huge.yaml'), 50_000_000);
  await symlink('loop.yaml', join(folder, 'loop.yaml'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe('loadPolicyFiles', () => {
  it('ends its sentences once where nothing could be read', async () => {
    await expect(loadPolicyFiles(['gone', 'lost.yaml'], { baseDir: folder })).rejects.toThrow(
      'No policy could be read: gone:1:1 This path does not exist. Check the path; lost.yaml:1:1 This path does not exist. Check the path.',
    );
  });

  it("reads a folder's own YAML files and the keys that they name, sorted by path", async () => {
    const { documents, problems } = await loadPolicyFiles(['some'], { baseDir: folder });
    expect(problems).toEqual([]);
    expect(documents.map(({ path }) => path)).toEqual(['some/a.yml', 'some/b.yaml', 'ssh-key:some/keys/ops.pub']);
    expect(documents[2]!.text).toBe(KEY);
  });

  it('makes documents from which the policies compile without any file', async () => {
    const { documents } = await loadPolicyFiles(['some'], { baseDir: folder });
    const { set, problems } = checkPolicies(documents, OPTIONS);
    expect(problems).toEqual([]);
    expect(set!.fleets.map(({ name, vm }) => [name, vm.sshKeys])).toEqual([
      ['a', ['ops']],
      ['b', [KEY]],
    ]);
    const without = checkPolicies(documents.slice(0, 2), OPTIONS);
    expect(without.problems).toMatchObject([
      { file: 'some/b.yaml', code: 'ssh-key-unreadable', path: 'vm.sshKeys[0]' },
    ]);
  });

  it('reads a file once when it is named twice', async () => {
    const { documents } = await loadPolicyFiles(['some/a.yml', 'some', join(folder, 'some/a.yml')], {
      baseDir: folder,
    });
    expect(documents).toHaveLength(3);
  });

  it('goes on when one of several paths is missing', async () => {
    const { documents, problems } = await loadPolicyFiles(['some/a.yml', 'gone', 'gone.yaml', 'empty'], {
      baseDir: folder,
    });
    expect(documents).toHaveLength(1);
    expect(problems.map(({ file, line, column, code }) => `${file}:${line}:${column} ${code}`)).toEqual([
      'empty:1:1 folder-empty',
      'gone:1:1 path-missing',
      'gone.yaml:1:1 path-missing',
    ]);
  });

  it.each([
    ['a path that does not exist', 'gone', 'path-missing', '1:1'],
    ['an empty folder', 'empty', 'folder-empty', '1:1'],
    ['a file that is not UTF-8', 'latin.yaml', 'file-not-utf8', '2:10'],
    ['a file of 50 MB', 'huge.yaml', 'file-too-large', '1:1'],
    ['a circle of links', 'loop.yaml', 'file-unreadable', '1:1'],
    ['a device', '/dev/zero', 'file-unreadable', '1:1'],
    ['a path under a file', 'some/a.yml/b.yaml', 'path-missing', '1:1'],
  ])('refuses %s with a placed problem when there is nothing else', async (_, path, code, place) => {
    const problems = await loadFailing([path]);
    expect(problems.map((problem) => `${problem.code} ${problem.line}:${problem.column}`)).toEqual([
      `${code} ${place}`,
    ]);
  });

  it('refuses a file of 50 MB without reading it', async () => {
    const before = process.memoryUsage().arrayBuffers;
    await loadFailing(['huge.yaml']);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(5_000_000);
  });

  it.each([
    ['gone.pub', 'ssh-key-unreadable'],
    ['keys/none.pub', 'ssh-key-wrong'],
    ['keys/private', 'ssh-key-private'],
    ['./keys', 'ssh-key-unreadable'],
  ])('places the problem with the key file %s, and never keeps its text', async (entry, code) => {
    await write('with-key.yaml', writeFleet({ vm: `vm:\n  image: u\n  sshKeys:\n    - some/${entry}` }));
    const loaded = await loadPolicyFiles(['with-key.yaml'], { baseDir: folder });
    expect(loaded.problems).toMatchObject([{ file: 'with-key.yaml', line: 8, column: 7, code }]);
    expect(JSON.stringify(loaded)).not.toContain('secret-bytes');
    const { problems } = checkPolicies(loaded.documents, { ...OPTIONS, problems: loaded.problems });
    expect(problems).toEqual(loaded.problems);
  });

  it("reads a fleet's cloud-init beside the policies, and takes no such file for a policy", async () => {
    await mkdir(join(folder, 'runners'));
    await write(
      'runners/farm.yaml',
      writeFleet({ vm: 'vm: {image: u, sshKeys: [ops], cloudInit: {file: up.cloud-init.yaml}}' }),
    );
    await write('runners/up.cloud-init.yaml', '#cloud-config\n');
    const { documents, problems } = await loadPolicyFiles(['runners'], { baseDir: folder });
    expect(problems).toEqual([]);
    expect(documents).toMatchObject([
      { path: 'cloud-init:runners/up.cloud-init.yaml', text: '#cloud-config\n' },
      { path: 'runners/farm.yaml' },
    ]);
  });

  it('places the problem with a cloud-init file once', async () => {
    await write(
      'with-init.yaml',
      writeFleet({ vm: 'vm:\n  image: u\n  sshKeys: [ops]\n  cloudInit: {file: gone.yaml}' }),
    );
    const loaded = await loadPolicyFiles(['with-init.yaml'], { baseDir: folder });
    expect(loaded.problems).toMatchObject([{ line: 8, column: 21, code: 'cloud-init-unreadable' }]);
    const { problems } = checkPolicies(loaded.documents, { ...OPTIONS, problems: loaded.problems });
    expect(problems).toEqual(loaded.problems);
  });

  it('leaves an empty file to the check, which places it', async () => {
    await write('blank.yaml', '');
    const { documents } = await loadPolicyFiles(['blank.yaml'], { baseDir: folder });
    expect(checkPolicies(documents, OPTIONS).problems).toMatchObject([
      { file: 'blank.yaml', line: 1, column: 1, code: 'file-empty' },
    ]);
  });
});
