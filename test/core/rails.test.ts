// The rails of deletion: what is counted, what is exempt.
import { describe, expect, it } from 'vitest';
import type { Books, Claim } from '../../src/core/books.js';
import type { Plan } from '../../src/core/plan-types.js';
import type { FleetPolicy } from '../../src/core/policy-types.js';
import { countFullestHour, limitOf } from '../../src/core/rails.js';
import {
  DAY,
  deletedIds,
  demandOf,
  ENDED,
  HOUR,
  intentId,
  makeClaim,
  makeFleet,
  makeIntent,
  makeSettings,
  makeSnapshot,
  makeVm,
  MINUTE,
  NOON,
  planOf,
  type PlanParts,
} from './samples.js';

const idsOf = (count: number) => Array.from({ length: count }, (_, index) => String(index).padStart(3, '0'));

interface Scene {
  readonly members: number;
  readonly wanted: number;
  /** Of the members, so many are parked already. */
  readonly claim?: Partial<Claim>;
  readonly books?: Partial<Books>;
  readonly fleet?: Partial<FleetPolicy>;
  readonly others?: number;
  readonly stoodSince?: number;
  readonly parts?: PlanParts;
}

/** A fleet whose number was edited at noon, all its members due at once (five minutes to their boundary, a lead of minutes). */
function planScene(scene: Scene): Plan {
  const { members, wanted, claim = {}, books = {}, fleet = {}, others = 0, stoodSince = NOON, parts = {} } = scene;
  const paidUntil = NOON + 2 * MINUTE;
  const claims = idsOf(members).map((id) => makeClaim(id, { paidUntil, ...claim }));
  const vms = [
    ...idsOf(members).map((id) => makeVm(id, { paidUntil })),
    ...idsOf(others).map((id) => makeVm(`other-${id}`)),
  ];
  const snapshot = makeSnapshot(vms, { claims, ...books }, { stoodSince: { web: stoodSince } });
  return planOf(snapshot, { fleets: [makeFleet({ demand: demandOf([[0, wanted]]), ...fleet })], ...parts });
}

describe('limitOf', () => {
  it.each([
    [5, 10],
    [1, 10],
    [6, 2],
    [12, 4],
    [100, 10],
    [0, 10],
  ])('of %d VMs allows %d', (matched, limit) => {
    expect(limitOf({ count: 10, percent: 34 }, matched)).toBe(limit);
  });
});

describe('the rails of deletion', () => {
  it.each([
    ['all of five: the count alone', 5, 0, 5],
    ['two of six', 6, 4, 2],
    ['three of six: over 34 %', 6, 3, 0],
    ['ten of thirty', 30, 20, 10],
    ['eleven of forty: over the count', 40, 29, 0],
  ] as const)('judge %s', (_what, members, wanted, deleted) => {
    const plan = planScene({ members, wanted });
    expect(deletedIds(plan).length).toBe(deleted);
    expect(plan.refused.length).toBe(deleted === 0 ? 1 : 0);
    if (deleted > 0) return;
    expect(plan.refused[0]!.targets.length).toBe(members - wanted);
    expect(plan.holds.filter((hold) => hold.reason.code === 'rail').length).toBe(members - wanted);
    // Refused or not, it is surplus: what it is charged while the rail keeps it is not to be booked as wanted.
    expect(plan.marks.map(({ to, railExempt }) => [to, railExempt])).toEqual(
      plan.refused[0]!.targets.map(() => ['parked', false]),
    );
  });

  it('refuse one policy whole and let the others go on', () => {
    const paidUntil = NOON + 2 * MINUTE;
    const claims = [
      ...idsOf(20).map((id) => makeClaim(id, { paidUntil })),
      makeClaim('x', { policy: 'ops', paidUntil }),
    ];
    const snapshot = makeSnapshot(
      [...idsOf(20), 'x'].map((id) => makeVm(id, { paidUntil })),
      { claims },
      { stoodSince: {} },
    );
    const fleets = [makeFleet({ demand: demandOf([]) }), makeFleet({ name: 'ops', demand: demandOf([]) })];
    const plan = planOf(snapshot, { fleets });
    expect(deletedIds(plan)).toEqual(['x']);
    expect(plan.refused.map((refusal) => refusal.policy)).toEqual(['web']);
  });

  it('hold for the account as a whole, the smallest policies first', () => {
    const paidUntil = NOON + 2 * MINUTE;
    const names = ['one', 'two', 'three'];
    const sizes = [4, 5, 5];
    const claims = names.flatMap((policy, index) =>
      idsOf(sizes[index]!).map((id) => makeClaim(policy + id, { policy, paidUntil })),
    );
    const vms = claims.map((claim) => makeVm(claim.vmId, { paidUntil }));
    const others = idsOf(60).map((id) => makeVm(`other-${id}`));
    const fleets = names.map((name) => makeFleet({ name, demand: demandOf([]) }));
    const plan = planOf(makeSnapshot([...vms, ...others], { claims }, { stoodSince: {} }), { fleets });
    expect(deletedIds(plan).length).toBe(9);
    expect(plan.refused.map(({ policy, rail }) => [policy, rail])).toEqual([['two', 'deletes.perPlan']]);
  });

  it('judge surplus when it is first found, long before it is due', () => {
    const paidUntil = NOON + 20 * HOUR;
    const claims = idsOf(20).map((id) => makeClaim(id, { paidUntil }));
    const vms = idsOf(20).map((id) => makeVm(id, { paidUntil }));
    const plan = planOf(makeSnapshot(vms, { claims }, { stoodSince: { web: NOON } }), {
      fleets: [makeFleet({ demand: demandOf([]) })],
    });
    expect(plan.refused.length).toBe(1);
    expect(plan.marks.length).toBe(20);
  });

  it('count what is doomed and what was deleted within the hour', () => {
    const gone = idsOf(6).map((id) => ({ vmId: `gone-${id}`, vmName: id }));
    const target = {
      boundary: NOON,
      price: undefined,
      recordOnly: false,
      railExempt: false,
      reaped: false,
      publicIp: undefined,
      reason: 'surplus' as const,
    };
    const outcome = { result: 'accepted' as const, text: '' };
    const deletion = (minutes: number, over: Partial<typeof target> = {}) =>
      makeIntent(intentId('aaaa'), {
        kind: 'delete',
        createdAt: NOON - minutes * MINUTE,
        delete: { targets: gone.map((vm) => ({ ...vm, ...target, ...over, outcome })) },
      });
    const scene = { members: 30, wanted: 24, others: 30 };
    expect(planScene(scene).refused).toEqual([]);
    const refused = planScene({ ...scene, books: { intents: [deletion(59)] } });
    expect(refused.refused.map(({ rail }) => rail)).toEqual(['deletes.perHour']);
    expect(planScene({ ...scene, books: { intents: [deletion(60)] } }).refused).toEqual([]);
    expect(planScene({ ...scene, books: { intents: [deletion(59, { railExempt: true })] } }).refused).toEqual([]);
    expect(planScene({ ...scene, books: { intents: [deletion(59, { recordOnly: true })] } }).refused).toEqual([]);
  });

  it('count each doomed VM once, but for exempt ones and records', () => {
    const deletion = { intent: intentId('aaaa'), calledAt: NOON - MINUTE };
    const target = {
      boundary: NOON,
      price: undefined,
      recordOnly: false,
      railExempt: false,
      reaped: false,
      publicIp: undefined,
    };
    const outcome = { result: 'accepted' as const, text: '' };
    const planWith = (over: Partial<Claim>) => {
      const claims = idsOf(40).map((id, index) =>
        makeClaim(id, index < 6 ? { state: 'doomed', deletion, ...over } : { paidUntil: NOON + 2 * MINUTE }),
      );
      const targets = idsOf(6).map((vmId) => ({ vmId, vmName: vmId, ...target, reason: 'surplus' as const, outcome }));
      const intents = [
        makeIntent(deletion.intent, {
          kind: 'delete',
          createdAt: NOON - MINUTE,
          calledAt: NOON - MINUTE,
          delete: { targets },
        }),
      ];
      return planScene({ members: 40, wanted: 30, books: { claims, intents } });
    };
    // Six are doomed and four are surplus: ten, as many as the rail allows.
    expect(planWith({ unwanted: 'surplus' }).rails.deletions).toBe(10);
    expect(planWith({ unwanted: 'surplus' }).refused).toEqual([]);
    expect(planWith({ unwanted: 'surplus', railExempt: true }).rails.deletions).toBe(4);
    expect(planWith({ unwanted: 'record-only' }).rails.deletions).toBe(4);
    const eleven = planScene({ members: 41, wanted: 30 });
    expect(eleven.refused.length).toBe(1);
  });

  it('leave records outside', () => {
    const vms = idsOf(12).map((id) => makeVm(id, { status: 'terminated' }));
    const claims = idsOf(12).map((id) => makeClaim(id, ENDED));
    const plan = planOf(makeSnapshot(vms, { claims }), { fleets: [makeFleet({ demand: demandOf([]) })] });
    expect(deletedIds(plan).length).toBe(12);
  });
});

describe("a window's edge", () => {
  const edge = demandOf([
    [NOON - 10 * HOUR, 20],
    [NOON, 2],
  ]);

  it('is exempt when the policy stood before the previous boundary of the VM', () => {
    const plan = planScene({ members: 20, wanted: 2, fleet: { demand: edge }, stoodSince: NOON - 3 * DAY });
    expect(deletedIds(plan).length).toBe(18);
  });

  it('is exempt when the VM was bought under the policy', () => {
    const stoodSince = NOON - 9 * HOUR;
    const bought = { claimedAt: NOON - 8 * HOUR };
    expect(planScene({ members: 20, wanted: 2, fleet: { demand: edge }, stoodSince, claim: bought }).refused).toEqual(
      [],
    );
    expect(planScene({ members: 20, wanted: 2, fleet: { demand: edge }, stoodSince }).refused.length).toBe(1);
  });

  it('stays exempt beside a late create, which is not', () => {
    const stoodSince = NOON - 3 * DAY;
    const claims = idsOf(21).map((id) => makeClaim(id, { origin: id === '000' ? 'late' : 'bought' }));
    const plan = planScene({ members: 21, wanted: 2, fleet: { demand: edge }, stoodSince, books: { claims } });
    expect(plan.refused).toEqual([]);
    const deletions = plan.actions.filter((action) => action.kind === 'delete');
    expect(deletions.filter((action) => action.railExempt).length).toBe(deletions.length - 1);
    expect(plan.rails.deletions).toBe(1);
  });

  it('is none when only the number was edited', () => {
    expect(planScene({ members: 20, wanted: 2, stoodSince: NOON - 1 }).refused.length).toBe(1);
    expect(planScene({ members: 20, wanted: 2, stoodSince: NOON - 3 * DAY }).refused.length).toBe(1);
  });
});

describe('the hour', () => {
  const spread = (count: number, gap: number) =>
    idsOf(count).map((id, index) => makeVm(id, { paidUntil: NOON + 4 * HOUR + index * gap }));
  const planSpread = (gap: number, over: Partial<Books> = {}): Plan => {
    const vms = spread(30, gap);
    const claims = vms.map(({ id, paidUntil }) => makeClaim(id, { paidUntil }));
    const rails = makeSettings().rails;
    const deletes = { perPlan: { count: 30, percent: 100 }, perHour: { count: 5, percent: 100 } };
    return planOf(makeSnapshot(vms, { claims, ...over }, { stoodSince: { web: NOON } }), {
      fleets: [makeFleet({ demand: demandOf([]) })],
      settings: { rails: { ...rails, deletes } },
    });
  };

  it('lets pass what is spread over so many hours that none sees more than its limit', () => {
    const plan = planSpread(HOUR / 4);
    expect(plan.refused).toEqual([]);
    expect(plan.rails).toMatchObject({ deletions: 30, deletionsLimit: 30 });
    expect(plan.rails).toMatchObject({ deletionsInOneHour: 4, deletionsInOneHourLimit: 5, deletionsRefused: 0 });
  });

  it('refuses, when it is found and not when it is due, what one hour to come sees too much of', () => {
    const plan = planSpread(HOUR / 6);
    expect(plan.refused.map(({ rail, text }) => [rail, text])).toEqual([
      ['deletes.perHour', '6 of 30 VMs would be deleted within one hour; the rail allows 5'],
    ]);
    expect(plan.rails).toMatchObject({ deletions: 0, deletionsInOneHour: 0, deletionsRefused: 30 });
  });

  it.each([
    ['nothing', [], [], 0],
    ['what began in the last hour, when nothing comes', [-30 * MINUTE, -HOUR], [], 1],
    ['what began in the same hour as what comes', [-30 * MINUTE, -20 * MINUTE], [0, 25 * MINUTE], 4],
    ['what comes within one hour, both ends not included', [], [0, HOUR, HOUR + 1, 2 * HOUR], 2],
    ['an hour to come that is fuller than this one', [-MINUTE], [0, 9 * HOUR, 9 * HOUR, 9 * HOUR], 3],
    ['no past hour that nothing is added to', [-MINUTE, -MINUTE, -MINUTE], [9 * HOUR], 1],
  ] as const)('counts %s', (_what, begun, coming, count) => {
    const at = (offsets: readonly number[]) => offsets.map((offset) => NOON + offset);
    expect(countFullestHour(at(begun), at(coming), NOON)).toBe(count);
  });
});

describe('a refusal', () => {
  it("says of which share the account's limit is made, foreign VMs counted in", () => {
    expect(planScene({ members: 4, wanted: 4, others: 3 }).rails).toMatchObject({
      deletionsLimit: 2,
      deletionsLimitShare: { percent: 34, of: 7 },
    });
    expect(planScene({ members: 4, wanted: 4, others: 1 }).rails).not.toHaveProperty('deletionsLimitShare');
    expect(planScene({ members: 30, wanted: 30 }).rails).not.toHaveProperty('deletionsLimitShare');
  });

  it('names its numbers, and whose they are', () => {
    expect(planScene({ members: 20, wanted: 2 }).refused[0]!.text).toBe(
      '18 of 20 VMs would be deleted; the rail allows 6 (34 %) at a time',
    );
    expect(planScene({ members: 40, wanted: 29 }).refused[0]!.text).toContain('11 of 40 VMs would be deleted');
    const account = planScene({ members: 5, wanted: 0, others: 1 });
    expect(account.refused[0]!.text).toContain('5 of 6 VMs of the account');
  });
});
