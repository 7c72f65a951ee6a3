// Coming charges, grouped so that a fleet bought at once is one line: same policy, minute, fate and reason.
import { nameKind } from '../../core/parts.js';
import type { ComingCharge, Plan } from '../../core/plan-types.js';
import { createOutlook } from './describe-charge.js';
import type { ChargeCounts, ChargeGroup } from './status-report.js';

const MINUTE_MILLIS = 60_000;

/** `web-a17k3f2x02`, or what of it: `web-a17k3f2x02 boot disk`. */
function nameCharged({ vm, part }: ComingCharge): string {
  return part === undefined ? vm.name : `${vm.name} ${nameKind(part.kind)}`;
}

const NONE: ChargeCounts = { vms: 0, disks: 0, ips: 0 };

function countIn(counts: ChargeCounts, { part }: ComingCharge): ChargeCounts {
  if (part === undefined) return { ...counts, vms: counts.vms + 1 };
  return part.kind === 'public-ip' ? { ...counts, ips: counts.ips + 1 } : { ...counts, disks: counts.disks + 1 };
}

/** Soonest first; at one instant the dearest first. */
export function groupCharges(plans: readonly Plan[]): ChargeGroup[] {
  const groups = new Map<string, ChargeGroup & { vms: string[] }>();
  for (const plan of plans) {
    const judge = createOutlook(plan);
    for (const charge of plan.charges) {
      const minute = Math.floor(charge.at / MINUTE_MILLIS);
      const { fate, why } = judge(charge);
      // Deletions are one group whatever their reasons: what happens to them is the same.
      const cause = fate === 'renew' || fate === 'not-ours' ? why : '';
      const key = JSON.stringify([plan.account, charge.policy, minute, fate, cause]);
      const group = groups.get(key);
      if (group === undefined) {
        const { at, policy, cost, avoidableUntil } = charge;
        const vms = [nameCharged(charge)];
        const counts = countIn(NONE, charge);
        groups.set(key, { account: plan.account, at, policy, vms, counts, cost, fate, avoidableUntil, why });
        continue;
      }
      // The earliest of all: whoever wants to act must be in time for every one of them.
      const limits = [group.avoidableUntil, charge.avoidableUntil].filter((limit) => limit !== undefined);
      group.vms.push(nameCharged(charge));
      groups.set(key, {
        ...group,
        counts: countIn(group.counts, charge),
        at: Math.min(group.at, charge.at),
        cost: group.cost + charge.cost,
        avoidableUntil: limits.length === 0 ? undefined : Math.min(...limits),
      });
    }
  }
  return [...groups.values()].sort((a, b) => a.at - b.at || (a.cost < b.cost ? 1 : a.cost > b.cost ? -1 : 0));
}
