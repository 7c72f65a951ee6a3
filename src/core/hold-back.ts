// Holds back what gates and modes don't let through: actions become holds that say what would be done, marks of a look that
// can't be believed are dropped. It adds nothing and judges no gate itself (gates.ts).
import type { Gates } from './gates.js';
import { formatUsdc } from './money.js';
import { holdPolicy, noteVerdict, type Draft, type PlanContext } from './plan-context.js';
import type { Action } from './plan-types.js';
import type { ReasonCode } from './types.js';

function describeAction(action: Action): string {
  if (action.kind === 'deploy')
    return `would deploy ${action.count} in ${action.offer.country} for ${formatUsdc(action.cost)} (${action.reason.text})`;
  if (action.kind === 'delete') return `would delete it (${action.reason.text})`;
  if (action.kind === 'ports') return `would change the ports of ${action.vms.length} members (${action.reason.text})`;
  if (action.kind === 'key') return `would ${action.change} the key "${action.key.name}" (${action.reason.text})`;
  return `would name ${action.vms.length} members`;
}

/** Takes out what gates and modes hold back, and says so once per gate and once per policy that only observes. */
export function applyGates(context: PlanContext, draft: Draft, gates: Gates): void {
  const modes = new Map(
    [
      ...context.policies.fleets,
      ...context.policies.reaps,
      ...context.policies.orphans,
      ...(context.policies.keys ?? []),
    ].map((policy) => [policy.name, policy.mode]),
  );
  const kept: Action[] = [];
  for (const action of draft.actions) {
    const gate = action.kind === 'deploy' ? gates.deploys : gates.deletes;
    // What is left of a VM whose deletion was begun goes on; the rule has asked the modes for the rest.
    const isLeft = action.reason.code === 'left-behind';
    if (gate === undefined && (isLeft || (modes.get(action.policy) ?? 'act') === 'act')) {
      kept.push(action);
      continue;
    }
    const code = gate?.code ?? 'observing';
    draft.holds.push({
      account: action.account,
      policy: action.policy,
      vm: action.kind === 'delete' ? action.vm : undefined,
      reason: { code, text: describeAction(action) },
      until: undefined,
      boundary: action.kind === 'delete' ? action.boundary : undefined,
      charge: action.kind === 'delete' ? action.saves : action.kind === 'deploy' ? action.cost : undefined,
    });
    if (action.kind === 'delete')
      noteVerdict(context, draft, action.vm.id, {
        rule: 'gates',
        policy: action.policy,
        says: 'keep',
        text: gate?.text ?? 'mode: observe',
        won: true,
      });
  }
  draft.actions.splice(0, draft.actions.length, ...kept);
  for (const reason of new Set([gates.deploys, gates.deletes]))
    if (reason !== undefined) holdPolicy(context, draft, undefined, reason);
}

const BLIND: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  'untrusted-inventory',
  'ended-together',
  'untrusted-clock',
  'key-replaced',
  'recovering',
  'paused',
  'observing',
]);

/**
 * Marks are bookkeeping: a look that can't be believed makes none. What a rail refuses to delete is parked all the same, or its
 * charges would be booked as wanted; a mark lets nothing through the rails, which judge every deletion anew at each look.
 */
export function filterMarks(draft: Draft, gates: Gates): void {
  if (gates.deletes !== undefined && BLIND.has(gates.deletes.code)) draft.marks.splice(0, draft.marks.length);
}
