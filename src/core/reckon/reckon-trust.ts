// Whether a look can be believed: a listing that is suddenly empty or shrunk, clocks that differ, a store that was just born.
// Only doubts and their end are decided here; what a doubt stops is said in gates.ts.
import { formatDuration } from '../duration.js';
import { isOver } from '../ended-vms.js';
import { MOST_SKEW_MILLIS, RECOVERING_BUYS_AFTER } from '../gates.js';
import { parseMemberName } from '../names.js';
import type { Millis } from '../types.js';
import type { Reckoning } from './reckoning.js';

const LOOKS_TO_AGREE = 3;
const AGREE_OVER: Millis = 10 * 60_000;

/** The same number, within a third. */
function isAbout(seen: number, before: number): boolean {
  return seen * 3 >= before * 2 && seen * 2 <= before * 3;
}

/** VMs that are there no more and need no doubt: deleted by us, or listed as over, since the last believed look. */
function countExplained(reckoning: Reckoning): number {
  let gone = 0;
  for (const { vmId, state, endedLooks } of reckoning.claims.values()) {
    if (reckoning.vmById.has(vmId)) continue;
    if (state === 'doomed' || (endedLooks === undefined && reckoning.endedById.has(vmId))) gone += 1;
  }
  return gone;
}

/** Whether a VM of ours isn't listed that the last believed look has shown. */
function lacksOurs(reckoning: Reckoning): boolean {
  const { vmById, endedById, snapshot } = reckoning;
  for (const claim of reckoning.claims.values()) {
    const { vmId, state, seenAt, missing } = claim;
    const isExpected = state !== 'doomed' && seenAt !== undefined && missing === undefined;
    const isListed = vmById.has(vmId) || endedById.has(vmId);
    if (isExpected && !isListed && !isOver(claim, snapshot, undefined)) return true;
  }
  return false;
}

/**
 * Empty, or shrunk by a third beyond our own deletions and what is listed as over, and members that were expected are among the
 * lacking (in a shared account others come and go): doubted until three looks over at least ten minutes agree. Returns whether
 * the listing may be reckoned with.
 */
export function reckonInventory(reckoning: Reckoning): boolean {
  const { inventory } = reckoning.snapshot;
  if (inventory.state !== 'complete') return false;
  const { lastCompleteLook, inventoryDoubt } = reckoning.notes;
  const seen = inventory.vms.length;
  const expected = (lastCompleteLook?.vms ?? 0) - countExplained(reckoning);
  const shrunk = seen * 3 < expected * 2 || (seen === 0 && expected > 0);
  if (!shrunk || !lacksOurs(reckoning)) {
    reckoning.notes = {
      ...reckoning.notes,
      inventoryDoubt: undefined,
      lastCompleteLook: { at: reckoning.now, vms: seen },
    };
    return true;
  }
  // Not to the VM: in a shared account others come and go meanwhile.
  const agrees = inventoryDoubt !== undefined && isAbout(seen, inventoryDoubt.vms);
  const since = agrees ? inventoryDoubt.since : reckoning.now;
  const looks = agrees ? inventoryDoubt.looks + 1 : 1;
  if (looks >= LOOKS_TO_AGREE && reckoning.now - since >= AGREE_OVER) {
    reckoning.notes = {
      ...reckoning.notes,
      inventoryDoubt: undefined,
      lastCompleteLook: { at: reckoning.now, vms: seen },
    };
    return true;
  }
  const text =
    `the list shows ${seen} VMs where ${expected} were expected; nothing is bought or deleted until looks agree on ` +
    `that for 10 min, three at least (${looks} so far, for ${formatDuration(reckoning.now - since)})`;
  reckoning.notes = { ...reckoning.notes, inventoryDoubt: { since, looks, vms: seen, text } };
  return false;
}

/** A skew over two minutes, or a jump of the local clock, is doubted until three looks without one. */
export function reckonClock(reckoning: Reckoning): void {
  const { skewMillis, jumpMillis } = reckoning.snapshot.clock;
  const off = Math.max(Math.abs(skewMillis ?? 0), Math.abs(jumpMillis));
  const { clockDoubt } = reckoning.notes;
  if (off > MOST_SKEW_MILLIS) {
    const text = `the clocks differed by ${formatDuration(off)}; waiting for three looks that agree`;
    reckoning.notes = { ...reckoning.notes, clockDoubt: { since: clockDoubt?.since ?? reckoning.now, looks: 0, text } };
    return;
  }
  if (clockDoubt === undefined) return;
  const looks = clockDoubt.looks + 1;
  reckoning.notes = { ...reckoning.notes, clockDoubt: looks >= LOOKS_TO_AGREE ? undefined : { ...clockDoubt, looks } };
}

/**
 * A store without notes was just born (or lost): members are found by name and counted. It ends by itself only when nothing
 * in the account parses as ours; else `doctor --recover` ends it by claiming them.
 */
export function reckonRecovery(reckoning: Reckoning, isNew: boolean): void {
  const { installation } = reckoning.settings;
  const recovering = reckoning.notes.recovering ?? (isNew ? { since: reckoning.now, looks: 0 } : undefined);
  if (recovering === undefined) return;
  const isOurs = reckoning.snapshot.inventory.vms.some(
    (vm) => !reckoning.claims.has(vm.id) && parseMemberName(vm.name, installation) !== undefined,
  );
  const looks = recovering.looks + 1;
  // A create that was on its way when the store was lost may turn up late.
  const isYoung = recovering.isLost === true && reckoning.now - recovering.since < RECOVERING_BUYS_AFTER;
  const ends = !isOurs && looks >= LOOKS_TO_AGREE && !isYoung;
  reckoning.notes = { ...reckoning.notes, recovering: ends ? undefined : { ...recovering, looks } };
}
