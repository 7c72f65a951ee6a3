// Follows a listing that comes in pages, whose base nobody said: 0 and 1 may both be the first page, or only one of them. It
// counts the ids that were seen, and never takes a short listing for the whole.
import type { Millis } from '../../core/types.js';
import { CloudError } from '../../ports/cloud.js';
import { isAboutKey } from '../inventory.js';
import { isCount, isObject, quoteValue, readArray, Unreadable } from '../read-values.js';

export interface Page {
  readonly items: readonly unknown[];
  /** How many entries the whole listing has; undefined: it doesn't say. */
  readonly total: number | undefined;
  readonly pages: number | undefined;
  readonly number: number | undefined;
  readonly ageMillis: Millis;
}

export interface Followed {
  /** Each entry once, in the order of the pages. */
  readonly items: readonly unknown[];
  /** Empty: that is all there is. */
  readonly problems: readonly string[];
  readonly ageMillis: Millis;
}

/** Reads one page; `undefined` asks for the first without naming it. Throws CloudError. */
type FetchPage = (number: number | undefined) => Promise<Page>;

const MOST_PAGES = 10_000;

/** Throws Unreadable. */
export function readPage(json: unknown, noun: string, ageMillis: Millis): Page {
  if (Array.isArray(json)) return { items: json, total: undefined, pages: undefined, number: undefined, ageMillis };
  const items = readArray(isObject(json) ? json['items'] : json, noun);
  const told = isObject(json) ? json['pagination'] : undefined;
  if (told === undefined || told === null)
    return { items, total: undefined, pages: undefined, number: undefined, ageMillis };
  if (!isObject(told)) throw new Unreadable(`pagination is ${quoteValue(told)}, not an object`);
  return {
    items,
    total: readCount(told['filteredRecords'] ?? told['totalRecords'], 'pagination.filteredRecords', 1e9),
    pages: readCount(told['totalPages'], 'pagination.totalPages', MOST_PAGES),
    number: readCount(told['currentPage'], 'pagination.currentPage', 1e9),
    ageMillis,
  };
}

function readCount(value: unknown, field: string, most: number): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (isCount(value, 0, most)) return value;
  throw new Unreadable(`${field} is ${quoteValue(value)}, not a count`);
}

/**
 * Reads all pages, `parallel` at a time, and everything a second time when the list moved meanwhile. Throws what the first page
 * throws, and refused keys; a later page that can't be read is a problem.
 */
export async function followPages(fetchPage: FetchPage, noun: string, parallel: number): Promise<Followed> {
  let before = await followOnce(fetchPage, noun, parallel);
  if (isSettled(before)) return before;
  for (let reading = 2; ; reading += 1) {
    const after = await followOnce(fetchPage, noun, parallel);
    // Without a total only two equal readings show that nothing fell between two pages.
    if (isSettled(after) || (after.problems.length === 0 && after.ids === before.ids)) return after;
    if (reading === 2 && !after.isUntold) return after;
    if (reading === 3)
      return { ...after, problems: [...after.problems, `the list of ${noun} moved between two readings`] };
    before = after;
  }
}

/** Nothing is left to find out by another reading. */
function isSettled({ failed, problems, isUntold }: FollowedOnce): boolean {
  return failed || (problems.length === 0 && !isUntold);
}

interface FollowedOnce extends Followed {
  readonly failed: boolean;
  /** It has several pages, and doesn't say how much there is. */
  readonly isUntold: boolean;
  readonly ids: string;
}

async function followOnce(fetchPage: FetchPage, noun: string, parallel: number): Promise<FollowedOnce> {
  const first = await fetchPage(undefined);
  const gathered = new Gathering(noun, first);
  if (first.total === undefined) await followUntold(fetchPage, gathered, first);
  else if (gathered.count < first.total) await followTold(fetchPage, gathered, first, first.total, parallel);
  return gathered.finish();
}

/**
 * The numbers that most APIs would give the pages; then, for what is still missing, those at the edges. An entry that leaves the
 * list lets all later ones move up, and one of them falls between two pages, unseen by any count if another came at the end. So
 * the last page is read before the others and once more after them, and the first too: if both are the same, nothing moved.
 */
async function followTold(
  fetchPage: FetchPage,
  gathered: Gathering,
  first: Page,
  total: number,
  parallel: number,
): Promise<void> {
  const number = first.number ?? 0;
  const pages = first.pages ?? (first.items.length === 0 ? 1 : Math.ceil(total / first.items.length));
  const count = Math.min(pages, MOST_PAGES) - 1;
  if (count > 0) {
    // Where pages are told from 1 and asked for from 0, the last number is one too high, and shows nothing of the list's end.
    const end = await fetchOne(fetchPage, number + count);
    const isBeyond = 'error' in end || end.page.items.length === 0;
    const last = isBeyond ? number + count - 1 : number + count;
    const lastPage = isBeyond ? await fetchOne(fetchPage, last) : end;
    const between = Array.from({ length: last - number - 1 }, (_, index) => number + 1 + index);
    for (const page of await fetchAll(fetchPage, between, parallel)) gathered.add(page);
    gathered.add(lastPage);
    if (isBeyond) gathered.add(end);
    await addEdges(fetchPage, gathered, [number + count + 1, number, number - 1], total);
    if (gathered.failed) return;
    const [firstAgain, lastAgain] = await Promise.all([fetchOne(fetchPage, undefined), fetchOne(fetchPage, last)]);
    gathered.compare({ page: first }, firstAgain);
    gathered.compare(lastPage, lastAgain);
  } else await addEdges(fetchPage, gathered, [number + 1, number, number - 1], total);
}

async function addEdges(
  fetchPage: FetchPage,
  gathered: Gathering,
  numbers: readonly number[],
  total: number,
): Promise<void> {
  for (const edge of numbers) {
    if (gathered.count >= total || gathered.failed) return;
    if (edge >= 0) gathered.add(await fetchOne(fetchPage, edge));
  }
}

/** Nothing says how much there is: two numbers in a row that bring nothing new are the end. */
async function followUntold(fetchPage: FetchPage, gathered: Gathering, first: Page): Promise<void> {
  let barren = 0;
  for (let number = (first.number ?? 0) + 1; barren < 2 && number < MOST_PAGES && !gathered.failed; number += 1) {
    const before = gathered.count;
    gathered.add(await fetchOne(fetchPage, number));
    barren = gathered.count === before ? barren + 1 : 0;
  }
}

type Fetched = { readonly page: Page } | { readonly error: CloudError };

async function fetchOne(fetchPage: FetchPage, number: number | undefined): Promise<Fetched> {
  try {
    return { page: await fetchPage(number) };
  } catch (error) {
    if (!(error instanceof CloudError) || isAboutKey(error)) throw error;
    return { error };
  }
}

/** In the order of the numbers, whatever came first. */
async function fetchAll(fetchPage: FetchPage, numbers: readonly number[], parallel: number): Promise<Fetched[]> {
  const found: Fetched[] = [];
  let next = 0;
  async function run(): Promise<void> {
    while (next < numbers.length) {
      const index = next;
      next += 1;
      found[index] = await fetchOne(fetchPage, numbers[index]);
    }
  }
  await Promise.all(Array.from({ length: Math.min(parallel, numbers.length) }, run));
  return found;
}

/** What came so far, each entry once. */
class Gathering {
  readonly #noun: string;
  readonly #total: number | undefined;
  readonly #items: unknown[] = [];
  readonly #seen = new Set<string>();
  /** The pages as they came, by their entries: an API that repeats a page beyond its end is no list that moved. */
  readonly #shapes = new Set<string>();
  readonly #problems: string[] = [];
  #ageMillis: Millis = 0;
  #refusal: string | undefined;
  failed = false;

  constructor(noun: string, first: Page) {
    this.#noun = noun;
    this.#total = first.total;
    this.add({ page: first });
  }

  get count(): number {
    return this.#seen.size;
  }

  add(fetched: Fetched): void {
    if ('error' in fetched) {
      const { code, message } = fetched.error;
      // There may be no page of that number: whether one is missing, the count tells.
      if (code === 'api-bad-request' || code === 'api-not-found') this.#refusal ??= message;
      else {
        this.failed = true;
        this.#tell(message);
      }
      return;
    }
    const { items, total, ageMillis } = fetched.page;
    this.#ageMillis = Math.max(this.#ageMillis, ageMillis);
    const keys = items.map((item, index) => keyOf(item) ?? `${this.#shapes.size}/${index}`);
    const shape = shapeOf(fetched);
    if (items.length === 0 || this.#shapes.has(shape)) return;
    this.#shapes.add(shape);
    if (total !== this.#total) this.#tellMoved(`it had ${this.#total} entries, then ${total}`);
    items.forEach((item, index) => {
      const key = keys[index]!;
      if (this.#seen.has(key)) this.#tellMoved(`${key} was listed twice`);
      else {
        this.#seen.add(key);
        this.#items.push(item);
      }
    });
  }

  /** The same page, read twice. One that there isn't may be refused twice. */
  compare(before: Fetched, after: Fetched): void {
    if ('error' in after && !('error' in before)) this.add(after);
    else if (shapeOf(before) !== shapeOf(after)) this.#tellMoved('a page was not the same a moment later');
  }

  finish(): FollowedOnce {
    const total = this.#total;
    if (total !== undefined && this.count !== total) {
      const refusal = this.#refusal === undefined ? '' : ` (${this.#refusal})`;
      this.#problems.push(`${this.count} of ${total} ${this.#noun} were listed${refusal}`);
    }
    const isUntold = total === undefined && this.#shapes.size > 1;
    return {
      items: this.#items,
      problems: this.#problems,
      ageMillis: this.#ageMillis,
      failed: this.failed,
      isUntold,
      ids: isUntold ? [...this.#seen].sort().join() : '',
    };
  }

  #tellMoved(how: string): void {
    this.#tell(`the list of ${this.#noun} moved while it was read: ${how}`);
  }

  #tell(problem: string): void {
    if (this.#problems.length < 3) this.#problems.push(problem);
  }
}

/** Two readings of one page are the same when they have the same entries in the same order, of as many. */
function shapeOf(fetched: Fetched): string {
  if ('error' in fetched) return 'error';
  return fetched.page.items.map((item) => keyOf(item) ?? '?').join();
}

function keyOf(item: unknown): string | undefined {
  const id = isObject(item) ? item['id'] : undefined;
  return typeof id === 'string' ? id.toLowerCase() : undefined;
}
