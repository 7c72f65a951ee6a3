// `purser status` before anything was ever run: what it says, and that it starts and writes nothing.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { command as freeze } from '../../../src/cli/commands/freeze.js';
import { command as status } from '../../../src/cli/commands/status.js';
import { makeFolder, runCommand } from './fake-context.js';

it('says what to do first in an empty folder, starts no Redis and makes no folder', async () => {
  const cwd = makeFolder();
  const run = await runCommand(status, { cwd });
  expect(run).toMatchObject({ code: 0, noted: '' });
  expect(run.printed.split('\n').slice(0, 4)).toEqual([
    'Purser is not running, no installation yet, 0 workers, no look yet',
    'NOT OK',
    '! no policies are in force',
    '    purser init',
  ]);
  expect(existsSync(join(cwd, '.purser'))).toBe(false);
});

it('tells a freeze of this folder all the same', async () => {
  const cwd = makeFolder();
  await runCommand(freeze, { cwd });
  const run = await runCommand(status, { cwd, json: true });
  expect(run.documents).toMatchObject([{ running: false, frozen: true, policies: [] }]);
});
