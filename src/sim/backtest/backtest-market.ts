// What a follower of a demand finds in a backtest: a simulated market of either product as the API's clients would show it,
// asked and told without HTTP. The interface, and what both answer alike.
import type { Abilities } from '../../core/abilities.js';
import type { ScenarioVm } from '../../core/scenario.js';
import type { ChosenOffer, Instant, Micros, Offer, Part, PartKind, Price, Vm } from '../../core/types.js';
import type { Refusal } from '../refusal.js';

export interface MarketOrder {
  readonly offer: ChosenOffer;
  /** Nothing dearer is rented. */
  readonly cap: Price;
  readonly count: number;
  readonly name: string;
  /** Of each that is bought, what keys its chance (random.ts). */
  readonly lucks: readonly string[];
}

/** `from` and `to` are undefined while it isn't known which time it pays for: a launch that goes on, or has failed. */
export interface MarketCharge {
  /** The boundary, or the activation or purchase. */
  readonly at: Instant;
  /** Of the VM, disk or IP. */
  readonly resourceId: string;
  /** Of a disk or an IP: the VM that it was made for; undefined: for none. */
  readonly vmId: string | undefined;
  readonly part: PartKind | undefined;
  readonly amount: Micros;
  readonly readSpan: () => { readonly from: Instant; readonly to: Instant } | undefined;
}

/** A VM whose workload runs and whose deletion nobody has called for. */
export interface RunningVm {
  readonly id: string;
  /** Of a period, with its disks and its IP. */
  readonly price: Micros;
}

export interface BacktestMarket {
  readonly abilities: Abilities;
  readonly now: () => Instant;
  /** undefined: nothing happens by itself any more. */
  readonly nextEventAt: () => Instant | undefined;
  /** The same without charges that can be paid: when the VMs that run may become others. */
  readonly nextTurnAt: () => Instant | undefined;
  readonly advanceTo: (instant: Instant) => void;
  readonly listVms: () => readonly Vm[];
  /** Parts attached to nothing; undefined: the product has none. */
  readonly listLeftovers: () => readonly Part[] | undefined;
  /** With boot disks of these sizes in GB, where their size is chosen. */
  readonly listOffers: (storageGb: readonly number[]) => readonly Offer[];
  /** In order of creation. */
  readonly listRunning: () => readonly RunningVm[];
  /** Launches or deletions are under way, so that looks find something new without being told. */
  readonly isSettling: () => boolean;
  /** Rents all, or none. */
  readonly create: (order: MarketOrder) => readonly string[] | Refusal;
  /** Those that are there and may be deleted now. Returns how many deletions began: what has ended only loses its record. */
  readonly deleteVms: (ids: readonly string[]) => number;
  readonly removePart: (id: string) => 'accepted' | 'absent' | 'failed';
  readonly rename: (id: string, name: string) => void;
  /** By the provider. */
  readonly endVm: (id: string) => void;
  /** By somebody else. undefined: no offer of that kind. */
  readonly placeVm: (vm: ScenarioVm) => string | undefined;
  /** What was charged since the last call, in order; what has ended may be forgotten with it. */
  readonly takeCharges: () => readonly MarketCharge[];
}

/** Somebody else's VM that comes within the span: whoever says until when it is paid has paid for it before. */
export function isChargedAtComing({ at, paidUntil }: ScenarioVm, now: Instant): boolean {
  return paidUntil === undefined && at >= now;
}
