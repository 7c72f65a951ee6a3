// The one table of options: flag, environment variable, purser.yaml key, type, default, description. The command line, the
// reading of environment and file, purser.yaml's JSON Schema and docs/options.md derive from it. It reads nothing itself, and
// loads nothing, because `--help` needs it.

import { accountOptions } from './account-options.js';
import type { OptionRow } from './option-row.js';

const SECOND_MILLIS = 1000;
const HOUR_MILLIS = 3_600_000;

const engineOptions = {
  redisUrl: {
    group: 'engine',
    flag: '--redis-url',
    variable: 'PURSER_REDIS_URL',
    key: 'redis',
    type: 'redis-url',
    default: undefined,
    description:
      'The Redis to use. Without it a private one is started in the state directory. It may hold a password.',
    secret: true,
  },
  stateDir: {
    group: 'engine',
    flag: '--state-dir',
    variable: 'PURSER_STATE_DIR',
    key: 'stateDir',
    type: 'path',
    default: '.purser',
    description: 'Where the private Redis and the files of `freeze` and `protect` live.',
  },
  installation: {
    group: 'engine',
    flag: '--installation',
    variable: 'PURSER_INSTALLATION',
    key: 'installation',
    type: 'installation',
    default: undefined,
    description:
      'Two characters that stand in the name of every VM of this installation. `init` or the first `up` writes them; keep them.',
  },
  tick: {
    group: 'engine',
    flag: '--tick',
    variable: 'PURSER_TICK',
    key: 'tick',
    type: 'duration',
    default: '30s',
    minimum: SECOND_MILLIS,
    maximum: HOUR_MILLIS,
    description: 'The longest time between two looks at an account. A longer tick makes every deletion start earlier.',
  },
  workerConcurrency: {
    group: 'engine',
    flag: '--worker-concurrency',
    variable: 'PURSER_WORKER_CONCURRENCY',
    key: 'workerConcurrency',
    type: 'integer',
    default: '8',
    minimum: 1,
    maximum: 1000,
    description: 'Jobs that one worker process carries out at the same time.',
  },
} as const satisfies Record<string, OptionRow>;

const safetyOptions = {
  freeze: {
    group: 'safety',
    flag: '--freeze',
    variable: 'PURSER_FREEZE',
    key: undefined,
    type: 'switch',
    default: 'no',
    description: 'Nothing is bought and nothing is deleted while it is set, whatever else says so.',
  },
  protect: {
    group: 'safety',
    flag: '--protect',
    variable: 'PURSER_PROTECT',
    key: 'protect',
    type: 'expressions',
    default: undefined,
    description:
      'CEL about `vm`: what matches is never deleted. A list in the file; a flag or variable adds one and takes none away.',
  },
} as const satisfies Record<string, OptionRow>;

function countRow(flag: string, key: string, fallback: string, maximum: number, description: string) {
  return {
    group: 'rails',
    flag: `--rails-${flag}`,
    variable: `PURSER_RAILS_${flag.toUpperCase().replaceAll('-', '_')}`,
    key: `rails.${key}`,
    type: 'integer',
    default: fallback,
    minimum: 0,
    maximum,
    description,
  } as const satisfies OptionRow;
}

const MOST_VMS = 1_000_000;

const railOptions = {
  railsDeletesPlanCount: countRow(
    'deletes-plan-count',
    'deletes.perPlan.count',
    '10',
    MOST_VMS,
    'VMs of a policy, and of an account, that may be on their way out at a time (parked, idle, being deleted) before a person must approve them.',
  ),
  railsDeletesPlanPercent: countRow(
    'deletes-plan-percent',
    'deletes.perPlan.percent',
    '34',
    100,
    'The same as a share: of what the policy has, matches or finds, and of all that the account lists, foreign VMs too. Under 6 the count alone holds.',
  ),
  railsDeletesHourCount: countRow(
    'deletes-hour-count',
    'deletes.perHour.count',
    '10',
    MOST_VMS,
    'Deletions that begin within one hour, past or to come, of a policy and of an account.',
  ),
  railsDeletesHourPercent: countRow(
    'deletes-hour-percent',
    'deletes.perHour.percent',
    '34',
    100,
    'The same as a share, of the same VMs. Under 6 the count alone holds.',
  ),
  railsDeploysHour: countRow(
    'deploys-hour',
    'deploys.perHour',
    '40',
    MOST_VMS,
    'VMs that may be bought for an account within one hour.',
  ),
  railsDeploysDay: countRow(
    'deploys-day',
    'deploys.perDay',
    '100',
    MOST_VMS,
    'VMs that may be bought for an account within 24 hours.',
  ),
  railsDeploysMoneyDay: {
    group: 'rails',
    flag: '--rails-deploys-money-day',
    variable: 'PURSER_RAILS_DEPLOYS_MONEY_DAY',
    key: 'rails.deploys.moneyPerDay',
    type: 'money',
    default: '50',
    description: 'USDC that purchases for an account may cost within 24 hours.',
  },
} as const satisfies Record<string, OptionRow>;

const processOptions = {
  config: {
    group: 'process',
    flag: '--config',
    variable: 'PURSER_CONFIG',
    key: undefined,
    type: 'path',
    default: 'purser.yaml',
    description: 'The configuration file. Only the default one may be absent.',
  },
  logLevel: {
    group: 'process',
    flag: '--log-level',
    variable: 'PURSER_LOG_LEVEL',
    key: 'logLevel',
    type: 'choice',
    choices: ['trace', 'debug', 'info', 'warn', 'error', 'silent'],
    default: 'info',
    description: 'How much is logged on stderr.',
  },
  signalProxy: {
    group: 'process',
    flag: '--signal-proxy',
    variable: 'PURSER_SIGNAL_PROXY',
    key: 'signalProxy',
    type: 'url',
    default: undefined,
    description: 'HTTP proxy through which probes reach the VMs.',
  },
  clock: {
    group: 'process',
    flag: '--clock',
    variable: 'PURSER_CLOCK',
    key: undefined,
    type: 'choice',
    choices: ['system', 'sandbox', 'virtual'],
    default: 'system',
    description:
      'sandbox: the time of the `purser sandbox` at the API address, at its speed. virtual: stepped through Redis, for tests and the demo.',
  },
} as const satisfies Record<string, OptionRow>;

export const optionTable = {
  ...accountOptions,
  ...engineOptions,
  ...safetyOptions,
  ...railOptions,
  ...processOptions,
} as const satisfies Record<string, OptionRow>;

export type OptionName = keyof typeof optionTable;

/** Every option with its name, in the order of the documentation. */
export function listOptions(): readonly (OptionRow & { readonly name: OptionName })[] {
  return (Object.keys(optionTable) as OptionName[]).map((name) => ({ name, ...optionTable[name] }));
}
