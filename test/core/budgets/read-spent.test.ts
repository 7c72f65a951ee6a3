// What counts as spent: sums of the store by policy, what this look shows beside them, and selects that are counted as charges come.
import { describe, expect, it } from 'vitest';
import { hashCounted } from '../../../src/core/budgets/count-selected.js';
import { sumTallies } from '../../../src/core/budgets/read-spent.js';
import type { ChargeRecord } from '../../../src/core/charge-records.js';
import { wantAlways } from '../../../src/core/demand.js';
import { DAY, HOUR, makeBooks, makeFleet, makeNotes, makeSnapshot, makeVm, NOON, planOf } from '../samples.js';
import { budgetOf, makeBudget, monthAt } from './budget-samples.js';

const { from: FROM } = monthAt(NOON);
const tally = (policy: string | undefined, amount: bigint) => ({ day: FROM, policy, use: 'wanted' as const, amount });
const TALLIES = [tally('web', 1n), tally('ops', 10n), tally('old', 100n), tally(undefined, 1000n)];
const FLEETS = [makeFleet({ name: 'web', formerly: ['old'] }), makeFleet({ name: 'ops' })];

function record(vmId: string, at: number, amount: bigint, policy = 'web'): ChargeRecord {
  return { at, account: 'main', policy, vmId, vmName: vmId, amount, use: 'wanted' };
}

describe('sumTallies', () => {
  it.each([
    ['everything where nothing is said', undefined, 1111n],
    ['a fleet, by its earlier names too', ['web'], 101n],
    ['several fleets', ['web', 'ops'], 111n],
    ['nothing of a fleet that was charged nothing', ['none'], 0n],
  ])('counts %s', (_, policies, spent) => {
    const budget = makeBudget(policies === undefined ? {} : { scope: { policies } });
    expect(sumTallies(budget, FLEETS, FROM, [{ tallies: TALLIES, meteredSince: undefined }])).toEqual({ spent });
  });

  it('adds accounts up, and says since when the last of them is counted', () => {
    const since = (meteredSince: number | undefined) => ({ tallies: TALLIES, meteredSince });
    const sum = (...accounts: readonly (number | undefined)[]) =>
      sumTallies(makeBudget(), FLEETS, FROM, accounts.map(since));
    expect(sum(undefined, FROM - DAY)).toEqual({ spent: 2222n });
    expect(sum(FROM + HOUR, FROM + 2 * HOUR, FROM - DAY)).toEqual({ spent: 3333n, countedSince: FROM + 2 * HOUR });
  });
});

describe('what a look shows', () => {
  const look = (over: object) =>
    planOf(makeSnapshot([], makeBooks(), { budgets: { team: { spent: 5n } }, ...over }), {
      fleets: [makeFleet({ demand: wantAlways(0) })],
      policies: { budgets: [makeBudget()] },
    });

  it('is spent, though the store has not counted it yet; of earlier periods nothing is', () => {
    const charged = [record('a', NOON, 20n), record('b', FROM, 300n), record('c', FROM - 1, 4000n)];
    expect(budgetOf(look({ charged })).spent).toBe(325n);
    expect(budgetOf(look({})).spent).toBe(5n);
  });
});

describe('a select', () => {
  const budget = makeBudget({ scope: { select: (vm) => vm.place?.country === 'FR', selectText: 'x' } });
  const german = { country: 'DE', city: undefined, cityIndex: undefined, tier: undefined, certifications: [] };
  const vms = [makeVm('fr'), makeVm('de', { place: german })];
  const charged = [record('fr', NOON, 7n), record('de', NOON, 50n), record('fr', FROM - HOUR, 900n)];
  const look = (counted: object | undefined) => {
    const budgets = counted === undefined ? {} : { budgets: { team: { steps: {}, counted } as never } };
    return planOf(makeSnapshot(vms, makeBooks({ notes: makeNotes(budgets) }), { charged }), {
      fleets: [],
      policies: { budgets: [budget] },
    });
  };

  it('is counted from the look on at which the budget first stood, and says so', () => {
    const plan = look(undefined);
    expect(budgetOf(plan)).toMatchObject({ spent: 7n, countedSince: NOON });
    expect(plan.budgetNotes!['team']!.counted).toEqual({
      of: hashCounted(budget),
      from: FROM,
      amount: 7n,
      since: NOON,
    });
  });

  it('goes on from what was counted, and from nothing in the next period', () => {
    expect(budgetOf(look({ from: FROM, amount: 30n }))).toMatchObject({ spent: 37n, countedSince: undefined });
    const next = look({ from: FROM - 30 * DAY, amount: 30n, since: FROM - 20 * DAY });
    expect(budgetOf(next)).toMatchObject({ spent: 7n, countedSince: undefined });
    expect(next.budgetNotes!['team']!.counted).toEqual({ from: FROM, amount: 7n });
  });
});
