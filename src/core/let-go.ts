// What waits in the queue, judged at each look. Deletions that nobody wants any more (protected meanwhile, taken back, no longer
// idle, frozen, a mode that doesn't act, a rail) are let go before a worker gets to them, those still wanted are confirmed, and
// what is doomed goes on. Starts nothing.
import type { Books, Claim, DeleteTarget, Intent } from './books.js';
import type { Plan } from './plan-types.js';
import type { AccountSettings } from './policy-types.js';
import type { Instant, Millis, ReasonCode } from './types.js';

/** Holds of the whole account that say that this look, or the books, can't be believed: then nothing is decided, this neither. */
const BLIND: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  'untrusted-inventory',
  'untrusted-clock',
  'key-replaced',
  'ended-together',
  'recovering',
]);
/** Holds of the whole account that stop deletions. */
const STOPPED: ReadonlySet<ReasonCode> = new Set<ReasonCode>(['frozen', 'observing', 'paused']);
/** Holds of a VM that is to go all the same. */
const GOING: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  'deleting',
  'parked',
  'idle-until-deadline',
  'no-time-to-delete',
  'too-late',
]);

/** The intent with those targets kept, closed when no target is left; undefined when nothing changes. Only of `planned` ones. */
export function letTargetsGo(
  intent: Intent,
  isLetGo: (target: DeleteTarget) => boolean,
  now: Instant,
  text: string,
): Intent | undefined {
  if (intent.state !== 'planned' || intent.delete === undefined) return undefined;
  const targets = intent.delete.targets.map((target) =>
    target.outcome === undefined && isLetGo(target)
      ? { ...target, outcome: { result: 'kept' as const, text } }
      : target,
  );
  if (targets.every((target, position) => target === intent.delete!.targets[position])) return undefined;
  const changed: Intent = { ...intent, delete: { targets } };
  return targets.every(({ outcome }) => outcome !== undefined) ? closeUncalled(changed, now, text) : changed;
}

/** An intent that was never called, closed for good: a worker that gets to it does nothing. */
export function closeUncalled(intent: Intent, now: Instant, text: string): Intent {
  return { ...intent, state: 'refused', closedAt: now, error: { code: 'not-wanted', text } };
}

interface Wishes {
  readonly due: ReadonlySet<string>;
  /** Deletions that wait in the queue and are still wanted. */
  readonly going: ReadonlySet<string>;
  /** The VM's deletion is queued, or it is being called for. */
  readonly waiting: ReadonlySet<string>;
}

function readWishes(plan: Plan): Wishes {
  const stopped = plan.holds.some(({ policy, vm, reason }) => !policy && !vm && STOPPED.has(reason.code));
  const acting = new Set(
    [...plan.fleets, ...plan.reaps, ...(plan.orphans ?? [])].flatMap(({ policy, mode }) =>
      mode === 'act' ? [policy] : [],
    ),
  );
  const held = plan.holds.filter(({ policy, vm }) => !stopped && vm !== undefined && acting.has(policy ?? ''));
  const idsOf = (codes: ReadonlySet<ReasonCode>) =>
    new Set(held.flatMap(({ vm, reason }) => (codes.has(reason.code) ? [vm!.id] : [])));
  const due = plan.actions.flatMap((action) => (action.kind === 'delete' ? [action.vm.id] : []));
  return { due: new Set(due), going: idsOf(GOING), waiting: idsOf(new Set<ReasonCode>(['deleting'])) };
}

/** What no deadline drives must be wanted now; what one drives may also wait for its next one. */
function isWanted({ due, going, waiting }: Wishes, { vmId, deadline }: DeleteTarget): boolean {
  return due.has(vmId) || waiting.has(vmId) || (deadline !== undefined && going.has(vmId));
}

/** Written again only so often: a queue of thousands is looked at every few seconds. */
const CONFIRM_MILLIS: Millis = 60_000;

/** A waiting deletion that this look still wants, by the settings of today. */
function confirm(intent: Intent, plan: Plan, { settingsHash }: AccountSettings): Intent | undefined {
  if (intent.state !== 'planned') return undefined;
  const isFresh = plan.at - (intent.wantedAt ?? intent.createdAt) < CONFIRM_MILLIS;
  if (isFresh && intent.settingsHash === settingsHash) return undefined;
  return { ...intent, wantedAt: plan.at, ...(settingsHash === undefined ? {} : { settingsHash }) };
}

/** Purchases and names that were planned under other settings: planned anew by the next look, if they are still wanted. */
function closeOutdated(intent: Intent, plan: Plan, { settingsHash }: AccountSettings): Intent | undefined {
  if (intent.state !== 'planned' || intent.settingsHash === settingsHash) return undefined;
  return closeUncalled(intent, plan.at, 'it was planned under other settings of the account');
}

/** Who looks without a say (nobody said that the account acts) leaves alone what `apply`, which asked a person, has queued. */
function hasSay({ mode, isModeTold }: AccountSettings): boolean {
  return mode !== 'observe' || isModeTold !== false;
}

export interface JudgedQueue {
  /** Parked claims whose deletion isn't wanted any more. */
  readonly claims: readonly Claim[];
  /** Intents as they are to be, confirmed or let go; each was `planned`. */
  readonly intents: readonly Intent[];
}

/** `claims`: as they are after the plan's marks and its new deletions. */
export function judgeQueued(
  plan: Plan,
  books: Books,
  claims: ReadonlyMap<string, Claim>,
  settings: AccountSettings,
): JudgedQueue {
  const isBlind = plan.holds.some(({ policy, vm, reason }) => !policy && !vm && BLIND.has(reason.code));
  if (isBlind || plan.seen.state !== 'complete' || !hasSay(settings)) return { claims: [], intents: [] };
  const wishes = readWishes(plan);
  const released = new Map<string, Claim>();
  const intents: Intent[] = [];
  for (const intent of books.intents) {
    const isLetGo = (target: DeleteTarget): boolean =>
      !isWanted(wishes, target) && claims.get(target.vmId)?.state !== 'doomed';
    const reduced = letTargetsGo(intent, isLetGo, plan.at, 'it is not to be deleted any more');
    const now = reduced ?? intent;
    const judged = intent.delete === undefined ? closeOutdated(now, plan, settings) : confirm(now, plan, settings);
    const changed = judged ?? reduced;
    if (changed === undefined) continue;
    intents.push(changed);
    for (const target of intent.delete?.targets ?? []) {
      const claim = claims.get(target.vmId);
      if (target.outcome === undefined && isLetGo(target) && claim?.state === 'parked') released.set(claim.vmId, claim);
    }
  }
  // A foreign VM is claimed for nothing but its deletion: without one that is due, waits or is being called for it is of
  // nobody again.
  const calling = new Set(
    books.intents.flatMap(({ state, delete: deletion }) =>
      state === 'calling' ? (deletion?.targets.map(({ vmId }) => vmId) ?? []) : [],
    ),
  );
  for (const claim of claims.values()) {
    const { vmId, origin, state } = claim;
    if (origin !== 'reaped' || state !== 'parked') continue;
    if (!wishes.due.has(vmId) && !wishes.waiting.has(vmId) && !calling.has(vmId)) released.set(vmId, claim);
  }
  return { claims: [...released.values()], intents };
}
