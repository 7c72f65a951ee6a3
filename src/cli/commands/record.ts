// `purser record`: writes the snapshot that `plan --record` takes: listing, market, books, evidence, and the policies in force.
// Holds no API key.
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { composeEngine } from '../../compose.js';
import type { CommandModule } from '../command.js';
import { lookAtAccounts } from '../look-at-accounts.js';
import { choosePolicies } from '../policy-choice.js';
import { countOf } from '../render/phrase.js';
import { writeSnapshot } from '../snapshot-file.js';

export const command: CommandModule = {
  operands: '[path...]',
  options: [['--out <file>', 'where to write it (default: stdout)']],
  example: 'purser record --out tuesday.json\npurser plan --record tuesday.json',
  async run(context) {
    const engine = await composeEngine(context.config(), {
      actsWhereUntold: true,
      isQuiet: true,
      isUnnamedAllowed: true,
    });
    try {
      const now = engine.clock.now();
      const present = await engine.store.readGeneration();
      const policies = await choosePolicies(context.config(), context.operands, { cwd: context.cwd, now, present });
      const looks = await lookAtAccounts(context, engine, policies, { alwaysMarket: true });
      const accounts = looks.map((look) => ({
        settings: engine.accounts.get(look.plan.account)!.settings,
        snapshot: look.observed,
      }));
      const text = writeSnapshot({ accounts, generation: present });
      const { out } = context.options;
      if (typeof out !== 'string') {
        process.stdout.write(text);
        return 0;
      }
      await writeFile(resolve(context.cwd, out), text, { mode: 0o600 });
      const vms = looks.reduce((sum, look) => sum + look.observed.inventory.vms.length, 0);
      if (context.json) context.printJson({ file: out, accounts: looks.map((look) => look.plan.account), vms });
      else {
        const what = `${countOf(vms, 'VM')} of ${countOf(looks.length, 'account')}`;
        context.print(`${out}: ${what}. Plan with it: purser plan --record ${out}`);
      }
      return 0;
    } finally {
      await engine.close();
    }
  },
};
