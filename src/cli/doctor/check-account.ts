// One account as its API answers now: key, product, variant, what the key may do, clocks, and whether Purser may act for it.
import type { AccountConfig } from '../../config/load-config.js';
import { readAccountKey } from '../../config/account-key.js';
import { findTwins } from '../../config/twin-accounts.js';
import { PurserError, errorTable } from '../../core/errors.js';
import { setEndedApart } from '../../core/ended-vms.js';
import { MOST_SKEW_MILLIS } from '../../core/gates.js';
import type { Inventory } from '../../core/types.js';
import type { Access } from '../../ports/cloud.js';
import { askCloud } from '../ask-clouds.js';
import type { CommandContext } from '../command.js';
import { formatSpan } from '../render/format-instant.js';
import { countOf } from '../render/phrase.js';
import { tellNote, tellOk, tellProblem, type Finding } from './finding.js';

/** Two names for one key, wherever each is read from. A key that can't be read has a finding of its own. */
export function checkTwins(accounts: readonly AccountConfig[]): readonly Finding[] {
  const readKey = (account: AccountConfig): string | undefined => {
    try {
      return readAccountKey(account);
    } catch {
      return undefined;
    }
  };
  return findTwins(accounts, readKey).map(([one, other]) =>
    tellProblem(
      'accounts',
      `${one} and ${other} are one account under two names: the same key, product and address.`,
      `Keep one of them in purser.yaml, or give ${other} the key of another account.`,
    ),
  );
}

export interface CheckedAccount {
  readonly findings: readonly Finding[];
  /** undefined when the API could not be asked. */
  readonly inventory: Inventory | undefined;
}

function checkMode({ name, mode, isModeTold }: AccountConfig): Finding {
  const check = `mode of ${name}`;
  if (mode === 'act') return tellOk(check, 'act: what is planned is done');
  const mend = `When the plans are what you want, set accounts.${name}.mode to act in purser.yaml.`;
  if (!isModeTold)
    return tellNote(check, 'not said: `purser apply` acts after asking, `purser up` only observes', mend);
  const text =
    mode === 'pause' ? 'pause: nothing is planned or done' : 'observe: it plans and tells, and changes nothing';
  return tellNote(check, text, mend);
}

function checkSkew(account: string, skewMillis: number | undefined): readonly Finding[] {
  const check = `clock of ${account}`;
  if (skewMillis === undefined) return [tellNote(check, 'The API tells no time, so the clocks could not be compared.')];
  const text = `The clocks of the API and of this machine differ by ${formatSpan(Math.abs(skewMillis))}`;
  if (Math.abs(skewMillis) <= MOST_SKEW_MILLIS) return [tellOk(check, text)];
  return [tellProblem(check, `${text}: nothing is bought or deleted.`, 'Set the clock of this machine (NTP).')];
}

function checkVariant({ name, product, variant }: AccountConfig, found: string | undefined): readonly Finding[] {
  if (product !== 'marketplace') return [];
  const check = `variant of ${name}`;
  if (variant !== undefined) return [tellOk(check, `${variant}, as purser.yaml says`)];
  if (found !== undefined) return [tellOk(check, `${found}, found by asking`)];
  return [tellNote(check, 'v2 or older: which of them, the first VM will tell.', `Or set accounts.${name}.variant.`)];
}

function checkPermissions({ name, mode }: AccountConfig, { mayChange, lacks, how }: Access): Finding {
  const check = `permissions of ${name}`;
  if (mayChange === true && lacks.length === 0) return tellOk(check, 'the key may read and change');
  if (mayChange === undefined)
    return tellNote(check, `Whether the key may change anything could not be found out: ${how}`);
  const text = mayChange
    ? `The key lacks ${lacks.join(', ')}.`
    : 'The key is read-only: it lists, and may neither buy nor delete.';
  const mend = 'Make a key that may write in the Fluence console.';
  // Whoever only looks needs no more.
  return mode === 'act' ? tellProblem(check, text, mend) : tellNote(check, text, `Before it acts: ${mend}`);
}

/** Whether the key and the address are of the other product; undefined where that answers neither. */
async function checkOtherProduct(context: CommandContext, account: AccountConfig): Promise<Finding | undefined> {
  const product = account.product === 'cloud' ? 'marketplace' : 'cloud';
  const other: AccountConfig = { ...account, product, variant: undefined };
  try {
    const { answer } = await askCloud(context, other, (cloud) => cloud.listVms({ signal: context.signal }));
    if (answer.state === 'failed') return undefined;
  } catch (error) {
    if (error instanceof PurserError) return undefined;
    throw error;
  }
  return tellProblem(
    `product of ${account.name}`,
    `The configuration says ${account.product}, and ${account.url} answers this key as the ${product}.`,
    `Set accounts.${account.name}.product to ${product} in purser.yaml (or FLUENCE_PRODUCT=${product}).`,
  );
}

/** Asks for a listing, and for what the key may do; another product only where this one doesn't answer. Changes nothing. */
export async function checkAccount(context: CommandContext, account: AccountConfig): Promise<CheckedAccount> {
  const findings = [checkMode(account)];
  try {
    readAccountKey(account);
    const { answer } = await askCloud(context, account, async (cloud) => {
      const listed = await cloud.listVms({ signal: context.signal });
      const { inventory } = setEndedApart(listed, cloud.abilities);
      const access = inventory.state === 'failed' ? undefined : await cloud.checkAccess({ signal: context.signal });
      return { inventory, access, skewMillis: cloud.skewMillis(), latencyMillis: cloud.lastLatencyMillis() };
    });
    const { inventory } = answer;
    findings.push(...(await judgeAnswer(context, account, answer)));
    return { findings, inventory: inventory.state === 'complete' ? inventory : undefined };
  } catch (error) {
    if (!(error instanceof PurserError)) throw error;
    const isAboutKey = error.code.startsWith('api-key');
    const check = isAboutKey ? `key of ${account.name}` : `API of ${account.name}`;
    const other = error.code === 'api-key-refused' ? await checkOtherProduct(context, account) : undefined;
    const mend = error.saysRemedy ? undefined : errorTable[error.code].remedy;
    findings.push(other ?? { check, state: 'problem', text: error.message, mend });
    return { findings, inventory: undefined };
  }
}

interface AccountAnswer {
  readonly inventory: Inventory;
  readonly access: Access | undefined;
  readonly skewMillis: number | undefined;
  /** undefined: no answer came at all. */
  readonly latencyMillis: number | undefined;
}

async function judgeAnswer(
  context: CommandContext,
  account: AccountConfig,
  { inventory, access, skewMillis, latencyMillis }: AccountAnswer,
): Promise<readonly Finding[]> {
  const { name, url, product } = account;
  const check = `API of ${name}`;
  const problems = inventory.problems.join('; ');
  if (access === undefined) {
    const other = latencyMillis === undefined ? undefined : await checkOtherProduct(context, account);
    return [
      other ??
        tellProblem(
          check,
          problems,
          "Check the account's address (FLUENCE_API_URL, or `url` in purser.yaml) and the network.",
        ),
    ];
  }
  const seen = `${url} answers in ${formatSpan(latencyMillis ?? 0)}: ${countOf(inventory.vms.length, 'VM')}`;
  return [
    tellOk(`key of ${name}`, 'accepted by the API'),
    tellOk(`product of ${name}`, `${product}: it answers as that`),
    ...checkVariant(account, access.variant),
    checkPermissions(account, access),
    ...checkSkew(name, skewMillis),
    inventory.state === 'complete'
      ? tellOk(check, seen)
      : tellProblem(
          check,
          `${seen}, but not all could be read (${problems}).`,
          'Nothing is bought or deleted until they can; look again, then report it.',
        ),
  ];
}
