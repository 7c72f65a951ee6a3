// Reads one paged listing of the API, with the largest pages that it takes.
import { CloudError } from '../../ports/cloud.js';
import type { CallOptions } from '../../ports/cloud.js';
import type { ApiClient } from '../api-client.js';
import type { Endpoint } from '../call-errors.js';
import { withQuery } from './endpoints.js';
import type { Query } from './endpoints.js';
import { followPages, readPage } from './pages.js';
import type { Followed } from './pages.js';

/** No document says how large a page may be; undefined leaves it to the API. */
const SIZES: readonly (number | undefined)[] = [500, 100, undefined];

export interface PageReader {
  /** Every entry, or what is wrong. Throws CloudError when the first page can't be read. */
  readAll(query: Query, call: CallOptions | undefined): Promise<Followed>;
}

export function createPageReader(api: ApiClient, endpoint: Endpoint, noun: string, parallel: number): PageReader {
  let size = 0;

  function follow(query: Query, call: CallOptions | undefined): Promise<Followed> {
    const perPage = SIZES[size];
    return followPages(
      (page) =>
        api.read(
          withQuery(endpoint, { ...query, page, perPage }),
          undefined,
          (json, ageMillis) => readPage(json, noun, ageMillis),
          call,
        ),
      noun,
      parallel,
    );
  }

  return {
    async readAll(query, call) {
      for (;;) {
        try {
          return await follow(query, call);
        } catch (error) {
          const isRefused = error instanceof CloudError && error.code === 'api-bad-request';
          if (!isRefused || size === SIZES.length - 1) throw error;
          size += 1;
        }
      }
    },
  };
}
