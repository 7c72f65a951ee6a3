// Whether the account has what its fleets name: the image, the SSH keys; and this machine the secrets of their cloud-init. Asks the
// API for lists alone, and changes nothing.
import type { AccountConfig } from '../../config/load-config.js';
import { PurserError } from '../../core/errors.js';
import { findOrderFault, isKeyName, type KnownNames } from '../../core/order-faults.js';
import { servesAccount } from '../../core/peers.js';
import type { FleetPolicy, PolicySet } from '../../core/policy-types.js';
import type { Cloud } from '../../ports/cloud.js';
import { askCloud } from '../ask-clouds.js';
import type { CommandContext } from '../command.js';
import { listMissingSecrets } from '../missing-secrets.js';
import { countOf } from '../render/phrase.js';
import { tellNote, tellOk, tellProblem, type Finding } from './finding.js';

interface Asked {
  readonly known: KnownNames;
  /** Why the SSH keys could not be listed; a key of an account may lack that right alone. */
  readonly unlisted: string | undefined;
}

async function listNames(cloud: Cloud, wantsKeys: boolean, signal: AbortSignal): Promise<Asked> {
  const images = await cloud.listImages({ signal });
  if (!wantsKeys) return { known: { images }, unlisted: undefined };
  try {
    return { known: { images, keys: await cloud.listKeys({ signal }) }, unlisted: undefined };
  } catch (error) {
    if (!(error instanceof PurserError)) throw error;
    return { known: { images }, unlisted: error.message };
  }
}

/** A key that a policy of keys will add is as good as there. */
function withDeclared({ known }: Asked, { keys = [] }: PolicySet, account: string): KnownNames {
  if (known.keys === undefined) return known;
  const declared = keys.filter((policy) => policy.account === account).flatMap((policy) => policy.keys);
  return { ...known, keys: [...known.keys, ...declared.map(({ name }) => ({ name }))] };
}

function judgeNames(check: string, fleets: readonly FleetPolicy[], known: KnownNames): readonly Finding[] {
  const faults = fleets.flatMap((fleet): Finding[] => {
    const fault = findOrderFault(fleet, known);
    if (fault === undefined) return [];
    return [tellProblem(check, `${fleet.name} can buy nothing: ${fault.text}.`, 'Mend the policy, then purser apply.')];
  });
  if (faults.length > 0) return faults;
  return [tellOk(check, `${countOf(fleets.length, 'fleet')}: the account has what they name`)];
}

/** Of the policies in the files; none where no fleet serves the account. */
export async function checkNames(
  context: CommandContext,
  account: AccountConfig,
  set: PolicySet,
): Promise<readonly Finding[]> {
  const fleets = set.fleets.filter((fleet) => servesAccount(fleet, account.name));
  if (fleets.length === 0) return [];
  const check = `names of ${account.name}`;
  const wantsKeys = fleets.some(({ vm }) => vm.sshKeys.some(isKeyName));
  try {
    const { answer } = await askCloud(context, account, (cloud) => listNames(cloud, wantsKeys, context.signal));
    const { unlisted } = answer;
    const untold = unlisted === undefined ? [] : [tellNote(check, `SSH keys could not be compared: ${unlisted}.`)];
    return [...judgeNames(check, fleets, withDeclared(answer, set, account.name)), ...untold];
  } catch (error) {
    if (!(error instanceof PurserError)) throw error;
    return [tellNote(check, `What the policies name could not be compared: ${error.message}`)];
  }
}

/** What the worker needs and this process lacks. */
export function checkSecrets(set: PolicySet): readonly Finding[] {
  return listMissingSecrets(set).map(({ policy, fault }) =>
    tellNote(
      `secrets of ${policy}`,
      `${fault[0]!.toUpperCase()}${fault.slice(1)} here; without it a worker buys nothing for ${policy}.`,
      'Give it to every worker, as vm.cloudInit.secrets names it.',
    ),
  );
}
