// Percentiles of small samples, for leads and launch times. Pure; it keeps no samples itself.
import type { Millis } from './types.js';

/** The nearest-rank percentile (0 < percent <= 100) of the samples; undefined when there are none. */
export function percentileOf(samples: readonly Millis[], percent: number): Millis | undefined {
  if (samples.length === 0) return undefined;
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
}

/** The newest `most` samples, newest last. */
export function keepLast<T>(samples: readonly T[], most: number): readonly T[] {
  return samples.length <= most ? samples : samples.slice(samples.length - most);
}
