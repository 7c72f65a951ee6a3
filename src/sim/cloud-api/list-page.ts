// One page of a list of the user's things: filtered, sorted, cut, and wrapped as the world's quirks say.
import { RequestRefused } from '../http-parts.js';
import { nameOf, type CloudResource } from '../cloud/cloud-state.js';
import type { CloudQuirks } from '../cloud/cloud-world.js';
import { buildLike, type Query } from './read-query.js';

/** What every list of resources may be asked. */
export const PAGING = ['page', 'perPage'];
export const SORTING = ['sort', 'order'];

/** `ids`, `name`, `status` and `excludeStatus`, where the query has them. */
export function filterListed<Item extends CloudResource>(
  items: readonly Item[],
  query: Query,
  statuses: readonly string[],
  statusOf: (item: Item) => string,
): readonly Item[] {
  const ids = query.list('ids');
  const pattern = query.one('name');
  const isNamed = pattern === undefined ? undefined : buildLike(pattern);
  const status = query.listOf('status', statuses);
  const excluded = query.listOf('excludeStatus', statuses);
  return items.filter(
    (item) =>
      (ids === undefined || ids.includes(item.id)) &&
      (isNamed === undefined || isNamed(nameOf(item))) &&
      (status === undefined || status.includes(statusOf(item))) &&
      (excluded === undefined || !excluded.includes(statusOf(item))),
  );
}

/** Newest first unless told otherwise: a list that grows while it is read moves. */
export function sortListed<Item extends CloudResource>(
  items: readonly Item[],
  query: Query,
  statusOf: (item: Item) => string,
): readonly Item[] {
  const field = query.oneOf('sort', ['createdAt', 'name', 'status']) ?? 'createdAt';
  const order = query.oneOf('order', ['asc', 'desc']) ?? (field === 'createdAt' ? 'desc' : 'asc');
  const direction = order === 'asc' ? 1 : -1;
  const keyOf = { createdAt: (item: Item) => item.createdAt, name: nameOf, status: statusOf }[field];
  return items.toSorted((left, right) => {
    const leftKey = keyOf(left);
    const rightKey = keyOf(right);
    if (leftKey !== rightKey) return leftKey < rightKey ? -direction : direction;
    return (left.serial - right.serial) * direction;
  });
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
