// What `purser spend` shows, as data: gathered by the command, shown by render-spend.ts and spend-to-json.ts. Shapes only.
import type { ComingPurchases } from '../../core/coming-purchases.js';
import type { BilledComparison, BilledDifference } from '../../core/compare-billed.js';
import type { BilledReason } from '../../core/explain-billed.js';
import type { Runway } from '../../core/runway.js';
import type { SpendRow } from '../../core/spend-rows.js';
import type { ChargeUse } from '../../core/charge-records.js';
import type { Instant, Micros, Millis, Product } from '../../core/types.js';
import type { ChargeGroup } from './status-report.js';

export type SpendBy = 'policy' | 'vm' | 'day';

/** A VM's waste of one day, and why, as far as the ledger reaches. */
export interface WasteLine {
  readonly day: Instant;
  readonly vmName: string;
  readonly policy: string | undefined;
  readonly use: ChargeUse;
  readonly amount: Micros;
  readonly why: string;
}

export interface RunwayReport {
  /** undefined: the product tells no balance, or none that can be read. */
  readonly runway: Runway | undefined;
  readonly periodMillis: Millis;
  /** What VMs and refused purchases tell; sentences. */
  readonly signs: readonly string[];
}

export interface ExplainedDifference extends BilledDifference {
  readonly reason: BilledReason;
}

export interface AccountSpend {
  readonly account: string;
  readonly product: Product;
  /** Since when charges are counted; undefined: no look has been written down yet. */
  readonly countedSince: Instant | undefined;
  readonly rows: readonly SpendRow[];
  readonly sum: Pick<SpendRow, 'sums' | 'total'>;
  /** Only where it was asked for. */
  readonly waste: readonly WasteLine[] | undefined;
  /** Only with `waste`: what was left of paid periods when members ended without our doing. */
  readonly cutShort: Micros | undefined;
  /** The first line that the ledger still has. */
  readonly ledgerSince: Instant | undefined;
  /** undefined: the product doesn't tell what it billed, or could not be asked; `billedProblem` says why. */
  readonly billed:
    | (Pick<BilledComparison, 'counted' | 'billed'> & { readonly differences: readonly ExplainedDifference[] })
    | undefined;
  readonly billedProblem: string | undefined;
  /** undefined: nobody could look. */
  readonly coming:
    | {
        readonly groups: readonly ChargeGroup[];
        readonly until: Instant;
        readonly purchases: readonly ComingPurchases[];
        /** What the plan of now buys. */
        readonly boughtNow: Micros;
      }
    | undefined;
  readonly runway: RunwayReport | undefined;
}

export interface SpendReport {
  readonly at: Instant;
  readonly from: Instant;
  readonly to: Instant;
  readonly by: SpendBy;
  /** How the span was chosen, in words. */
  readonly span: string;
  readonly until: Instant;
  readonly isFrozen: boolean;
  /** `up`, or a scheduler, looks by itself. */
  readonly isUp: boolean;
  readonly accounts: readonly AccountSpend[];
}
