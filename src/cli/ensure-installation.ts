// The first `up` or `apply` writes purser.yaml when there is none, or adds the installation that a file lacks: without it no
// VM could be given a name.
import { writeInitialConfig } from '../config/initial-config.js';
import { loadConfig, type Config } from '../config/load-config.js';
import { createSystemClock } from '../scheduler/system-clock.js';
import type { CommandContext } from './command.js';
import { checkFiles, listPolicyPaths, noPolicies } from './policy-choice.js';

/** Whether there is something to run. Nothing can be in force yet for an installation that has no name. */
async function requirePolicies({ operands, cwd }: CommandContext, config: Config): Promise<void> {
  const paths = listPolicyPaths(operands, cwd);
  if (paths === undefined) throw noPolicies();
  await checkFiles(config, paths, { cwd, now: createSystemClock().now() });
}

/** Writes nothing where there is nothing to run, or `requireMore` throws. Throws `policy-*` and `config-invalid`. */
export async function ensureInstallation(
  context: CommandContext,
  requireMore: (config: Config) => void = () => undefined,
): Promise<Config> {
  const config = context.config();
  if (!config.hasInstallation) await requirePolicies(context, config);
  requireMore(config);
  if (config.hasInstallation) return config;
  const { installation, outcome } = writeInitialConfig(config.path, config.accounts[0]?.product ?? 'marketplace');
  const verb = outcome === 'created' ? 'written' : 'extended';
  context.note(`${config.path} was ${verb} with installation "${installation}". Commit it.`);
  return loadConfig({ options: context.options, env: process.env, cwd: context.cwd });
}
