// The rule of SSH keys: the account has the keys that `kind: keys` policies declare, known by their fingerprints. Adds what
// lacks; removes only what the policy added itself, or, where it is exclusive, what nobody declares. VMs keep the keys they have.
import type { Intent } from '../books.js';
import { formatMinute } from '../instant.js';
import { hashText } from '../hash.js';
import { isOpenIntent } from '../ownership.js';
import { holdPolicy, type Draft, type PlanContext } from '../plan-context.js';
import type { KeyAction } from '../plan-types.js';
import type { KeysPolicy, WantedKey } from '../policy-types.js';
import { findRetry } from '../retry-after.js';
import type { Reason, SshKey } from '../types.js';
import { isKeyName } from '../order-faults.js';

/** Comments don't make another key. */
function bodyOf(publicKey: string): string {
  return publicKey.trim().split(/\s+/).slice(0, 2).join(' ');
}

/** By fingerprint; by the key itself where the API writes fingerprints in another way. */
function isSame(key: SshKey, wanted: WantedKey): boolean {
  return key.fingerprint === wanted.fingerprint || bodyOf(key.publicKey) === bodyOf(wanted.publicKey);
}

function listIntents({ books }: PlanContext, change: KeyAction['change'], fingerprint: string): readonly Intent[] {
  return books.intents.filter(({ key }) => key?.change === change && key.fingerprint === fingerprint);
}

function planChange(
  context: PlanContext,
  draft: Draft,
  policy: KeysPolicy,
  change: KeyAction['change'],
  key: WantedKey | SshKey,
  reason: Reason,
): void {
  const { name, publicKey, fingerprint } = key;
  const tried = listIntents(context, change, fingerprint);
  if (tried.some(isOpenIntent)) return;
  const retry = findRetry(tried, context.now);
  if (retry !== undefined) {
    draft.wakeAt.push(retry.until);
    const text = `the key "${name}" could not be ${change === 'add' ? 'added' : 'removed'} (${retry.text}); tried again ${formatMinute(retry.until)}`;
    holdPolicy(context, draft, policy.name, { code: 'backing-off', text }, retry.until);
    return;
  }
  draft.actions.push({
    id: `key-${hashText(`${change}/${policy.name}/${fingerprint}`).slice(0, 8)}`,
    kind: 'key',
    account: context.settings.name,
    policy: policy.name,
    change,
    key: { name, publicKey, fingerprint },
    reason,
  });
}

function addMissing(context: PlanContext, draft: Draft, policy: KeysPolicy, present: readonly SshKey[]): void {
  for (const wanted of policy.keys) {
    if (present.some((key) => isSame(key, wanted))) continue;
    const namesake = present.find(({ name }) => name === wanted.name);
    if (namesake === undefined) {
      const reason: Reason = { code: 'key-missing', text: 'the account does not have it' };
      planChange(context, draft, policy, 'add', wanted, reason);
      continue;
    }
    const text = `the account has another key called "${wanted.name}" (${namesake.fingerprint}): remove that (\`purser keys remove\`), or declare this one by another name`;
    holdPolicy(context, draft, policy.name, { code: 'key-name-taken', text });
  }
}

/** Fleets that name the key, by its name, its id or itself: without it their purchases would fail. */
function listUsers({ policies }: PlanContext, { name, id, publicKey }: SshKey): readonly string[] {
  const isMeant = (entry: string): boolean =>
    isKeyName(entry) ? entry === name || entry.toLowerCase() === id : bodyOf(entry) === bodyOf(publicKey);
  return policies.fleets.filter(({ vm }) => vm.sshKeys.some(isMeant)).map((fleet) => fleet.name);
}

function removeUndeclared(context: PlanContext, draft: Draft, policy: KeysPolicy, undeclared: readonly SshKey[]): void {
  const added = new Set(context.books.notes.addedKeys?.[policy.name] ?? []);
  for (const key of undeclared) {
    const isOwn = added.has(key.fingerprint);
    if (!isOwn && !policy.exclusive) continue;
    const users = listUsers(context, key);
    if (users.length > 0) {
      const text = `the key "${key.name}" is not declared, but ${users.join(' and ')} names it in sshKeys: declare it, or take it out there`;
      holdPolicy(context, draft, policy.name, { code: 'key-in-use', text });
      continue;
    }
    const text = isOwn
      ? 'this policy added it and does not declare it any more'
      : 'no policy declares it, and this one is exclusive';
    planChange(context, draft, policy, 'remove', key, { code: 'key-undeclared', text });
  }
}

/** All `keys` policies of the account. */
export function keepKeys(context: PlanContext, draft: Draft): void {
  const policies = context.policies.keys ?? [];
  const { keys: present } = context.snapshot;
  const declared = policies.flatMap(({ keys }) => keys);
  const undeclared = present?.filter((key) => !declared.some((wanted) => isSame(key, wanted)));
  for (const policy of policies) {
    const { name, mode, keys } = policy;
    draft.keys.push({
      account: context.settings.name,
      policy: name,
      mode,
      declared: keys.length,
      present: present && keys.filter((wanted) => present.some((key) => isSame(key, wanted))).length,
      others: undeclared?.length,
    });
    if (mode === 'pause') {
      holdPolicy(context, draft, name, { code: 'paused', text: 'mode: pause; nothing is planned or done' });
    } else if (present === undefined || undeclared === undefined) {
      const text = "the account's SSH keys could not be read; none is added or removed";
      holdPolicy(context, draft, name, { code: 'keys-unread', text });
    } else {
      addMissing(context, draft, policy, present);
      removeUndeclared(context, draft, policy, undeclared);
    }
  }
}
