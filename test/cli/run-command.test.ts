import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCommand } from '../../src/cli/run-command.js';
import { makeFolder } from './commands/fake-context.js';

const NO_WORKERS = { loadWorkers: () => Promise.reject(new Error('this command needs no workers')) };

let printed: string;
let noted: string;
let folder: string;
beforeEach(() => {
  printed = '';
  noted = '';
  folder = makeFolder();
  vi.spyOn(process, 'cwd').mockReturnValue(folder);
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((printed += String(text)), true));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((noted += String(text)), true));
});
afterEach(() => vi.restoreAllMocks());

describe('a command that fails with --json', () => {
  it('prints one document with code, message and remedy, and tells people the same on stderr', async () => {
    expect(await runCommand('plan', ['--json', '--record', 'none.json'], NO_WORKERS)).toBe(2);
    const { error } = JSON.parse(printed) as { error: Record<string, string> };
    expect(error).toEqual({
      code: 'snapshot-invalid',
      message: expect.stringContaining('none.json') as string,
      remedy: 'Write the snapshot again with `purser record`.',
    });
    expect(noted).toContain(error['message']);
  });

  it('does so for options and commands that do not exist', async () => {
    expect(await runCommand('plan', ['--json', '--nonsense'], NO_WORKERS)).toBe(2);
    expect(JSON.parse(printed)).toMatchObject({
      error: { code: 'option-invalid', message: expect.stringContaining('--nonsense') as string },
    });
    printed = '';
    expect(await runCommand('plam', ['--json'], NO_WORKERS)).toBe(2);
    expect(JSON.parse(printed)).toMatchObject({
      error: { code: 'option-invalid', message: expect.stringContaining('Did you mean "plan"') as string },
    });
  });

  it('leaves the answer alone that it gave before', async () => {
    expect(await runCommand('validate', ['--json'], NO_WORKERS)).toBe(2);
    expect(JSON.parse(printed)).toMatchObject({ valid: false });
  });

  it('prints nothing on stdout without --json', async () => {
    expect(await runCommand('plan', ['--record', 'none.json'], NO_WORKERS)).toBe(2);
    expect(printed).toBe('');
  });
});
