// Renewals for a few minutes: which members are told of, what is said, and that nothing else changes by it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findPeak } from '../../../src/core/demand.js';
import type { FleetPolicy } from '../../../src/core/policy-types.js';
import {
  DAY,
  demandOf,
  HOUR,
  makeClaim,
  makeFleet,
  makePart,
  makeSnapshot,
  makeVm,
  MINUTE,
  NOON,
  planOf,
  PRICE,
} from '../samples.js';

interface Vm {
  readonly id: string;
  readonly minutes: number;
}

function planWith(vms: readonly Vm[], over: Partial<FleetPolicy>, periodMillis = DAY) {
  const price = { ...PRICE, periodMillis };
  const paid = ({ minutes }: Vm) => ({ paidUntil: NOON + minutes * MINUTE, price });
  const listed = vms.map((vm) => makeVm(vm.id, paid(vm)));
  const claims = vms.map((vm) => makeClaim(vm.id, paid(vm)));
  return planOf(makeSnapshot(listed, { claims }), { fleets: [makeFleet(over)], settings: { periodMillis } });
}

const told = (plan: ReturnType<typeof planWith>) =>
  plan.holds.flatMap(({ reason, vm }) => (reason.code === 'renews-briefly' ? [vm!.id] : []));
const minute = (minutes: number) => NOON + minutes * MINUTE;

describe('a renewal for a few minutes', () => {
  const ends = (minutes: number, after = 0) =>
    demandOf([
      [0, 2],
      [minute(minutes), after],
    ]);

  it('is told with what the minutes cost and what would save it', () => {
    const plan = planWith([{ id: 'a', minutes: 108 }], {
      demand: demandOf([
        [0, 1],
        [minute(120), 0],
      ]),
    });
    expect(told(plan)).toEqual(['a']);
    const hold = plan.holds.find(({ vm }) => vm?.id === 'a')!;
    expect(hold.reason.text).toBe(
      'wanted until 14:00Z, ends 12m after its boundary: those minutes cost 0.306980; ending window "w0" at 13:48Z would save it',
    );
    expect(hold).toMatchObject({ until: minute(108), boundary: minute(108), charge: PRICE.amount });
    expect(plan.charges.find(({ vm }) => vm.id === 'a')).toMatchObject({ fate: 'renew', code: 'renews-briefly' });
  });

  it('is no such where another member goes in its stead later, which costs the same', () => {
    const both = [
      { id: 'a', minutes: 108 },
      { id: 'b', minutes: 300 },
    ];
    const plan = planWith(both, { demand: ends(120, 1) });
    expect(told(plan)).toEqual([]);
    expect(plan.charges.map(({ vm, fate }) => `${vm.id} ${fate}`)).toEqual(['a renew', 'b delete']);
  });

  it('is no such when the demand ends at the boundary, or more than an hour after it', () => {
    const only = (minutes: number) => told(planWith([{ id: 'a', minutes }], { demand: ends(120) }));
    expect(only(120)).toEqual([]);
    expect(only(119)).toEqual(['a']);
    expect(only(60)).toEqual(['a']);
    expect(only(59)).toEqual([]);
  });

  it('is no such when the VM is wanted again within the period that is paid', () => {
    const again = (minutes: number) =>
      demandOf([
        [0, 1],
        [minute(120), 0],
        [minute(minutes), 1],
      ]);
    expect(told(planWith([{ id: 'a', minutes: 110 }], { demand: again(110 + 24 * 60) }))).toEqual([]);
    expect(told(planWith([{ id: 'a', minutes: 110 }], { demand: again(110 + 24 * 60 + 1) }))).toEqual(['a']);
  });

  it('is within a quarter of an hour where an hour is paid', () => {
    const only = (minutes: number) => told(planWith([{ id: 'a', minutes }], { demand: ends(50) }, HOUR));
    expect(only(36)).toEqual(['a']);
    expect(only(34)).toEqual([]);
  });

  it('names the window that opens, where that is what wants fewer', () => {
    const steps = [
      { at: 0, wanted: 1, window: undefined },
      { at: minute(120), wanted: 0, window: 'lunch' },
    ];
    const demand = (from: number, to: number) =>
      steps.filter((step, index) => (index === 0 ? steps[1]!.at > from : step.at < to));
    const plan = planWith([{ id: 'a', minutes: 110 }], { demand });
    expect(plan.holds[0]!.reason.text).toContain('opening window "lunch" at 13:50Z would save it');
  });

  describe('of a machine whose disk and IP are charged before it', () => {
    const hourly = (amount: bigint) => ({ amount, periodMillis: HOUR });
    /** Its disk and IP come due in 30 minutes, itself in `own`. */
    function planMachine(own: number, end: number, window: string | undefined) {
      const price = hourly(12_790n);
      const times = { paidUntil: minute(30), createdAt: NOON - HOUR, attachedTo: ['a'] };
      const parts = [
        makePart('disk', times),
        makePart('ip', { ...times, kind: 'public-ip', price: hourly(4_110n), sizeGb: undefined }),
      ];
      const claimed = parts.map(({ kind, id, name, price: each, paidUntil }) => ({
        ...{ kind, id, name, price: each, paidUntil },
        made: 'for-it' as const,
      }));
      const vm = makeVm('a', { paidUntil: minute(own), price, parts });
      const claims = [makeClaim('a', { paidUntil: minute(own), price, parts: claimed })];
      const steps = [
        { at: 0, wanted: 1, window: undefined },
        { at: minute(end), wanted: 0, window },
      ];
      const demand = (from: number, to: number) =>
        steps.filter((step, index) => (index === 0 ? steps[1]!.at > from : step.at < to));
      const settings = { product: 'cloud' as const, periodMillis: HOUR };
      return planOf(makeSnapshot([vm], { claims, product: 'cloud', leftovers: [] } as never), {
        fleets: [makeFleet({ demand, keepIfWantedWithinMillis: 0 })],
        settings,
      });
    }
    const textOf = (plan: ReturnType<typeof planWith>) =>
      plan.holds.find(({ reason }) => reason.code === 'renews-briefly')?.reason.text;

    it('names what comes due in those minutes: the disk and the IP', () => {
      const plan = planMachine(50, 35, 'w1');
      expect(textOf(plan)).toBe(
        'wanted until 12:35Z, ends 5m after its boundary: those minutes cost 0.006860; opening window "w1" at 12:30Z would save it',
      );
      expect(plan.holds.find(({ reason }) => reason.code === 'renews-briefly')!.charge).toBe(6_860n);
    });

    it('names all of it where no deletion can make its own boundary either', () => {
      expect(textOf(planMachine(36, 35, 'w1'))).toContain('those minutes cost 0.019650;');
    });

    it('names no window where none opens', () => {
      expect(textOf(planMachine(50, 35, undefined))).toContain('0.006860; wanting fewer from 12:30Z on would save it');
    });
  });

  it('is true of each that is told: had the demand ended at its boundary, as many more would go', () => {
    const vms = fc.array(fc.integer({ min: 5, max: 300 }), { minLength: 1, maxLength: 6 });
    const drops = fc.tuple(fc.integer({ min: 60, max: 360 }), fc.nat(3), fc.integer({ min: 1, max: 6 }));
    fc.assert(
      fc.property(vms, drops, (list, [end, after, before]) => {
        const all = list.map((minutes, index) => ({ id: `v${index}`, minutes }));
        const demand = demandOf([
          [0, Math.max(before, after)],
          [minute(end), after],
        ]);
        const plan = planWith(all, { demand });
        const brief = told(plan);
        for (const id of brief) {
          const { minutes } = all.find((vm) => vm.id === id)!;
          expect(minutes).toBeLessThan(end);
          expect(end - minutes).toBeLessThanOrEqual(60);
          expect(plan.charges.find(({ vm }) => vm.id === id)!.fate).toBe('renew');
          expect(findPeak(demand, minute(end), minute(minutes) + DAY)).toBeLessThan(all.length);
        }
        // Moving the end to the earliest of their boundaries lets at least one go that was renewed.
        if (brief.length === 0) return;
        const first = Math.min(...all.filter(({ id }) => brief.includes(id)).map(({ minutes }) => minutes));
        const earlier = demandOf([
          [0, Math.max(before, after)],
          [minute(first), after],
        ]);
        const renewed = (of: ReturnType<typeof planWith>) => of.charges.filter(({ fate }) => fate === 'renew').length;
        expect(renewed(planWith(all, { demand: earlier }))).toBeLessThan(renewed(plan));
      }),
      { numRuns: 200 },
    );
  });
});
