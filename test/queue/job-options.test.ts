// How soon a killed worker's jobs start again, and that no number of stalls ends a job: what BullMQ is told.
import { expect, it } from 'vitest';
import { chooseBackOff, workerOptions } from '../../src/queue/job-options.js';

it("lets a killed worker's job start again within five seconds: its lock lapses, and the next check sees it", () => {
  const { lockDuration, stalledInterval, lockRenewTime } = workerOptions;
  expect(lockDuration).toBeLessThanOrEqual(3_000);
  expect(stalledInterval).toBeLessThanOrEqual(1_500);
  expect(lockDuration + 2 * stalledInterval).toBeLessThanOrEqual(5_000);
  // A worker that lives renews twice before it would lose a job.
  expect(2 * lockRenewTime).toBeLessThan(lockDuration);
});

it('lets a job stall as often as workers die', () => {
  expect(workerOptions.maxStalledCount).toBeGreaterThanOrEqual(100);
});

it('waits half a second, then ever longer, at most a quarter of a minute', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 100].map(chooseBackOff)).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
});
