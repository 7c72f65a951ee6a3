// Precedence, accounts, problems with places, and that no secret gets into a Config.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load-config.js';
import type { Config, ConfigSources } from '../../src/config/load-config.js';
import { PurserError } from '../../src/core/errors.js';
import type { Problem } from '../../src/policy/problems.js';

let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'purser-config-'));
});

afterEach(() => {
  rmSync(cwd, { recursive: true, force: true });
});

function load(file: string | undefined, sources: Partial<ConfigSources> = {}): Config {
  if (file !== undefined) writeFileSync(join(cwd, 'purser.yaml'), file);
  return loadConfig({ env: {}, cwd, ...sources });
}

function refuse(file: string | undefined, sources: Partial<ConfigSources> = {}): PurserError {
  try {
    load(file, sources);
  } catch (error) {
    expect(error).toBeInstanceOf(PurserError);
    return error as PurserError;
  }
  throw new Error('It was accepted.');
}

function listPlaces(error: PurserError): string[] {
  const problems = error.details?.['problems'] as Problem[];
  return problems.map(({ line, column, path, code }) => `${line}:${column} ${path} ${code}`);
}

const TWO_ACCOUNTS = `
accounts:
  day: {keyEnv: DAY_KEY, url: "http://127.0.0.1:1", mode: act}
  hour: {product: cloud}
`;

describe('without a file', () => {
  it('there is one account, main, that observes', () => {
    const config = load(undefined);
    expect(config.hasFile).toBe(false);
    expect(config.hasInstallation).toBe(false);
    expect(config.accounts).toEqual([
      {
        name: 'main',
        product: 'marketplace',
        mode: 'observe',
        isModeTold: false,
        settingsHash: expect.any(String) as string,
        ratePerSecond: 5,
        concurrency: 4,
        tickMillis: 30_000,
        installation: '00',
        periodMillis: 86_400_000,
        url: 'https://api.fluence.dev',
        keySource: { kind: 'variable', variable: 'FLUENCE_API_KEY' },
        rails: {
          deletes: { perPlan: { count: 10, percent: 34 }, perHour: { count: 10, percent: 34 } },
          deploys: { perHour: 40, perDay: 100, moneyPerDay: 50_000_000n },
        },
      },
    ]);
    expect(config.stateDir).toBe(join(cwd, '.purser'));
    expect(config.readRedisUrl()).toBeUndefined();
  });

  it('a file that holds nothing but comments counts as a file without values', () => {
    expect(load('# later\n')).toMatchObject({ hasFile: true, accounts: [{ name: 'main' }] });
  });

  it('one that was named must be there', () => {
    const error = refuse(undefined, { env: { PURSER_CONFIG: 'other.yaml' } });
    expect(error.code).toBe('config-invalid');
    expect(error.message).toBe('other.yaml is not there, but PURSER_CONFIG names it.');
  });
});

describe('precedence', () => {
  const file = 'tick: 10s\nstateDir: from-file\naccounts: {main: {rate: 2, mode: act}}\n';

  it('the file wins over the default', () => {
    expect(load(file)).toMatchObject({
      tickMillis: 10_000,
      accounts: [{ ratePerSecond: 2, mode: 'act', isModeTold: true }],
    });
  });

  it('the environment wins over the file', () => {
    const env = { PURSER_TICK: '20s', PURSER_ACCOUNT_RATE: '3', PURSER_ACCOUNT_MODE: 'pause' };
    expect(load(file, { env })).toMatchObject({ tickMillis: 20_000, accounts: [{ ratePerSecond: 3, mode: 'pause' }] });
  });

  it('a flag wins over the environment', () => {
    const sources = { env: { PURSER_TICK: '20s' }, options: { tick: '5s', accountRate: 7 } };
    expect(load(file, sources)).toMatchObject({ tickMillis: 5000, accounts: [{ ratePerSecond: 7 }] });
  });

  it('an empty variable counts as not set', () => {
    expect(load(file, { env: { PURSER_TICK: '', PURSER_REDIS_URL: ' ' } }).tickMillis).toBe(10_000);
  });

  it('paths of the file start at its folder, those of the environment where the command runs', () => {
    mkdirSync(join(cwd, 'etc'));
    writeFileSync(join(cwd, 'etc/purser.yaml'), file);
    expect(load(undefined, { options: { config: 'etc/purser.yaml' } }).stateDir).toBe(join(cwd, 'etc/from-file'));
    const env = { PURSER_CONFIG: 'etc/purser.yaml', PURSER_STATE_DIR: 'here' };
    expect(load(undefined, { env }).stateDir).toBe(join(cwd, 'here'));
  });

  it('protection of a flag or a variable is added to that of the file', () => {
    const sources = { env: { PURSER_PROTECT: 'vm.vcpu > 8' }, options: { protect: ['vm.name == "db"'] } };
    expect(load('protect:\n  - vm.country == "FR"\n', sources).protect).toEqual([
      { text: 'vm.country == "FR"', source: 'purser.yaml:2:5' },
      { text: 'vm.vcpu > 8', source: 'PURSER_PROTECT' },
      { text: 'vm.name == "db"', source: '--protect' },
    ]);
  });

  it('PURSER_FREEZE=1 freezes', () => {
    expect(load(undefined, { env: { PURSER_FREEZE: '1' } }).isFrozen).toBe(true);
    expect(load(undefined, { env: { PURSER_FREEZE: '0' } }).isFrozen).toBe(false);
  });
});

describe('the hash of what a person set for an account', () => {
  const hashOf = (file: string | undefined, env: Record<string, string> = {}) =>
    load(file, { env }).accounts[0]!.settingsHash;
  const act = { PURSER_ACCOUNT_MODE: 'act' };

  it('is the same wherever it was said, and whatever else is set', () => {
    expect(hashOf(undefined, act)).toBe(hashOf('accounts: {main: {mode: act}}\n'));
    expect(hashOf(undefined, { ...act, PURSER_TICK: '10s', PURSER_ACCOUNT_RATE: '2' })).toBe(hashOf(undefined, act));
  });

  it('tells modes, protect and rails apart, and a mode that nobody said from one that was', () => {
    const hashes = [
      hashOf(undefined),
      hashOf(undefined, { PURSER_ACCOUNT_MODE: 'observe' }),
      hashOf(undefined, act),
      hashOf('protect: [\'vm.name == "db-1"\']\n', act),
      hashOf('rails: {deletes: {perHour: {count: 3}}}\n', act),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});

describe('accounts', () => {
  it('each has its own settings, and the period of its product', () => {
    const [day, hour] = load(TWO_ACCOUNTS).accounts;
    expect(day).toMatchObject({ name: 'day', mode: 'act', url: 'http://127.0.0.1:1', periodMillis: 86_400_000 });
    expect(hour).toMatchObject({ name: 'hour', product: 'cloud', isModeTold: false, periodMillis: 3_600_000 });
  });

  it('with several, a variable fills what the file leaves out and never replaces a key', () => {
    const env = { FLUENCE_API_KEY: 'shared', FLUENCE_API_URL: 'http://127.0.0.1:2/' };
    const [day, hour] = load(TWO_ACCOUNTS, { env }).accounts;
    expect(day).toMatchObject({ url: 'http://127.0.0.1:1', keySource: { kind: 'variable', variable: 'DAY_KEY' } });
    expect(hour).toMatchObject({
      url: 'http://127.0.0.1:2',
      keySource: { kind: 'variable', variable: 'FLUENCE_API_KEY' },
    });
  });

  it('with one, the key of the environment wins over the file, and a flag over both', () => {
    const file = 'accounts: {main: {keyFile: secret.key}}\n';
    expect(load(file).accounts[0]?.keySource).toEqual({ kind: 'file', path: join(cwd, 'secret.key') });
    const env = { FLUENCE_API_KEY: 'k' };
    expect(load(file, { env }).accounts[0]?.keySource).toEqual({ kind: 'variable', variable: 'FLUENCE_API_KEY' });
    const flagged = load(file, { env, options: { apiKeyFile: 'other.key' } }).accounts[0]?.keySource;
    expect(flagged).toEqual({ kind: 'file', path: join(cwd, 'other.key') });
  });
});

describe('rails', () => {
  const file = [
    'rails: {deploys: {perHour: 7, moneyPerDay: 20}}',
    'accounts:',
    '  main: {keyEnv: A, rails: {deploys: {perHour: 3}, deletes: {perPlan: {count: 2}}}}',
    '  spare: {keyEnv: B}',
    '',
  ].join('\n');

  it('stand for all accounts, save for what an account says of its own', () => {
    const [main, spare] = load(file).accounts;
    expect(main!.rails).toMatchObject({ deploys: { perHour: 3, perDay: 100, moneyPerDay: 20_000_000n } });
    expect(main!.rails.deletes.perPlan).toEqual({ count: 2, percent: 34 });
    expect(spare!.rails).toMatchObject({ deploys: { perHour: 7 }, deletes: { perPlan: { count: 10 } } });
  });

  it('of an account yield to a flag, and to no variable, which can not say which account it means', () => {
    const env = { PURSER_RAILS_DEPLOYS_HOUR: '5' };
    expect(load(file, { env }).accounts.map(({ rails }) => rails.deploys.perHour)).toEqual([3, 5]);
    const options = { railsDeploysHour: '4' };
    expect(load(file, { env, options }).accounts.map(({ rails }) => rails.deploys.perHour)).toEqual([4, 4]);
  });

  it('of an account are refused with their place', () => {
    const error = refuse('accounts:\n  main:\n    rails: {deploys: {perHour: many, perWeek: 3}}\n');
    expect(listPlaces(error)).toEqual([
      '3:32 accounts.main.rails.deploys.perHour value-wrong',
      '3:38 accounts.main.rails.deploys.perWeek key-unknown',
    ]);
  });
});

describe('problems', () => {
  it('are told all at once, each with its place', () => {
    const error = refuse(
      [
        'installation: il',
        'tik: 5s',
        'tick: 0s',
        'accounts:',
        '  Main:',
        '    product: marketplaces',
        '    rate: fast',
        'protect: [vm.nam == "x"]',
        'rails: {deletes: {perPlan: {count: -1}}}',
        '',
      ].join('\n'),
    );
    expect(error.code).toBe('config-invalid');
    expect(listPlaces(error)).toEqual([
      '1:15 installation value-wrong',
      '2:1 tik key-unknown',
      '3:7 tick value-wrong',
      '5:3 accounts.Main value-wrong',
      '6:14 accounts.Main.product value-wrong',
      '7:11 accounts.Main.rate value-wrong',
      '8:14 protect[0] cel-type',
      '9:36 rails.deletes.perPlan.count value-wrong',
    ]);
    expect(error.message).toContain('8 problems:\npurser.yaml:1:15 installation:');
    expect(error.message).toContain('Did you mean `tick`?');
  });

  it.each([
    ['broken YAML', 'tick: [1', 'yaml-broken'],
    ['two documents', 'tick: 5s\n---\ntick: 6s\n', 'document-second'],
    ['a list', '- tick\n', 'type-wrong'],
    ['an account without a name for its list', 'accounts: []\n', 'type-wrong'],
    ['no account at all', 'accounts: {}\n', 'value-wrong'],
    ['a number where the pair needs quotes', 'installation: 12\n', 'type-wrong'],
    ['two sources of one key', 'accounts: {main: {keyEnv: A, keyFile: b}}\n', 'value-wrong'],
  ])('%s is refused with a place', (_, file, code) => {
    const error = refuse(file);
    expect(error.code).toBe('config-invalid');
    expect(listPlaces(error).map((place) => place.split(' ').at(-1))).toContain(code);
  });

  it('a file of many megabytes is refused unread', () => {
    expect(listPlaces(refuse(`# ${'x'.repeat(2_000_000)}\n`))).toEqual(['1:1  file-large']);
  });

  it('of flags and variables are told together, with their names', () => {
    const sources = {
      env: { PURSER_TICK: 'soon', PURSER_ACCOUNT_CONCURRENCY: '0', PURSER_PROTECT: 'vm.x' },
      options: { apiUrl: 'ftp://x' },
    };
    const error = refuse(undefined, sources);
    expect(error.code).toBe('option-invalid');
    expect(error.message.split('\n')).toEqual([
      '4 problems:',
      expect.stringMatching(/^--api-url must be an address/),
      expect.stringMatching(/^PURSER_ACCOUNT_CONCURRENCY must be from 1 to 100, not "0"/),
      expect.stringMatching(/^PURSER_TICK must be a duration/),
      expect.stringMatching(/^PURSER_PROTECT, character \d+: `x` is not a field of vm/),
    ]);
  });
});

describe('secrets', () => {
  it('neither the key nor the address of Redis can be seen in a Config', () => {
    const env = { FLUENCE_API_KEY: 'key-7f3a', PURSER_REDIS_URL: 'redis://:pass-91@127.0.0.1:1' };
    const config = load(undefined, { env });
    const shown =
      inspect(config, { depth: 10, showHidden: true }) +
      JSON.stringify(config, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
    expect(shown).not.toMatch(/key-7f3a|pass-91/);
    expect(config.readRedisUrl()).toBe('redis://:pass-91@127.0.0.1:1');
  });

  it('a Redis address of a wrong form is not repeated in the message', () => {
    const error = refuse(undefined, { env: { PURSER_REDIS_URL: 'http://:pass-91@host' } });
    expect(error.message).toMatch(/^PURSER_REDIS_URL must be an address .*, not the value given\.$/);
  });
});

describe('the variant of a marketplace', () => {
  it('is what the file says, for each account apart, and absent where nobody says one', () => {
    const { accounts } = load(
      'accounts: {old: {variant: oldest, keyEnv: A}, new: {keyEnv: B}, hour: {product: cloud}}',
    );
    expect(accounts.map(({ name, variant }) => [name, variant])).toEqual([
      ['old', 'oldest'],
      ['new', undefined],
      ['hour', undefined],
    ]);
  });

  it('of a variable is that of every marketplace that names none, and of no cloud', () => {
    const env = { FLUENCE_VARIANT: 'v2' };
    const { accounts } = load('accounts: {old: {variant: oldest, keyEnv: OLD}, new: {}, hour: {product: cloud}}', {
      env,
    });
    expect(accounts.map(({ variant }) => variant)).toEqual(['oldest', 'v2', undefined]);
  });

  it('must be a word that is known', () => {
    const error = refuse('accounts: {main: {variant: v4}}');
    expect(error.message).toContain('`accounts.main.variant` must be one of v3, v2, oldest, not "v4"');
    expect(refuse('accounts: {main: {product: clowd}}').message).toContain(
      '`accounts.main.product` must be one of marketplace, cloud, not "clowd" (did you mean cloud?).',
    );
  });

  it('is refused, at its place, for an account of the cloud', () => {
    const error = refuse('accounts:\n  hour:\n    product: cloud\n    variant: v2\n');
    expect(error.message).toContain('account "hour": `variant` belongs to the marketplace, and its product is cloud');
    expect(listPlaces(error)).toEqual(['4:5 accounts.hour.variant value-wrong']);
  });

  it.each([
    ['a flag', undefined, { options: { variant: 'v2', product: 'cloud' } }],
    ['a variable', undefined, { env: { FLUENCE_VARIANT: 'v2', FLUENCE_PRODUCT: 'cloud' } }],
    ['the file, where a variable says cloud', 'accounts: {main: {variant: v2}}', { env: { FLUENCE_PRODUCT: 'cloud' } }],
  ] as const)('is refused once for an account of the cloud that got it from %s', (_from, file, sources) => {
    const { message } = refuse(file, { env: {}, ...sources });
    expect(message.match(/`variant` belongs to the marketplace, and its product is cloud/g)).toHaveLength(1);
  });
});

describe('two accounts', () => {
  it('that the same key opens at the same address are one, and refused', () => {
    const error = refuse('accounts: {daily: {keyEnv: KEY}, hourly: {keyEnv: KEY}}');
    expect(error.message).toContain('the accounts daily and hourly are one: the same key, product and address.');
    expect(refuse('accounts: {a: {keyFile: k}, b: {}, c: {keyFile: ./k}}').message).toContain('a and c are one');
  });

  it('may share a key across products, or addresses', () => {
    const file =
      'accounts: {a: {keyEnv: K}, b: {keyEnv: K, product: cloud}, c: {keyEnv: K, url: "http://127.0.0.1:1"}}';
    expect(load(file).accounts).toHaveLength(3);
  });
});
