import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { command } from '../../../src/cli/commands/up.js';
import { makeFolder, runCommand, writeFleet } from './fake-context.js';

describe('the first `purser up`', () => {
  it('writes nothing where there are no policies', async () => {
    const cwd = makeFolder();
    await expect(runCommand(command, { cwd })).rejects.toMatchObject({
      code: 'policy-unreadable',
      message: expect.stringContaining('purser init') as string,
    });
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('writes nothing without an API key, and says how to set one', async () => {
    const cwd = makeFolder({ 'policies/web.yaml': writeFleet('web', 1) });
    const refused = runCommand(command, { cwd, env: { FLUENCE_API_KEY: '' } });
    await expect(refused).rejects.toMatchObject({
      code: 'api-key-missing',
      message: expect.stringContaining('FLUENCE_API_KEY_FILE') as string,
    });
    expect(readdirSync(cwd)).toEqual(['policies']);
  });

  it('writes nothing where policies are wrong', async () => {
    const cwd = makeFolder({ 'policies/web.yaml': 'kind: fleet\nname: web\n' });
    await expect(runCommand(command, { cwd })).rejects.toMatchObject({ code: 'policy-invalid' });
    expect(readdirSync(cwd)).toEqual(['policies']);
  });
});
