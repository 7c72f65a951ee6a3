// The figures of a plan that people read: a line a fleet, the totals. Derived; decides nothing.
import { findHeldWish } from './budgets/hold-fleets.js';
import { findNextChange } from './demand.js';
import { judgeFixedClock } from './fixed-clock.js';
import { isRunning } from './lifecycle.js';
import { costOver, DAY_MILLIS, sumMicros } from './money.js';
import { readWholePrice } from './parts.js';
import { countPeersAlive } from './peers.js';
import { isUnseen } from './ownership.js';
import type { PlanContext } from './plan-context.js';
import type { FleetSummary } from './plan-summaries.js';
import type { Action, Hold, Totals } from './plan-types.js';
import type { FleetPolicy } from './policy-types.js';
import { countAliveHere, readDemand, readLookAhead } from './fleet-demand.js';
import type { Micros, Price } from './types.js';

/** How far ahead the next change of a fleet's wish is looked for. */
const NEXT_CHANGE_HORIZON = 8 * DAY_MILLIS;

function costPerDay(price: Price | undefined): Micros {
  return price === undefined ? 0n : costOver(price, DAY_MILLIS);
}

/** Where `delayPurchase` has no effect now, and why. */
function judgeDelay(
  { books, snapshot, settings, now }: PlanContext,
  fleet: FleetPolicy,
): Pick<FleetSummary, 'undelayed'> {
  if (fleet.delayPurchaseMillis === undefined || books.notes.fixedClock !== undefined) return {};
  const judged = judgeFixedClock(snapshot.inventory.vms, settings.periodMillis, now);
  return { undelayed: judged === 'rolling' ? 'rolling' : 'untold' };
}

export function summariseFleet(context: PlanContext, fleet: FleetPolicy, parked: ReadonlySet<string>): FleetSummary {
  const members = context.members.get(fleet.name) ?? [];
  const demand = readDemand(context, fleet);
  const held = findHeldWish(fleet, context.now);
  const next = findNextChange(fleet.demand, context.now, context.now + NEXT_CHANGE_HORIZON);
  const buysAhead = next !== undefined && next.wanted > demand.wantedNow && fleet.readyBy === 'start';
  const isUp = (status: Parameters<typeof isRunning>[0] | undefined): boolean =>
    status !== undefined && isRunning(status);
  const running = members.filter((member) => member.row.standing !== 'doomed' && isUp(member.vm?.status)).length;
  const unseen = members.filter(isUnseen).length;
  const launching = Math.max(
    0,
    countAliveHere(context, fleet) -
      members.filter(
        (member) =>
          member.row.standing !== 'doomed' &&
          isUp(member.vm?.status) &&
          (member.row.counts || member.row.standing === 'parked'),
      ).length -
      unseen,
  );
  // What a list lacks may be there, and be paid for.
  const paying = members.filter(
    (member) => isUnseen(member) || (member.vm !== undefined && member.row.standing !== 'ended'),
  );
  return {
    account: context.settings.name,
    policy: fleet.name,
    mode: fleet.mode,
    wanted: demand.wantedNow,
    ...(held === undefined ? {} : { policyWants: held.wanted }),
    window: demand.window,
    running,
    launching,
    ...(unseen === 0 ? {} : { unseen }),
    parked: parked.size,
    ...(fleet.accounts === undefined ? {} : { elsewhere: countPeersAlive(context, fleet) }),
    doomed: members.filter((member) => member.row.standing === 'doomed').length,
    perDay: sumMicros(
      paying.map(({ vm, price }) => costPerDay((vm === undefined ? undefined : readWholePrice(vm)) ?? price)),
    ),
    launch: context.launchOf(fleet),
    ...judgeDelay(context, fleet),
    ...(buysAhead ? { buysFrom: next.at - readLookAhead(context, fleet) } : {}),
    next: next === undefined ? undefined : { at: next.at, wanted: next.wanted, window: next.window },
  };
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
