import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { command } from '../../../src/cli/commands/apply.js';
import { makeFolder, runCommand } from './fake-context.js';

it('`purser apply` writes nothing in a folder without policies, or with wrong ones', async () => {
  const empty = makeFolder();
  const run = (cwd: string) => runCommand(command, { cwd, options: { yes: true } });
  await expect(run(empty)).rejects.toMatchObject({ code: 'policy-unreadable' });
  expect(readdirSync(empty)).toEqual([]);
  const wrong = makeFolder({ 'policies/web.yaml': 'kind: fleet\nname: web\n' });
  await expect(run(wrong)).rejects.toMatchObject({ code: 'policy-invalid' });
  expect(readdirSync(wrong)).toEqual(['policies']);
});
