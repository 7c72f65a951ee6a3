// Books for tests: a claim, an intent and empty notes with everything filled in, and random ones for properties.
import fc from 'fast-check';
import type { Books, Change, Claim, ClaimState, Intent, IntentState, LedgerEntry } from '../../src/core/books.js';
import { CHARGE_USES, type ChargeRecord, type Meter } from '../../src/core/charge-records.js';
import { EMPTY_NOTES } from '../../src/queue/books-codec.js';

export const NOW = Date.UTC(2026, 10, 21, 10);

export function makeClaim(vmId: string, changes: Partial<Claim> = {}): Claim {
  return {
    vmId,
    vmName: `web-ab${vmId}`,
    policy: 'web',
    origin: 'bought',
    intent: 'k3f9x2',
    claimedAt: NOW,
    generation: 1,
    price: { amount: 306_980n, periodMillis: 86_400_000 },
    paidUntil: NOW + 86_400_000,
    seenAt: NOW,
    activeAt: undefined,
    state: 'member',
    stateSince: NOW,
    unwanted: undefined,
    railExempt: false,
    deletion: undefined,
    missing: undefined,
    ...changes,
  };
}

export function makeIntent(id: string, changes: Partial<Intent> = {}): Intent {
  return {
    id,
    kind: 'delete',
    account: 'main',
    policy: 'web',
    generation: 1,
    createdAt: NOW,
    state: 'planned',
    calledAt: undefined,
    closedAt: undefined,
    error: undefined,
    reckoned: false,
    emptyLooks: 0,
    ...changes,
  };
}

export function makeDeploy(id: string, changes: Partial<Intent> = {}): Intent {
  const price = { amount: 306_980n, periodMillis: 86_400_000 };
  return makeIntent(id, {
    kind: 'deploy',
    deploy: {
      count: 2,
      offer: { country: 'FR', configuration: 'cpu-2-ram-4gb-storage-25gb', hardware: undefined, price },
      cap: price,
      vmName: `web-ab${id}`,
      vmIds: [],
    },
    ...changes,
  });
}

export function makeEntry(at: number, changes: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    at,
    account: 'main',
    policy: 'web',
    vmId: undefined,
    vmName: undefined,
    intent: undefined,
    event: 'note',
    text: 'a note',
    money: undefined,
    ...changes,
  };
}

export function makeBooks(changes: Partial<Books> = {}): Books {
  return {
    account: 'main',
    bornAt: NOW,
    claims: [],
    intents: [],
    notes: EMPTY_NOTES,
    handles: { freeze: undefined, protect: [], approvals: [] },
    evidence: [],
    ...changes,
  };
}

const claimStates: readonly ClaimState[] = ['member', 'parked', 'doomed'];
const intentStates: readonly IntentState[] = ['planned', 'calling', 'unknown', 'done', 'failed', 'refused', 'lapsed'];

const vmIds = fc.constantFrom('0x1', '0x2', '0x3', '__proto__');
const intentIds = fc.constantFrom('k3f9x2', 'm4g0y3', 'constructor');

const claims = fc
  .record({
    vmId: vmIds,
    state: fc.constantFrom(...claimStates),
    since: fc.nat(),
    amount: fc.bigInt({ min: 0n, max: 2n ** 70n }),
    deletedBy: fc.option(intentIds, { nil: undefined }),
  })
  .map(({ vmId, state, since, amount, deletedBy }) =>
    makeClaim(vmId, {
      state,
      stateSince: since,
      price: { amount, periodMillis: 3_600_000 },
      deletion: deletedBy === undefined ? undefined : { intent: deletedBy, calledAt: since },
    }),
  );

const intents = fc
  .record({ id: intentIds, state: fc.constantFrom(...intentStates), calledAt: fc.option(fc.nat(), { nil: undefined }) })
  .map(({ id, ...changes }) => makeDeploy(id, changes));

export const meters: fc.Arbitrary<Meter> = fc.record({
  id: vmIds,
  kind: fc.constantFrom('vm', 'part'),
  paidUntil: fc.constantFrom(undefined, NOW, NOW + 900_000),
  spent: fc.constantFrom(undefined, 0n, 2n ** 60n),
  absentSince: fc.constantFrom(undefined, NOW),
});

/** Of two policies and two VMs over three days, with names that no separator may break. */
export const chargeRecords: fc.Arbitrary<ChargeRecord> = fc
  .record({
    at: fc.integer({ min: NOW - 86_400_000, max: NOW + 2 * 86_400_000 }),
    policy: fc.constantFrom(undefined, 'web', 'ci'),
    use: fc.constantFrom(...CHARGE_USES),
    vmId: vmIds,
    vmName: fc.constantFrom('web-1', 'a\nb "c" ü', ''),
    part: fc.constantFrom(undefined, { kind: 'public-ip' as const, id: 'i1' }),
    amount: fc.bigInt({ min: 0n, max: 10n ** 15n }),
  })
  .map(({ part, ...record }) => ({ account: 'main', ...record, ...(part === undefined ? {} : { part }) }));

/** Random changes on few ids, so that many expectations hold and many fail. */
export const changes: fc.Arbitrary<Change> = fc.oneof(
  fc.record({
    kind: fc.constant('claim' as const),
    claim: claims,
    expect: fc.constantFrom<ClaimState | 'absent'>('absent', ...claimStates),
  }),
  fc.record({ kind: fc.constant('unclaim' as const), vmId: vmIds, expect: fc.constantFrom(...claimStates) }),
  fc.record({
    kind: fc.constant('intent' as const),
    intent: intents,
    expect: fc.constantFrom<IntentState | 'absent'>('absent', 'absent', ...intentStates),
  }),
  fc.record({ kind: fc.constant('forget-intent' as const), id: intentIds }),
  fc
    .record({
      kind: fc.constant('meter' as const),
      meter: meters,
      isGone: fc.boolean(),
      expect: fc.option(meters, { nil: undefined, freq: 1 }),
      charges: fc.array(chargeRecords, { maxLength: 2 }),
    })
    .map(({ kind, meter, isGone, expect, charges }) => {
      const { id } = meter;
      return { kind, id, meter: isGone ? undefined : meter, expect: expect && { ...expect, id }, charges };
    }),
  fc.record({
    kind: fc.constant('notes' as const),
    notes: fc.array(fc.nat(), { maxLength: 3 }).map((deletionMillis) => ({ ...EMPTY_NOTES, deletionMillis })),
  }),
);
