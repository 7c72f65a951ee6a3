// Why something is bought, as a plan tells it. Sentences only; what is bought is decided in buy-missing.ts.
import { findNextAbove } from '../demand.js';
import { readLookAhead } from '../fleet-demand.js';
import { formatMinute } from '../instant.js';
import { describeLaunch } from '../launch-times.js';
import type { Member, PlanContext } from '../plan-context.js';
import type { FleetPolicy } from '../policy-types.js';
import type { Reason } from '../types.js';

/** Bought for a window that opens soon: says when, and by what it is known how much earlier. */
export function describeAhead(context: PlanContext, fleet: FleetPolicy, alive: number, wantedNow: number): string {
  if (alive < wantedNow) return '';
  const above = findNextAbove(fleet.demand, context.now, context.now + readLookAhead(context, fleet) + 1, alive);
  return above === undefined ? '' : ` from ${formatMinute(above)}: ${describeLaunch(context.launchOf(fleet))}`;
}

export function explainReplacing(count: number): Reason {
  return { code: 'replacement', text: `${count} above maxPrice are replaced before their boundary` };
}

export function explainPurchase(members: readonly Member[], alive: number, wanted: number, ahead: string): Reason {
  const ended = members.find((member) => member.row.standing === 'ended');
  if (ended !== undefined) {
    const cause =
      ended.vm?.status === 'terminated' ? 'the provider terminated' : `lost (${ended.vm?.statusText ?? 'ended'}):`;
    return { code: 'replacement', text: `${cause} ${ended.name}; ${alive} of ${wanted} wanted are there` };
  }
  return { code: 'below-replicas', text: `${alive} of ${wanted} wanted${ahead}` };
}
