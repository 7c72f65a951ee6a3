// Compares a plan with what a test expects of it. Pure; each difference says what was expected, what the plan has instead, and what
// in the plan comes nearest.
import type { Plan } from '../../core/plan-types.js';
import type { Micros } from '../../core/types.js';
import { sumMicros } from '../../core/money.js';
import type { DocumentPath } from '../problems.js';
import type { ListName } from '../schemas/test-expect.js';
import { readBudgetValue } from './budget-facts.js';
import { fits, showValue, type Value, type Wish, type WishedFact } from './field-values.js';
import { listRows, type Row } from './plan-rows.js';
import type { Expectation, WishedRows } from './read-expect.js';

/** One value that isn't what it should be. */
export interface FieldDifference {
  readonly field: string;
  readonly expected: string;
  readonly got: string;
}

export interface Difference {
  /** Where the expectation stands in the file. */
  readonly path: DocumentPath;
  /** `delete of ci-1`, `8 x hold`. */
  readonly expected: string;
  /** `nothing of the kind`, `hold of ci-1`. */
  readonly got: string;
  readonly fields: readonly FieldDifference[];
  /** The plan's own sentence about what comes nearest. */
  readonly sentence: string | undefined;
  /** Names of VMs that it is about. */
  readonly vms: readonly string[];
}

const NOUNS: Readonly<Record<ListName, string>> = {
  deploy: 'purchase',
  delete: 'deletion',
  hold: 'hold',
  refuse: 'refusal',
  park: 'parking',
  takeBack: 'taking back',
  change: 'change',
  charge: 'charge',
};

const MOST_NAMES = 3;

function listShort(names: readonly string[]): string {
  const rest = names.length - MOST_NAMES;
  return rest > 1 ? `${names.slice(0, MOST_NAMES).join(', ')} and ${rest} more` : names.join(', ');
}

function showFields(fields: Readonly<Record<string, Wish>>): string {
  const parts = Object.entries(fields).map(([field, wish]) => `${field} ${showValue(wish)}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

/** `deletion of ci-1 (reason idle)`, `8 x hold (policy office)`. */
function describeWish({ list, vms, count, cost, fields }: WishedRows, vm?: string): string {
  const noun = NOUNS[list];
  const all = cost === undefined ? fields : { ...fields, cost };
  if (vm !== undefined || vms !== undefined) return `${noun} of ${vm ?? listShort(vms ?? [])}${showFields(all)}`;
  return `${count === undefined ? 'a' : `${count} x`} ${noun}${showFields(all)}`;
}

/** `count`: of all that are like it. */
function describeRow({ list, vm, fields, ...row }: Row, count = row.count): string {
  const { policy, reason, rail, kind, fate } = fields;
  const of = count < 2 ? (vm ?? showValue(policy)) : showValue(policy);
  const code = showValue(fate ?? reason ?? rail ?? kind);
  return `${count < 2 ? '' : `${count} x `}${NOUNS[list]} of ${of === 'none' ? 'the account' : of} (${code})`;
}

function countRows(rows: readonly Row[]): number {
  return rows.reduce((sum, { count }) => sum + count, 0);
}

function fitsAll(wishes: Readonly<Record<string, Wish>>, row: Row): boolean {
  return Object.entries(wishes).every(([field, wish]) => fits(wish, row.fields[field]));
}

function compareFields(wishes: Readonly<Record<string, Wish>>, row: Row): readonly FieldDifference[] {
  return Object.entries(wishes).flatMap(([field, wish]) =>
    fits(wish, row.fields[field])
      ? []
      : [{ field, expected: showValue(wish), got: showValue(row.fields[field], wish) }],
  );
}

function difference(path: DocumentPath, expected: string, got: string, row?: Row): Difference {
  const vms = row?.vm === undefined ? [] : [row.vm];
  return { path, expected, got, fields: [], sentence: row?.sentence, vms };
}

/** How far another list is from the one that is meant. Coming charges are about every VM, so they tell least. */
const FAR: Readonly<Partial<Record<ListName, number>>> = { charge: 300, park: 200, takeBack: 200 };

/** The row that lacks the fewest of the wishes. */
function findNearest(wished: WishedRows, rows: readonly Row[], vm: string | undefined): Row | undefined {
  const { policy } = wished.fields;
  const isNear = (row: Row): boolean => {
    if (vm !== undefined) return row.vm === vm;
    return policy === undefined ? row.list === wished.list : fits(policy, row.fields['policy']);
  };
  const distance = (row: Row): number =>
    (row.list === wished.list ? 0 : (FAR[row.list] ?? 100)) + compareFields(wished.fields, row).length;
  const near = rows.filter(isNear);
  return near.length === 0 ? undefined : near.reduce((best, row) => (distance(row) < distance(best) ? row : best));
}

/** The wish has no row: which comes nearest, and what of it differs. */
function missRow(wished: WishedRows, rows: readonly Row[], vm: string | undefined): Difference {
  const nearest = findNearest(wished, rows, vm);
  const expected = describeWish(wished, vm);
  const vms = vm === undefined ? (nearest?.vm === undefined ? [] : [nearest.vm]) : [vm];
  if (nearest === undefined)
    return { path: wished.path, expected, got: 'nothing of the kind', fields: [], sentence: undefined, vms };
  const isSame = nearest.list === wished.list;
  const { policy, reason } = nearest.fields;
  const isAlike = ({ list, fields }: Row): boolean =>
    list === nearest.list &&
    showValue(fields['policy']) === showValue(policy) &&
    showValue(fields['reason']) === showValue(reason);
  return {
    path: wished.path,
    expected,
    got: describeRow(nearest, vm === undefined ? countRows(rows.filter(isAlike)) : nearest.count),
    fields: isSame ? compareFields(wished.fields, nearest) : [],
    sentence: nearest.sentence,
    vms,
  };
}

function judgeEach(wished: WishedRows, vms: readonly string[], rows: readonly Row[], taken: Set<Row>): Difference[] {
  return vms.flatMap((vm) => {
    const found = rows.filter((row) => row.list === wished.list && row.vm === vm && fitsAll(wished.fields, row));
    for (const row of found) taken.add(row);
    return found.length > 0 ? [] : [missRow(wished, rows, vm)];
  });
}

function sumCost(rows: readonly Row[]): Micros {
  return sumMicros(rows.map(({ cost }) => cost ?? 0n));
}

function judgeCounted(wished: WishedRows, rows: readonly Row[], taken: Set<Row>): Difference[] {
  const found = rows.filter((row) => row.list === wished.list && !taken.has(row) && fitsAll(wished.fields, row));
  for (const row of found) taken.add(row);
  const count = countRows(found);
  const { cost } = wished;
  if (found.length === 0 && wished.count !== 0) return [missRow(wished, rows, undefined)];
  const [first] = found;
  const expected = describeWish(wished);
  const differences: Difference[] = [];
  if (wished.count !== undefined && count !== wished.count) {
    const names = found.flatMap(({ vm }) => vm ?? []);
    const got = `${count}${names.length === 0 ? '' : `: ${listShort(names)}`}`;
    differences.push({ ...difference(wished.path, expected, got, first), vms: names.slice(0, 1) });
  }
  const paid: Value = { kind: 'money', micros: sumCost(found) };
  if (cost !== undefined && !fits(cost, paid)) {
    const fields = [{ field: 'cost', expected: showValue(cost), got: showValue(paid) }];
    differences.push({ ...difference(wished.path, expected, `${count} at another price`, first), fields });
  }
  return differences;
}

function readFact(plan: Plan, { of, policy, field }: WishedFact): Value | undefined {
  if (of === 'budget') {
    const budget = plan.budgets?.find((each) => each.budget === policy);
    return readBudgetValue(budget, field);
  }
  const source: object | undefined =
    of === 'totals'
      ? plan.totals
      : of === 'fleet'
        ? plan.fleets.find((fleet) => fleet.policy === policy)
        : plan.reaps.find((reap) => reap.policy === policy);
  let value: unknown = source;
  for (const part of field.split('.')) value = (value as Record<string, unknown> | undefined)?.[part];
  if (typeof value === 'bigint') return { kind: 'money', micros: value };
  if (typeof value === 'number')
    return field.endsWith('.at') ? { kind: 'instant', at: value } : { kind: 'number', number: value };
  return { kind: 'text', text: typeof value === 'string' ? value : 'none' };
}

function judgeFact(plan: Plan, fact: WishedFact): Difference[] {
  const { path, wish, field, policy } = fact;
  const value = readFact(plan, fact);
  if (fits(wish, value)) return [];
  const name = policy === undefined ? `totals: ${field}` : `${policy}: ${field}`;
  const got = showValue(value, wish);
  return [{ path, expected: `${name} ${showValue(wish)}`, got, fields: [], sentence: undefined, vms: [] }];
}

/** Rows of one list, policy and reason, since they are mostly wrong together. */
function groupAlike(rows: readonly Row[]): readonly (readonly Row[])[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = `${row.list}/${showValue(row.fields['policy'])}/${showValue(row.fields['reason'])}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()];
}

/** Everything that differs, in the order of the file; empty: the plan is what was expected. */
export function judgePlan(
  plan: Plan,
  expectation: Expectation,
  names: ReadonlyMap<string, string>,
): readonly Difference[] {
  const rows = listRows(plan, names);
  const taken = new Set<Row>();
  const missed = expectation.rows.flatMap((wished) =>
    wished.vms === undefined ? judgeCounted(wished, rows, taken) : judgeEach(wished, wished.vms, rows, taken),
  );
  const left = rows.filter((row) => expectation.complete.has(row.list) && !taken.has(row));
  const extra = groupAlike(left).map((group): Difference => {
    const [first] = group as [Row];
    const names = group.flatMap(({ vm }) => vm ?? []);
    const which = names.length < 2 ? '' : `: ${listShort(names)}`;
    const got = `${describeRow(first, countRows(group))}${which}`;
    return difference(expectation.complete.get(first.list)!, `no other ${NOUNS[first.list]}`, got, first);
  });
  return [...missed, ...extra, ...expectation.facts.flatMap((fact) => judgeFact(plan, fact))];
}
