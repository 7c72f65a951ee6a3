// The rules for members that are no longer of use as they are: ended ones leave their record, misfits and stuck launches are
// replaced, odd ones are held. None of them judges demand.
import { formatMinute } from '../instant.js';
import { formatUsdc } from '../money.js';
import { describeEnd, ENDED_FOR, ENDED_LOOKS } from '../lifecycle.js';
import { holdVm, isActing, noteVerdict, refTo, type Draft, type Member, type PlanContext } from '../plan-context.js';
import type { FleetPolicy } from '../policy-types.js';
import { expectDeletionMillis } from '../billing-clock.js';
import type { Instant, Reason } from '../types.js';

/** When the end of a VM will have stood long enough, and been seen often enough, to remove its record; undefined: it has. */
function findRecordWait(context: PlanContext, { claim }: Member): Instant | undefined {
  const { endedSince = context.now, endedLooks = 0 } = claim ?? {};
  const hasStood = context.now - endedSince >= ENDED_FOR;
  // A forecast has no looks between now and then.
  if ((hasStood && endedLooks >= ENDED_LOOKS) || context.snapshot.foreseenFrom !== undefined) return undefined;
  return hasStood ? context.now + context.settings.tickMillis : endedSince + ENDED_FOR;
}

/** The workload is gone; deleting the record frees the reserve. Outside the caps, so only once its end is beyond doubt. */
export function removeRecord(context: PlanContext, draft: Draft, fleet: FleetPolicy, member: Member): void {
  const reserved = member.vm?.reserved;
  const frees = reserved === undefined || reserved === 0n ? '' : `, frees its reserve of ${formatUsdc(reserved)}`;
  const end = describeEnd(member.vm!);
  const reason: Reason = { code: 'record-only', text: `${end}: record only${frees}` };
  if (member.isProtected) {
    holdVm(context, draft, fleet.name, refTo(member), {
      code: 'protected',
      text: `${end}, but it is protected`,
    });
    return;
  }
  const until = findRecordWait(context, member);
  if (until !== undefined) {
    const text = `${end}; its record stays until ${formatMinute(until)}, should the list be wrong`;
    holdVm(context, draft, fleet.name, refTo(member), { code: 'record-only', text }, { until });
    noteVerdict(context, draft, member.id, { rule: 'remove-records', policy: fleet.name, says: 'keep', text, until });
    draft.wakeAt.push(until);
    return;
  }
  draft.unwanted.push({
    vm: refTo(member),
    policy: fleet.name,
    reason,
    due: 'record',
    boundary: undefined,
    price: member.price,
    capped: false,
    railExempt: true,
    reaped: false,
    judged: true,
    outlook: undefined,
  });
  noteVerdict(context, draft, member.id, {
    rule: 'remove-records',
    policy: fleet.name,
    says: 'delete',
    text: reason.text,
  });
}

/** Mismatched and stuck members: replaced, and gone at their boundary (at once while nothing was paid). */
export function replaceMisfit(context: PlanContext, draft: Draft, fleet: FleetPolicy, member: Member): void {
  const reason: Reason =
    member.row.standing === 'stuck'
      ? { code: 'launch-timeout', text: 'it did not come up within the launch time-out; another is bought' }
      : { code: 'mismatched', text: `bought, but ${member.mismatch ?? 'not what was ordered'}; another is bought` };
  if (member.row.deletion === 'never' || member.isProtected) {
    const code = member.isProtected ? 'protected' : (member.row.hold ?? 'boundary-unknown');
    holdVm(
      context,
      draft,
      fleet.name,
      refTo(member),
      { code, text: reason.text },
      { boundary: member.boundary, price: member.price },
    );
    return;
  }
  if (member.claim?.state === 'member' && isActing(fleet, context.settings)) {
    draft.marks.push({ vmId: member.id, policy: fleet.name, to: 'parked', reason, railExempt: false });
  }
  draft.unwanted.push({
    vm: refTo(member),
    policy: fleet.name,
    reason,
    due: member.row.deletion === 'at-once' ? 'now' : 'boundary',
    boundary: member.boundary,
    price: member.price,
    partsMillis: member.partsMillis,
    capped: true,
    railExempt: false,
    reaped: false,
    judged: true,
    outlook: undefined,
  });
  noteVerdict(context, draft, member.id, {
    rule: 'replace-misfits',
    policy: fleet.name,
    says: 'delete',
    text: reason.text,
  });
}

/** How long after its call a deletion may still show the VM before it is called for again. */
export function retryDeletionAfter(context: PlanContext): number {
  return Math.max(60_000, Math.floor(expectDeletionMillis(context.books.notes.deletionMillis) / 2));
}

/** Counts, is kept, and the person should know why. */
export function holdOddMember(context: PlanContext, draft: Draft, fleet: FleetPolicy, member: Member): void {
  const { standing } = member.row;
  const facts = { boundary: member.boundary, price: member.price };
  if (standing === 'status-unknown') {
    const text = `its status "${member.vm!.statusText}" is unknown to Purser; kept and counted`;
    holdVm(context, draft, fleet.name, refTo(member), { code: 'status-unknown', text }, facts);
  }
  if (standing === 'small-balance') {
    const text =
      'the balance can not pay its next period; it runs through what is paid. Not replaced: top up the account';
    holdVm(context, draft, fleet.name, refTo(member), { code: 'small-balance', text }, facts);
  }
  if (standing === 'by-name') {
    const text = 'its name is ours but the books do not know it; counted, never deleted before `purser adopt`';
    holdVm(context, draft, fleet.name, refTo(member), { code: 'known-by-name', text }, facts);
  }
  if (standing === 'missing' || (standing === 'pending' && member.claim?.missing !== undefined)) {
    const text = 'it left the list without an end that we know; counted until three complete looks over 10 min lack it';
    holdVm(context, draft, fleet.name, refTo(member), { code: 'missing', text }, facts);
  }
  if (standing === 'active' && member.row.hold !== undefined) {
    const text =
      member.row.hold === 'charge-pending'
        ? 'its boundary has passed and the API shows no new one yet; kept until it does'
        : 'the API does not say until when it is paid; never deleted to save money';
    holdVm(context, draft, fleet.name, refTo(member), { code: member.row.hold, text }, facts);
  }
}
