// Commands that only look, over two accounts of which one can't be asked: the other is shown, and the gap is told.
import { beforeEach, describe, expect, it } from 'vitest';
import { command as balance } from '../../../src/cli/commands/balance.js';
import { command as images } from '../../../src/cli/commands/images.js';
import { command as keys } from '../../../src/cli/commands/keys.js';
import { command as offers } from '../../../src/cli/commands/offers.js';
import { command as prices } from '../../../src/cli/commands/prices.js';
import { command as vms } from '../../../src/cli/commands/vms.js';
import type { CommandModule } from '../../../src/cli/command.js';
import { openSandbox, type SandboxClient } from '../../sim/sandbox-client.js';
import { makeFolder, runCommand, type RunOptions } from './fake-context.js';

/** Nobody listens on it. */
const NOWHERE = 'http://127.0.0.1:9';

let sandbox: SandboxClient;
beforeEach(async () => {
  sandbox = await openSandbox();
  await sandbox.control('vms', { name: 'ci-a', country: 'FR', paidUntil: '+2h', state: 'active' });
});

function run(command: CommandModule, mainUrl: string, more: Partial<RunOptions> = {}) {
  const account = (url: string) => `{url: '${url}', keyEnv: KEY_OF_ALL}`;
  const file = `accounts:\n  main: ${account(mainUrl)}\n  spare: ${account(NOWHERE)}\n`;
  const env = { KEY_OF_ALL: sandbox.key };
  return runCommand(command, { cwd: makeFolder({ 'purser.yaml': file }), env, ...more });
}

const commands: readonly [string, CommandModule, RegExp][] = [
  ['vms', vms, /ci-a/],
  ['offers', offers, /^main\n[^]*FR/],
  ['prices', prices, /^main\n[^]*cpu-/],
  ['images', images, /^main\n[^]*ubuntu/],
  ['keys', keys, /^main\n/],
  ['balance', balance, /main/],
];

describe.each(commands)('purser %s', (_name, command, shown) => {
  it('shows the account that answers, says which one is missing, and fails', async () => {
    const { printed, noted, code } = await run(command, sandbox.url);
    expect(printed).toMatch(shown);
    expect(noted).toMatch(/^Account spare is missing here: .*spare.*\. Check the account's address/);
    expect(noted.split('\n')).toHaveLength(1);
    expect(code).toBe(1);
  });

  it('prints what it has as one document too', async () => {
    const { documents, code } = await run(command, sandbox.url, { json: true });
    expect(JSON.stringify(documents)).toMatch(/^\[\[.*"account":"main"/);
    expect(JSON.stringify(documents)).not.toContain('spare');
    expect(code).toBe(1);
  });

  it('is an error where none answers, and where only that one is asked', async () => {
    await expect(run(command, 'http://127.0.0.1:7')).rejects.toMatchObject({ code: 'api-unreachable' });
    const only = run(command, sandbox.url, { options: { account: 'spare' } });
    await expect(only).rejects.toMatchObject({ code: 'api-unreachable' });
  });
});
