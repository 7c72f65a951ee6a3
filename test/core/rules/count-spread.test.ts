// What stands, or may come to stand, in each place while purchases are in flight.
import { describe, expect, it } from 'vitest';
import type { Books } from '../../../src/core/books.js';
import type { Vm } from '../../../src/core/types.js';
import {
  deployedCount,
  demandOf,
  intentId,
  makeClaim,
  makeDeploy,
  makeFleet,
  makeIntent,
  makeOffer,
  makeSnapshot,
  makeVm,
  planOf,
} from '../samples.js';

const order = intentId('aaaa');

function countBought(by: 'country' | 'datacenter', vms: readonly Vm[], books: Partial<Books>): number {
  const fleet = makeFleet({ demand: demandOf([[0, 9]]), spread: { by, max: 4 } });
  return deployedCount(planOf(makeSnapshot(vms, books, { offers: [makeOffer()] }), { fleets: [fleet] }));
}

describe.each(['country', 'datacenter'] as const)('spread by %s', (by) => {
  it('fills a place that nothing is on its way to', () => {
    expect(countBought(by, [], {})).toBe(4);
  });

  it('counts a purchase that was not answered yet', () => {
    const intents = [makeIntent(order, { state: 'unknown', deploy: makeDeploy(3) })];
    expect(countBought(by, [], { intents })).toBe(1);
  });

  it('counts a purchase once, partly as members that have no place yet', () => {
    const intents = [makeIntent(order, { state: 'unknown', deploy: makeDeploy(3) })];
    const claims = [makeClaim('1', { intent: order }), makeClaim('2', { intent: order, seenAt: undefined })];
    expect(countBought(by, [makeVm('1', { place: undefined })], { intents, claims })).toBe(1);
  });

  it('counts a purchase of another country elsewhere, and members of unknown origin everywhere', () => {
    const offer = { ...makeDeploy(1).offer, country: 'DE' };
    const intents = [makeIntent(order, { state: 'unknown', deploy: makeDeploy(3, { offer }) })];
    expect(countBought(by, [], { intents })).toBe(4);
    expect(countBought(by, [makeVm('1', { place: undefined })], { claims: [makeClaim('1')] })).toBe(3);
  });

  it('leaves out purchases of other fleets and those that are settled', () => {
    const intents = [
      makeIntent(order, { state: 'unknown', policy: 'ops', deploy: makeDeploy(3) }),
      makeIntent(intentId('bbbb'), { state: 'lapsed', deploy: makeDeploy(3) }),
    ];
    expect(countBought(by, [], { intents })).toBe(4);
  });
});
