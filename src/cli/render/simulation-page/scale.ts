// From instants and amounts to places on a chart, and the round values at which its axes are labelled. Floats are fine here:
// nothing of it is money any more.

export interface Scale {
  /** The fraction of the way from the lowest to the highest, 0 to 1; what lies outside is drawn at the edge. */
  readonly place: (value: number) => number;
  readonly lowest: number;
  readonly highest: number;
}

export function createScale(lowest: number, highest: number): Scale {
  const span = highest - lowest;
  const place = (value: number): number => (span <= 0 ? 0 : Math.min(1, Math.max(0, (value - lowest) / span)));
  return { place, lowest, highest };
}

/** 1, 2 or 5 times a power of ten: the smallest such step with which `highest` takes at most `most` of them. */
function chooseStep(highest: number, most: number, least: number): number {
  let power = 10 ** Math.floor(Math.log10(Math.max(least, highest / most)));
  for (;;) {
    for (const factor of [1, 2, 5])
      if (power * factor >= least && highest <= power * factor * most) return power * factor;
    power *= 10;
  }
}

/** Labelled values of an axis from 0: the last one is at or above `highest`. `least`: the smallest step that makes sense. */
export function listValueTicks(highest: number, most: number, least: number): readonly number[] {
  const top = Math.max(highest, least);
  const step = chooseStep(top, most, least);
  const count = Math.ceil(top / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => index * step);
}

/** A fraction as a percentage with two digits behind the point at most: a hundredth of a percent is no pixel. */
export function toPercent(fraction: number): string {
  return `${Math.round(fraction * 10_000) / 100}%`;
}
