// Where the store keeps what: the one table of its Redis keys. The installation stands in braces, so that a Redis cluster
// would keep all of one installation's keys together.

export interface AccountKeys {
  /** Hash: VM id -> claim as JSON, without what the gate changed since. */
  readonly claims: string;
  /** Hash: VM id -> claim state; the authority for `state`. */
  readonly claimStates: string;
  /** Hash: VM id -> `<intent> <calledAt>` while doomed; the authority for `deletion`. */
  readonly claimDooms: string;
  /** Hash: intent id -> intent as JSON. */
  readonly intents: string;
  /** Hash: intent id -> intent state; the authority for `state`. */
  readonly intentStates: string;
  readonly intentKinds: string;
  /** Hash: intent id -> when its call began; the authority for `calledAt`. */
  readonly intentCalls: string;
  /** Hash: intent id -> the attempt that was let through last; with `=` in front once it has finished. */
  readonly intentAttempts: string;
  readonly notes: string;
  /** Hash: id of a VM or a part -> its meter (core/charge-records.ts). */
  readonly meters: string;
  /** What the names of hashes with sums of charges begin with (tally-codec.ts). They lapse. */
  readonly tallies: string;
  /** Stream of entries; ids never run behind the entries' own instants. */
  readonly ledger: string;
  /** Hash: `<policy> <VM id>` -> evidence; and a sorted set of the same by the newest sample. */
  readonly evidence: string;
  readonly evidenceTouched: string;
  readonly protected: string;
  /** Sorted set: approval as JSON, by the instant at which it lapses. */
  readonly approvals: string;
  readonly rate: string;
  /** Sorted set: the turns of requests that are in flight, by the instant at which they lapse. */
  readonly turns: string;
  /** Stands as long as the service asked not to be asked. */
  readonly toldToWait: string;
  /** Hash: `failures` in a row, `since`, `text`; while open also `open_until`, `tries`, `trial`, `trial_until`. */
  readonly circuit: string;
}

export interface StoreKeys {
  readonly birth: string;
  /** Hash: `number` and `record`. */
  readonly generation: string;
  readonly freeze: string;
  /** Written again and again, to learn that what was written before is on disk. */
  readonly synced: string;
  /** Documents for `status`: hash, and a sorted set of those that lapse. */
  readonly documents: string;
  readonly documentsUntil: string;
  /** `<token> <holder>`, lapsing. */
  lease(name: string): string;
  /** The newest token that was given for a lease. */
  fence(name: string): string;
  /** The attempt that may call for an intent now, lapsing. */
  call(account: string, intent: string): string;
  account(account: string): AccountKeys;
}

export function buildPrefix(installation: string): string {
  return `purser:{${installation}}:`;
}

export function buildStoreKeys(installation: string): StoreKeys {
  const prefix = buildPrefix(installation);
  return {
    birth: `${prefix}birth`,
    generation: `${prefix}generation`,
    freeze: `${prefix}freeze`,
    synced: `${prefix}synced`,
    documents: `${prefix}documents`,
    documentsUntil: `${prefix}documents-until`,
    lease: (name) => `${prefix}lease:${name}`,
    fence: (name) => `${prefix}fence:${name}`,
    call: (account, intent) => `${prefix}account:${account}:call:${intent}`,
    account(account) {
      const own = `${prefix}account:${account}:`;
      return {
        claims: `${own}claims`,
        claimStates: `${own}claim-states`,
        claimDooms: `${own}claim-dooms`,
        intents: `${own}intents`,
        intentStates: `${own}intent-states`,
        intentKinds: `${own}intent-kinds`,
        intentCalls: `${own}intent-calls`,
        intentAttempts: `${own}intent-attempts`,
        notes: `${own}notes`,
        meters: `${own}meters`,
        tallies: `${own}tallies:`,
        ledger: `${own}ledger`,
        evidence: `${own}evidence`,
        evidenceTouched: `${own}evidence-touched`,
        protected: `${own}protected`,
        approvals: `${own}approvals`,
        rate: `${own}rate`,
        turns: `${own}turns`,
        toldToWait: `${own}told-to-wait`,
        circuit: `${own}circuit`,
      };
    },
  };
}
