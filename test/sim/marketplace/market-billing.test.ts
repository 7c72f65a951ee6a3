// The billing rules of both regimes, by example: what a VM pays, when, and what happens when the money runs out.
import { describe, expect, it } from 'vitest';
import { formatUsdc } from '../../../src/core/money.js';
import { depositFunds, findNextBoundary } from '../../../src/sim/marketplace/market-billing.js';
import { formatInstant } from '../../../src/sim/instant-text.js';
import { readBooks } from '../../../src/sim/marketplace/market-books.js';
import { deployVms } from '../../../src/sim/marketplace/market-deploy.js';
import { deleteVms, endVm } from '../../../src/sim/marketplace/market-life.js';
import type { MarketState, MarketVm } from '../../../src/sim/marketplace/market-state.js';
import { advanceTo } from '../../../src/sim/marketplace/market.js';
import type { WorldDocument } from '../../../src/sim/marketplace/market-world-schema.js';
import { createSmallMarket, DAY, HOUR, MINUTE, orderOf, START } from '../small-market.js';

const FRENCH = { countries: ['FR'] };

function rentOne(changes: WorldDocument = {}): { market: MarketState; vm: MarketVm } {
  const market = createSmallMarket(changes);
  deployVms(market, orderOf(1, FRENCH));
  return { market, vm: market.everyVm[0]! };
}

function chargesOf(market: MarketState): string[] {
  return readBooks(market).charges.map(({ at, from, to }) => `${at}: ${String(from)} to ${String(to)}`);
}

describe('billing', () => {
  it('takes two epochs at deployment: one charged at once, one held as reserve', () => {
    const { market, vm } = rentOne();
    expect([vm.spent, vm.reserve, market.balance]).toEqual([306_980n, 306_980n, 99_386_040n]);
    expect(vm.nextBillingAt).toBeUndefined();
    expect(chargesOf(market)).toEqual(['2026-11-20T06:00:00Z: null to null']);
  });

  it('bills each VM every 24 hours from its own activation when epochs roll', () => {
    const { market } = rentOne();
    advanceTo(market, START + 2 * DAY);
    expect(chargesOf(market)).toEqual([
      '2026-11-20T06:00:00Z: 2026-11-20T06:01:00Z to 2026-11-21T06:01:00Z',
      '2026-11-21T06:01:00Z: 2026-11-21T06:01:00Z to 2026-11-22T06:01:00Z',
    ]);
  });

  it('bills every VM at 17:55 UTC when the epoch is fixed, ten minutes after a start at 17:44 too', () => {
    const { market } = rentOne({ start: '2026-11-20T17:44:00Z', billing: { regime: 'fixed' } });
    advanceTo(market, market.now + 20 * MINUTE);
    expect(chargesOf(market)).toEqual([
      '2026-11-20T17:44:00Z: 2026-11-20T17:45:00Z to 2026-11-20T17:55:00Z',
      '2026-11-20T17:55:00Z: 2026-11-20T17:55:00Z to 2026-11-21T17:55:00Z',
    ]);
  });

  it('finds the boundary that is strictly later: an activation at a boundary is paid until the next', () => {
    const { rules } = createSmallMarket({ billing: { regime: 'fixed' } });
    const boundary = Date.parse('2026-11-20T17:55:00Z');
    expect(findNextBoundary(rules, boundary - 1)).toBe(boundary);
    expect(findNextBoundary(rules, boundary)).toBe(boundary + DAY);
  });

  it('tops the reserve up after each charge', () => {
    const { market, vm } = rentOne();
    advanceTo(market, START + DAY + MINUTE);
    expect([vm.spent, vm.reserve, market.balance]).toEqual([613_960n, 306_980n, 99_079_060n]);
  });

  it('never starts to bill a VM whose launch failed, and gives its reserve back with its record', () => {
    const { market, vm } = rentOne({ launch: { least: '1m', most: '1m', failPercent: 100 } });
    advanceTo(market, START + 3 * DAY);
    expect([vm.status, vm.nextBillingAt, vm.publicIp, market.charges.length]).toEqual([
      'launching',
      undefined,
      undefined,
      1,
    ]);
    deleteVms(market, [vm.id]);
    advanceTo(market, market.now + MINUTE);
    expect(formatUsdc(market.balance)).toBe('99.693020');
  });

  it('charges a VM that is being deleted but still there at its boundary', () => {
    const { market, vm } = rentOne();
    advanceTo(market, START + DAY + MINUTE - 30_000);
    deleteVms(market, [vm.id]);
    advanceTo(market, START + 2 * DAY);
    expect(market.charges).toHaveLength(2);
    expect([vm.goneAt, vm.reserve, formatUsdc(market.balance)]).toEqual([START + DAY + MINUTE, 0n, '99.386040']);
  });

  it('does not charge a VM that was gone a millisecond before its boundary', () => {
    const { market, vm } = rentOne();
    advanceTo(market, START + DAY + MINUTE - 30_001);
    deleteVms(market, [vm.id]);
    advanceTo(market, START + 2 * DAY);
    expect(market.charges).toHaveLength(1);
    expect(formatUsdc(market.balance)).toBe('99.693020');
  });

  it('takes a second deletion of the same VM as no news', () => {
    const { market, vm } = rentOne();
    deleteVms(market, [vm.id]);
    const { dueAt } = vm.deletion!;
    advanceTo(market, START + 10_000);
    expect(deleteVms(market, [vm.id])).toBeUndefined();
    expect(vm.deletion!.dueAt).toBe(dueAt);
  });

  it('runs through what is paid when the reserve can not be topped up, then ends after the grace', () => {
    const { market, vm } = rentOne({ balance: '0.7', billing: { grace: '2h' } });
    const boundary = START + MINUTE + DAY;
    advanceTo(market, boundary);
    expect([vm.status, vm.nextBillingAt, vm.reserve]).toEqual(['small-balance', boundary + DAY, 0n]);
    advanceTo(market, boundary + DAY + HOUR);
    expect([vm.status, vm.nextBillingAt, vm.publicIp]).toEqual(['small-balance', boundary + DAY, '154.42.3.1']);
    advanceTo(market, boundary + DAY + 2 * HOUR);
    expect([vm.status, vm.nextBillingAt, vm.publicIp]).toEqual(['insufficient-funds', undefined, undefined]);
    expect(market.charges).toHaveLength(2);
    advanceTo(market, boundary + 9 * DAY);
    expect([market.charges.length, market.vms.size]).toEqual([2, 1]);
  });

  it('is well again once money comes, within the grace too, and keeps its boundaries', () => {
    const { market, vm } = rentOne({ balance: '0.7', billing: { grace: '2h' } });
    const boundary = START + MINUTE + 2 * DAY;
    advanceTo(market, boundary + HOUR);
    depositFunds(market, 1_000_000n);
    expect([vm.status, vm.nextBillingAt, vm.reserve]).toEqual(['active', boundary + DAY, 306_980n]);
    expect(chargesOf(market).at(-1)).toBe(
      `${formatInstant(boundary + HOUR)}: ${formatInstant(boundary)} to ${formatInstant(boundary + DAY)}`,
    );
  });

  it('keeps the reserve of a VM that its provider ended until its record is deleted', () => {
    const { market, vm } = rentOne();
    advanceTo(market, START + HOUR);
    endVm(market, vm, 'terminated');
    advanceTo(market, START + 3 * DAY);
    expect([vm.reserve, vm.publicIp, market.charges.length, formatUsdc(market.balance)]).toEqual([
      306_980n,
      undefined,
      1,
      '99.386040',
    ]);
    deleteVms(market, [vm.id]);
    advanceTo(market, market.now + MINUTE);
    expect([vm.reserve, formatUsdc(market.balance)]).toEqual([0n, '99.693020']);
  });

  it('lets a returned reserve pay the debt of another VM', () => {
    const market = createSmallMarket({ balance: '1.3' });
    deployVms(market, orderOf(2, { ...FRENCH, configuration: 'cpu-2-ram-4gb-storage-25gb' }));
    const [first, second] = market.everyVm;
    advanceTo(market, START + DAY + MINUTE);
    expect([first!.status, second!.status]).toEqual(['small-balance', 'small-balance']);
    endVm(market, first!, 'terminated');
    deleteVms(market, [first!.id]);
    depositFunds(market, 300_000n);
    expect(second!.status).toBe('active');
  });
});
