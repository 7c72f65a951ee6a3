// The rule of what ended VMs of ours left behind: disks and public IPs that were made for them are removed at once, each when it
// is told as attached to nothing. It never touches a part that a person made, nor one that somebody uses.
import type { Intent } from '../books.js';
import type { LeftPart } from '../part-books.js';
import { formatMinute } from '../instant.js';
import { isProtectedByHand, readProtectHandles, findFleet } from '../ownership.js';
import { mapHolders, nameKind, namePartOf } from '../parts.js';
import { holdVm, isActing, noteVerdict, type Draft, type PlanContext } from '../plan-context.js';
import type { Instant, Millis, Part, Reason, Vm } from '../types.js';

/** After a removal that was accepted a part may still be listed for so long; then it is called for again. */
const REMOVAL_LISTED: Millis = 60_000;
/** What the service refused (attached, busy) is asked for again this soon. */
const REFUSED_AGAIN: Millis = 10_000;

/** When what was called for may be called for again; undefined: nothing was called for. */
function listPartRetries(intents: Iterable<Intent>): ReadonlyMap<string, Instant> {
  const retries = new Map<string, Instant>();
  for (const { removeParts, calledAt, closedAt } of intents) {
    if (removeParts === undefined || calledAt === undefined) continue;
    for (const { partId, outcome } of removeParts.targets) {
      if (outcome === undefined || outcome.result === 'kept') continue;
      const at = outcome.result === 'failed' ? (closedAt ?? calledAt) + REFUSED_AGAIN : calledAt + REMOVAL_LISTED;
      retries.set(partId, Math.max(at, retries.get(partId) ?? at));
    }
  }
  return retries;
}

/** What of a listing says about parts; undefined: it doesn't tell all that is attached to nothing. */
export interface PartsView {
  readonly free: ReadonlyMap<string, Part>;
  readonly holderOf: ReadonlyMap<string, Vm>;
  readonly retryAt: ReadonlyMap<string, Instant>;
}

export function viewParts({ snapshot, books }: PlanContext): PartsView | undefined {
  const { leftovers, vms } = snapshot.inventory;
  if (leftovers === undefined) return undefined;
  return {
    free: new Map(leftovers.map((part) => [part.id, part])),
    holderOf: mapHolders(vms),
    retryAt: listPartRetries(books.intents),
  };
}

/** Why a free part can't be removed at this look; undefined: it can. */
export function findObstacle(
  { now, busyTargets }: PlanContext,
  { holderOf, retryAt }: PartsView,
  part: Part,
): { readonly reason: Reason; readonly until?: Instant } | undefined {
  const again = retryAt.get(part.id);
  if (holderOf.has(part.id) || part.attachedTo?.length !== 0)
    return { reason: { code: 'in-use', text: 'it is not told as attached to nothing; looked at again' } };
  if (part.status === 'removing' || busyTargets.has(part.id))
    return { reason: { code: 'deleting', text: 'it is on its way out' } };
  if (again !== undefined && now < again)
    return {
      reason: { code: 'deleting', text: `its removal was called for; called for again at ${formatMinute(again)}` },
      until: again,
    };
  if (part.mayBeDeleted === false)
    return {
      reason: { code: 'in-use', text: `the service does not let it be removed while it is ${part.statusText}` },
    };
  return undefined;
}

/** All that is known of a VM that is gone: what can't be judged any more counts as protected. */
function ghostOf({ vmId, vmName, vmCreatedAt }: LeftPart): Vm {
  const untold = {
    price: undefined,
    paidUntil: undefined,
    place: undefined,
    configuration: undefined,
    vcpu: undefined,
    ramGb: undefined,
    storageGb: undefined,
    image: undefined,
    publicIp: undefined,
    reserved: undefined,
    spent: undefined,
  };
  const known = { id: vmId, name: vmName, createdAt: vmCreatedAt, status: 'terminated', statusText: 'gone' } as const;
  return { ...untold, ...known, hardware: {}, ports: [] };
}

/** Why it stays although its VM has ended; undefined: nothing keeps it. */
function findKeeper(context: PlanContext, left: LeftPart, handles: ReadonlySet<string>): Reason | undefined {
  const { policies, settings, now } = context;
  const isHandled =
    isProtectedByHand({ id: left.vmId, name: left.vmName }, handles) ||
    isProtectedByHand({ id: left.id, name: left.name ?? left.id }, handles);
  if (isHandled) return { code: 'protected', text: 'its VM has ended, but it is protected by hand' };
  const fleet = findFleet(policies.fleets, left.policy);
  const isUntold = left.made === 'untold';
  // A deletion that has begun goes on, with all that surely goes with it.
  if (isUntold || !left.isBegun) {
    if (fleet !== undefined && !isActing(fleet, settings))
      return { code: 'observing', text: `would remove it (its VM has ended); ${fleet.name} has mode: ${fleet.mode}` };
    if (policies.isProtected(ghostOf(left), { now, account: settings.name, policy: left.policy }))
      return { code: 'protected', text: 'its VM has ended, but `protect` may mean it' };
  }
  if (isUntold)
    return {
      code: 'in-use',
      text: 'its VM has ended; the API does not tell whether it was made for that, so only `kind: orphans` with `select` removes it',
    };
  if (left.isBegun || fleet !== undefined) return undefined;
  return {
    code: 'unclaimed',
    text: `its VM has ended and ${left.policy} is gone: only \`kind: orphans\` with \`select\` removes it`,
  };
}

/** Left parts that this rule keeps because it can't tell whose they are: a person may name them. */
export function listUnjudged(context: PlanContext): ReadonlySet<string> {
  const handles = readProtectHandles(context.books.handles.protect);
  const left = (context.books.notes.leftParts ?? []).filter((each) => {
    const code = findKeeper(context, each, handles)?.code;
    return code === 'unclaimed' || code === 'in-use';
  });
  return new Set(left.map(({ id }) => id));
}

export function removeLeftParts(context: PlanContext, draft: Draft): void {
  const { leftParts = [] } = context.books.notes;
  if (leftParts.length === 0) return;
  const view = viewParts(context);
  const handles = readProtectHandles(context.books.handles.protect);
  for (const left of leftParts) {
    const ref = { id: left.id, name: left.name ?? left.id };
    const facts = { boundary: left.paidUntil, price: left.price };
    const part = view?.free.get(left.id);
    const keeper = findKeeper(context, left, handles);
    const obstacle =
      keeper !== undefined
        ? { reason: keeper }
        : view === undefined || part === undefined
          ? { reason: { code: 'in-use', text: 'the API does not tell yet that it is attached to nothing' } as const }
          : findObstacle(context, view, part);
    const verdict = { rule: 'remove-left-parts', policy: left.policy, won: true } as const;
    if (obstacle !== undefined) {
      const text = `${namePartOf(left.kind, left.vmName)}: ${obstacle.reason.text}`;
      holdVm(context, draft, left.policy, ref, { code: obstacle.reason.code, text }, { ...facts, ...until(obstacle) });
      if ('until' in obstacle && obstacle.until !== undefined) draft.wakeAt.push(obstacle.until);
      const says = obstacle.reason.code === 'deleting' ? 'delete' : 'keep';
      noteVerdict(context, draft, left.id, { ...verdict, says, text });
      continue;
    }
    const text = `the ${nameKind(left.kind)} that was made for ${left.vmName}, which has ended`;
    draft.unwanted.push({
      vm: ref,
      part: left.kind,
      policy: left.policy,
      reason: { code: 'left-behind', text },
      due: 'now',
      ...facts,
      capped: false,
      railExempt: true,
      reaped: false,
      judged: true,
      outlook: undefined,
    });
    noteVerdict(context, draft, left.id, { ...verdict, says: 'delete', text });
  }
}

function until(obstacle: { readonly until?: Instant }): { readonly until?: Instant } {
  return obstacle.until === undefined ? {} : { until: obstacle.until };
}
