// Flags, environment, purser.yaml and defaults -> one Config, in that order of precedence. Every problem is told at once.
// It never holds a key: account-key.ts reads keys when a call needs one.
import { resolve, dirname } from 'node:path';
import { PurserError } from '../core/errors.js';
import { hashText } from '../core/hash.js';
import { encodeJson } from '../core/json.js';
import { DAY_MILLIS, HOUR_MILLIS } from '../core/money.js';
import type { AccountSettings, Rails } from '../core/policy-types.js';
import type { Millis, Mode } from '../core/types.js';
import { formatProblem, isError } from '../policy/problems.js';
import { describeVariantOfCloud, readConfigFile } from './config-file.js';
import type { ConfigFile, ProtectExpression } from './config-file.js';
import { NO_INSTALLATION, readOption } from './option-values.js';
import type { OptionValue } from './option-values.js';
import { listOptions, optionTable } from './options.js';
import type { OptionName } from './options.js';
import { describeBroken, readProtectGiven } from './protect-given.js';
import { findTwins } from './twin-accounts.js';

/** Where a key is read from, at the moment when it is needed. */
export type KeySource =
  { readonly kind: 'variable'; readonly variable: string } | { readonly kind: 'file'; readonly path: string };

export interface AccountConfig extends AccountSettings {
  /** Without a slash at its end. */
  readonly url: string;
  readonly keySource: KeySource;
  /** Of a marketplace whose variant a person said; undefined: found by asking. */
  readonly variant: OptionValue<'variant'> | undefined;
  /** Whether a person said which mode: a new account observes until told. */
  readonly isModeTold: boolean;
}

export interface Config {
  /** Full path of the configuration file, there or not. */
  readonly path: string;
  readonly hasFile: boolean;
  readonly accounts: readonly AccountConfig[];
  /** `NO_INSTALLATION` until `hasInstallation`. */
  readonly installation: string;
  readonly hasInstallation: boolean;
  readonly protect: readonly ProtectExpression[];
  readonly rails: Rails;
  readonly tickMillis: Millis;
  /** Full path. */
  readonly stateDir: string;
  readonly isFrozen: boolean;
  readonly workerConcurrency: number;
  readonly logLevel: OptionValue<'logLevel'>;
  readonly signalProxy: string | undefined;
  readonly clock: OptionValue<'clock'>;
  /** undefined: start a private one. A function, because the address may hold a password and a Config gets printed. */
  readonly readRedisUrl: () => string | undefined;
}

export interface ConfigSources {
  /** Values of flags by option name, as commander gives them; a list where a flag may be repeated. */
  readonly options?: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

type Origin = 'flag' | 'environment' | 'file' | 'default';

interface Found {
  readonly text: string;
  readonly from: Origin;
}

/**
 * The first wins. With several accounts a variable can't say which one it means: it only fills what the file leaves out,
 * so that no account ever gets another one's key.
 */
function rankSources(file: ConfigFile | undefined, account: string | undefined): readonly Origin[] {
  return account !== undefined && file !== undefined && file.accounts.size > 1
    ? ['flag', 'file', 'environment', 'default']
    : ['flag', 'environment', 'file', 'default'];
}

/** The candidate that stands first in `ranks`, and which one it was; of equals the first given. */
function pickNearest(
  candidates: readonly (Found | undefined)[],
  ranks: readonly Origin[],
): { readonly found: Found; readonly index: number } | undefined {
  for (const rank of ranks) {
    const index = candidates.findIndex((candidate) => candidate?.from === rank);
    if (index >= 0) return { found: candidates[index]!, index };
  }
  return undefined;
}

/** Looks options up in their order of precedence. `problems` collects what flags and variables have wrong. */
interface Lookup {
  readonly find: (name: OptionName, account?: string) => Found | undefined;
  readonly value: <Name extends OptionName>(name: Name, account?: string) => OptionValue<Name> | undefined;
  readonly problems: readonly string[];
}

function readFlag(value: unknown): string | undefined {
  const last: unknown = Array.isArray(value) ? value.at(-1) : value;
  if (typeof last === 'string') return last;
  return typeof last === 'number' || typeof last === 'boolean' ? String(last) : undefined;
}

function buildLookup(sources: ConfigSources, file: ConfigFile | undefined): Lookup {
  const problems: string[] = [];
  const given = new Map<OptionName, Found>();
  for (const row of listOptions()) {
    const flag = readFlag(sources.options?.[row.name]);
    const variable = sources.env[row.variable];
    // An empty variable is how compose files and shells say "not set".
    const found: Found | undefined =
      flag !== undefined && row.flag !== undefined
        ? { text: flag, from: 'flag' }
        : variable !== undefined && variable.trim() !== ''
          ? { text: variable, from: 'environment' }
          : undefined;
    if (found === undefined) continue;
    const read = readOption(row, found.text);
    if ('wrong' in read) problems.push(`${found.from === 'flag' ? row.flag! : row.variable} ${read.wrong}`);
    else given.set(row.name, found);
  }
  const find: Lookup['find'] = (name, account) => {
    const text = account === undefined ? file?.texts.get(name) : file?.accounts.get(account)?.get(name);
    const standard = optionTable[name].default;
    const candidates: (Found | undefined)[] = [
      given.get(name),
      text === undefined ? undefined : { text, from: 'file' },
      standard === undefined ? undefined : { text: standard, from: 'default' },
    ];
    return pickNearest(candidates, rankSources(file, account))?.found;
  };
  const value = <Name extends OptionName>(name: Name, account?: string): OptionValue<Name> | undefined => {
    const found = find(name, account);
    if (found === undefined) return undefined;
    const read = readOption(optionTable[name], found.text);
    return 'value' in read ? (read.value as OptionValue<Name>) : undefined;
  };
  return { find, value, problems };
}

/** Of an option that has a default; the table's tests see to it that every default can be read. */
function need<Name extends OptionName>(lookup: Lookup, name: Name, account?: string): OptionValue<Name> {
  return lookup.value(name, account)!;
}

/** An account's own rails, and where it says nothing those of all accounts. */
function readRails(lookup: Lookup, file?: ConfigFile, account?: string): Rails {
  const read = <Name extends OptionName>(name: Name): OptionValue<Name> => {
    const isOwn = account !== undefined && file?.accounts.get(account)?.has(name) === true;
    return need(lookup, name, isOwn ? account : undefined);
  };
  return {
    deletes: {
      perPlan: { count: read('railsDeletesPlanCount'), percent: read('railsDeletesPlanPercent') },
      perHour: { count: read('railsDeletesHourCount'), percent: read('railsDeletesHourPercent') },
    },
    deploys: {
      perHour: read('railsDeploysHour'),
      perDay: read('railsDeploysDay'),
      moneyPerDay: read('railsDeploysMoneyDay'),
    },
  };
}

/** Paths in the file start at its folder, all others where the command runs. */
function resolvePath(found: Found, path: string, cwd: string): string {
  return resolve(found.from === 'file' ? dirname(path) : cwd, found.text);
}

/** A key's own variable, the key and its file are three ways to say one thing: the nearest to the person wins. */
function findKeySource(
  lookup: Lookup,
  account: string,
  { file, path, cwd }: { readonly file: ConfigFile | undefined; readonly path: string; readonly cwd: string },
): KeySource {
  const ways = (['apiKeyVariable', 'apiKey', 'apiKeyFile'] as const).map((name) => lookup.find(name, account));
  const nearest = pickNearest(ways, rankSources(file, account));
  if (nearest?.index === 0) return { kind: 'variable', variable: nearest.found.text.trim() };
  if (nearest?.index === 2) return { kind: 'file', path: resolvePath(nearest.found, path, cwd) };
  return { kind: 'variable', variable: optionTable.apiKey.variable };
}

/** `untold` is one mode, although `apply` acts and `up` observes then: what the one plans the other may carry out. */
function hashSettings(mode: Mode | 'untold', { rails, protect }: Pick<Config, 'rails' | 'protect'>): string {
  return hashText(encodeJson({ mode, rails, protect: protect.map(({ text }) => text) }));
}

function readAccount(
  lookup: Lookup,
  name: string,
  shared: Pick<Config, 'rails' | 'tickMillis' | 'installation' | 'protect'>,
  keySource: KeySource,
): AccountConfig {
  const product = need(lookup, 'product', name);
  const mode = need(lookup, 'accountMode', name);
  const isModeTold = lookup.find('accountMode', name)?.from !== 'default';
  return {
    name,
    product,
    mode,
    isModeTold,
    settingsHash: hashSettings(isModeTold ? mode : 'untold', shared),
    ratePerSecond: need(lookup, 'accountRate', name),
    concurrency: need(lookup, 'accountConcurrency', name),
    rails: shared.rails,
    tickMillis: shared.tickMillis,
    installation: shared.installation,
    // An epoch is a day on the marketplace, an hour on the cloud (see "period" in the glossary).
    periodMillis: product === 'cloud' ? HOUR_MILLIS : DAY_MILLIS,
    url: need(lookup, 'apiUrl', name),
    keySource,
    variant: product === 'marketplace' ? lookup.value('variant', name) : undefined,
  };
}

/**
 * An account of the cloud that is given a variant, in a way that config-file.ts doesn't see: there the file says both. Of
 * several accounts a variable means those that can have it.
 */
function findVariantProblems(lookup: Lookup, names: readonly string[]): readonly string[] {
  return names.flatMap((name) => {
    const variant = lookup.find('variant', name);
    if (variant === undefined || lookup.value('product', name) !== 'cloud') return [];
    const isSaidInFile = variant.from === 'file' && lookup.find('product', name)?.from === 'file';
    if (isSaidInFile || (variant.from === 'environment' && names.length > 1)) return [];
    return [describeVariantOfCloud(name)];
  });
}

function refuseProblems(file: ConfigFile | undefined, given: readonly string[]): void {
  const placed = (file?.problems ?? []).filter(isError);
  if (placed.length === 0 && given.length === 0) return;
  const lines = [...given.map((text) => `${text}.`), ...placed.map(formatProblem)];
  const several = lines.length === 1 ? '' : `${lines.length} problems:\n`;
  const code = placed.length > 0 ? 'config-invalid' : 'option-invalid';
  throw new PurserError(code, several + lines.join('\n'), { details: { problems: placed, options: given } });
}

function refuseTwins(path: string, accounts: readonly AccountConfig[]): readonly AccountConfig[] {
  const [twins] = findTwins(accounts, ({ keySource }) => JSON.stringify(keySource));
  if (twins === undefined) return accounts;
  throw new PurserError(
    'config-invalid',
    `${path}: the accounts ${twins.join(' and ')} are one: the same key, product and address. Keep one of them, or give each its own \`keyEnv\` or \`keyFile\`.`,
  );
}

/** Throws `config-invalid` or `option-invalid` with every problem of file, flags and environment, the file's placed. */
export function loadConfig(sources: ConfigSources): Config {
  const { cwd } = sources;
  const beforeFile = buildLookup(sources, undefined);
  const asked = beforeFile.find('config')!;
  const path = resolve(cwd, asked.text);
  const file = readConfigFile(path, asked.text);
  if (file === undefined && asked.from !== 'default')
    throw new PurserError(
      'config-invalid',
      `${asked.text} is not there, but ${asked.from === 'flag' ? '--config' : 'PURSER_CONFIG'} names it.`,
    );
  const lookup = buildLookup(sources, file);
  const named = [...(file?.accounts.keys() ?? [])];
  const names = named.length === 0 ? ['main'] : named;
  const protect = readProtectGiven(sources);
  const broken = protect.flatMap(describeBroken);
  refuseProblems(file, [...lookup.problems, ...findVariantProblems(lookup, names), ...broken]);
  const installation = lookup.value('installation');
  const shared = {
    rails: readRails(lookup),
    tickMillis: need(lookup, 'tick'),
    installation: installation ?? NO_INSTALLATION,
    protect: [...(file?.protect ?? []), ...protect],
  };
  const redisUrl = lookup.value('redisUrl');
  return {
    ...shared,
    path,
    hasFile: file !== undefined,
    hasInstallation: installation !== undefined,
    accounts: refuseTwins(
      path,
      names.map((name) => {
        const own = { ...shared, rails: readRails(lookup, file, name) };
        return readAccount(lookup, name, own, findKeySource(lookup, name, { file, path, cwd }));
      }),
    ),
    stateDir: resolvePath(lookup.find('stateDir')!, path, cwd),
    isFrozen: need(lookup, 'freeze'),
    workerConcurrency: need(lookup, 'workerConcurrency'),
    logLevel: need(lookup, 'logLevel'),
    signalProxy: lookup.value('signalProxy'),
    clock: need(lookup, 'clock'),
    readRedisUrl: () => redisUrl,
  };
}
