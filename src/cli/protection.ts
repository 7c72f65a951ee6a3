// Whether a VM is protected, by purser.yaml, by hand in the store or by hand in the state directory: one yes is enough.
import { describePolicyContext } from '../compose.js';
import type { Config } from '../config/load-config.js';
import { openLocalHandles } from '../config/local-handles.js';
import { isProtectedByHand, readProtectHandles } from '../core/ownership.js';
import type { Instant, Vm } from '../core/types.js';
import { checkPolicies } from '../policy/check-policies.js';

export type Protection = (
  vm: Vm,
  facts: { readonly account: string; readonly policy: string | undefined; readonly marked: readonly string[] },
) => boolean;

/** `marked`: the ids and names that the store's handles of the account hold. */
export function openProtection(config: Config, now: Instant): Protection {
  const { set } = checkPolicies([], { ...describePolicyContext(config), defaultAccount: undefined, now });
  const local = openLocalHandles(config.stateDir, config.isFrozen).readProtected();
  return (vm, { account, policy = '', marked }) =>
    isProtectedByHand(vm, readProtectHandles([...local, ...marked])) ||
    set?.isProtected(vm, { now, account, policy }) !== false;
}
