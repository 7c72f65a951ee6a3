import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { command } from '../../../src/cli/commands/up.js';
import { makeFolder, runCommand } from './fake-context.js';

describe('the first `purser up`', () => {
  it('writes nothing where there are no policies', async () => {
    const cwd = makeFolder();
    await expect(runCommand(command, { cwd })).rejects.toMatchObject({
      code: 'policy-unreadable',
      message: expect.stringContaining('purser init') as string,
    });
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('writes nothing where policies are wrong', async () => {
    const cwd = makeFolder({ 'policies/web.yaml': 'kind: fleet\nname: web\n' });
    await expect(runCommand(command, { cwd })).rejects.toMatchObject({ code: 'policy-invalid' });
    expect(readdirSync(cwd)).toEqual(['policies']);
  });
});
