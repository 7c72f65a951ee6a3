// How long a balance lasts: against a walk from charge to charge, and what VMs tell where no balance is told.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ComingCharge } from '../../src/core/plan-types.js';
import { countReserved, findMoney, listUnpayable, reckonRunway } from '../../src/core/runway.js';
import { DAY, HOUR, makeVm, MINUTE, NOON, PRICE } from './samples.js';

function charge(id: string, minutes: number, cost: bigint, fate: ComingCharge['fate'] = 'renew'): ComingCharge {
  const vm = { id, name: `vm-${id}` };
  return { at: NOON + minutes * MINUTE, vm, policy: 'web', cost, fate, avoidableUntil: undefined, why: 'wanted' };
}

describe('a runway', () => {
  it('ends at the first boundary that the balance does not pay, and names what is charged there', () => {
    const charges = [charge('late', 50, 10n), charge('dear', 20, 30n), charge('cheap', 20, 20n)];
    // 60 a period; two periods and a rest of 30, which doesn't pay the 50 of the next instant.
    expect(reckonRunway(150n, charges, HOUR)).toEqual({
      kind: 'ends',
      balance: 150n,
      at: NOON + 2 * HOUR + 20 * MINUTE,
      short: 20n,
      perPeriod: 60n,
      charges: [
        { ...charges[1], at: NOON + 2 * HOUR + 20 * MINUTE },
        { ...charges[2], at: NOON + 2 * HOUR + 20 * MINUTE },
      ],
    });
  });

  it('leaves out what will be deleted, and counts what is not ours', () => {
    const charges = [charge('1', 10, 5n, 'delete'), charge('2', 20, 5n, 'deleting'), charge('3', 30, 7n, 'not-ours')];
    expect(reckonRunway(7n, charges, HOUR)).toMatchObject({ at: NOON + HOUR + 30 * MINUTE, perPeriod: 7n });
    expect(reckonRunway(7n, charges.slice(0, 2), HOUR)).toEqual({ kind: 'endless', balance: 7n });
  });

  it('is over at the next boundary where there is no money or a debt', () => {
    for (const balance of [0n, -3n]) {
      expect(reckonRunway(balance, [charge('1', 10, 5n)], DAY)).toMatchObject({
        at: NOON + 10 * MINUTE,
        short: 5n - balance,
      });
    }
  });

  it('is what a walk from charge to charge finds', () => {
    const facts = fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.bigInt({ min: 1n, max: 50n })), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(facts, fc.bigInt({ min: 0n, max: 2_000n }), (given, balance) => {
        const charges = given.map(([minutes, cost], index) => charge(String(index), minutes, cost));
        let left = balance;
        let found: number | undefined;
        for (let minute = 1; found === undefined; minute += 1) {
          const due = charges.filter(({ at }) => (minute - (at - NOON) / MINUTE) % 60 === 0);
          const sum = due.reduce((all, { cost }) => all + cost, 0n);
          if (sum > left) found = NOON + minute * MINUTE;
          left -= sum;
        }
        expect(reckonRunway(balance, charges, HOUR)).toMatchObject({ kind: 'ends', at: found });
      }),
    );
  });
});

describe('where no balance is told', () => {
  it('VMs that can not pay are listed, soonest first, and reserves counted', () => {
    const poor = (id: string, hours: number | undefined) =>
      makeVm(id, {
        status: 'small-balance',
        reserved: 0n,
        paidUntil: hours === undefined ? undefined : NOON + hours * HOUR,
      });
    const vms = [poor('3', undefined), poor('2', 5), makeVm('4'), poor('1', 2), makeVm('5', { status: 'terminated' })];
    expect(listUnpayable(vms).map(({ id }) => id)).toEqual(['1', '2', '3']);
    expect(countReserved(vms)).toEqual({ reserved: 1, running: 4 });
    expect(countReserved([makeVm('1', { reserved: PRICE.amount - 1n })])).toEqual({ reserved: 0, running: 1 });
  });
});

describe('the money among balances', () => {
  it.each([
    [undefined, undefined],
    [[], undefined],
    [[{ feature: 'usd_balance', balance: 5n }], 5n],
    [[{ feature: 'tokens', balance: 5n }], 5n],
    [
      [
        { feature: 'tokens', balance: 5n },
        { feature: 'usd_balance', balance: 7n },
      ],
      7n,
    ],
    [
      [
        { feature: 'a', balance: 5n },
        { feature: 'b', balance: 7n },
      ],
      undefined,
    ],
    [[{ feature: 'usd_balance', balance: undefined }], undefined],
  ])('is one that can be told from the others (case %#)', (balances, money) => {
    expect(findMoney(balances)).toBe(money);
  });
});
