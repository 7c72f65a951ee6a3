import { describe, expect, it } from 'vitest';
import type { Books } from '../../src/core/books.js';
import { wantAlways } from '../../src/core/demand.js';
import { foreseeSnapshot } from '../../src/core/foresee.js';
import { planAccount } from '../../src/core/plan.js';
import type { Plan, Snapshot } from '../../src/core/plan-types.js';
import { reckonSnapshot } from '../../src/core/reckon/reckon.js';
import type { Vm } from '../../src/core/types.js';
import {
  DAY,
  deletedIds,
  demandOf,
  deployedCount,
  holdCodes,
  HOUR,
  makeClaim,
  makeEvidence,
  makeFleet,
  makeIntent,
  makePolicies,
  makeReap,
  makeRun,
  makeSettings,
  makeSnapshot,
  makeVm,
  MINUTE,
  NOON,
  type PlanParts,
} from './samples.js';

/** What is foreseen of these VMs, all of them members of web unless the books say otherwise. */
function foresee(vms: readonly Vm[], at: number, parts: PlanParts = {}, books: Partial<Books> = {}): Plan {
  const { fleets = [makeFleet({ demand: wantAlways(vms.length) })], reaps = [], policies, settings } = parts;
  const snapshot = makeSnapshot(vms, { claims: vms.map((vm) => makeClaim(vm.id)), ...books });
  const given = { policies: makePolicies({ fleets, reaps, ...policies }), settings: makeSettings(settings) };
  const plan = (seen: Snapshot): Plan => planAccount({ snapshot: seen, ...given });
  const present = reckonSnapshot(snapshot, given.policies, given.settings).snapshot;
  return plan(foreseeSnapshot({ snapshot: present, ...given, plan }, at));
}

describe('a forecast', () => {
  it('is marked with the instant that it was made from', () => {
    expect(foresee([makeVm('a')], NOON + HOUR)).toMatchObject({ at: NOON + HOUR, foreseenFrom: NOON });
  });

  it('takes a launch that has just begun for a success, not for a time-out', () => {
    const young = makeVm('a', { status: 'launching', paidUntil: undefined, createdAt: NOON - MINUTE });
    const claims = [makeClaim('a', { activeAt: undefined, claimedAt: NOON - MINUTE, paidUntil: undefined })];
    const plan = foresee([young], NOON + 6 * HOUR, {}, { claims });
    expect(plan.actions).toEqual([]);
    expect(plan.fleets).toMatchObject([{ wanted: 1, running: 1, launching: 0 }]);
  });

  it('leaves a launch that is stuck already as it is', () => {
    const stuck = makeVm('a', { status: 'launching', paidUntil: undefined });
    const claims = [makeClaim('a', { activeAt: undefined, claimedAt: NOON - 5 * HOUR, paidUntil: undefined })];
    const plan = foresee([stuck], NOON + HOUR, {}, { claims });
    expect(plan.actions.map(({ reason }) => reason.code)).toEqual(['launch-timeout', 'below-replicas']);
  });

  it('renews what is wanted, also over several boundaries', () => {
    const plan = foresee([makeVm('a')], NOON + 3 * DAY);
    expect(plan.actions).toEqual([]);
    expect(holdCodes(plan, 'a')).toEqual([]);
    expect(plan.charges).toMatchObject([{ at: NOON + 6 * HOUR + 3 * DAY, fate: 'renew' }]);
  });

  it('lets surplus go at its boundary, and shows its deletion as due until then', () => {
    const fleets = [makeFleet({ demand: wantAlways(1) })];
    const vms = [makeVm('a'), makeVm('b')];
    expect(deletedIds(foresee(vms, NOON + HOUR, { fleets }))).toEqual([]);
    expect(deletedIds(foresee(vms, NOON + 6 * HOUR - 2 * MINUTE, { fleets }))).toHaveLength(1);
    const after = foresee(vms, NOON + 7 * HOUR, { fleets });
    expect(after.actions).toEqual([]);
    expect(after.fleets).toMatchObject([{ running: 1, parked: 0 }]);
  });

  it('buys in a window what was let go before it', () => {
    const demand = demandOf([
      [NOON - HOUR, 0],
      [NOON + DAY, 2],
    ]);
    const vms = [makeVm('a'), makeVm('b')];
    expect(deployedCount(foresee(vms, NOON + DAY, { fleets: [makeFleet({ demand })] }))).toBe(2);
  });

  it('lets nothing go while nothing would be: frozen, or observing', () => {
    const fleets = [makeFleet({ demand: wantAlways(0), mode: 'observe' })];
    const plan = foresee([makeVm('a')], NOON + DAY, { fleets });
    expect(plan.fleets).toMatchObject([{ running: 1, parked: 1 }]);
    const handles = { freeze: { since: NOON, why: '' }, protect: [], approvals: [] };
    const claims = [makeClaim('a')];
    const frozen = foresee(
      [makeVm('a')],
      NOON + DAY,
      { fleets: [makeFleet({ demand: wantAlways(0) })] },
      { claims, handles },
    );
    expect(frozen.fleets).toMatchObject([{ running: 1 }]);
  });

  it('sees a deletion through that has begun', () => {
    const target = { vmId: 'a', vmName: 'vm-a', boundary: NOON + HOUR, price: undefined, recordOnly: false } as const;
    const targets = [{ ...target, railExempt: false, reaped: false, publicIp: undefined, reason: 'surplus' as const }];
    const intents = [makeIntent('9k3f9a', { kind: 'delete', state: 'calling', delete: { targets } })];
    const claims = [makeClaim('a', { state: 'doomed', deletion: { intent: '9k3f9a', calledAt: NOON } })];
    const plan = foresee(
      [makeVm('a')],
      NOON + HOUR,
      { fleets: [makeFleet({ demand: wantAlways(1) })] },
      { claims, intents },
    );
    expect(deployedCount(plan)).toBe(1);
    expect(plan.holds.filter(({ reason }) => reason.code === 'deleting')).toEqual([]);
  });

  it('says of every VM of a reap that signals cannot be foreseen, however idle it is now', () => {
    const evidence = [makeEvidence('a', [makeRun('yes', NOON - 2 * HOUR, NOON)])];
    const parts = { fleets: [], reaps: [makeReap()] };
    const vms = [makeVm('a', { name: 'ci-a' })];
    const plan = foresee(vms, NOON + 6 * HOUR - 2 * MINUTE, parts, { claims: [], evidence });
    expect(plan.actions).toEqual([]);
    expect(plan.reaps).toMatchObject([{ matched: 1, idle: 0, unknown: 1 }]);
    expect(plan.holds).toMatchObject([
      {
        vm: { id: 'a' },
        reason: { code: 'signal-unknown', text: "unknown: signals can't be foreseen; it would be asked then" },
      },
    ]);
  });

  it('replaces a member whose balance runs out by then', () => {
    const poor = makeVm('a', { status: 'small-balance' });
    const plan = foresee([poor], NOON + DAY, { fleets: [makeFleet({ demand: wantAlways(1) })] });
    expect(plan.actions.map(({ kind }) => kind).sort()).toEqual(['delete', 'deploy']);
  });
});
