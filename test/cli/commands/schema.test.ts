import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { command } from '../../../src/cli/commands/schema.js';
import { makeFolder, runCommand } from './fake-context.js';

describe('purser schema', () => {
  it('prints what ships as policies/policy.schema.json', async () => {
    const { printed } = await runCommand(command, { cwd: makeFolder() });
    const shipped = readFileSync(new URL('../../../policies/policy.schema.json', import.meta.url), 'utf8');
    expect(JSON.parse(printed)).toEqual(JSON.parse(shipped));
  });

  it('prints that of test files with --of test, and refuses what there is not', async () => {
    const { printed } = await runCommand(command, { cwd: makeFolder(), options: { of: 'test' } });
    const shipped = readFileSync(new URL('../../../policies/test.schema.json', import.meta.url), 'utf8');
    expect(JSON.parse(printed)).toEqual(JSON.parse(shipped));
    await expect(runCommand(command, { cwd: makeFolder(), options: { of: 'tests' } })).rejects.toMatchObject({
      code: 'option-invalid',
      message: 'There is no schema of "tests": --of is policy, test or scenario.',
    });
  });

  it('writes it where it is told', async () => {
    const cwd = makeFolder();
    const run = await runCommand(command, { cwd, options: { out: 'here.json' }, json: true });
    expect(run.documents).toEqual([{ file: 'here.json' }]);
    expect(JSON.parse(readFileSync(join(cwd, 'here.json'), 'utf8'))).toHaveProperty('$defs.fleet');
  });

  it('prints that of scenarios as it ships, when it is asked for', async () => {
    const { printed } = await runCommand(command, { cwd: makeFolder(), options: { of: 'scenario' } });
    const path = new URL('../../../policies/scenarios/scenario.schema.json', import.meta.url);
    expect(JSON.parse(printed)).toEqual(JSON.parse(readFileSync(path, 'utf8')));
  });

  it('says which there are', async () => {
    await expect(runCommand(command, { cwd: makeFolder(), options: { of: 'scene' } })).rejects.toMatchObject({
      code: 'option-invalid',
      message: 'There is no schema of "scene": --of is policy, test or scenario.',
    });
  });

  it('says why it can not write', async () => {
    await expect(runCommand(command, { cwd: makeFolder(), options: { out: 'no/here.json' } })).rejects.toMatchObject({
      code: 'option-invalid',
      message: expect.stringContaining('its folder does not exist'),
    });
  });
});
