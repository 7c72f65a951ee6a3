// Keeps labels at the ends of lines from lying over each other: each as near to its own line as the others allow.

/** Places in pixels from above, in the order of what was given; at least `apart` from each other, within 0 and `height` if they fit. */
export function spreadLabels(wished: readonly number[], apart: number, height: number): readonly number[] {
  const order = wished.map((_, index) => index).sort((a, b) => wished[a]! - wished[b]! || a - b);
  const places = [...wished];
  let free = -Infinity;
  for (const index of order) {
    places[index] = Math.max(places[index]!, free);
    free = places[index] + apart;
  }
  let most = height;
  for (const index of order.toReversed()) {
    places[index] = Math.min(places[index]!, most);
    most = places[index] - apart;
  }
  return places;
}
