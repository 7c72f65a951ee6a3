// One page of a list of the user's things: filtered, sorted, cut, and wrapped as the world's quirks say.
import type { Instant } from '../../core/types.js';
import { RequestRefused } from '../http-parts.js';
import type { CloudQuirks } from '../cloud/cloud-world.js';
import { isLike, type Query } from './read-query.js';

/** What every list of resources may be asked. */
export const PAGING = ['page', 'perPage'];
export const SORTING = ['sort', 'order'];

interface Listed {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly createdAt: Instant;
  /** Rises with age's end: breaks ties. */
  readonly serial: number;
}

/** `ids`, `name`, `status` and `excludeStatus`, where the query has them. */
export function filterListed<Item>(
  items: readonly Item[],
  query: Query,
  statuses: readonly string[],
  tell: (item: Item) => Listed,
): readonly Item[] {
  const ids = query.list('ids');
  const name = query.one('name');
  const status = query.listOf('status', statuses);
  const excluded = query.listOf('excludeStatus', statuses);
  return items.filter((item) => {
    const told = tell(item);
    return (
      (ids === undefined || ids.includes(told.id)) &&
      (name === undefined || isLike(told.name, name)) &&
      (status === undefined || status.includes(told.status)) &&
      excluded?.includes(told.status) !== true
    );
  });
}

/** Newest first unless told otherwise: a list that grows while it is read moves. */
export function sortListed<Item>(items: readonly Item[], query: Query, tell: (item: Item) => Listed): readonly Item[] {
  const field = query.oneOf('sort', ['createdAt', 'name', 'status']) ?? 'createdAt';
  const order = query.oneOf('order', ['asc', 'desc']) ?? (field === 'createdAt' ? 'desc' : 'asc');
  const direction = order === 'asc' ? 1 : -1;
  const told = items.map((item) => ({ item, facts: tell(item) }));
  told.sort(({ facts: left }, { facts: right }) => {
    if (left[field] !== right[field]) return left[field] < right[field] ? -direction : direction;
    return (left.serial - right.serial) * direction;
  });
  return told.map(({ item }) => item);
}

/** `items` are all that were found, in order; `total` counts what there is without filters. */
export function wrapPage<Item>(
  items: readonly Item[],
  total: number,
  query: Query,
  quirks: CloudQuirks,
  answer: (item: Item) => object,
): object {
  if (quirks.lists === 'bare') return items.map(answer);
  const { usual, most } = quirks.perPage;
  const perPage = Math.min(most, query.number('perPage') || usual);
  const first = quirks.pageBase === '0' ? 0 : 1;
  const page = query.number('page') ?? first;
  if (page < first && quirks.pageBase === '1') throw new RequestRefused(400, 'page must be at least 1');
  const index = Math.max(0, page - first);
  return {
    items: items.slice(index * perPage, (index + 1) * perPage).map(answer),
    pagination: {
      totalRecords: total,
      filteredRecords: items.length,
      totalPages: Math.ceil(items.length / perPage),
      currentPage: page,
      perPage,
    },
  };
}

/** Catalogues are not paged. */
export function wrapCatalogue(items: readonly object[], quirks: CloudQuirks): object {
  return quirks.lists === 'wrapped' ? { items } : items;
}
