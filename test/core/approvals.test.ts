// Approvals: what they open, for how long, and that they name what they open.
import { describe, expect, it } from 'vitest';
import { hashRefusal, listApproved } from '../../src/core/approvals.js';
import type { Approval, Books } from '../../src/core/books.js';
import type { Plan } from '../../src/core/plan-types.js';
import type { Instant, Vm } from '../../src/core/types.js';
import {
  daily,
  DAY,
  deletedIds,
  demandOf,
  holdCodes,
  HOUR,
  makeClaim,
  makeFleet,
  makeSnapshot,
  makeVm,
  MINUTE,
  NOON,
  planOf,
} from './samples.js';

const STOOD = NOON - HOUR;
const ids = Array.from({ length: 20 }, (_, index) => String(index).padStart(2, '0'));
/** Boundaries an hour apart. */
const vms = ids.map((id, index) => makeVm(id, { paidUntil: NOON + index * HOUR + 2 * MINUTE }));

interface Scene {
  readonly vms?: readonly Vm[];
  readonly at?: Instant;
  readonly wanted?: number;
  readonly approvals?: readonly Approval[];
  readonly stood?: Instant;
  readonly generation?: number;
  readonly doomed?: readonly string[];
}

function planScene({ vms: listed = vms, at = NOON, wanted = 0, approvals = [], ...more }: Scene = {}): Plan {
  const claims = listed.map(({ id, paidUntil }) =>
    more.doomed?.includes(id) === true
      ? makeClaim(id, { paidUntil, state: 'doomed', unwanted: 'surplus', deletion: { intent: 'x', calledAt: at } })
      : makeClaim(id, { paidUntil }),
  );
  const books: Partial<Books> = { claims, handles: { freeze: undefined, protect: [], approvals } };
  const snapshot = makeSnapshot(listed, books, { at, stoodSince: { web: more.stood ?? STOOD } });
  return planOf(snapshot, {
    fleets: [makeFleet({ demand: demandOf([[0, wanted]]) })],
    policies: { generation: more.generation ?? 1 },
  });
}

function approve(plan: Plan, over: Partial<Approval> = {}): Approval {
  const { policy, targets, approve: hash, policyHash } = plan.refused[0]!;
  const approved = listApproved(targets, plan.at);
  const until = Math.max(...approved.map((target) => target.until));
  return { hash: hash!, policy, at: plan.at, until, policyHash: policyHash!, targets: approved, ...over };
}

const approval = approve(planScene());

describe('an approval', () => {
  it('opens what it names', () => {
    const plan = planScene({ approvals: [approval] });
    expect(plan.refused).toEqual([]);
    expect(deletedIds(plan)).toEqual(['00']);
    expect(plan.marks.length).toBe(20);
  });

  it('still opens the rest when some of it is under way or gone, boundary after boundary', () => {
    const second = planScene({ approvals: [approval], doomed: ['00'], at: NOON + MINUTE });
    expect(second.refused).toEqual([]);
    const later = planScene({ approvals: [approval], vms: vms.slice(5), at: NOON + 5 * HOUR });
    expect(later.refused).toEqual([]);
    expect(deletedIds(later)).toEqual(['05']);
  });

  it('opens fewer when some are wanted again', () => {
    expect(planScene({ approvals: [approval], wanted: 3 }).refused).toEqual([]);
  });

  it('stands while other policies are edited', () => {
    expect(planScene({ approvals: [approval], generation: 7 }).refused).toEqual([]);
  });

  const dearer = vms.map((vm, index) => (index === 7 ? { ...vm, price: daily(306_981n) } : vm));
  const renewed = vms.map((vm, index) => (index === 0 ? { ...vm, paidUntil: vm.paidUntil! + DAY } : vm));
  it.each<[string, Scene]>([
    ['it has lapsed', { approvals: [{ ...approval, until: NOON }] }],
    ['it is of another policy', { approvals: [{ ...approval, policy: 'ops' }] }],
    ['it names no VMs', { approvals: [{ hash: approval.hash, policy: 'web', at: NOON, until: NOON + DAY }] }],
    ['the policy was edited', { approvals: [approval], stood: NOON }],
    ['a price rose', { approvals: [approval], vms: dearer }],
    ['one more VM is to go', { approvals: [approval], vms: [...vms, makeVm('new', { paidUntil: NOON + DAY })] }],
    ['one of them was paid for its next period', { approvals: [approval], vms: renewed, at: NOON + HOUR }],
  ])('opens nothing when %s, and the whole is asked for anew', (_what, scene) => {
    const plan = planScene(scene);
    expect(deletedIds(plan)).toEqual([]);
    expect(holdCodes(plan, '05')).toContain('rail');
    expect(plan.refused[0]!.targets.length).toBe((scene.vms ?? vms).length);
  });

  it('names each VM until its own boundary, or for a day where none is known', () => {
    const targets = [
      { id: '1', name: 'a', boundary: NOON + 5 },
      { id: '2', name: 'b' },
    ];
    expect(listApproved(targets, NOON).map(({ until }) => until)).toEqual([NOON + 5, NOON + DAY]);
  });
});

describe('the id of a refusal', () => {
  it('is the same before and after the policy was put in force', () => {
    expect(planScene({ stood: NOON, generation: 2 }).refused[0]!.approve).toBe(approval.hash);
  });

  const target = (id: string, amount: bigint) => ({ id, name: id, price: daily(amount) });
  it('says the same whatever the order, and another thing for other VMs, prices and policies', () => {
    const [one, two] = [target('1', 5n), target('2', 5n)];
    const hash = hashRefusal([one, two], 'web');
    expect(hash).toMatch(/^plan-[0-9a-f]{10}$/);
    expect(hashRefusal([two, one], 'web')).toBe(hash);
    expect(hashRefusal([one], 'web')).not.toBe(hash);
    expect(hashRefusal([one, target('2', 6n)], 'web')).not.toBe(hash);
    expect(hashRefusal([one, two], 'ops')).not.toBe(hash);
  });
});
