// Makes an inventory of a look: whole, partial or failed, and how old what it shows is. The same for all products.
import { formatDuration } from '../core/duration.js';
import type { Instant, Inventory, Millis, Part, Vm } from '../core/types.js';
import { CloudError } from '../ports/cloud.js';
import { summariseProblems } from './read-values.js';

/** An account whose every VM is unreadable must not fill the snapshots with sentences. */
const PROBLEMS_TOLD = 20;

/** Older than a tick, a listing from a cache is no look. */
const OLDEST_LISTING: Millis = 30_000;

export interface Looked {
  /** Of the first attempt: a look must not claim to have begun later than any of its requests. */
  readonly startedAt: Instant;
  readonly finishedAt: Instant;
  /** Of the oldest answer in it. */
  readonly ageMillis: Millis;
  readonly vms: readonly Vm[];
  /** What makes it partial. */
  readonly problems: readonly string[];
  /** undefined: not all could be read, or the product has none. */
  readonly leftovers?: readonly Part[] | undefined;
  /** What is told without making it partial. */
  readonly remarks?: readonly string[];
}

export function buildInventory(looked: Looked, scrub: (text: string) => string): Inventory {
  const { ageMillis, problems, leftovers, remarks = [] } = looked;
  const stale = ageMillis > OLDEST_LISTING ? [describeAge(ageMillis)] : [];
  const wrong = [...stale, ...summariseProblems(problems, PROBLEMS_TOLD).map(scrub)];
  return {
    state: wrong.length === 0 ? 'complete' : 'partial',
    // A cached answer shows what was when the cache asked: what was called for since can't be in it.
    startedAt: looked.startedAt - ageMillis,
    finishedAt: looked.finishedAt - ageMillis,
    vms: looked.vms,
    ...(leftovers === undefined || stale.length > 0 ? {} : { leftovers }),
    problems: [...wrong, ...summariseProblems(remarks, PROBLEMS_TOLD).map(scrub)],
  };
}

/** An API that is down is a failed look; a key that is missing or refused is thrown on. */
export function buildFailedInventory(error: unknown, startedAt: Instant, finishedAt: Instant): Inventory {
  if (!(error instanceof CloudError) || isAboutKey(error)) throw error;
  return { state: 'failed', startedAt, finishedAt, vms: [], problems: [error.message] };
}

export function isAboutKey(error: CloudError): boolean {
  return error.code === 'api-key-missing' || error.code === 'api-key-refused';
}

function describeAge(ageMillis: Millis): string {
  return `the list came from a cache on the way and is ${formatDuration(ageMillis)} old; ask whoever runs that proxy to let \`no-cache\` through`;
}
