// Snapshots as no careful service would show them: fields missing, times absurd, books that contradict the list. The planner
// must answer all the same, and must not delete anything that the life-cycle table forbids.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyChanges } from '../../src/core/apply-commit.js';
import type { Claim, Intent, Notes } from '../../src/core/books.js';
import { buildCommit } from '../../src/core/build-commit.js';
import { isEnded, isRunning } from '../../src/core/lifecycle.js';
import { ALPHABET, buildMemberName } from '../../src/core/names.js';
import { planAccount } from '../../src/core/plan.js';
import type { Snapshot } from '../../src/core/plan-types.js';
import { reckonSnapshot } from '../../src/core/reckon/reckon.js';
import type { Evidence, Instant, Price, Vm, VmStatus } from '../../src/core/types.js';
import {
  DAY,
  demandOf,
  HOUR,
  intentId,
  makeBooks,
  makeClaim,
  makeDeploy,
  makeEvidence,
  makeFleet,
  makeIntent,
  makeNotes,
  makeOffer,
  makePolicies,
  makeReap,
  makeRun,
  makeSettings,
  makeSnapshot,
  makeVm,
  makeWhere,
  MINUTE,
  NO_RAILS,
  NOON,
} from './samples.js';

const IDS = ['1', '2', '3', '4', '5', '6'];
const INTENTS = ['aaaa', 'bbbb', 'cccc'].map(intentId);
const orNot = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq: 4 });

const instants: fc.Arbitrary<Instant> = fc.oneof(
  fc.integer({ min: NOON - 2 * DAY, max: NOON + 2 * DAY }),
  fc.integer({ min: NOON - 5 * MINUTE, max: NOON + 5 * MINUTE }),
  fc.constantFrom(0, -1, 8.64e15, 9e15, NOON),
);
const prices: fc.Arbitrary<Price> = fc.record({
  amount: fc.constantFrom(0n, 1n, 306_980n, 10n ** 30n, -5n),
  periodMillis: fc.constantFrom(HOUR, DAY),
});
const statuses = fc.constantFrom<VmStatus>(
  'new',
  'launching',
  'active',
  'active',
  'active',
  'small-balance',
  'insufficient-funds',
  'terminated',
  'stopped',
  'failed',
  'unknown',
);
const names = fc.oneof(
  fc.constantFrom('', 'db-1', 'ci-1', 'ci-2', 'web', '0x'),
  fc
    .tuple(fc.constantFrom('web', 'ops', 'old', 'gone'), fc.constantFrom(...INTENTS), fc.nat(3))
    .map(([fleet, intent, index]) =>
      index === 3 ? `${fleet}-a1${intent}` : buildMemberName(fleet, 'a1', intent, index),
    ),
);

const vms: fc.Arbitrary<readonly Vm[]> = fc
  .array(
    fc.record({
      id: fc.constantFrom(...IDS),
      name: names,
      status: statuses,
      price: orNot(prices),
      paidUntil: orNot(instants),
      createdAt: orNot(instants),
      country: orNot(fc.constantFrom('FR', 'PL')),
    }),
    { maxLength: 7 },
  )
  .map((all) =>
    all.map(({ country, ...vm }) =>
      makeVm(vm.id, {
        ...vm,
        statusText: vm.status,
        place:
          country === undefined
            ? undefined
            : { country, city: undefined, cityIndex: undefined, tier: undefined, certifications: [] },
      }),
    ),
  );

const claims: fc.Arbitrary<readonly Claim[]> = fc.uniqueArray(
  fc
    .record({
      vmId: fc.constantFrom(...IDS),
      policy: fc.constantFrom('web', 'ops', 'old', 'gone', 'reap-ci'),
      origin: fc.constantFrom('bought' as const, 'adopted' as const, 'late' as const),
      state: fc.constantFrom('member' as const, 'member' as const, 'parked' as const, 'doomed' as const),
      intent: orNot(fc.constantFrom(...INTENTS)),
      claimedAt: instants,
      price: orNot(prices),
      paidUntil: orNot(instants),
      looks: orNot(fc.integer({ min: 1, max: 4 })),
      calledAt: orNot(instants),
    })
    .map(({ vmId, looks, calledAt, ...rest }) =>
      makeClaim(vmId, {
        ...rest,
        origin: rest.policy === 'reap-ci' ? 'reaped' : rest.origin,
        missing: looks === undefined ? undefined : { since: NOON - looks * 5 * MINUTE, looks },
        deletion: calledAt === undefined ? undefined : { intent: INTENTS[0]!, calledAt },
      }),
    ),
  { selector: (claim) => claim.vmId, maxLength: 6 },
);

const intents: fc.Arbitrary<readonly Intent[]> = fc.uniqueArray(
  fc
    .record({
      id: fc.constantFrom(...INTENTS),
      kind: fc.constantFrom('deploy' as const, 'delete' as const, 'rename' as const),
      policy: fc.constantFrom('web', 'ops', 'old', 'gone'),
      state: fc.constantFrom(
        'planned' as const,
        'calling' as const,
        'unknown' as const,
        'done' as const,
        'failed' as const,
        'lapsed' as const,
      ),
      createdAt: instants,
      calledAt: orNot(instants),
      generation: fc.integer({ min: 0, max: 2 }),
      emptyLooks: fc.nat(3),
      vmIds: fc.subarray(IDS),
      boundary: orNot(instants),
      recordOnly: fc.boolean(),
    })
    .map(({ vmIds, boundary, recordOnly, ...rest }): Intent => {
      const target = { boundary, price: undefined, recordOnly, railExempt: false, reaped: false, publicIp: undefined };
      const targets = vmIds.map((vmId) => ({ vmId, vmName: `vm-${vmId}`, reason: 'surplus' as const, ...target }));
      const closedAt = ['done', 'failed', 'lapsed'].includes(rest.state) ? rest.createdAt : undefined;
      const base = makeIntent(rest.id, { ...rest, closedAt });
      if (rest.kind === 'delete') return { ...base, delete: { targets } };
      if (rest.kind === 'rename')
        return { ...base, rename: { targets: vmIds.map((vmId) => ({ vmId, from: 'a', to: 'b' })) } };
      return { ...base, deploy: makeDeploy(3, { vmIds }) };
    }),
  { selector: (intent) => intent.id, maxLength: 3 },
);

const notes: fc.Arbitrary<Notes> = fc
  .record({
    last: orNot(fc.nat(12)),
    recovering: orNot(fc.constant({ since: NOON - HOUR, looks: 2 })),
    deletionMillis: fc.constantFrom([], new Array<number>(30).fill(1), new Array<number>(30).fill(1e9)),
    launchMillis: fc.constantFrom([], [0], [1e12]),
  })
  .map(({ last, ...rest }) =>
    makeNotes({ ...rest, lastCompleteLook: last === undefined ? undefined : { at: NOON - MINUTE, vms: last } }),
  );

const evidence: fc.Arbitrary<readonly Evidence[]> = fc
  .subarray(IDS)
  .map((ids) => ids.map((id) => makeEvidence(id, [makeRun('yes', NOON - HOUR, NOON)])));

const snapshots: fc.Arbitrary<Snapshot> = fc
  .record({
    vms,
    claims,
    intents,
    notes,
    evidence,
    state: fc.constantFrom(
      'complete' as const,
      'complete' as const,
      'complete' as const,
      'partial' as const,
      'failed' as const,
    ),
    offers: orNot(
      fc.array(
        prices.map((price) => makeOffer({ price })),
        { maxLength: 3 },
      ),
    ),
    skewMillis: orNot(fc.integer({ min: -130_000, max: 130_000 })),
    protect: fc.subarray([...IDS, 'db-1']),
  })
  .map(({ vms: listed, state, offers, skewMillis, protect, ...books }) => {
    const inventory = { state, startedAt: NOON, finishedAt: NOON, vms: listed, problems: [] };
    const handles = { freeze: undefined, protect, approvals: [] };
    return makeSnapshot(
      listed,
      {},
      { inventory, offers, clock: { skewMillis, jumpMillis: 0 }, books: makeBooks({ ...books, handles }) },
    );
  });

const web = makeFleet({
  demand: demandOf([
    [NOON - HOUR, 3],
    [NOON + 3 * HOUR, 1],
  ]),
  where: makeWhere({ countries: [] }),
});
const ops = makeFleet({
  name: 'ops',
  formerly: ['old'],
  demand: demandOf([[0, 0]]),
  deleteAt: 'now',
  readyBy: 'start',
});
const policies = makePolicies({
  fleets: [web, ops],
  reaps: [makeReap({ minAgeMillis: 0 }), makeReap({ name: 'reap-all', select: () => true, mode: 'observe' })],
  isProtected: (vm) => vm.id === '6',
});
const settings = makeSettings({ rails: NO_RAILS });

function run(snapshot: Snapshot) {
  const reckoned = reckonSnapshot(snapshot, policies, settings);
  const plan = planAccount({ snapshot: reckoned.snapshot, policies, settings });
  let drawn = 0;
  const drawBody = () => `zz${ALPHABET[Math.floor((drawn += 1) / 32)]!}${ALPHABET[drawn % 32]!}`;
  const built = buildCommit({ plan, settings, drawBody, ...reckoned });
  return { reckoned: reckoned.snapshot, plan, built };
}

describe('whatever the snapshot', () => {
  it('plans, and its commit applies to the books whole', () => {
    fc.assert(
      fc.property(snapshots, (snapshot) => {
        const { built } = run(snapshot);
        expect(applyChanges(snapshot.books, built.commit.changes).failed).toEqual([]);
      }),
      { numRuns: 3000 },
    );
  });

  it('deletes nothing that the life-cycle table forbids', () => {
    fc.assert(
      fc.property(snapshots, (snapshot) => {
        const { plan, reckoned } = run(snapshot);
        const byId = new Map(snapshot.inventory.vms.map((vm) => [vm.id, vm]));
        const claimOf = new Map(reckoned.books.claims.map((claim) => [claim.vmId, claim]));
        const deletions = plan.actions.filter((action) => action.kind === 'delete');
        expect(new Set(deletions.map((action) => action.vm.id)).size).toBe(deletions.length);
        if (snapshot.inventory.state !== 'complete') expect(plan.actions).toEqual([]);
        for (const action of deletions) {
          const vm = byId.get(action.vm.id)!;
          const claim = claimOf.get(vm.id);
          if (claim?.state === 'doomed') continue;
          expect(vm.id).not.toBe('6');
          expect(snapshot.books.handles.protect).not.toContain(vm.id);
          expect(snapshot.books.handles.protect).not.toContain(vm.name);
          const isOurs = claim !== undefined && ['web', 'ops'].includes(claim.policy);
          const isReaped =
            action.policy === 'reap-ci' &&
            vm.name.startsWith('ci-') &&
            (claim === undefined || claim.origin === 'reaped');
          expect(isOurs || isReaped).toBe(true);
          expect(vm.status).not.toBe('unknown');
          if (action.recordOnly) expect(isEnded(vm.status)).toBe(true);
          if (!isRunning(vm.status)) continue;
          expect(vm.paidUntil).toBeGreaterThan(NOON);
          if (action.policy === 'ops') continue;
          expect(vm.paidUntil! - NOON).toBeLessThanOrEqual(Math.max(...[HOUR, DAY].map((period) => period / 4)));
          expect(action.deadline).toBeLessThanOrEqual(NOON);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('never pays more than maxPrice says', () => {
    fc.assert(
      fc.property(snapshots, (snapshot) => {
        for (const action of run(snapshot).plan.actions) {
          if (action.kind !== 'deploy') continue;
          const most = web.where.maxPrice;
          expect(action.cap.amount * BigInt(most.periodMillis) <= most.amount * BigInt(action.cap.periodMillis)).toBe(
            true,
          );
        }
      }),
      { numRuns: 1000 },
    );
  });
});
