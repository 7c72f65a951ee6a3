// The rule of idle VMs: what a reap's `select` matches and its `idle` proves idle throughout is let go before its boundary.
// Only `yes` deletes. It never touches a fleet's member, and never what any other reap doubts.
import { clipEvidence, judgeIdle, type IdleVerdict } from '../evidence.js';
import { formatDuration } from '../duration.js';
import { isEnded, isRunning } from '../lifecycle.js';
import { costOver, DAY_MILLIS, sumMicros } from '../money.js';
import { isProtectedByHand } from '../ownership.js';
import { readWholePrice } from '../parts.js';
import { holdVm, noteVerdict, refTo, type Draft, type PlanContext } from '../plan-context.js';
import type { ReapPolicy, SelectContext } from '../policy-types.js';
import type { Evidence, Instant, Reason, Vm } from '../types.js';

interface Judged {
  readonly vm: Vm;
  readonly verdict: IdleVerdict | undefined;
  readonly keep: Reason | undefined;
}

/** Evidence by policy, then by VM. */
export type EvidenceIndex = ReadonlyMap<string, ReadonlyMap<string, Evidence>>;

export function indexEvidence(evidence: readonly Evidence[]): EvidenceIndex {
  const index = new Map<string, Map<string, Evidence>>();
  for (const entry of evidence) {
    let ofPolicy = index.get(entry.policy);
    if (ofPolicy === undefined) index.set(entry.policy, (ofPolicy = new Map<string, Evidence>()));
    ofPolicy.set(entry.vmId, entry);
  }
  return index;
}

/** Per reap the VMs that its `select` matches, so that each expression runs once a VM and plan. */
export function matchReaps(
  context: PlanContext,
  fleetOf: ReadonlyMap<string, string>,
): ReadonlyMap<string, ReadonlySet<Vm>> {
  const matches = new Map(context.policies.reaps.map((reap) => [reap.name, new Set<Vm>()]));
  if (matches.size === 0) return matches;
  const chosen = context.policies.reaps.map((reap) => ({ select: reap.select, matched: matches.get(reap.name)! }));
  // What an expression sees beside the VM is the same for all VMs of one owner.
  const seenBeside = new Map<string, SelectContext>();
  for (const vm of context.snapshot.inventory.vms) {
    const policy = fleetOf.get(vm.id) ?? '';
    let beside = seenBeside.get(policy);
    if (beside === undefined)
      seenBeside.set(policy, (beside = { now: context.now, account: context.settings.name, policy }));
    for (const { select, matched } of chosen) if (select(vm, beside)) matched.add(vm);
  }
  return matches;
}

function keepReason(context: PlanContext, reap: ReapPolicy, vm: Vm, facts: ReapFacts): Reason | undefined {
  const owner = facts.fleetOf.get(vm.id);
  if (owner !== undefined)
    return { code: 'owned-by-fleet', text: `the fleet ${owner} owns it: a fleet stands above a reap` };
  const claimed = facts.unclaimed.get(vm.id);
  if (claimed !== undefined) return claimed;
  const select = { now: context.now, account: context.settings.name, policy: '' };
  if (isProtectedByHand(vm, facts.handles) || context.policies.isProtected(vm, select)) {
    return { code: 'protected', text: 'protected: no rule deletes it' };
  }
  if (vm.status === 'unknown')
    return { code: 'status-unknown', text: `its status "${vm.statusText}" is unknown to Purser` };
  if (!isRunning(vm.status)) return { code: 'launching', text: `it is ${vm.statusText}, not running` };
  if (vm.createdAt === undefined || context.now - vm.createdAt < reap.minAgeMillis) {
    const age = vm.createdAt === undefined ? 'of unknown age' : `${formatDuration(context.now - vm.createdAt)} old`;
    return { code: 'too-young', text: `${age}, minAge is ${formatDuration(reap.minAgeMillis)}` };
  }
  return undefined;
}

/** Of a VM that was never asked: since when it could have been. */
function findNeverAsked(context: PlanContext, reap: ReapPolicy, vm: Vm): Instant {
  return Math.max(vm.createdAt ?? 0, context.snapshot.stoodSince[reap.name] ?? context.now);
}

function holdForVerdict(context: PlanContext, draft: Draft, reap: ReapPolicy, vm: Vm, verdict: IdleVerdict): void {
  // Whether it renews at its boundary is as unforeseeable as the answer.
  const boundary = verdict === UNFORESEEABLE ? undefined : vm.paidUntil;
  const money = { boundary, price: vm.price, until: verdict.ripeAt };
  const since = verdict.since ?? findNeverAsked(context, reap, vm);
  const facts = verdict.says === 'unknown' ? { ...money, since, tellFrom: since + reap.tellAfterMillis } : money;
  const codes = { short: 'not-idle-long-enough', busy: 'busy', unknown: 'signal-unknown' } as const;
  if (verdict.says === 'idle') return;
  const prefix = verdict.says === 'unknown' ? 'unknown: ' : verdict.says === 'busy' ? 'busy: ' : '';
  const tail = verdict.says === 'unknown' && verdict !== UNFORESEEABLE ? '; kept' : '';
  const reason: Reason = { code: codes[verdict.says], text: `${prefix}${verdict.text}${tail}` };
  holdVm(context, draft, reap.name, refTo(vm), reason, facts);
  if (verdict.ripeAt !== undefined) draft.wakeAt.push(verdict.ripeAt);
  noteVerdict(context, draft, vm.id, {
    rule: 'reap-idle',
    policy: reap.name,
    says: 'keep',
    text: reason.text,
    until: verdict.ripeAt,
  });
}

export interface ReapFacts {
  readonly evidence: EvidenceIndex;
  readonly matches: ReadonlyMap<string, ReadonlySet<Vm>>;
  readonly fleetOf: ReadonlyMap<string, string>;
  /** Why VMs that no fleet in force owns are not foreign all the same: a reap deletes foreign ones alone. */
  readonly unclaimed: ReadonlyMap<string, Reason>;
  readonly doomed: ReadonlySet<string>;
  readonly handles: ReadonlySet<string>;
  /** Addresses that the list shows for more than one VM. */
  readonly sharedAddresses: ReadonlySet<string>;
}

/** What answers at an address is one machine; of two VMs that the list shows there nobody knows which. */
export function listSharedAddresses(vms: readonly Vm[]): ReadonlySet<string> {
  const met = new Set<string>();
  const shared = new Set<string>();
  for (const { publicIp, status } of vms) {
    if (publicIp === undefined || isEnded(status)) continue;
    if (met.has(publicIp)) shared.add(publicIp);
    met.add(publicIp);
  }
  return shared;
}

const UNFORESEEABLE: IdleVerdict = {
  says: 'unknown',
  text: "signals can't be foreseen; it would be asked then",
  since: undefined,
  ripeAt: undefined,
};

function judgeByEvidence(context: PlanContext, reap: ReapPolicy, vm: Vm, facts: ReapFacts): IdleVerdict {
  if (context.snapshot.foreseenFrom !== undefined) return UNFORESEEABLE;
  if (vm.publicIp !== undefined && facts.sharedAddresses.has(vm.publicIp)) {
    const text = `the list shows its address ${vm.publicIp} for another VM too, so an answer proves nothing`;
    return { says: 'unknown', text, since: undefined, ripeAt: undefined };
  }
  const evidence = clipEvidence(facts.evidence.get(reap.name)?.get(vm.id), context.snapshot.stoodSince[reap.name]);
  return judgeIdle(evidence, reap.idle, context.now);
}

/** What else selects the VM and doesn't call it idle; undefined when every reap that selects it agrees. */
function findDoubter(context: PlanContext, reap: ReapPolicy, vm: Vm, facts: ReapFacts): ReapPolicy | undefined {
  return context.policies.reaps.find((other) => {
    if (other.name === reap.name || other.account !== reap.account || other.mode === 'pause') return false;
    if (facts.matches.get(other.name)?.has(vm) !== true) return false;
    if (keepReason(context, other, vm, facts) !== undefined) return true;
    return judgeByEvidence(context, other, vm, facts).says !== 'idle';
  });
}

/** Of several reaps that agree one asks, so that a VM is deleted once: the first that may act. */
function findAsker(context: PlanContext, vm: Vm, facts: ReapFacts): ReapPolicy | undefined {
  const agreeing = context.policies.reaps.filter(
    (reap) => reap.mode !== 'pause' && facts.matches.get(reap.name)?.has(vm) === true,
  );
  return agreeing.find((reap) => reap.mode === 'act') ?? agreeing[0];
}

function findOldEnough(reap: ReapPolicy, { createdAt }: Vm): Instant | undefined {
  return createdAt === undefined ? undefined : createdAt + reap.minAgeMillis;
}

function judgeVm(context: PlanContext, draft: Draft, reap: ReapPolicy, vm: Vm, facts: ReapFacts): Judged {
  const keep = keepReason(context, reap, vm, facts);
  const money = { boundary: vm.paidUntil, price: vm.price };
  if (keep !== undefined) {
    const until = keep.code === 'too-young' ? findOldEnough(reap, vm) : undefined;
    holdVm(context, draft, reap.name, refTo(vm), keep, { ...money, until });
    noteVerdict(context, draft, vm.id, { rule: 'reap-idle', policy: reap.name, says: 'keep', text: keep.text, until });
    if (until !== undefined) draft.wakeAt.push(until);
    // A VM that is only too young is asked all the same, so that its evidence stands when it is old enough.
    if (keep.code !== 'too-young') return { vm, verdict: undefined, keep };
  }
  draft.probes.push({ policy: reap.name, vm: refTo(vm), publicIp: vm.publicIp });
  draft.wakeAt.push(context.now + reap.idle.everyMillis);
  const verdict = judgeByEvidence(context, reap, vm, facts);
  if (keep === undefined) holdForVerdict(context, draft, reap, vm, verdict);
  return { vm, verdict, keep };
}

function askForReaping(context: PlanContext, draft: Draft, reap: ReapPolicy, vm: Vm, text: string): void {
  const doubtful =
    vm.paidUntil === undefined ? 'boundary-unknown' : vm.paidUntil <= context.serviceNow ? 'charge-pending' : undefined;
  if (doubtful !== undefined) {
    const why =
      doubtful === 'boundary-unknown'
        ? 'the API does not say until when it is paid'
        : 'its boundary has passed and no new one shows yet';
    holdVm(
      context,
      draft,
      reap.name,
      refTo(vm),
      { code: doubtful, text: `idle, but ${why}; kept` },
      { price: vm.price, boundary: vm.paidUntil },
    );
    return;
  }
  draft.unwanted.push({
    vm: refTo(vm),
    policy: reap.name,
    reason: { code: 'idle', text },
    due: reap.deleteAt === 'now' ? 'now' : 'boundary',
    boundary: vm.paidUntil,
    price: vm.price,
    capped: true,
    railExempt: false,
    reaped: true,
    judged: true,
    outlook: undefined,
  });
  noteVerdict(context, draft, vm.id, {
    rule: 'reap-idle',
    policy: reap.name,
    says: 'delete',
    text,
    until: vm.paidUntil,
  });
}

/** Plans one reap: holds with their reason, deletions of what is idle, and the probes that are due. */
export function reapIdle(context: PlanContext, draft: Draft, reap: ReapPolicy, facts: ReapFacts): void {
  const matched = facts.matches.get(reap.name) ?? new Set<Vm>();
  const selected = [...matched].filter((vm) => !facts.doomed.has(vm.id));
  const judged = selected.map((vm) => judgeVm(context, draft, reap, vm, facts));
  for (const { vm, verdict, keep } of judged) {
    if (keep !== undefined || verdict?.says !== 'idle') continue;
    const doubter = findDoubter(context, reap, vm, facts);
    if (doubter === undefined && findAsker(context, vm, facts) !== reap) continue;
    if (doubter === undefined) {
      askForReaping(context, draft, reap, vm, verdict.text);
      continue;
    }
    const text = `${verdict.text}; but ${doubter.name} selects it too and does not call it idle`;
    holdVm(
      context,
      draft,
      reap.name,
      refTo(vm),
      { code: 'two-claimants', text },
      { boundary: vm.paidUntil, price: vm.price },
    );
  }
  const count = (says: IdleVerdict['says']): number => judged.filter(({ verdict }) => verdict?.says === says).length;
  draft.reaps.push({
    account: context.settings.name,
    policy: reap.name,
    mode: reap.mode,
    matched: matched.size,
    idle: count('idle') + count('short'),
    busy: count('busy'),
    unknown: count('unknown'),
    perDay: sumMicros(
      judged.map(({ vm }) => {
        const price = readWholePrice(vm) ?? vm.price;
        return price === undefined ? 0n : costOver(price, DAY_MILLIS);
      }),
    ),
  });
}
