// One account as its API answers now: key, reachability, clocks, and whether Purser may act for it.
import type { AccountConfig } from '../../config/load-config.js';
import { readAccountKey } from '../../config/account-key.js';
import { PurserError, errorTable } from '../../core/errors.js';
import { MOST_SKEW_MILLIS } from '../../core/gates.js';
import type { Inventory } from '../../core/types.js';
import { askCloud } from '../ask-clouds.js';
import type { CommandContext } from '../command.js';
import { formatSpan } from '../render/format-instant.js';
import { countOf } from '../render/phrase.js';
import { tellNote, tellOk, tellProblem, type Finding } from './finding.js';

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

/** Asks once, for a listing. */
export async function checkAccount(context: CommandContext, account: AccountConfig): Promise<CheckedAccount> {
  const { name, url } = account;
  const keyCheck = `key of ${name}`;
  const apiCheck = `API of ${name}`;
  const findings = [checkMode(account)];
  try {
    readAccountKey(account);
    const { answer } = await askCloud(context, account, async (cloud) => ({
      inventory: await cloud.listVms({ signal: context.signal }),
      skewMillis: cloud.skewMillis(),
      latencyMillis: cloud.lastLatencyMillis(),
    }));
    const { inventory, skewMillis, latencyMillis = 0 } = answer;
    const problems = inventory.problems.join('; ');
    if (inventory.state === 'failed') {
      findings.push(tellProblem(apiCheck, problems, 'Check FLUENCE_API_URL and the network.'));
      return { findings, inventory: undefined };
    }
    findings.push(tellOk(keyCheck, 'accepted by the API'), ...checkSkew(name, skewMillis));
    const seen = `${url} answers in ${formatSpan(latencyMillis)}: ${countOf(inventory.vms.length, 'VM')}`;
    const isWhole = inventory.state === 'complete';
    findings.push(
      isWhole
        ? tellOk(apiCheck, seen)
        : tellProblem(
            apiCheck,
            `${seen}, but not all could be read (${problems}).`,
            'Nothing is bought or deleted until they can; look again, then report it.',
          ),
    );
    return { findings, inventory: isWhole ? inventory : undefined };
  } catch (error) {
    if (!(error instanceof PurserError)) throw error;
    const check = error.code.startsWith('api-key') ? keyCheck : apiCheck;
    const mend = error.saysRemedy ? undefined : errorTable[error.code].remedy;
    findings.push({ check, state: 'problem', text: error.message, mend });
    return { findings, inventory: undefined };
  }
}
