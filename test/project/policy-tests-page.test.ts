// docs/policy-tests.md and the README tell of policy tests what is true: every key of the schema, and examples that run as shown.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { listKeys } from '../../scripts/policy-tests-page.js';
import { command } from '../../src/cli/commands/test.js';
import { testFileSchema } from '../../src/policy/schemas/test-file.js';
import { makeFolder, runCommand, writeFleet } from '../cli/commands/fake-context.js';
import { readTable } from './markdown-table.js';

/** The contents of the page's fenced blocks of one language. */
function readBlocks(text: string, language: string): string[] {
  const fences = text.split(/^```(.*)\n/m);
  // What is within a fence stands between its opening and its closing one.
  return fences.flatMap((part, index) => (index % 4 === 2 && fences[index - 1] === language ? [part] : []));
}

const page = readFileSync('docs/policy-tests.md', 'utf8');

describe('docs/policy-tests.md', () => {
  it('lists every key of the schema with its meaning, and no other', () => {
    const rows = readTable(page, 'key').map((row) => [row['key'], row['meaning']]);
    const keys = listKeys(testFileSchema as never);
    expect(keys.length).toBeGreaterThan(100);
    expect(keys.filter(({ meaning }) => meaning === '')).toEqual([]);
    expect(new Set(keys.map(({ key }) => key)).size).toBe(keys.length);
    // Formatting may write an escape as the letter itself.
    const plain = (text: string | undefined): string => (text ?? '').replaceAll('\\', '');
    expect(rows.map(([key, meaning]) => [key, plain(meaning)]).sort()).toEqual(
      keys.map(({ key, meaning }) => [key, plain(meaning)]).sort(),
    );
  });

  it('shows a test that passes', async () => {
    const [example] = readBlocks(page, 'yaml');
    const cwd = makeFolder({ 'web.yaml': writeFleet('web', 4), 'web.test.yaml': example! });
    const run = await runCommand(command, { cwd, operands: ['web.test.yaml'] });
    expect(run).toMatchObject({ code: 0, printed: expect.stringContaining('1 passed, 0 failed.') });
  });
});

describe('the README', () => {
  const readme = readFileSync('README.md', 'utf8');
  const section = readme.slice(readme.indexOf('### Test it before it counts')).split(/\n#{2,3} /, 1)[0]!;

  it('shows a test, what it prints, and what it prints when the policy says something else', async () => {
    const [test] = readBlocks(section, 'yaml');
    const [passing, failing] = readBlocks(section, '');
    const policy = readFileSync('policies/office-hours.yaml', 'utf8');
    const name = 'tries/office-hours.yaml';
    const cwd = makeFolder({ [name]: policy, 'tries/office-hours.test.yaml': test! });
    const good = await runCommand(command, { cwd, operands: ['tries'] });
    expect(`$ purser test tries\n${good.printed}\n`).toBe(passing);
    const edited = makeFolder({
      [name]: policy.replace('replicas: 2 ', 'replicas: 4 '),
      'tries/office-hours.test.yaml': test!,
    });
    const bad = await runCommand(command, {
      cwd: edited,
      operands: ['tries'],
      options: { filter: 'day ends' },
    });
    expect([good.code, bad.code]).toEqual([0, 1]);
    expect(`$ purser test tries --filter 'day ends'\n${bad.printed}\n`).toBe(failing);
  });

  it('tries nothing in the folder that `up` follows', () => {
    const tried = readme.slice(readme.indexOf('### Test it'), readme.indexOf('### Which policies are in force'));
    const steps = readBlocks(tried, '').concat(readBlocks(tried, 'yaml')).join('\n');
    expect(steps).toContain('tries/office-hours.yaml');
    expect(steps).not.toContain('policies/');
    expect(readme).toMatch(/cp \/path\/to\/purser\/policies\/office-hours\.yaml tries\//);
  });
});
