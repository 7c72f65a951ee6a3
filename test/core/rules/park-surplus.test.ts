// Which members are parked, taken back, and let go before their demand ends.
import { describe, expect, it } from 'vitest';
import type { Claim } from '../../../src/core/books.js';
import type { FleetPolicy } from '../../../src/core/policy-types.js';
import type { Vm } from '../../../src/core/types.js';
import {
  DAY,
  daily,
  deletedIds,
  deployedCount,
  demandOf,
  holdCodes,
  HOUR,
  intentId,
  makeClaim,
  makeFleet,
  makeIntent,
  makeNotes,
  makeSnapshot,
  makeVm,
  MINUTE,
  NOON,
  planOf,
} from '../samples.js';

interface Member {
  readonly id: string;
  readonly vm?: Partial<Vm>;
  readonly claim?: Partial<Claim>;
}

function planFor(
  members: readonly Member[],
  fleet: Partial<FleetPolicy>,
  books: Parameters<typeof makeSnapshot>[1] = {},
  protect: readonly string[] = [],
) {
  const vms = members.map(({ id, vm }) => makeVm(id, vm));
  const claims = members.map(({ id, vm, claim }) => makeClaim(id, { paidUntil: vm?.paidUntil, ...claim }));
  const handles = { freeze: undefined, protect, approvals: [] };
  return planOf(makeSnapshot(vms, { claims, handles, ...books }), { fleets: [makeFleet(fleet)] });
}

const marksOf = (plan: ReturnType<typeof planFor>) => plan.marks.map((mark) => `${mark.vmId} ${mark.to}`).sort();
const at = (id: string, hours: number, over: Partial<Member> = {}): Member => ({
  id,
  vm: { paidUntil: NOON + hours * HOUR },
  ...over,
});
const PARKED = { claim: { state: 'parked' as const, unwanted: 'surplus' as const } };

describe('surplus', () => {
  it('is parked: the nearest boundary first', () => {
    const plan = planFor([at('a', 9), at('b', 3), at('c', 5)], { demand: demandOf([[0, 1]]) });
    expect(marksOf(plan)).toEqual(['b parked', 'c parked']);
    expect(plan.fleets[0]).toMatchObject({ wanted: 1, running: 3, parked: 2 });
  });

  it('is deleted at once by `deleteAt: now`, but whom a coming wish would buy anew within minutes', () => {
    const members = [at('a', 9), at('b', 3)];
    const launches = { notes: makeNotes({ launchMillis: Array.from({ length: 20 }, () => 40_000) }) };
    const countDeleted = (minutes: number, readyBy: FleetPolicy['readyBy']): number => {
      const demand = demandOf([
        [0, 0],
        [NOON + minutes * MINUTE, 2],
      ]);
      const fleet = { deleteAt: 'now', readyBy, keepIfWantedWithinMillis: undefined, demand } as const;
      return deletedIds(planFor(members, fleet, launches)).length;
    };
    // A minute's launch and the lead of a deletion.
    expect(countDeleted(3, 'buy')).toBe(0);
    expect(countDeleted(10, 'buy')).toBe(2);
    // They may have been bought ahead by a launch time that was longer than today's.
    expect(countDeleted(10, 'start')).toBe(0);
    expect(countDeleted(20, 'start')).toBe(2);
  });

  it('is parked: the dearer before the nearer', () => {
    const dear = { vm: { paidUntil: NOON + 9 * HOUR, price: daily(900_000n) } };
    expect(marksOf(planFor([{ id: 'a', ...dear }, at('b', 3)], { demand: demandOf([[0, 1]]) }))).toEqual(['a parked']);
  });

  it('is parked out of the fullest place, and what a place has too many of before the nearest boundary', () => {
    const stands = (id: string, hours: number, country: string): Member =>
      at(id, hours, { vm: { paidUntil: NOON + hours * HOUR, place: { ...makeVm('x').place!, country } } });
    const members = [stands('a', 9, 'DE'), stands('b', 9, 'FR'), stands('c', 9, 'FR'), stands('d', 9, 'FR')];
    const spread = (max: number) => ({ by: 'country', max }) as const;
    const two = { demand: demandOf([[0, 2]]), spread: spread(3) };
    expect(marksOf(planFor(members, two))).toEqual(['b parked', 'c parked']);
    const nearer = [stands('a', 3, 'DE'), ...members.slice(1, 3)];
    expect(marksOf(planFor(nearer, two))).toEqual(['a parked']);
    expect(marksOf(planFor(nearer, { ...two, spread: spread(1) }))).toEqual(['b parked']);
  });

  it('is taken back when it is wanted again, before anything is bought', () => {
    const plan = planFor([at('a', 9), at('b', 3, PARKED), at('c', 5, PARKED)], { demand: demandOf([[0, 2]]) });
    expect(marksOf(plan)).toEqual(['c member']);
    expect(deployedCount(plan)).toBe(0);
    expect(deployedCount(planFor([at('a', 9), at('b', 3, PARKED)], { demand: demandOf([[0, 5]]) }))).toBe(3);
  });

  it('is never what is protected, by hand or by rule', () => {
    const plan = planFor([at('a', 9), at('b', 3)], { demand: demandOf([]) }, {}, ['b']);
    expect(marksOf(plan)).toEqual(['a parked']);
    const byName = planFor([at('a', 0.01)], { demand: demandOf([]) }, {}, ['vm-a']);
    expect(deletedIds(byName)).toEqual([]);
  });

  it('is marked by nobody who only observes', () => {
    expect(marksOf(planFor([at('a', 9)], { demand: demandOf([]), mode: 'observe' }))).toEqual([]);
    const due = planFor([at('a', 0.02)], { demand: demandOf([]), mode: 'observe' });
    expect(deletedIds(due)).toEqual([]);
    expect(holdCodes(due, 'a')).toContain('observing');
  });

  it('counts what is pending, launching and missing as there', () => {
    const order = {
      count: 2,
      offer: { country: 'FR', configuration: 'x', hardware: undefined, price: daily(1n) },
      cap: daily(1n),
      vmName: 'web-a1',
      vmIds: [],
    };
    const intents = [makeIntent(intentId('aaaa'), { state: 'calling', deploy: order })];
    const plan = planFor([at('a', 9)], { demand: demandOf([[0, 3]]) }, { intents });
    expect(deployedCount(plan)).toBe(0);
    expect(plan.fleets[0]!.launching).toBe(2);
  });
});

describe('a renewal', () => {
  const soon = at('a', 0.02);
  it('is what a wish at the boundary or shortly after asks for', () => {
    const later = (minutes: number) => demandOf([[NOON + 72_000 + minutes * MINUTE, 1]]);
    const keep = { keepIfWantedWithinMillis: 20 * MINUTE };
    expect(deletedIds(planFor([soon], { demand: later(20), ...keep }))).toEqual([]);
    expect(holdCodes(planFor([soon], { demand: later(20), ...keep }), 'a')).toEqual(['wanted-again']);
    expect(deletedIds(planFor([soon], { demand: later(20.1), ...keep }))).toEqual(['a']);
  });

  it('is by default within the time that a launch and a deletion take', () => {
    const notes = makeNotes({ launchMillis: [5 * MINUTE] });
    const fleet = (minutes: number) => ({
      demand: demandOf([[NOON + 72_000 + minutes * MINUTE, 1]]),
      keepIfWantedWithinMillis: undefined,
    });
    // Five minutes of launch, two of deletion, one of margin, half of a tick.
    expect(deletedIds(planFor([soon], fleet(8.5), { notes }))).toEqual([]);
    expect(deletedIds(planFor([soon], fleet(8.6), { notes }))).toEqual(['a']);
  });

  it('is not what a wish asks for that ends before the boundary: it is let go at its deadline', () => {
    const demand = demandOf([
      [0, 1],
      [NOON + 72_000, 0],
    ]);
    const plan = planFor([soon], { demand });
    expect(deletedIds(plan)).toEqual(['a']);
    expect(plan.actions[0]!.reason.code).toBe('demand-ends');
    expect(plan.actions[0]!.reason.text).toContain('one short for at most 1m12s');
    expect(deployedCount(plan)).toBe(0);
  });

  it('leaves a gap that is meant: nothing is bought for it, and it is not taken back meanwhile', () => {
    const boundary = NOON + 72_000;
    const demand = demandOf([
      [0, 1],
      [boundary, 0],
    ]);
    const target = {
      vmId: 'a',
      vmName: 'vm-a',
      boundary,
      price: undefined,
      recordOnly: false,
      railExempt: true,
      reaped: false,
      publicIp: undefined,
    };
    const deletion = (over: object) =>
      makeIntent(intentId('aaaa'), {
        kind: 'delete',
        delete: { targets: [{ ...target, reason: 'demand-ends', ...over }] },
      });
    const accepted = { outcome: { result: 'accepted', text: '' } };
    const gone = planFor([], { demand }, { intents: [deletion(accepted)] });
    expect(deployedCount(gone)).toBe(0);
    const kept = planFor([], { demand }, { intents: [deletion({ outcome: { result: 'kept', text: '' } })] });
    expect(deployedCount(kept)).toBe(1);
    const waiting = { ...deletion({}), state: 'planned' as const };
    const parked = { claim: { state: 'parked' as const, unwanted: 'demand-ends' as const } };
    expect(marksOf(planFor([{ ...soon, ...parked }], { demand }, { intents: [waiting] }))).toEqual([]);
    const wanted = planFor([{ ...soon, ...parked }], { demand: demandOf([[0, 1]]) }, { intents: [waiting] });
    expect(marksOf(wanted)).toEqual(['a member']);
  });

  it('with readyBy: start is also what is about to be wanted', () => {
    const notes = makeNotes({ launchMillis: [5 * MINUTE] });
    const demand = demandOf([[NOON + 72_000 + 4 * MINUTE, 1]]);
    expect(deletedIds(planFor([soon], { demand, readyBy: 'start' }, { notes }))).toEqual([]);
    expect(deletedIds(planFor([soon], { demand }, { notes }))).toEqual(['a']);
  });
});

describe('the next wake', () => {
  it("is a window's edge, a launch earlier when it must be ready by then", () => {
    const notes = makeNotes({ launchMillis: [5 * MINUTE] });
    const demand = demandOf([[NOON + HOUR, 1]]);
    expect(planFor([], { demand }, { notes }).nextWakeAt).toBe(NOON + HOUR);
    expect(planFor([], { demand, readyBy: 'start' }, { notes }).nextWakeAt).toBe(NOON + 55 * MINUTE);
    expect(planFor([], { demand: demandOf([]) }).nextWakeAt).toBeUndefined();
    expect(planFor([], { demand: demandOf([[NOON + 2 * DAY, 1]]) }).nextWakeAt).toBeUndefined();
  });
});
