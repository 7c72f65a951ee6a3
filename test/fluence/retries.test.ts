// When reads are asked again, and how long is waited.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CloudError } from '../../src/ports/cloud.js';
import type { CloudErrorCode } from '../../src/ports/cloud.js';
import { LONGEST_PAUSE_MILLIS, pauseBeforeRetry, readRetryAfter, retryTable } from '../../src/fluence/retries.js';

function error(code: CloudErrorCode, retryAfterMillis?: number): CloudError {
  return new CloudError(code, 'no', {
    effect: 'none',
    ...(retryAfterMillis === undefined ? {} : { retryAfterMillis }),
  });
}

describe('the pause before a retry', () => {
  it('doubles from attempt to attempt and keeps at least half of itself', () => {
    expect(pauseBeforeRetry(error('api-unavailable'), 1, 0)).toBe(250);
    expect(pauseBeforeRetry(error('api-unavailable'), 1, 0.999999)).toBe(500);
    expect(pauseBeforeRetry(error('api-unavailable'), 2, 0)).toBe(500);
    expect(pauseBeforeRetry(error('api-unavailable'), 3, 0)).toBeUndefined();
  });

  it.each([
    'api-key-refused',
    'api-key-missing',
    'api-bad-request',
    'api-not-found',
    'api-conflict',
    'api-no-offer',
    'api-no-balance',
  ] as const)('is none for %s: the answer would be the same', (code) => {
    expect(pauseBeforeRetry(error(code), 1, 0.5)).toBeUndefined();
  });

  it('is never shorter than Retry-After, and gives up when that is longer than anyone should wait', () => {
    expect(pauseBeforeRetry(error('api-rate-limited', 7000), 1, 0)).toBe(7000);
    expect(pauseBeforeRetry(error('api-rate-limited', 10_001), 1, 0)).toBeUndefined();
  });

  it('always ends, within the longest pause', () => {
    const codes = Object.keys(retryTable) as CloudErrorCode[];
    fc.assert(
      fc.property(
        fc.constantFrom(...codes),
        fc.nat(20),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (code, attempt, random) => {
          const pause = pauseBeforeRetry(error(code), attempt + 1, random);
          if (attempt + 1 >= retryTable[code]!.attempts) expect(pause).toBeUndefined();
          else expect(pause).toBeLessThanOrEqual(LONGEST_PAUSE_MILLIS);
        },
      ),
    );
  });
});

describe('Retry-After', () => {
  const now = Date.UTC(2026, 0, 2, 12);
  it.each([
    [{ 'retry-after': '3' }, 3000],
    [{ 'retry-after': 'Fri, 02 Jan 2026 12:00:05 GMT' }, 5000],
    [{ 'retry-after': 'Fri, 02 Jan 2026 12:00:05 GMT', date: 'Fri, 02 Jan 2026 12:00:03 GMT' }, 2000],
    [{ 'retry-after': 'Fri, 02 Jan 2026 11:00:00 GMT' }, 0],
    [{ 'retry-after': 'in a while' }, undefined],
    [{}, undefined],
  ])('reads %j', (headers, expected) => {
    expect(readRetryAfter(headers as Record<string, string>, now)).toBe(expected);
  });
});
