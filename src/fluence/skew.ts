// How far the API's clock is from ours, from the `Date` headers of its answers. A measure only: it corrects nothing.
import type { Instant, Millis } from '../core/types.js';
import { readAgeMillis } from './http-exchange.js';

const SAMPLES_KEPT = 9;
/** `Date` has whole seconds, cut off: on average it is half a second early. */
const HALF_SECOND: Millis = 500;

export interface SkewMeter {
  /** Takes one answer into account. Headers that can't be read are passed over. */
  observe(answer: {
    readonly headers: Readonly<Record<string, string>>;
    readonly sentAt: Instant;
    readonly headersAt: Instant;
  }): void;
  /** Median of the last samples, API minus local; undefined before the first. */
  skewMillis(): Millis | undefined;
}

export function createSkewMeter(): SkewMeter {
  const samples: Millis[] = [];
  return {
    observe({ headers, sentAt, headersAt }) {
      const date = Date.parse(headers['date'] ?? '');
      if (Number.isNaN(date)) return;
      // A cached answer shows the time at which it was made, `Age` seconds ago: that staleness is no clock difference.
      samples.push(date + readAgeMillis(headers) + HALF_SECOND - (sentAt + headersAt) / 2);
      if (samples.length > SAMPLES_KEPT) samples.shift();
    },
    skewMillis() {
      if (samples.length === 0) return undefined;
      const sorted = [...samples].sort((a, b) => a - b);
      const upper = sorted[Math.floor(sorted.length / 2)]!;
      const lower = sorted[Math.floor((sorted.length - 1) / 2)]!;
      return Math.round((lower + upper) / 2);
    },
  };
}
