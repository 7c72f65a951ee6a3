// The first `up` or `apply` writes purser.yaml when there is none, or adds the installation that a file lacks: without it no
// VM could be given a name.
import { writeInitialConfig } from '../config/initial-config.js';
import { loadConfig, type Config } from '../config/load-config.js';
import type { CommandContext } from './command.js';

export function ensureInstallation(context: CommandContext): Config {
  const config = context.config();
  if (config.hasInstallation) return config;
  const { installation, outcome } = writeInitialConfig(config.path);
  const verb = outcome === 'created' ? 'written' : 'extended';
  context.note(`${config.path} was ${verb} with installation "${installation}". Commit it.`);
  return loadConfig({ options: context.options, env: process.env, cwd: context.cwd });
}
