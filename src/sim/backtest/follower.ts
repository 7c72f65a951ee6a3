// Who follows a demand in a backtest: Purser, and what it is compared with. Interface only.
import type { Instant } from '../../core/types.js';
import type { FollowerName } from './report.js';

export interface Follower {
  readonly name: FollowerName;
  readonly takenBack: number;
  /** A rail refused something at the last look: nothing tells when it has room again. */
  readonly isRefused?: boolean;
  /** Looks at the market and acts on it; returns when it wants to look again though nothing happens. */
  readonly look: () => Instant | undefined;
}
