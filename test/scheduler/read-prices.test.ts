// Whose prices a look reads for its budgets' figures, and that it asks nobody where no figure needs them.
import { describe, expect, it } from 'vitest';
import type { BudgetPolicy } from '../../src/core/budgets/budget-policy.js';
import type { Peer, Snapshot } from '../../src/core/plan-types.js';
import type { EngineAccount } from '../../src/scheduler/engine.js';
import { withPrices } from '../../src/scheduler/read-prices.js';
import { makeBudget } from '../core/budgets/budget-samples.js';
import { makeBooks, makeFleet, makeOffer, makePolicies, makeSettings, makeSnapshot } from '../core/samples.js';

const NAMES = ['main', 'spare'] as const;
const PRICED = { main: [makeOffer()], spare: [makeOffer({ capacity: 3 })] };
const accounts = new Map(
  NAMES.map((name) => [name, { settings: makeSettings({ name }) } as Pick<EngineAccount, 'settings'> as EngineAccount]),
);
const fleet = makeFleet({ accounts: NAMES });
const spare: Peer = {
  settings: makeSettings({ name: 'spare' }),
  books: makeBooks({ account: 'spare' }),
  offers: undefined,
  images: undefined,
  keys: undefined,
};
const seen = makeSnapshot([], {}, { peers: [spare] });

async function read(
  budgets: readonly BudgetPolicy[],
  { snapshot = seen, always = false, isDown = false }: { snapshot?: Snapshot; always?: boolean; isDown?: boolean } = {},
) {
  const asked: string[] = [];
  const readPrices = ({ settings: { name } }: EngineAccount) => {
    asked.push(name);
    return Promise.resolve(isDown ? undefined : PRICED[name as (typeof NAMES)[number]]);
  };
  const policies = makePolicies({ fleets: [fleet], budgets });
  const priced = await withPrices({ accounts }, snapshot, { policies, readPrices, always });
  return { priced, asked: asked.sort() };
}

describe('the prices of a look that buys nothing', () => {
  it('are read of all accounts that a budget counts', async () => {
    const { priced, asked } = await read([makeBudget()]);
    expect(asked).toEqual(['main', 'spare']);
    expect(priced).toEqual({ ...seen, pricedOffers: PRICED.main, peers: [{ ...spare, pricedOffers: PRICED.spare }] });
  });

  it('are read of no account that none counts', async () => {
    const { priced, asked } = await read([makeBudget({ scope: { accounts: ['main'] } })]);
    expect(asked).toEqual(['main']);
    expect(priced).toEqual({ ...seen, pricedOffers: PRICED.main });
  });

  it.each<[string, readonly BudgetPolicy[]]>([
    ['there is no budget', []],
    ['the only one is paused', [makeBudget({ mode: 'pause' })]],
    ['it counts fleets of others', [makeBudget({ scope: { policies: ['batch'] } })]],
    ['it counts another account', [makeBudget({ scope: { accounts: ['spare'] } })]],
  ])('are not asked for where %s', async (_what, budgets) => {
    const { priced, asked } = await read(budgets);
    expect(asked).toEqual([]);
    expect(priced).toBe(seen);
  });

  it('are read for a person who asks, budget or not', async () => {
    expect((await read([], { always: true })).asked).toEqual(['main', 'spare']);
  });

  it('are not read where the listing isn’t whole: nothing is reckoned on it', async () => {
    const { inventory } = seen;
    const { asked } = await read([makeBudget()], {
      snapshot: { ...seen, inventory: { ...inventory, state: 'partial' } },
    });
    expect(asked).toEqual([]);
  });

  it('stay unknown where the market doesn’t answer', async () => {
    const { priced } = await read([makeBudget()], { isDown: true });
    expect(priced).toEqual(seen);
  });
});
