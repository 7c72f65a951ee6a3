// The figures of a plan that people read: a line a fleet, the coming charges, the totals. Derived; decides nothing.
import { findNextChange } from './demand.js';
import { isRunning } from './lifecycle.js';
import { costOver, DAY_MILLIS, sumMicros } from './money.js';
import { countPeersAlive } from './peers.js';
import type { Draft, PlanContext } from './plan-context.js';
import type { Action, ComingCharge, FleetSummary, Hold, Totals } from './plan-types.js';
import type { FleetPolicy } from './policy-types.js';
import { countAliveHere, readDemand } from './rules/park-surplus.js';
import type { Instant } from './types.js';

/** How far ahead the next change of a fleet's wish is looked for. */
const NEXT_CHANGE_HORIZON = 8 * DAY_MILLIS;

export function summariseFleet(context: PlanContext, fleet: FleetPolicy, parked: ReadonlySet<string>): FleetSummary {
  const members = context.members.get(fleet.name) ?? [];
  const demand = readDemand(context, fleet);
  const next = findNextChange(fleet.demand, context.now, context.now + NEXT_CHANGE_HORIZON);
  const isUp = (status: Parameters<typeof isRunning>[0] | undefined): boolean =>
    status !== undefined && isRunning(status);
  const running = members.filter((member) => member.row.standing !== 'doomed' && isUp(member.vm?.status)).length;
  const paying = members.filter((member) => member.vm !== undefined && member.row.standing !== 'ended');
  return {
    account: context.settings.name,
    policy: fleet.name,
    mode: fleet.mode,
    wanted: demand.wantedNow,
    window: demand.window,
    running,
    launching: Math.max(
      0,
      countAliveHere(context, fleet) -
        members.filter(
          (member) =>
            member.row.standing !== 'doomed' &&
            isUp(member.vm?.status) &&
            (member.row.counts || member.row.standing === 'parked'),
        ).length,
    ),
    parked: parked.size,
    ...(fleet.accounts === undefined ? {} : { elsewhere: countPeersAlive(context, fleet) }),
    doomed: members.filter((member) => member.row.standing === 'doomed').length,
    perDay: sumMicros(paying.map(({ price }) => (price === undefined ? 0n : costOver(price, DAY_MILLIS)))),
    next: next === undefined ? undefined : { at: next.at, wanted: next.wanted, window: next.window },
  };
}

/** The next charge of every listed VM, and what will become of it. */
export function listCharges(
  context: PlanContext,
  draft: Draft,
  intended: ReadonlyMap<string, Instant | undefined>,
): readonly ComingCharge[] {
  const doomed = new Set(context.books.claims.filter((claim) => claim.state === 'doomed').map((claim) => claim.vmId));
  const due = new Set(draft.actions.flatMap((action) => (action.kind === 'delete' ? [action.vm.id] : [])));
  const why = new Map<string, Hold>();
  for (const hold of draft.holds) if (hold.vm !== undefined && !why.has(hold.vm.id)) why.set(hold.vm.id, hold);
  const charges: ComingCharge[] = [];
  for (const vm of context.snapshot.inventory.vms) {
    if (vm.paidUntil === undefined || vm.paidUntil <= context.now || vm.price === undefined || !isRunning(vm.status))
      continue;
    const hold = why.get(vm.id);
    const policy = context.fleetOf.get(vm.id) ?? hold?.policy;
    const isGoing = doomed.has(vm.id) || due.has(vm.id);
    const willGo = intended.has(vm.id);
    charges.push({
      at: vm.paidUntil,
      vm: { id: vm.id, name: vm.name },
      policy,
      cost: vm.price.amount,
      fate: isGoing ? 'deleting' : willGo ? 'delete' : policy === undefined ? 'not-ours' : 'renew',
      avoidableUntil: willGo ? intended.get(vm.id) : undefined,
      why: hold?.reason.text ?? (policy === undefined ? "not Purser's" : 'wanted'),
      code: hold?.reason.code,
    });
  }
  return charges.sort((a, b) => a.at - b.at);
}

export function totalUp(actions: readonly Action[], holds: readonly Hold[]): Totals {
  let deploy = 0;
  let remove = 0;
  let costNow = 0n;
  let savesNow = 0n;
  for (const action of actions) {
    if (action.kind === 'deploy') {
      deploy += action.count;
      costNow += action.cost;
    } else if (action.kind === 'delete') {
      remove += 1;
      savesNow += action.saves;
    }
  }
  return { deploy, delete: remove, hold: holds.filter((hold) => hold.vm !== undefined).length, costNow, savesNow };
}
