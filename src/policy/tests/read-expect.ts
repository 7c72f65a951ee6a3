// What a test expects, read once: wishes for rows of the plan and for its numbers. Names that the test doesn't know are told here.
import { suggestWord } from '../closest-word.js';
import type { DocumentPath } from '../problems.js';
import {
  doneLists,
  listNames,
  type EntryDocument,
  type ExpectDocument,
  type ListName,
} from '../schemas/test-expect.js';
import { readBudgetFacts } from './budget-facts.js';
import type { Wish, WishedFact } from './field-values.js';
import { readMoney, readPrice, type TestReader } from './test-reader.js';

/** One entry of a list. */
export interface WishedRows {
  readonly list: ListName;
  readonly path: DocumentPath;
  /** Each of them; undefined: whichever. */
  readonly vms: readonly string[] | undefined;
  /** undefined: at least one. */
  readonly count: number | undefined;
  /** Of all rows together. */
  readonly cost: Extract<Wish, { kind: 'money' }> | undefined;
  readonly fields: Readonly<Record<string, Wish>>;
}

export interface Expectation {
  readonly rows: readonly WishedRows[];
  readonly facts: readonly WishedFact[];
  /** Lists of which nothing may be left over, and where that is said. */
  readonly complete: ReadonlyMap<ListName, DocumentPath>;
}

const INSTANTS = new Set(['deadline', 'boundary', 'until', 'at', 'avoidableUntil']);
const PRICES = new Set(['price', 'cap']);
const MONEY = new Set(['saves', 'charge', 'cost', 'costNow', 'savesNow', 'perDay']);
/** Lists of which a text names a policy, not a VM. */
const OF_POLICIES: ReadonlySet<ListName> = new Set(['deploy', 'refuse', 'change']);

function readWish(reader: TestReader, path: DocumentPath, field: string, value: string | number | boolean): Wish {
  if (INSTANTS.has(field)) return { kind: 'instant', ...reader.instant(path, String(value)) };
  if (PRICES.has(field)) return { kind: 'price', price: readPrice(String(value)) };
  if (MONEY.has(field)) return { kind: 'money', micros: readMoney(value as string | number) };
  if (field === 'says') return { kind: 'piece', text: String(value) };
  return typeof value === 'number' ? { kind: 'number', number: value } : { kind: 'text', text: String(value) };
}

function checkVm(reader: TestReader, path: DocumentPath, name: string, known: ReadonlySet<string>): void {
  if (known.has(name)) return;
  const there = known.size === 0 ? 'This test gives none.' : `Given are: ${[...known].slice(0, 12).join(', ')}.`;
  reader.tell(path, 'vm-unknown', `No VM \`${name}\` is given.`, suggestWord(name, known, there));
}

function readEntry(
  reader: TestReader,
  list: ListName,
  path: DocumentPath,
  entry: EntryDocument | string,
  known: ReadonlySet<string>,
): WishedRows {
  const isText = typeof entry === 'string';
  const document: EntryDocument = isText ? { [OF_POLICIES.has(list) ? 'policy' : 'vm']: entry } : entry;
  const { vm, count, ...others } = document;
  const placeOf = (key: string): DocumentPath => (isText ? path : [...path, key]);
  const vms = vm === undefined ? undefined : ([vm].flat() as string[]);
  for (const [index, name] of vms?.entries() ?? [])
    checkVm(reader, Array.isArray(vm) ? [...placeOf('vm'), index] : placeOf('vm'), name, known);
  if (vms !== undefined && count !== undefined && count !== vms.length)
    reader.tell(
      placeOf('count'),
      'count-differs',
      `\`vm\` names ${vms.length}, \`count\` says ${String(count)}.`,
      'Leave `count` out.',
    );
  const fields: Record<string, Wish> = {};
  for (const [key, value] of Object.entries(others)) {
    if (key === 'policy') reader.policy(placeOf(key), String(value));
    fields[key] = readWish(reader, placeOf(key), key, value as string | number | boolean);
  }
  // What a list of purchases costs is a sum; each charge has its own.
  const { cost, ...own } = fields;
  const isSum = list === 'deploy' && cost?.kind === 'money';
  return {
    list,
    path,
    vms,
    count: vms === undefined ? (count as number | undefined) : undefined,
    cost: isSum ? cost : undefined,
    fields: isSum ? own : fields,
  };
}

function readFacts(reader: TestReader, path: DocumentPath, expect: ExpectDocument): readonly WishedFact[] {
  const facts: WishedFact[] = [];
  const note = (fact: Omit<WishedFact, 'wish'>, value: string | number): void => {
    facts.push({ ...fact, wish: readWish(reader, fact.path, fact.field.split('.').at(-1)!, value) });
  };
  const read = (of: 'fleet' | 'reap', key: 'fleets' | 'reaps' | 'wanted', policy: string, said: object): void => {
    const here = [...path, key, policy];
    reader.policy(here, policy, `${of}s`, 'key');
    for (const [field, value] of Object.entries(said) as [string, string | number | object][]) {
      if (typeof value !== 'object') {
        note({ path: key === 'wanted' ? here : [...here, field], of, policy, field }, value);
        continue;
      }
      for (const [part, inner] of Object.entries(value) as [string, string | number][])
        note({ path: [...here, field, part], of, policy, field: `${field}.${part}` }, inner);
    }
  };
  for (const [policy, wanted] of Object.entries(expect.wanted ?? {})) read('fleet', 'wanted', policy, { wanted });
  for (const [policy, said] of Object.entries(expect.fleets ?? {})) read('fleet', 'fleets', policy, said);
  for (const [policy, said] of Object.entries(expect.reaps ?? {})) read('reap', 'reaps', policy, said);
  facts.push(...readBudgetFacts(reader, [...path, 'budgets'], expect.budgets));
  for (const [field, value] of Object.entries(expect.totals ?? {}))
    note({ path: [...path, 'totals', field], of: 'totals', policy: undefined, field }, value);
  return facts;
}

function readOnly(reader: TestReader, path: DocumentPath, only: ExpectDocument['only']): readonly ListName[] {
  if (only === undefined) return [];
  if (only === true) return doneLists;
  if (only === 'all') return [...doneLists, 'hold'];
  const here = [...path, 'only'];
  return [only].flat().flatMap((name: unknown) => {
    const known = listNames.find((list) => list === name);
    if (known !== undefined) return [known];
    const lists = `Write true, all, or a list of ${listNames.join(', ')}.`;
    const hint = typeof name === 'string' ? suggestWord(name, listNames, lists) : lists;
    reader.tell(here, 'value-wrong', `\`${String(name)}\` is no list of what a test expects.`, hint);
    return [];
  });
}

/** `vms`: names of the given VMs. */
export function readExpect(
  reader: TestReader,
  path: DocumentPath,
  expect: ExpectDocument,
  vms: ReadonlySet<string>,
): Expectation {
  const rows: WishedRows[] = [];
  const complete = new Map<ListName, DocumentPath>();
  for (const list of readOnly(reader, path, expect.only)) complete.set(list, [...path, 'only']);
  if (expect.nothing === true) for (const list of doneLists) complete.set(list, [...path, 'nothing']);
  for (const list of listNames) {
    const said = expect[list];
    if (said === undefined) continue;
    const here = [...path, list];
    if (said === 'none' || (Array.isArray(said) && said.length === 0)) {
      complete.set(list, here);
      continue;
    }
    if (expect.nothing === true && doneLists.includes(list)) {
      const message = `\`nothing\` is expected, and \`${list}\` too.`;
      reader.tell(here, 'expect-contradicts', message, 'Keep one of them.', 'key');
    }
    const entries = [said].flat() as (EntryDocument | string)[];
    for (const [index, entry] of entries.entries())
      rows.push(readEntry(reader, list, Array.isArray(said) ? [...here, index] : here, entry, vms));
  }
  return { rows, facts: readFacts(reader, path, expect), complete };
}
