import { describe, expect, it } from 'vitest';
import { command } from '../../../src/cli/commands/test.js';
import { command as validate } from '../../../src/cli/commands/validate.js';
import { makeFolder, runCommand, writeFleet } from './fake-context.js';

function write(name: string, expected: string): string {
  return `  - name: ${name}\n    at: 2026-11-20T19:10Z\n    given: {vms: [{policy: web, count: 5, paidUntil: 23:00}]}\n    expect: ${expected}\n`;
}

const GOOD = `tests:\n${write('five are one too many', '{park: {policy: web, count: 1}}')}`;
const BAD = `${GOOD}${write('the fifth goes at once', '{delete: {policy: web, count: 1}}')}`;
const FILES = { 'policies/web.yaml': writeFleet('web', 4), 'policies/web.test.yaml': GOOD };

describe('purser test', () => {
  it('runs the tests of policies/ and says so', async () => {
    const run = await runCommand(command, { cwd: makeFolder(FILES) });
    expect(run).toMatchObject({ code: 0, noted: '' });
    expect(run.printed).toBe('policies/web.test.yaml\n  ok    five are one too many\n\n1 passed, 0 failed.');
  });

  it('needs no purser.yaml, and reads none: a wrong one changes nothing', async () => {
    const cwd = makeFolder({ ...FILES, 'purser.yaml': 'rails: [nonsense\n' });
    expect(await runCommand(command, { cwd })).toMatchObject({ code: 0 });
  });

  it('shows of a test that fails the difference, the sentence of the plan and the rules, and ends with 1', async () => {
    const cwd = makeFolder({ ...FILES, 'policies/web.test.yaml': BAD });
    const run = await runCommand(command, { cwd });
    expect(run.code).toBe(1);
    expect(run.printed.split('\n').slice(1)).toEqual([
      '  ok    five are one too many',
      '  FAIL  the fifth goes at once   (line 6)',
      '        expected  1 x deletion (policy web)   [expect.delete, line 9]',
      '        got       hold of web-1 (parked)',
      '        the plan  "parked: surplus: web wants 4 and has 5; paid until 2026-11-20 23:00Z, deletion starts 22:56Z"',
      '        web-1, by the rules:',
      '          life-cycle web     pass    active: counts as a member, deleted only if its fleet has no use for it',
      '          park-surplus web   DELETE  surplus: web wants 4 and has 5; until 23:00Z',
      '        > billing-clock web  keep    paid for; kept until its deadline; until 22:56Z',
      '',
      '1 passed, 1 failed.',
    ]);
  });

  it('stays within the width of a terminal', async () => {
    const cwd = makeFolder({ ...FILES, 'policies/web.test.yaml': BAD });
    const { printed } = await runCommand(command, { cwd, width: 72 });
    expect(Math.max(...printed.split('\n').map((line) => line.length))).toBeLessThanOrEqual(72);
  });

  it('runs only what --filter names, in whatever case', async () => {
    const cwd = makeFolder({ ...FILES, 'policies/web.test.yaml': BAD });
    const run = await runCommand(command, { cwd, options: { filter: 'ONE TOO' } });
    expect(run).toMatchObject({ code: 0, printed: expect.stringContaining('1 passed, 0 failed.') });
    await expect(runCommand(command, { cwd, options: { filter: 'zzz' } })).rejects.toMatchObject({
      code: 'option-invalid',
      message: 'No name of a test holds "zzz".',
    });
  });

  it('prints one document with --json', async () => {
    const cwd = makeFolder({ ...FILES, 'policies/web.test.yaml': BAD });
    const { documents, code } = await runCommand(command, { cwd, json: true });
    expect(code).toBe(1);
    expect(documents).toMatchObject([
      {
        passed: 1,
        failed: 1,
        problems: [],
        tests: [
          { file: 'policies/web.test.yaml', line: 2, name: 'five are one too many', passed: true, differences: [] },
          {
            line: 6,
            at: '2026-11-20T19:10:00Z',
            passed: false,
            differences: [
              {
                path: 'tests[1].expect.delete',
                line: 9,
                expected: '1 x deletion (policy web)',
                got: 'hold of web-1 (parked)',
                vms: ['web-1'],
              },
            ],
            rules: [{ vm: 'web-1', verdicts: [{}, {}, { rule: 'billing-clock', until: '2026-11-20T22:56:29.750Z' }] }],
          },
        ],
      },
    ]);
  });

  it('tells what is wrong with files, runs the others, and ends with 2', async () => {
    const cwd = makeFolder({ ...FILES, 'policies/more.test.yaml': 'policies: [web.yaml]\ntests: [{name: x}]\n' });
    const run = await runCommand(command, { cwd });
    expect(run.code).toBe(2);
    expect(run.printed).toContain('policies/more.test.yaml:2:9  tests[0].at: `at` is missing in `tests[0]`.');
    expect(run.printed).toMatch(/ {2}ok {4}five are one too many\n/);
    expect(run.printed.split('\n').at(-1)).toBe('1 passed, 0 failed, 2 errors in the files.');
    const { documents } = await runCommand(command, { cwd, json: true });
    expect(documents).toMatchObject([{ passed: 1, failed: 0, problems: [{ code: 'key-missing' }, {}] }]);
  });

  it('says what is easily forgotten: offers, and prices', async () => {
    const cwd = makeFolder({
      ...FILES,
      'policies/web.test.yaml': GOOD.replace('count: 5', 'count: 1').replace(
        'park: {policy: web, count: 1}',
        'deploy: web, charge: web-1',
      ),
    });
    const { printed } = await runCommand(command, { cwd });
    expect(printed).toContain('note      this test gives no `offers`, so nothing can be bought');
    expect(printed).toContain('note      this test gives web-1 no `price`, so it has no charge and saves nothing');
  });
});

describe('purser validate', () => {
  it('passes over test files, and says of one that is named which command runs it', async () => {
    const cwd = makeFolder(FILES);
    expect(await runCommand(validate, { cwd })).toMatchObject({
      code: 0,
      printed: expect.stringContaining('1 policy valid'),
    });
    const named = await runCommand(validate, { cwd, operands: ['policies/web.test.yaml'] });
    expect(named.code).toBe(2);
    expect(named.printed).toContain('Run it: purser test web.test.yaml');
  });
});
