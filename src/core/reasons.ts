// Why something is done or held: a code that programs go by, and a sentence for people. Words only; docs/reasons.md explains
// every code, and the rules that give them stand in src/core/rules/.

export interface Reason {
  readonly code: ReasonCode;
  /** One sentence a careful colleague would write. */
  readonly text: string;
}

/** Why an action or a hold is there. Every code stands in docs/reasons.md. */
export type ReasonCode =
  // deploys
  | 'below-replicas'
  | 'replacement'
  // deletions
  | 'surplus'
  | 'demand-ends'
  | 'replaced'
  | 'idle'
  | 'record-only'
  | 'launch-timeout'
  | 'mismatched'
  | 'late-create'
  | 'budget-hard'
  | 'deletion-retry'
  | 'left-behind'
  | 'orphan'
  // renames
  | 'unnamed'
  | 'renamed'
  // ports and SSH keys
  | 'ports-differ'
  | 'key-missing'
  | 'key-undeclared'
  // holds about single VMs
  | 'parked'
  | 'wanted-again'
  | 'renews-briefly'
  | 'busy'
  | 'signal-unknown'
  | 'too-young'
  | 'not-idle-long-enough'
  | 'idle-until-deadline'
  | 'charge-pending'
  | 'boundary-unknown'
  | 'status-unknown'
  | 'small-balance'
  | 'above-max-price'
  | 'protected'
  | 'owned-by-fleet'
  | 'launching'
  | 'missing'
  | 'deleting'
  | 'in-use'
  | 'taken-by-hand'
  | 'unclaimed'
  | 'known-by-name'
  | 'two-claimants'
  | 'too-late'
  | 'not-deletable'
  | 'no-time-to-delete'
  // holds about policies and accounts
  | 'frozen'
  | 'observing'
  | 'paused'
  | 'rail'
  | 'recovering'
  | 'untrusted-inventory'
  | 'ended-together'
  | 'untrusted-clock'
  | 'key-replaced'
  | 'api-failing'
  | 'api-told-to-wait'
  | 'cannot-target'
  | 'no-offer'
  | 'offers-unknown'
  | 'image-unknown'
  | 'key-unknown'
  | 'keys-unread'
  | 'key-in-use'
  | 'key-name-taken'
  | 'ports-too-many'
  | 'account-unread'
  | 'bought-elsewhere'
  | 'purchase-delayed'
  | 'backing-off'
  | 'gave-up'
  | 'secret-missing'
  | 'no-balance'
  | 'budget'
  | 'create-pending'
  | 'needs-approval';
