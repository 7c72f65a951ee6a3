// `--account NAME`: which accounts a command is about. Knows the configuration alone; asks no API.
import type { AccountConfig, Config } from '../config/load-config.js';
import { PurserError } from '../core/errors.js';
import type { CommandOption } from './command.js';
import { readOptionText } from './option-text.js';

export const accountOption: CommandOption = ['--account <name>', 'only this account (default: all of them)'];

type Options = Readonly<Record<string, unknown>>;

function listNames(config: Config): string {
  return config.accounts.map(({ name }) => name).join(', ');
}

/** The named account, or all. Throws `account-unknown`. */
export function chooseAccounts(config: Config, options: Options): readonly AccountConfig[] {
  const asked = readOptionText({ options }, 'account');
  if (asked === undefined) return config.accounts;
  const account = config.accounts.find(({ name }) => name === asked);
  if (account !== undefined) return [account];
  throw new PurserError('account-unknown', `There is no account "${asked}"; purser.yaml has: ${listNames(config)}.`);
}

/** For what changes one account: the named one, or the only one. Throws `account-unknown` and `option-invalid`. */
export function chooseOneAccount(config: Config, options: Options): AccountConfig {
  const [account, second] = chooseAccounts(config, options);
  if (account !== undefined && second === undefined) return account;
  throw new PurserError('option-invalid', `Say which account is meant: --account ${listNames(config)}.`);
}
