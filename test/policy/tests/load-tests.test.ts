import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadPolicyFiles } from '../../../src/policy/load-policy-files.js';
import { loadTests } from '../../../src/policy/tests/load-tests.js';
import { runPolicyTest } from '../../../src/policy/tests/run-test.js';
import { makeFolder, writeFleet } from '../../cli/commands/fake-context.js';

const TEST = `tests:
  - name: it
    at: 2026-11-20T19:10Z
    given: {vms: [{policy: web, count: 4}]}
    expect: {nothing: true}
`;

function placesOf(
  problems: readonly { file: string; line: number; column: number; code: string }[],
): readonly string[] {
  return problems.map(({ file, line, column, code }) => `${file}:${line}:${column} ${code}`);
}

async function load(files: Readonly<Record<string, string>>, paths: readonly string[] = ['p']) {
  const baseDir = makeFolder(files);
  return loadTests(paths, { baseDir });
}

describe('loadTests', () => {
  it('reads the tests of a folder and the policies of the same names, and of the files that they name', async () => {
    const { tests, problems } = await load({
      'p/web.yaml': writeFleet('web', 4),
      'p/web.test.yaml': TEST,
      'p/other.test.yml': `policies: [web.yaml, ../q/more.yaml]\n${TEST}`,
      'q/more.yaml': writeFleet('more', 0),
      'p/.hidden.test.yaml': 'broken: [',
      'p/below/deep.test.yaml': 'broken: [',
    });
    expect(problems).toEqual([]);
    expect(tests.map(({ document }) => document.file)).toEqual(['p/other.test.yml', 'p/web.test.yaml']);
    expect(tests.map((test) => runPolicyTest(test).plan.fleets.map(({ policy }) => policy))).toEqual([
      ['more', 'web'],
      ['web'],
    ]);
  });

  it('reads each document of a file with policies of its own', async () => {
    const { tests, problems } = await load({
      'p/web.yaml': writeFleet('web', 4),
      'p/five.yaml': writeFleet('web', 5),
      'p/web.test.yaml': `${TEST}---\npolicies: [five.yaml]\n${TEST}`,
    });
    expect(problems).toEqual([]);
    expect(tests.map((test) => runPolicyTest(test).differences.length)).toEqual([0, 0]);
    expect(tests.map((test) => runPolicyTest(test).plan.fleets[0]?.wanted)).toEqual([4, 5]);
  });

  it('tells what can not be read, each at its place, and reads the rest', async () => {
    const baseDir = makeFolder({ 'p/web.yaml': writeFleet('web', 4), 'p/web.test.yaml': TEST });
    const path = (name: string): string => join(baseDir, 'p', name);
    writeFileSync(path('big.test.yaml'), Buffer.alloc(50_000_000, 'a'));
    writeFileSync(path('latin.test.yaml'), Buffer.from([0x74, 0x3a, 0x20, 0xe9, 0x0a]));
    mkdirSync(path('folder.test.yaml'));
    symlinkSync('loop.test.yaml', path('loop.test.yaml'));
    symlinkSync('web.test.yaml', path('link.test.yaml'));
    writeFileSync(path('empty.test.yaml'), '');
    writeFileSync(path('alone.test.yaml'), TEST);
    writeFileSync(path('named.test.yaml'), `policies: [web.yaml, gone.yaml]\n${TEST}`);
    const { tests, problems } = await loadTests(['p', 'p/web.yaml', 'gone.test.yaml'], { baseDir });
    expect(placesOf(problems)).toEqual([
      'gone.test.yaml:1:1 path-missing',
      'p/alone.test.yaml:1:1 path-missing',
      'p/big.test.yaml:1:1 file-too-large',
      'p/empty.test.yaml:1:1 file-empty',
      'p/folder.test.yaml:1:1 file-unreadable',
      'p/latin.test.yaml:1:4 file-not-utf8',
      // A link is followed; no link.yaml lies beside it.
      'p/link.test.yaml:1:1 path-missing',
      'p/loop.test.yaml:1:1 file-unreadable',
      'p/named.test.yaml:1:22 path-missing',
      'p/web.yaml:1:1 file-no-test',
    ]);
    expect(tests.map(({ document }) => document.file)).toEqual(['p/web.test.yaml']);
  });

  it('tells the problems of policies in their own files, and leaves warnings to `validate`', async () => {
    const { tests, problems } = await load({
      'p/web.yaml': writeFleet('web', 4).replace('replicas', 'replica'),
      'p/web.test.yaml': TEST,
      'p/warned.yaml': writeFleet('web', 4).replace('configuration: cpu-2-ram-4gb-storage-25gb, ', ''),
      'p/warned.test.yaml': TEST,
    });
    expect(placesOf(problems)).toEqual(['p/web.yaml:3:1 key-unknown']);
    expect(tests.map(({ document }) => document.file)).toEqual(['p/warned.test.yaml']);
  });

  it('says of a folder without tests what they are', async () => {
    const { problems } = await load({ 'p/web.yaml': writeFleet('web', 4) });
    expect(problems).toMatchObject([{ code: 'folder-empty', hint: expect.stringContaining('.test.yaml') }]);
  });

  it('gives policies without an account to the one that is named, and plans that one alone', async () => {
    const { tests } = await load({
      'p/web.yaml': writeFleet('web', 4),
      'p/web.test.yaml': `account: hourly\nproduct: cloud\n${TEST}`,
      'p/two.yaml': `${writeFleet('web', 4, 'account: a\n')}---\n${writeFleet('db', 2, 'account: b\n')}`,
      'p/two.test.yaml': TEST,
    });
    expect(
      tests.map((test) => runPolicyTest(test).plan).map(({ account, fleets }) => [account, fleets.length]),
    ).toEqual([
      ['a', 1],
      ['hourly', 1],
    ]);
  });
});

describe('loadPolicyFiles', () => {
  it('reads no test file as a policy: a folder passes over it, and naming one says which command runs it', async () => {
    const baseDir = makeFolder({ 'p/web.yaml': writeFleet('web', 4), 'p/web.test.yaml': TEST });
    const folder = await loadPolicyFiles(['p'], { baseDir });
    expect(folder.documents.map(({ path }) => path)).toEqual(['p/web.yaml']);
    const named = await loadPolicyFiles(['p/web.yaml', 'p/web.test.yaml'], { baseDir });
    expect(named.problems).toMatchObject([
      { file: 'p/web.test.yaml', code: 'file-is-test', hint: 'Run it: purser test web.test.yaml' },
    ]);
  });
});
