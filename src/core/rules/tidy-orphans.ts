// The rule of orphans: what serves nobody and is charged or locks money. It reports them, and where its policy acts it has them
// deleted before their own boundary. What this installation didn't make needs `select`; nothing is touched that somebody uses.
import type { Claim } from '../books.js';
import { formatDuration } from '../duration.js';
import { formatUsdc, costOver, DAY_MILLIS, sumMicros } from '../money.js';
import { ENDED_FOR, ENDED_LOOKS, isEnded } from '../lifecycle.js';
import { parseMemberName } from '../names.js';
import { isProtectedByHand, readProtectHandles } from '../ownership.js';
import { readPartName } from '../part-names.js';
import { nameKind } from '../parts.js';
import { holdPolicy, holdVm, noteVerdict, type Draft, type PlanContext } from '../plan-context.js';
import type { Orphan, OrphansPolicy } from '../policy-types.js';
import type { Instant, Reason } from '../types.js';
import { findObstacle, listUnjudged, viewParts, type PartsView } from './remove-left-parts.js';

interface Facts {
  readonly view: PartsView | undefined;
  readonly orphans: readonly Orphan[];
  readonly claims: ReadonlyMap<string, Claim>;
  readonly handles: ReadonlySet<string>;
  /** Left behind by VMs of ours, and only a `select` may mean them. */
  readonly unjudged: ReadonlySet<string>;
}

/** What serves nobody, whoever made it. What a VM of ours left behind has a rule of its own; members' records have too. */
function listOrphans(
  { books, snapshot, now, fleetOf, settings }: PlanContext,
  { claims, unjudged }: Pick<Facts, 'claims' | 'unjudged'>,
): readonly Orphan[] {
  const idle = new Map((books.notes.idleSince ?? []).map((known) => [known.id, known]));
  const left = new Set((books.notes.leftParts ?? []).map(({ id }) => id));
  const parts = (snapshot.inventory.leftovers ?? []).flatMap((part): Orphan[] => {
    if ((left.has(part.id) && !unjudged.has(part.id)) || part.status === 'removed') return [];
    const { kind, id, price, paidUntil, createdAt, sizeGb, address } = part;
    const facts = { kind, id, price, paidUntil, createdAt, sizeGb, address };
    const { since = now } = idle.get(id) ?? {};
    const takenFrom = books.notes.takenParts?.[id]?.vmName;
    return [{ ...facts, name: part.name ?? id, since, takenFrom, reserved: undefined, country: undefined }];
  });
  // On the cloud an ended VM costs nothing and leaves by itself.
  if (settings.product !== 'marketplace') return parts;
  const vms = snapshot.inventory.vms.flatMap((vm): Orphan[] => {
    if (!isEnded(vm.status) || fleetOf.has(vm.id) || vm.reserved === 0n) return [];
    const claim = claims.get(vm.id);
    // What is doomed is seen through already; what is known by name alone is nobody's to delete.
    if (claim?.state === 'doomed') return [];
    if (claim === undefined && parseMemberName(vm.name, settings.installation) !== undefined) return [];
    const { id, name, price, paidUntil, createdAt, reserved } = vm;
    const facts = { id, name, price, paidUntil, createdAt, reserved, country: vm.place?.country };
    const since = idle.get(id)?.since ?? now;
    return [{ ...facts, kind: 'vm', since, takenFrom: undefined, sizeGb: undefined, address: undefined }];
  });
  return [...parts, ...vms];
}

/** Made by this installation: a part by its name, a VM by the books. */
function isOwn({ settings }: PlanContext, claims: ReadonlyMap<string, Claim>, { kind, id, name }: Orphan): boolean {
  const claim = claims.get(id);
  if (kind === 'vm') return claim !== undefined && claim.origin !== 'reaped';
  const vmName = readPartName(name)?.vmName;
  return vmName !== undefined && parseMemberName(vmName, settings.installation) !== undefined;
}

function describe(orphan: Orphan, context: PlanContext): string {
  const age = formatDuration(context.now - orphan.since);
  if (orphan.kind !== 'vm') return `${nameKind(orphan.kind)}, attached to nothing for ${age}`;
  const { reserved } = orphan;
  return `ended for ${age}${reserved === undefined ? '' : `, its reserve of ${formatUsdc(reserved)} is locked`}`;
}

type Judged = { readonly reason: Reason; readonly until?: number } | undefined;

/** Why it isn't deleted, at all or at this look; undefined: nothing keeps it. */
function findKeeper(context: PlanContext, policy: OrphansPolicy, facts: Facts, orphan: Orphan): Judged {
  const ripeAt = orphan.since + policy.minAgeMillis;
  const what = describe(orphan, context);
  if (isProtectedByHand(orphan, facts.handles)) return { reason: { code: 'protected', text: `${what}; protected` } };
  if (context.now < ripeAt) {
    const text = `${what}; left alone for ${formatDuration(policy.minAgeMillis)}`;
    return { reason: { code: 'too-young', text }, until: ripeAt };
  }
  if (orphan.kind === 'vm') return findVmKeeper(context, policy, orphan);
  if (orphan.takenFrom !== undefined && policy.select === undefined) {
    const text = `${what}; somebody took it from ${orphan.takenFrom}: only \`select\` lets it go`;
    return { reason: { code: 'taken-by-hand', text } };
  }
  const part = facts.view?.free.get(orphan.id);
  const obstacle = part === undefined || facts.view === undefined ? undefined : findObstacle(context, facts.view, part);
  if (obstacle !== undefined)
    return { ...obstacle, reason: { ...obstacle.reason, text: `${what}; ${obstacle.reason.text}` } };
  if (policy.deleteAt === 'now') return undefined;
  if (orphan.paidUntil === undefined)
    return { reason: { code: 'boundary-unknown', text: `${what}; the API does not say until when it is paid` } };
  if (orphan.paidUntil <= context.now)
    return { reason: { code: 'charge-pending', text: `${what}; its boundary has passed and no new one is shown yet` } };
  return undefined;
}

/** When its end will have stood long enough, and been seen often enough, to delete the record of what may run after all. */
function findRecordWait({ books, now, settings, snapshot }: PlanContext, { id, since }: Orphan): Instant | undefined {
  // A forecast has no looks between now and then.
  if (snapshot.foreseenFrom !== undefined) return undefined;
  if (now - since < ENDED_FOR) return since + ENDED_FOR;
  const looks = books.notes.idleSince?.find((idle) => idle.id === id)?.looks ?? 0;
  return looks < ENDED_LOOKS ? now + settings.tickMillis : undefined;
}

function findVmKeeper(context: PlanContext, policy: OrphansPolicy, orphan: Orphan): Judged {
  const vm = context.vmById.get(orphan.id)!;
  const what = describe(orphan, context);
  const until = findRecordWait(context, orphan);
  if (until !== undefined)
    return {
      reason: { code: 'too-young', text: `${what}; its record stays a while, should the list be wrong` },
      until,
    };
  const { now, settings, policies } = context;
  if (policies.isProtected(vm, { now, account: settings.name, policy: policy.name }))
    return { reason: { code: 'protected', text: `${what}; protected` } };
  return undefined;
}

function tidy(context: PlanContext, draft: Draft, policy: OrphansPolicy, facts: Facts, taken: Set<string>): void {
  const { now, settings } = context;
  const matched = facts.orphans.filter((orphan) =>
    policy.select === undefined
      ? isOwn(context, facts.claims, orphan) && !facts.unjudged.has(orphan.id)
      : policy.select(orphan, { now, account: settings.name }),
  );
  const parts = matched.filter(({ kind }) => kind !== 'vm');
  const vms = matched.filter(({ kind }) => kind === 'vm');
  draft.orphans.push({
    account: settings.name,
    policy: policy.name,
    mode: policy.mode,
    parts: parts.length,
    vms: vms.length,
    perDay: sumMicros(parts.map(({ price }) => (price === undefined ? 0n : costOver(price, DAY_MILLIS)))),
    locked: sumMicros(vms.map(({ reserved }) => reserved ?? 0n)),
  });
  for (const orphan of matched) {
    // Two policies that mean the same thing: the first that is listed has it.
    if (taken.has(orphan.id)) continue;
    taken.add(orphan.id);
    tidyOne(context, draft, policy, facts, orphan);
  }
}

function tidyOne(context: PlanContext, draft: Draft, policy: OrphansPolicy, facts: Facts, orphan: Orphan): void {
  const ref = { id: orphan.id, name: orphan.name };
  const money = { boundary: orphan.kind === 'vm' ? undefined : orphan.paidUntil, price: orphan.price };
  const verdict = { rule: 'tidy-orphans', policy: policy.name };
  const keeper = findKeeper(context, policy, facts, orphan);
  if (keeper !== undefined) {
    const { reason, until } = keeper;
    holdVm(context, draft, policy.name, ref, reason, { ...money, until });
    if (until !== undefined) draft.wakeAt.push(until);
    const says = reason.code === 'deleting' ? 'delete' : 'keep';
    noteVerdict(context, draft, orphan.id, { ...verdict, says, text: reason.text, until, won: true });
    return;
  }
  const reason: Reason = { code: 'orphan', text: describe(orphan, context) };
  draft.unwanted.push({
    vm: ref,
    ...(orphan.kind === 'vm' ? {} : { part: orphan.kind }),
    policy: policy.name,
    reason,
    due: orphan.kind === 'vm' ? 'record' : policy.deleteAt,
    ...money,
    capped: true,
    railExempt: false,
    reaped: false,
    judged: true,
    outlook: undefined,
  });
  noteVerdict(context, draft, orphan.id, { ...verdict, says: 'delete', text: reason.text, until: money.boundary });
}

export function tidyOrphans(context: PlanContext, draft: Draft): void {
  const { orphans: policies } = context.policies;
  if (policies.length === 0) return;
  const claims = new Map(context.books.claims.map((claim) => [claim.vmId, claim]));
  const unjudged = listUnjudged(context);
  const facts: Facts = {
    view: viewParts(context),
    orphans: listOrphans(context, { claims, unjudged }),
    claims,
    unjudged,
    handles: readProtectHandles(context.books.handles.protect),
  };
  const taken = new Set<string>();
  for (const policy of policies) {
    if (policy.mode === 'pause')
      holdPolicy(context, draft, policy.name, { code: 'paused', text: 'mode: pause; nothing is planned or done' });
    else tidy(context, draft, policy, facts, taken);
  }
}
