// Judges a run by the market's own books alone: what was bought, renewed and deleted, and whether somebody wanted it. It knows
// what policies wished and when, and nothing of what Purser thinks.
import type { Demand, PolicySet } from '../../src/core/policy-types.js';
import type { BookedVm, MarketBooks } from '../../src/sim/marketplace/market-books.js';
import { DAY, MINUTE } from './engine-rig.js';

/** Policies and since when they were in force. */
export interface Wish {
  readonly since: number;
  readonly set: Pick<PolicySet, 'fleets'>;
}

export interface Judgement {
  readonly wishes: readonly Wish[];
  /** Renewals are judged outside of these: while the API lied or was away, a boundary may pass. */
  readonly storms?: readonly { readonly from: number; readonly to: number }[];
  /** 0.80 USDC in the policies of these tests. */
  readonly maxPrice: number;
}

/** Launching for longer counts as stuck: another is bought in its place. */
const LAUNCH_TIMEOUT = 15 * MINUTE;
/** A fleet may buy so much ahead of a window, and renew what is wanted again so soon. */
const LOOK_AHEAD = 15 * MINUTE;
/** The longest lead that these runs can have: unmeasured deletions, one tick, margin and some skew. */
const LONGEST_LEAD = 10 * MINUTE;

function at(text: string | null): number {
  return text === null ? Number.POSITIVE_INFINITY : Date.parse(text);
}

function fleetOf(vm: BookedVm): string {
  return vm.names[0]!.split('-')[0]!;
}

function findPeak(demand: Demand, from: number, to: number): number {
  return Math.max(0, ...demand(from, to + 1).map((step) => step.wanted));
}

/** The most that was wanted of a fleet at some instant of the span, by whatever was in force then. */
function findMostWanted(wishes: readonly Wish[], fleet: string, from: number, to: number): number {
  let most = 0;
  for (const [index, { since, set }] of wishes.entries()) {
    const until = wishes[index + 1]?.since ?? Number.POSITIVE_INFINITY;
    const demand = set.fleets.find((policy) => policy.name === fleet)?.demand;
    if (demand === undefined || until < from || since > to) continue;
    // An edit at the end of the span is an edit that may have been seen already.
    most = Math.max(most, findPeak(demand, Math.max(from, since), to));
  }
  return most;
}

/** There at an instant: bought before, not ended, its deletion not called for. */
function isKeptAt(vm: BookedVm, instant: number): boolean {
  return at(vm.createdAt) <= instant && at(vm.endedAt) > instant && at(vm.deleteCalledAt) > instant;
}

function isLaunchingAt(vm: BookedVm, instant: number): boolean {
  return at(vm.activeAt) > instant && instant - at(vm.createdAt) <= LAUNCH_TIMEOUT;
}

/** Nothing is bought while enough are there, launching ones included. */
function judgePurchases(books: MarketBooks, { wishes }: Judgement): string[] {
  const vmById = new Map(books.vms.map((vm) => [vm.id, vm]));
  const bought: BookedVm[] = [];
  const violations: string[] = [];
  for (const create of books.creates) {
    const vms = create.vmIds.map((id) => vmById.get(id)!);
    const instant = at(create.at);
    if (vms.length > 0 && !create.late) {
      const fleet = fleetOf(vms[0]!);
      const there = bought.filter(
        (vm) =>
          fleetOf(vm) === fleet && isKeptAt(vm, instant) && (at(vm.activeAt) <= instant || isLaunchingAt(vm, instant)),
      );
      const wanted = findMostWanted(wishes, fleet, instant - MINUTE, instant + LOOK_AHEAD);
      if (there.length + vms.length > wanted) {
        violations.push(`${create.at} bought ${vms.length} of ${fleet}: ${there.length} were there, ${wanted} wanted`);
      }
    }
    bought.push(...vms);
  }
  return violations;
}

/** No boundary of a VM passes while more are there than anybody wants. */
function judgeRenewals(books: MarketBooks, { wishes, storms = [] }: Judgement): string[] {
  const vmById = new Map(books.vms.map((vm) => [vm.id, vm]));
  return books.charges.flatMap((charge) => {
    const vm = vmById.get(charge.vmId)!;
    const instant = at(charge.from);
    if (vm.foreign || vm.activeAt === null || instant <= at(vm.activeAt)) return [];
    if (storms.some((storm) => instant >= storm.from && instant <= storm.to)) return [];
    const fleet = fleetOf(vm);
    if (at(vm.deleteCalledAt) < instant) return [`${charge.at} missed the boundary of ${vm.name}`];
    const there = books.vms.filter((other) => fleetOf(other) === fleet && !other.foreign && isKeptAt(other, instant));
    const wanted = findMostWanted(wishes, fleet, instant - LONGEST_LEAD, instant + LOOK_AHEAD);
    return there.length > wanted
      ? [`${charge.at} renewed ${vm.name}: ${there.length} were there, ${wanted} wanted`]
      : [];
  });
}

/** A running VM is deleted only shortly before a boundary of its own. */
function judgeDeletions(books: MarketBooks): string[] {
  return books.vms.flatMap((vm) => {
    const calledAt = at(vm.deleteCalledAt);
    const activeAt = at(vm.activeAt);
    const isRunning = activeAt < calledAt && at(vm.endedAt) > calledAt;
    if (vm.foreign || vm.deleteCalledAt === null || !isRunning) return [];
    const left = DAY - ((calledAt - activeAt) % DAY);
    return left <= LONGEST_LEAD ? [] : [`${vm.deleteCalledAt} deleted ${vm.name}, paid for ${left / MINUTE} min more`];
  });
}

function judgeBystanders(books: MarketBooks): string[] {
  return books.vms
    .filter((vm) => vm.foreign && (vm.deleteCalledAt !== null || vm.names.length > 1))
    .map((vm) => `${vm.name} is foreign and was touched`);
}

function judgePrices(books: MarketBooks, { maxPrice }: Judgement): string[] {
  return books.vms
    .filter((vm) => !vm.foreign && Number(vm.pricePerEpoch) > maxPrice)
    .map((vm) => `${vm.name} costs ${vm.pricePerEpoch}`);
}

/** What went wrong, a sentence each; empty when nothing did. */
export function findViolations(books: MarketBooks, judgement: Judgement): readonly string[] {
  return [
    ...judgeBystanders(books),
    ...judgePrices(books, judgement),
    ...judgePurchases(books, judgement),
    ...judgeDeletions(books),
    ...judgeRenewals(books, judgement),
  ];
}
