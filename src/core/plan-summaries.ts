// What a plan says of each policy as a whole: counts and money, for `plan` and `status`. Pure data.
import type { LaunchTimes } from './launch-times.js';
import type { Instant, Micros, Mode } from './types.js';

export interface FleetSummary {
  readonly account: string;
  readonly policy: string;
  readonly mode: Mode;
  readonly wanted: number;
  /** What its policy wants, where a budget holds it to `wanted`. Absent: none does. */
  readonly policyWants?: number;
  /** The open window's name. */
  readonly window: string | undefined;
  /** Members that count and are up (active or small balance), parked ones included. */
  readonly running: number;
  /** Members bought but not up yet: pending, new, launching. */
  readonly launching: number;
  /** Members that were listed once and are not now: they may be there, so nothing is bought in their place yet. Absent: none. */
  readonly unseen?: number;
  readonly parked: number;
  /** Of a fleet of several accounts: what `wanted` is served by in the others. */
  readonly elsewhere?: number;
  readonly doomed: number;
  /** What its members cost a day if all renew. */
  readonly perDay: Micros;
  /** How long the launch of what it would buy next takes. Absent in what an earlier version wrote. */
  readonly launch?: LaunchTimes;
  /** Where it buys ahead for its next change (`readyBy: start`): from when on. */
  readonly buysFrom?: Instant;
  /** `billing.delayPurchase` delays nothing: VMs are charged at times of their own, or too few show a common one. */
  readonly undelayed?: 'rolling' | 'untold';
  /** The next change of `wanted`. */
  readonly next: { readonly at: Instant; readonly wanted: number; readonly window: string | undefined } | undefined;
}

export interface ReapSummary {
  readonly account: string;
  readonly policy: string;
  readonly mode: Mode;
  readonly matched: number;
  readonly idle: number;
  readonly busy: number;
  readonly unknown: number;
  readonly perDay: Micros;
}

export interface OrphansSummary {
  readonly account: string;
  readonly policy: string;
  readonly mode: Mode;
  /** Parts attached to nothing, and ended VMs that lock their reserve. */
  readonly parts: number;
  readonly vms: number;
  /** What the parts cost a day. */
  readonly perDay: Micros;
  /** What ended VMs lock. */
  readonly locked: Micros;
}

export interface KeysSummary {
  readonly account: string;
  readonly policy: string;
  readonly mode: Mode;
  readonly declared: number;
  /** Of the declared ones, those that the account has; undefined: its keys could not be read. */
  readonly present: number | undefined;
  /** Keys of the account that no policy declares. */
  readonly others: number | undefined;
}

/** What the rails count of the whole account. */
export interface RailsSummary {
  /** At a time: deletions that are under way, due or parked and that the rails let through. */
  readonly deletions: number;
  readonly deletionsLimit: number;
  /** Set where the limit is a share: so many percent of so many VMs and leftovers. */
  readonly deletionsLimitShare?: { readonly percent: number; readonly of: number };
  /** The same with the last hour's, in the fullest hour from now on. */
  readonly deletionsInOneHour?: number;
  readonly deletionsInOneHourLimit?: number;
  /** What the rails refused. */
  readonly deletionsRefused?: number;
  readonly deploys: number;
  readonly deploysLimit: number;
}
