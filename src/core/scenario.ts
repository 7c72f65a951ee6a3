// What a backtest plays: a market over a span of time, the demand on it, and what befalls its VMs. Pure data, read from a
// scenario file by src/policy and played by src/sim; it decides nothing.
import type { DemandStep } from './policy-types.js';
import type { Answer, Hardware, Instant, Micros, Millis, Price, Product } from './types.js';

/** How boundaries come about. The marketplace has epochs of 24 h, the cloud hours; DESIGN "The billing clock". */
export type ScenarioClock =
  /** Each VM's own, from its activation. */
  | { readonly kind: 'rolling'; readonly periodMillis: Millis }
  /** One for all, at this time of day in UTC; periods of 24 h. */
  | { readonly kind: 'fixed'; readonly timeOfDayMillis: Millis };

/** From `at` on; what is left out stays as it was. */
export interface OfferChange {
  readonly at: Instant;
  readonly price?: Price;
  readonly capacity?: number;
}

/** The clock on the wall where the scenario plays: its days are what costs are told by. */
export interface ScenarioZone {
  /** An IANA name. */
  readonly name: string;
  /** The local day that holds an instant, by its date (`2026-10-01`), and its first instant. */
  readonly dayAt: (at: Instant) => { readonly date: string; readonly from: Instant };
  /** `2026-10-01 09:30`. */
  readonly show: (at: Instant) => string;
}

export interface ScenarioOffer {
  readonly configuration: string;
  /** ISO 3166-1 alpha-2. No two offers of a scenario have the same configuration and country. */
  readonly country: string;
  /** Of the VM; on the cloud without its disk and IP. */
  readonly price: Price;
  /** How many VMs can be rented from it in all. */
  readonly capacity: number;
  readonly tier: number | undefined;
  readonly hardware: Hardware;
  /** Ascending. */
  readonly changes: readonly OfferChange[];
}

/** The provider ends running VMs whose name matches `vm` (`*` stands for any characters), oldest first. */
export interface ScenarioTermination {
  readonly at: Instant;
  readonly vm: string;
  /** ISO code; undefined: in any country. */
  readonly country: string | undefined;
  /** undefined: all of them. */
  readonly count: number | undefined;
}

/** A VM that somebody else rents. */
export interface ScenarioVm {
  readonly name: string;
  readonly at: Instant;
  /** When its owner deletes it; undefined: nobody does. */
  readonly until: Instant | undefined;
  readonly country: string | undefined;
  readonly configuration: string | undefined;
  /** undefined: the offer's. */
  readonly price: Price | undefined;
  /** undefined: a whole period after `at`. */
  readonly paidUntil: Instant | undefined;
}

/**
 * What every signal of a reap answers about VMs of this name, from each step on; unknown before the first. Of several
 * traces that match a name the first counts.
 */
export interface IdleTrace {
  /** `*` stands for any characters. */
  readonly vm: string;
  /** Ascending. `yes`: idle. */
  readonly steps: readonly { readonly at: Instant; readonly answer: Answer }[];
}

/** Instead of a fleet's own schedule. */
export interface ScenarioDemand {
  readonly policy: string;
  /** Ascending, the first at or before `from`. */
  readonly steps: readonly DemandStep[];
  /** false: measured, as a metric is: the planner knows what is wanted now, and nothing of what comes. */
  readonly isForeseen: boolean;
}

export interface Scenario {
  readonly name: string;
  readonly description: string | undefined;
  /** Of all chance in it. */
  readonly seed: number;
  readonly from: Instant;
  readonly to: Instant;
  readonly zone: ScenarioZone;
  readonly product: Product;
  readonly clock: ScenarioClock;
  /** Create until active, drawn evenly between both. A failed launch never becomes active. */
  readonly launch: { readonly leastMillis: Millis; readonly mostMillis: Millis; readonly failShare: number };
  readonly deletion: { readonly leastMillis: Millis; readonly mostMillis: Millis };
  readonly balance: Micros;
  /** On the cloud: of a disk by GB and hour, and of a public IP by hour. */
  readonly parts: { readonly storagePerGb: Micros; readonly publicIp: Micros };
  readonly offers: readonly ScenarioOffer[];
  /** The scenario names no offers: these are those of the built-in list. */
  readonly hasUsualOffers: boolean;
  readonly terminations: readonly ScenarioTermination[];
  /** On average the provider ends each VM once in so many days; undefined: never by chance. */
  readonly meanDaysToTermination: number | undefined;
  readonly vms: readonly ScenarioVm[];
  readonly idle: readonly IdleTrace[];
  readonly demands: readonly ScenarioDemand[];
}
