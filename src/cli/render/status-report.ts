// What `purser status` shows, as data: gathered by the command, put together by build-status-report.ts, shown by
// render-status.ts, status-to-json.ts and the server's pages. Shapes only.
import type { LedgerEntry } from '../../core/books.js';
import type { BudgetSummary } from '../../core/budgets/budget-summary.js';
import type { ComingCharge, Plan, Snapshot } from '../../core/plan-types.js';
import type { Runway } from '../../core/runway.js';
import type { FleetSavings } from './describe-savings.js';
import type { PolicyTally } from '../../core/tallies.js';
import type { Instant, Micros, Millis, Mode } from '../../core/types.js';

/** A process that left a heartbeat. `up` is scheduler, worker and server in one. */
export interface LiveProcess {
  readonly role: 'up' | 'scheduler' | 'worker' | 'server';
  readonly startedAt: Instant;
}

/** What the last looks at one account were like. */
export interface AccountHealth {
  readonly account: string;
  readonly mode: Mode;
  readonly lastLookAt: Instant | undefined;
  readonly latencyMillis: Millis | undefined;
  /** Nobody said a mode: `up` only observes. */
  readonly isModeTold: boolean;
  /** API's clock minus ours. */
  readonly skewMillis: Millis | undefined;
  /** Why requests are held back at present: it failed again and again, or asked to be left alone. */
  readonly serviceDoubt?: Snapshot['serviceDoubt'];
  /** Since when the API doesn't answer (undefined: nobody keeps looking), with its own words; undefined while it does. */
  readonly apiDown: { readonly since: Instant | undefined; readonly code: string; readonly text: string } | undefined;
}

export interface RedisHealth {
  /** undefined: Redis didn't tell (a managed one that forbids CONFIG). */
  readonly appendOnly: boolean | undefined;
  /** `maxmemory-policy`; anything but `noeviction` may lose books. */
  readonly evictionPolicy: string | undefined;
}

/** All that a status command gathers. */
export interface StatusSources {
  readonly at: Instant;
  /** The two characters of purser.yaml; undefined: nobody gave it a name yet. */
  readonly installation: string | undefined;
  /** Only those whose heartbeat is fresh. */
  readonly processes: readonly LiveProcess[];
  readonly nextTickAt: Instant | undefined;
  readonly frozen: { readonly since: Instant | undefined; readonly why: string } | undefined;
  readonly accounts: readonly AccountHealth[];
  /** undefined: no policies were ever applied. */
  readonly generation: number | undefined;
  /** There are policy files that could be put in force. */
  readonly hasFiles: boolean;
  /** undefined: there is no store yet. */
  readonly redis: RedisHealth | undefined;
  /** The newest plan of each account. */
  readonly plans: readonly Plan[];
  /** The last 24 hours. */
  readonly ledger: readonly LedgerEntry[];
  /** What was charged in them. */
  readonly paid: readonly PolicyTally[];
  /** What else the command found, e.g. a policy folder that can't be read. */
  readonly problems: readonly StatusProblem[];
  /** How long each account's money lasts, where its product tells a balance. */
  readonly runways: readonly AccountRunway[];
  /** What else needs a person, e.g. policy files that are not in force. */
  readonly needs: readonly Need[];
  /** What the schedules of the fleets in force save in the coming week. */
  readonly savings: readonly FleetSavings[];
}

export interface AccountRunway {
  readonly account: string;
  readonly runway: Runway;
  readonly periodMillis: Millis;
}

export interface StatusProblem {
  readonly code: string;
  /** Of one account alone. */
  readonly account?: string;
  readonly text: string;
  readonly since: Instant | undefined;
  /** The command or the setting that mends it. */
  readonly remedy: string | undefined;
}

export interface PolicyRow {
  readonly account: string;
  /** `other` for the VMs that no policy owns. */
  readonly policy: string;
  readonly mode: Mode | undefined;
  readonly wanted: number | undefined;
  readonly running: number;
  readonly parked: number | undefined;
  readonly perDay: Micros;
  /** What changes next, and when that is known. */
  readonly next: { readonly at: Instant | undefined; readonly text: string } | undefined;
}

/** How many of a group's charges are what: each disk and each IP is charged apart from its VM. */
export interface ChargeCounts {
  readonly vms: number;
  readonly disks: number;
  readonly ips: number;
}

/** Coming charges of one policy at one minute that share their fate. */
export interface ChargeGroup {
  readonly account: string;
  readonly at: Instant;
  readonly policy: string | undefined;
  readonly vms: readonly string[];
  readonly counts: ChargeCounts;
  readonly cost: Micros;
  readonly fate: ComingCharge['fate'];
  readonly avoidableUntil: Instant | undefined;
  readonly why: string;
}

/** Something that only a person can decide or mend. */
export interface Need {
  readonly account: string;
  readonly policy: string | undefined;
  readonly vms: readonly string[];
  readonly code: string;
  readonly text: string;
  readonly remedy: string;
}

export interface LastDay {
  readonly bought: number;
  readonly takenBack: number;
  readonly deleted: number;
  readonly recordsRemoved: number;
  readonly missedBoundaries: number;
  /** All that the accounts were charged, to the quarter-hour: what `purser spend --from 24h` adds up. */
  readonly paid: Micros;
  /** VMs that were bought and whose first charge no look has shown yet: `paid` lacks them. */
  readonly unseenCharges: number;
  /** Part of `paid` that nobody needed, as `spend` says: parked, idle and missed. */
  readonly forNothing: Micros;
  /** Part of `paid` for VMs that no policy knows. */
  readonly foreign: Micros;
  /** What was left of paid periods when members ended without our doing. */
  readonly cutShort: Micros;
}

export interface StatusReport extends Omit<StatusSources, 'plans' | 'ledger' | 'paid' | 'needs'> {
  /** Since when the oldest scheduler (or `up`) runs; undefined: none does. */
  readonly upSince: Instant | undefined;
  readonly workers: number;
  /** The oldest of the accounts' last looks. */
  readonly lastLookAt: Instant | undefined;
  readonly policies: readonly PolicyRow[];
  readonly budgets: readonly BudgetSummary[];
  readonly charges: readonly ChargeGroup[];
  readonly needsYou: readonly Need[];
  readonly lastDay: LastDay;
}
