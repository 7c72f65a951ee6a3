// Sums the demo up from the sandbox's own books and the ledger, beside two followers of the same demand: a cron job that
// creates and deletes at once, and the fewest periods that anybody could pay. Pure.
import type { DemoProduct, JudgedBooks } from '../../compose/demo-scenes.js';
import type { LedgerEntry } from '../../core/books.js';
import { comparePrices, formatUsdc, parseUsdc, sumMicros } from '../../core/money.js';
import type { FleetPolicy } from '../../core/policy-types.js';
import type { Instant, Micros, Millis, Offer } from '../../core/types.js';
import { findOfferMisfit } from '../../core/where.js';
import { countFewestPeriods, followImmediately } from '../../compose/tools.js';

export interface DemoFacts {
  readonly product: DemoProduct;
  readonly books: JudgedBooks;
  readonly ledger: readonly LedgerEntry[];
  readonly fleets: readonly FleetPolicy[];
  readonly offers: readonly Offer[];
  /** VMs that each purchase was meant to make, by the name that they were made under. */
  readonly intended: ReadonlyMap<string, number>;
  readonly workersKilled: number;
  readonly from: Instant;
  readonly to: Instant;
  readonly periodMillis: Millis;
}

interface Cost {
  readonly spent: Micros;
  readonly periods: number;
}

export interface DemoSummary {
  readonly product: DemoProduct;
  readonly virtualHours: number;
  readonly deploys: number;
  readonly deletes: number;
  readonly takenBack: number;
  readonly reaped: number;
  readonly healed: number;
  readonly workersKilled: number;
  readonly missedBoundaries: number;
  readonly doubled: number;
  readonly spent: Micros;
  readonly periods: number;
  readonly immediate: Cost;
  readonly lowerBound: Cost;
}

function cheapestFor(fleet: FleetPolicy, offers: readonly Offer[]): Micros {
  const fitting = offers.filter((offer) => findOfferMisfit(offer, fleet.where) === undefined);
  return fitting.sort((a, b) => comparePrices(a.price, b.price))[0]?.price.amount ?? 0n;
}

/** When the provider ended VMs of this fleet. */
function listTerminations(facts: DemoFacts, fleet: string): readonly Instant[] {
  return facts.books.vms.flatMap((vm) =>
    vm.endedAt !== null && vm.names.some((name) => name.startsWith(`${fleet}-`)) ? [Date.parse(vm.endedAt)] : [],
  );
}

function sumCosts(costs: readonly Cost[]): Cost {
  return {
    spent: sumMicros(costs.map((cost) => cost.spent)),
    periods: costs.reduce((sum, cost) => sum + cost.periods, 0),
  };
}

/** Members that were ended by the provider and after which their fleet brought another one up. */
function countHealed(ledger: readonly LedgerEntry[]): number {
  return ledger.filter(
    (entry) =>
      entry.event === 'terminated' &&
      ledger.some((later) => later.event === 'active' && later.policy === entry.policy && later.at > entry.at),
  ).length;
}

/** VMs beyond what their purchase was meant to make, by the sandbox's books. */
function countDoubled(facts: DemoFacts): number {
  const made = new Map<string, number>();
  for (const create of facts.books.creates) made.set(create.name, (made.get(create.name) ?? 0) + create.vmIds.length);
  return [...made].reduce((sum, [name, count]) => sum + Math.max(0, count - (facts.intended.get(name) ?? 0)), 0);
}

/** Charges of what had been called to be deleted before, and missed boundaries that the ledger tells: the larger. */
function countMissed(facts: DemoFacts): number {
  const vms = new Map(facts.books.vms.map((vm) => [vm.id, vm]));
  const charged = facts.books.charges.filter(({ vmId, part, at }) => {
    const calledAt = (part ?? vms.get(vmId))?.deleteCalledAt ?? undefined;
    return calledAt !== undefined && Date.parse(at) > Date.parse(calledAt);
  }).length;
  return Math.max(charged, facts.ledger.filter((entry) => entry.event === 'missed-boundary').length);
}

export function sumUpDemo(facts: DemoFacts): DemoSummary {
  const { product, books, ledger, fleets, offers, from, to, periodMillis } = facts;
  const own = new Set(books.vms.filter((vm) => !vm.foreign).map((vm) => vm.id));
  const charges = books.charges.filter((charge) => own.has(charge.vmId));
  const followed = fleets.map((fleet) => {
    const price = cheapestFor(fleet, offers);
    const terminations = listTerminations(facts, fleet.name);
    const periods = countFewestPeriods(fleet.demand, periodMillis, from, to);
    return {
      immediate: followImmediately({ demand: fleet.demand, price, periodMillis, terminations }, from, to),
      lowerBound: { periods, spent: price * BigInt(periods) },
    };
  });
  return {
    product,
    virtualHours: Math.round((to - from) / 3_600_000),
    deploys: own.size,
    deletes: new Set(books.deletes.map((entry) => entry.vmId).filter((id) => own.has(id))).size,
    takenBack: ledger.filter((entry) => entry.event === 'taken-back').length,
    reaped: ledger.filter((entry) => entry.event === 'deleted' && entry.policy === 'reap-ci').length,
    healed: countHealed(ledger),
    workersKilled: facts.workersKilled,
    missedBoundaries: countMissed(facts),
    doubled: countDoubled(facts),
    spent: sumMicros(charges.map((charge) => parseUsdc(charge.amount) ?? 0n)),
    periods: charges.filter((charge) => charge.part === undefined).length,
    immediate: sumCosts(followed.map((entry) => entry.immediate)),
    lowerBound: sumCosts(followed.map((entry) => entry.lowerBound)),
  };
}

function costToJson({ spent, periods }: Cost) {
  return { spent: formatUsdc(spent), periods };
}

/** The document of `demo --json` (docs of the command line). */
export function demoToJson(summary: DemoSummary) {
  const { spent, immediate, lowerBound, ...rest } = summary;
  return { ...rest, spent: formatUsdc(spent), immediate: costToJson(immediate), lowerBound: costToJson(lowerBound) };
}
