// `purser doctor`: what is wrong with this set-up, and the mend. Looks at everything, changes nothing; `--recover` gives a lost
// store its VMs back.
import type { Config } from '../../config/load-config.js';
import { PurserError } from '../../core/errors.js';
import type { Inventory } from '../../core/types.js';
import { createSystemClock } from '../../scheduler/system-clock.js';
import { yesOption } from '../ask-person.js';
import type { CommandContext, CommandModule } from '../command.js';
import { checkAccount, checkTwins } from '../doctor/check-account.js';
import { checkConfig, checkNode, checkRedisProgram, checkStateDir, checkZones } from '../doctor/check-machine.js';
import { checkNames, checkSecrets } from '../doctor/check-names.js';
import { checkPolicies } from '../doctor/check-policies.js';
import { checkStore } from '../doctor/check-store.js';
import { tellProblem, type Finding } from '../doctor/finding.js';
import { recoverAccounts } from '../doctor/recover-accounts.js';
import { findingsToJson, renderFindings } from '../doctor/render-findings.js';
import { judgeFiles } from '../policy-files.js';
import { countOf } from '../render/phrase.js';
import { withEngine } from '../with-engine.js';

function readConfig(context: CommandContext): Config | Finding {
  try {
    return context.config();
  } catch (error) {
    if (!(error instanceof PurserError)) throw error;
    return tellProblem(
      'configuration',
      error.message,
      'Mend it where the message points; the rest could not be checked.',
    );
  }
}

async function examine(context: CommandContext): Promise<readonly Finding[]> {
  const findings: Finding[] = [checkNode(process.versions.node), checkZones()];
  const config = readConfig(context);
  if (!('accounts' in config)) return [...findings, config];
  findings.push(...checkConfig(config), checkStateDir(config), ...checkRedisProgram(config));
  const now = createSystemClock().now();
  const { set } = await judgeFiles(context, now);
  findings.push(...checkTwins(config.accounts));
  const inventories = new Map<string, Inventory>();
  for (const account of config.accounts) {
    const checked = await checkAccount(context, account);
    findings.push(...checked.findings);
    if (checked.inventory === undefined) continue;
    inventories.set(account.name, checked.inventory);
    if (set !== undefined) findings.push(...(await checkNames(context, account, set)));
  }
  const store = await checkStore(context, config, inventories);
  findings.push(...store.findings);
  const { cwd } = context;
  findings.push(...(await checkPolicies(config, { cwd, now, inForce: store.inForce })));
  if (set !== undefined) findings.push(...checkSecrets(set));
  return findings;
}

async function recover(context: CommandContext): Promise<number> {
  const recovered = await withEngine(context, (engine) => recoverAccounts(context, engine));
  if (recovered === undefined) return 0;
  if (context.json) {
    const refer = ({ vm, policy }: { vm: { id: string; name: string }; policy: string }) => ({
      id: vm.id,
      name: vm.name,
      policy,
    });
    context.printJson(
      recovered.map(({ account, adopted, left }) => ({ account, adopted: adopted.map(refer), left: left.map(refer) })),
    );
  } else if (recovered.length === 0) context.print('No account is recovering: there is nothing to do.');
  for (const { account, adopted } of recovered) {
    context.print(
      `Account ${account} has its books back: ${countOf(adopted.length, 'VM')} claimed. Plans are carried out again.`,
    );
  }
  return 0;
}

export const command: CommandModule = {
  options: [['--recover', 'the store was lost: claim by name the VMs of fleets in force, and go on'], yesOption],
  example: 'purser doctor\npurser doctor --recover',
  async run(context) {
    if (context.options['recover'] === true) return recover(context);
    const findings = await examine(context);
    if (context.json) context.printJson(findingsToJson(findings));
    else context.print(renderFindings(findings, context.facts));
    return findings.some(({ state }) => state === 'problem') ? 1 : 0;
  },
};
