import { describe, expect, it } from 'vitest';
import { describePurchases } from '../../../src/cli/render/coming-sums.js';
import type { ComingPurchases } from '../../../src/core/coming-purchases.js';
import { HOUR, MINUTE, NOON } from '../../core/samples.js';

const at = NOON + 3 * HOUR;
const told = (over: Partial<ComingPurchases> = {}) =>
  describePurchases(
    {
      policy: 'shop',
      at,
      boughtAt: at,
      wanted: 5,
      more: 4,
      later: [],
      heldBack: 0,
      budgets: [],
      isFrozen: false,
      cost: 1n,
      ...over,
    },
    NOON,
  );
const rises = (count: number) => Array.from({ length: count }, (_, index) => ({ at: at + index * HOUR, wanted: 6 }));

describe('coming purchases in words', () => {
  it('say from when it is bought, where that is before it is wanted', () => {
    expect(told()).toBe('shop wants 5 from Fri 15:00Z, 4 more than will be there');
    expect(told({ boughtAt: at - 3 * MINUTE })).toBe(
      'shop wants 5 from Fri 15:00Z (bought from Fri 14:57Z), 4 more than will be there',
    );
  });

  it('name the later times that want more, the first three of them', () => {
    expect(told({ later: rises(1) })).toBe(
      'shop wants 5 from Fri 15:00Z, 4 more than will be there; then 6 from Fri 15:00Z',
    );
    expect(told({ later: rises(5) })).toMatch(
      /then 6 from Fri 15:00Z, 6 from Fri 16:00Z, 6 from Fri 17:00Z, more 2 times after that$/,
    );
  });

  it('say who holds them back, and no time of what is not bought', () => {
    const held = { heldBack: 4, budgets: ['team'], boughtAt: at - MINUTE };
    expect(told(held)).toBe('shop wants 5 from Fri 15:00Z, 4 more than will be there, but budget team holds them back');
  });

  it('say that a freeze buys nothing, and no time of it', () => {
    expect(told({ isFrozen: true, boughtAt: at - MINUTE, cost: 0n })).toBe(
      'shop wants 5 from Fri 15:00Z, 4 more than will be there, but all is frozen: nothing is bought until `purser thaw`',
    );
  });
});
