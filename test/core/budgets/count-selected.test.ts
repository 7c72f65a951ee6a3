// A `select` whose count was of something else: another zone, period, scope or text. It begins anew from the sums by VM, or says
// since when.
import { describe, expect, it } from 'vitest';
import type { BudgetPeriod, BudgetPolicy } from '../../../src/core/budgets/budget-policy.js';
import { wantAlways } from '../../../src/core/demand.js';
import { hashCounted } from '../../../src/core/budgets/count-selected.js';
import { countForeseen } from '../../../src/core/budgets/foresee-budgets.js';
import type { Plan } from '../../../src/core/plan-types.js';
import type { Instant, Vm } from '../../../src/core/types.js';
import type { Books } from '../../../src/core/books.js';
import {
  DAY,
  HOUR,
  makeClaim,
  makeDeploy,
  makeFleet,
  makeIntent,
  makeNotes,
  makeSettings,
  makeSnapshot,
  makeVm,
  NOON,
  planOf,
} from '../samples.js';
import { budgetOf, dayAt, makeBudget, monthAt } from './budget-samples.js';

const { from: FROM } = monthAt(NOON);
const scope = { select: (vm: Vm) => vm.name.startsWith('web'), selectText: 'web' };
const before = makeBudget({ scope });
/** Europe/Paris in winter: its month begins an hour before UTC's. */
function parisAt(at: Instant): BudgetPeriod {
  const { from, to } = monthAt(at + HOUR);
  return { from: from - HOUR, to: to - HOUR };
}
const EDITS: readonly (readonly [string, BudgetPolicy, Instant])[] = [
  ['its zone', makeBudget({ scope, timezone: 'Europe/Paris', periodAt: parisAt }), FROM - HOUR],
  ['its select', makeBudget({ scope: { ...scope, selectText: 'vm.name.startsWith("web")' } }), FROM],
  ['its fleets', makeBudget({ scope: { ...scope, policies: ['web', 'ops'] } }), FROM],
];
const row = (vmName: string, amount: bigint, policy = 'web') => ({ vmId: vmName, vmName, policy, amount });
const ROWS = [row('web-1', 10n), row('web-gone', 20n), row('ops-1', 400n, 'ops')];

function look(
  budget: BudgetPolicy,
  counted: object,
  { byVm, over = {} }: { readonly byVm?: typeof ROWS; readonly over?: object } = {},
): Plan {
  const notes = makeNotes({ meteredSince: FROM - 30 * DAY, budgets: { team: { steps: {}, counted } as never } });
  const budgets = byVm === undefined ? {} : { budgets: { team: { spent: 0n, byVm } } };
  const snapshot = makeSnapshot([makeVm('web-1', { name: 'web-1' })], { notes }, { ...budgets, ...over });
  return planOf(snapshot, { fleets: [makeFleet({ demand: wantAlways(0) })], policies: { budgets: [budget] } });
}

const COUNTED = { of: hashCounted(before), from: FROM, amount: 27n };

describe('a count whose budget was edited', () => {
  it.each(EDITS)('in %s begins anew, and says since when where the store tells nothing', (_, budget, from) => {
    const plan = look(budget, COUNTED);
    expect(budgetOf(plan)).toMatchObject({ spent: 0n, countedSince: NOON });
    expect(plan.budgetNotes!['team']!.counted).toEqual({ of: hashCounted(budget), from, amount: 0n, since: NOON });
  });

  it.each(EDITS)('in %s knows what the sums by VM tell, of VMs that are gone too', (_, budget, from) => {
    const since = from < FROM ? FROM : undefined;
    expect(budgetOf(look(budget, COUNTED, { byVm: ROWS }))).toMatchObject({ spent: 30n, countedSince: since });
  });

  it('from a day to the month counts the month, and not the day alone', () => {
    const day = {
      of: hashCounted(makeBudget({ scope, per: 'day', periodAt: dayAt })),
      from: dayAt(NOON).from,
      amount: 3n,
    };
    expect(budgetOf(look(before, day))).toMatchObject({ spent: 0n, countedSince: NOON });
    expect(budgetOf(look(before, day, { byVm: ROWS }))).toMatchObject({ spent: 30n, countedSince: undefined });
  });

  it('counts nothing of a VM that is gone where its name and fleet do not tell, and says so', () => {
    const judgeKnown = (vm: Vm) => (vm.place === undefined ? 'unknown' : 'yes');
    const budget = makeBudget({ scope: { select: () => true, selectText: 'vm.country == "FR"', judgeKnown } });
    expect(budgetOf(look(budget, COUNTED, { byVm: ROWS }))).toMatchObject({ spent: 10n, countedSince: NOON });
  });

  it('waits for a look that can be believed', () => {
    const [, edited] = EDITS[1]!;
    const failed = { inventory: { ...makeSnapshot([]).inventory, state: 'failed' as const } };
    const plan = look(edited, COUNTED, { byVm: ROWS, over: failed });
    expect(budgetOf(plan)).toMatchObject({ spent: 0n, countedSince: NOON });
    expect((plan.budgetNotes?.['team'] ?? { counted: COUNTED }).counted).toEqual(COUNTED);
  });
});

describe('a count that goes on', () => {
  it.each([
    ['in its period', COUNTED, 27n],
    ['in its period, written by an earlier version', { from: FROM, amount: 27n }, 27n],
    ['from nothing in the next period', { ...COUNTED, from: monthAt(FROM - DAY).from }, 0n],
  ])('%s asks for no sums', (_, counted, spent) => {
    expect(budgetOf(look(before, counted, { byVm: ROWS }))).toMatchObject({ spent, countedSince: undefined });
  });
});

describe('what a look shows as charged', () => {
  const inFrance = (vm: Vm) => vm.place?.country === 'FR';
  const judgeKnown = (vm: Vm) => (vm.place === undefined ? 'unknown' : inFrance(vm) ? 'yes' : 'no');
  // As compiled: what isn't known counts in.
  const select = (vm: Vm) => judgeKnown(vm) !== 'no';
  const french = makeBudget({ scope: { select, selectText: 'vm.country == "FR"', judgeKnown } });
  const counted = { of: hashCounted(french), from: FROM, amount: 100n };
  const place = (country: string) => ({ ...makeVm('any').place!, country });
  const record = { at: NOON, account: 'main', policy: 'web', use: 'wanted', amount: 7n } as const;
  const charged = (vmId: string) => ({ ...record, vmId, vmName: `web-${vmId}` });
  const ordered = (country: string) => {
    const deploy = makeDeploy(1);
    return makeIntent(`in${country}`, { deploy: { ...deploy, offer: { ...deploy.offer, country } } });
  };
  const left = (intent: string | undefined) => ({
    ...({
      kind: 'boot-disk',
      id: 'disk',
      name: 'disk',
      price: undefined,
      paidUntil: undefined,
      made: 'for-it',
    } as const),
    ...{ vmId: 'gone', vmName: 'web-gone', vmCreatedAt: undefined, policy: 'web', since: NOON, isBegun: true, intent },
  });

  function spentOf(vmId: string, books: Partial<Books>, over: object = {}): bigint | undefined {
    const notes = makeNotes({ ...books.notes, budgets: { team: { steps: {}, counted } } });
    const intents = [ordered('FR'), ordered('DE')];
    const snapshot = makeSnapshot([], { ...books, intents, notes }, { charged: [charged(vmId)], ...over });
    return budgetOf(
      planOf(snapshot, { fleets: [makeFleet({ demand: wantAlways(0) })], policies: { budgets: [french] } }),
    ).spent;
  }

  it('of a VM that is over is judged by its ended record', () => {
    const endedIn = (country: string) => ({ ended: [makeVm('over', { status: 'terminated', place: place(country) })] });
    expect(spentOf('over', {}, endedIn('FR'))).toBe(107n);
    expect(spentOf('over', {}, endedIn('DE'))).toBe(100n);
  });

  it('of a VM that is gone is judged by what its purchase ordered', () => {
    const claims = (intent: string | undefined) => ({ claims: [makeClaim('gone', { intent })] });
    expect(spentOf('gone', claims('inFR'))).toBe(107n);
    expect(spentOf('gone', claims('inDE'))).toBe(100n);
  });

  it('of a disk that a VM left behind is judged as that VM, also where it came loose in this look', () => {
    for (const vmId of ['gone', 'disk']) {
      const notes = (intent: string | undefined) => ({ notes: makeNotes({ leftParts: [left(intent)] }) });
      expect(spentOf(vmId, notes('inFR'))).toBe(107n);
      expect(spentOf(vmId, notes('inDE'))).toBe(100n);
      const shown = { ended: [makeVm('gone', { status: 'terminated', place: place('DE') })] };
      expect(spentOf(vmId, notes(undefined), shown)).toBe(100n);
    }
  });

  it('is judged alike where a later instant is foreseen', () => {
    const foresee = (country: string) => {
      const ended = [makeVm('over', { status: 'terminated', place: place(country) })];
      const notes = makeNotes({ budgets: { team: { steps: {}, counted } } });
      const snapshot = makeSnapshot([], { notes }, { charged: [charged('over')], ended });
      const policies = { budgets: [french], fleets: [makeFleet()] };
      const foreseen = countForeseen(snapshot, [], NOON + HOUR, { policies, settings: makeSettings() });
      return foreseen.books.notes.budgets!['team']!.counted!.amount;
    };
    expect(foresee('FR')).toBe(107n);
    expect(foresee('DE')).toBe(100n);
  });

  it('counts where nothing tells whose it was', () => {
    expect(spentOf('gone', {})).toBe(107n);
    expect(spentOf('gone', { claims: [makeClaim('gone')] })).toBe(107n);
  });
});
