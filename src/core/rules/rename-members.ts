// The rule of names: a new member gets one of its own, and one that a hand renamed gets one of its intent's again, because the
// names must lead back to the purchase when the books are lost. Judges no demand.
import { isEnded } from '../lifecycle.js';
import { hashText } from '../hash.js';
import { addIndex, buildBaseName, MOST_PER_INTENT, readNameOf } from '../names.js';
import type { Draft, Member, PlanContext } from '../plan-context.js';
import type { FleetPolicy } from '../policy-types.js';
import { findRetry } from '../retry-after.js';

interface Nameless {
  /** By intent. */
  readonly members: Map<string, Member[]>;
  readonly used: Map<string, Set<number>>;
}

function isFree(context: PlanContext, { id, vm, row }: Member): boolean {
  return !isEnded(vm!.status) && row.standing !== 'doomed' && !context.busyTargets.has(id);
}

/** A person's new name that was refused to us before is let be for a while. */
function mayTakeBack(context: PlanContext, member: Member): boolean {
  const { claim, vm } = member;
  if (claim?.origin !== 'bought' || claim.state !== 'member' || vm?.status !== 'active') return false;
  const tried = context.books.intents.filter(({ rename }) => rename?.targets.some(({ vmId }) => vmId === member.id));
  return findRetry(tried, context.now) === undefined;
}

function findNameless(context: PlanContext, fleet: FleetPolicy): Nameless {
  const members = new Map<string, Member[]>();
  const used = new Map<string, Set<number>>();
  for (const member of context.members.get(fleet.name) ?? []) {
    const intent = member.claim?.intent;
    if (member.vm === undefined || intent === undefined) continue;
    const named = readNameOf(member.vm.name, context.settings.installation, intent);
    if (typeof named === 'number') used.set(intent, (used.get(intent) ?? new Set()).add(named));
    else if (isFree(context, member) && (named === 'base' || mayTakeBack(context, member)))
      members.set(intent, [...(members.get(intent) ?? []), member]);
  }
  return { members, used };
}

/** All of an intent in one action: what can be done in one call, is. */
export function renameMembers(context: PlanContext, draft: Draft, fleet: FleetPolicy): void {
  const { installation, name: account } = context.settings;
  const { members: byIntent, used: usedByIntent } = findNameless(context, fleet);
  for (const [intent, members] of byIntent) {
    const used = usedByIntent.get(intent) ?? new Set<number>();
    const free = Array.from(
      { length: Math.min(MOST_PER_INTENT, used.size + members.length) },
      (_, index) => index,
    ).filter((index) => !used.has(index));
    const isNew = ({ name }: Member): boolean => readNameOf(name, installation, intent) === 'base';
    const vms = members.slice(0, free.length).map((member, position) => ({
      id: member.id,
      from: member.name,
      // A member keeps the name of the fleet that it was bought for.
      to: addIndex(isNew(member) ? member.name : buildBaseName(fleet.name, installation, intent), free[position]!),
    }));
    const id = `rename-${hashText(vms.map((vm) => vm.id + vm.to).join()).slice(0, 8)}`;
    const shared = { id, kind: 'rename', account, policy: fleet.name, vms } as const;
    if (members.every(isNew)) {
      const text = `${vms.length === 1 ? 'a new member bears' : `${vms.length} new members bear`} only the name of its purchase`;
      draft.actions.push({ ...shared, reason: { code: 'unnamed', text } });
      continue;
    }
    const text = `${members
      .filter((member) => !isNew(member))
      .map(({ name }) => `"${name}"`)
      .join(', ')}: a member's name leads back to its purchase`;
    draft.actions.push({ ...shared, reason: { code: 'renamed', text } });
  }
}
