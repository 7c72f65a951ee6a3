// Following pages whose base nobody said: whatever the numbers mean, the whole is found or it is said that it wasn't.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { followPages, readPage } from '../../../src/fluence/cloud/pages.js';
import type { Page } from '../../../src/fluence/cloud/pages.js';
import { Unreadable } from '../../../src/fluence/read-values.js';
import { CloudError } from '../../../src/ports/cloud.js';
import { uuid } from './answers.js';

/** How an API numbers its pages. */
interface Book {
  /** The number of the first page; `both`: 0 and 1 are the same one. */
  readonly base: 0 | 1 | 'both';
  /** What an answer says of its own number. */
  readonly told: 'as-asked' | 'from-0' | 'from-1' | 'never';
  /** Beyond the end. */
  readonly beyond: 'empty' | 'refused' | 'last';
  readonly perPage: number;
  readonly hasTotal: boolean;
}

const listOf = (count: number) => Array.from({ length: count }, (_, index) => ({ id: uuid('a', index) }));

function refuse(status: 400 | 500): CloudError {
  const code = status === 400 ? 'api-bad-request' : 'api-unavailable';
  return new CloudError(code, `page refused with ${status}`, { effect: 'none', status });
}

/** `readList` is asked at every page: it may move meanwhile. */
function openBook(book: Book, readList: () => readonly { id: string }[]) {
  const asked: (number | undefined)[] = [];
  async function fetchPage(number: number | undefined): Promise<Page> {
    asked.push(number);
    const list = readList();
    const pages = Math.max(1, Math.ceil(list.length / book.perPage));
    const first = book.base === 'both' ? 0 : book.base;
    const shift = book.base === 'both' && number !== undefined && number > 0 ? 1 : first;
    let index = (number ?? first) - shift;
    if (index >= pages && book.beyond === 'last') index = pages - 1;
    if (index < 0 || (index >= pages && book.beyond === 'refused')) throw refuse(400);
    const items = list.slice(index * book.perPage, (index + 1) * book.perPage);
    const tellsNumber = { 'as-asked': number ?? first, 'from-0': index, 'from-1': index + 1, never: undefined };
    const told = book.hasTotal ? { total: list.length, pages, number: tellsNumber[book.told] } : undefined;
    return { items, total: undefined, pages: undefined, number: undefined, ...told, ageMillis: 0 };
  }
  return { asked, fetchPage };
}

const books = fc.record({
  base: fc.constantFrom<Book['base'][]>(0, 1, 'both'),
  told: fc.constantFrom<Book['told'][]>('as-asked', 'from-0', 'from-1', 'never'),
  beyond: fc.constantFrom<Book['beyond'][]>('empty', 'refused', 'last'),
  perPage: fc.integer({ min: 1, max: 7 }),
  hasTotal: fc.boolean(),
});
const counts = fc.integer({ min: 0, max: 40 });
const usual: Book = { base: 0, told: 'as-asked', beyond: 'empty', perPage: 10, hasTotal: true };

describe('a list that stands still', () => {
  it('is found whole, each entry once, however its pages are numbered', async () => {
    await fc.assert(
      fc.asyncProperty(books, counts, fc.integer({ min: 1, max: 5 }), async (book, count, parallel) => {
        const list = listOf(count);
        const { fetchPage } = openBook(book, () => list);
        const { items, problems } = await followPages(fetchPage, 'VMs', parallel);
        expect(problems).toEqual([]);
        expect(items.toSorted(byId)).toEqual(list.toSorted(byId));
      }),
      { numRuns: 500 },
    );
  });

  it('of a usual API costs one request a page, and two to see that nothing moved', async () => {
    const list = listOf(95);
    const { asked, fetchPage } = openBook(usual, () => list);
    const { items } = await followPages(fetchPage, 'VMs', 4);
    expect(items).toEqual(list);
    expect(asked).toEqual([undefined, 9, 1, 2, 3, 4, 5, 6, 7, 8, undefined, 9]);
  });

  it('that says how many there are costs one request when it is empty or short', async () => {
    for (const count of [0, 1, 10]) {
      const { asked, fetchPage } = openBook(usual, () => listOf(count));
      await followPages(fetchPage, 'VMs', 4);
      expect(asked).toEqual([undefined]);
    }
  });
});

function byId(a: unknown, b: unknown): number {
  return String((a as { id: string }).id).localeCompare(String((b as { id: string }).id));
}

describe('a list that is not whole', () => {
  it('is never taken for it when a page in the middle is empty, refused or unanswered', async () => {
    const problems = fc.constantFrom('empty', 'refused', 'unanswered');
    await fc.assert(
      fc.asyncProperty(problems, fc.integer({ min: 1, max: 3 }), async (problem, missing) => {
        const book = openBook(usual, () => listOf(45));
        const { problems: told } = await followPages(
          async (number) => {
            const page = await book.fetchPage(number);
            if (number !== missing) return page;
            if (problem === 'empty') return { ...page, items: [] };
            throw refuse(problem === 'refused' ? 400 : 500);
          },
          'VMs',
          3,
        );
        expect(told.join()).toMatch(/35 of 45 VMs were listed/);
      }),
    );
  });

  it('is said to be short when the total says more than the pages hold', async () => {
    const { fetchPage } = openBook(usual, () => listOf(5));
    const { problems } = await followPages(async (number) => ({ ...(await fetchPage(number)), total: 7 }), 'VMs', 2);
    expect(problems).toEqual(['5 of 7 VMs were listed']);
  });

  it('throws when its first page fails, and when the key is refused at any', async () => {
    await expect(followPages(() => Promise.reject(refuse(500)), 'VMs', 2)).rejects.toThrow('refused with 500');
    const { fetchPage } = openBook(usual, () => listOf(45));
    const refused = new CloudError('api-key-refused', 'no such key', { effect: 'none', status: 403 });
    const follow = followPages((number) => (number === 3 ? Promise.reject(refused) : fetchPage(number)), 'VMs', 2);
    await expect(follow).rejects.toThrow('no such key');
  });
});

describe('a list that moves', () => {
  it('is read again, and found whole when it stands still then', async () => {
    let calls = 0;
    const list = listOf(45);
    const { fetchPage } = openBook(usual, () => {
      calls += 1;
      return calls === 1 ? list.toReversed() : list;
    });
    const { items, problems } = await followPages(fetchPage, 'VMs', 1);
    expect(problems).toEqual([]);
    expect(items).toEqual(list);
  });

  it('never hides an entry that was there all the time, though the count is right', async () => {
    const changes = fc.array(
      fc.record({ at: fc.integer({ min: 0, max: 14 }), gone: fc.integer({ min: 0, max: 44 }) }),
      {
        maxLength: 5,
      },
    );
    await fc.assert(
      fc.asyncProperty(books, changes, fc.integer({ min: 1, max: 3 }), async (book, moves, parallel) => {
        // At some requests an old entry leaves and a new one comes at the end.
        let calls = 0;
        let list = listOf(45);
        const stayed = new Set(list.map(({ id }) => id));
        const { fetchPage } = openBook({ ...book, perPage: 10 }, () => {
          for (const { at, gone } of moves) {
            if (at !== calls || list[gone] === undefined) continue;
            stayed.delete(list[gone].id);
            list = [...list.toSpliced(gone, 1), { id: uuid('b', calls * 100 + gone) }];
          }
          calls += 1;
          return list;
        });
        const { items, problems } = await followPages(fetchPage, 'VMs', parallel);
        const seen = new Set(items.map((item) => (item as { id: string }).id));
        if (problems.length === 0) expect([...stayed].filter((id) => !seen.has(id))).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it('and is longer at every page is said to have moved', async () => {
    let calls = 40;
    const { fetchPage } = openBook(usual, () => listOf((calls += 1)));
    const { problems } = await followPages(fetchPage, 'VMs', 1);
    expect(problems.join()).toContain('the list of VMs moved while it was read');
  });
});

describe('one page', () => {
  it('is read bare or with its numbers', () => {
    expect(readPage([1], 'VMs', 5)).toEqual({
      items: [1],
      total: undefined,
      pages: undefined,
      number: undefined,
      ageMillis: 5,
    });
    const pagination = { totalRecords: 9, filteredRecords: 4, totalPages: 2, currentPage: 0, perPage: 2 };
    expect(readPage({ items: [], pagination }, 'VMs', 0)).toMatchObject({ total: 4, pages: 2, number: 0 });
  });

  it('of any other form is unreadable, and never a crash', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        try {
          expect(Array.isArray(readPage(json, 'VMs', 0).items)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(Unreadable);
        }
      }),
    );
    const absurd = { items: [], pagination: { filteredRecords: -1 } };
    expect(() => readPage(absurd, 'VMs', 0)).toThrow('filteredRecords is -1');
  });
});
