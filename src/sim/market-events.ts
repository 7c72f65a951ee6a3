// What is going to happen in the simulated market, earliest first: a binary heap. It plays nothing; market.ts does. Events
// that lost their sense (a charge of a VM that is gone) stay in the heap and are skipped when they come up.
import type { Instant } from '../core/types.js';
import type { DueEvent, MarketEvent, MarketState } from './market-state.js';

// At one instant a charge goes before the end of a deletion: whoever is still there at the boundary pays.
const ORDER: Readonly<Record<MarketEvent['kind'], number>> = {
  charge: 0,
  'grace-over': 1,
  termination: 2,
  'deletion-finished': 3,
  'launch-finished': 4,
  'offer-move': 5,
  drift: 6,
  'late-deploy': 7,
};

function isBefore(left: DueEvent, right: DueEvent): boolean {
  if (left.at !== right.at) return left.at < right.at;
  const order = ORDER[left.event.kind] - ORDER[right.event.kind];
  return order === 0 ? left.sequence < right.sequence : order < 0;
}

export function scheduleEvent(state: MarketState, at: Instant, event: MarketEvent): void {
  const heap = state.due;
  state.lastSequence += 1;
  const added: DueEvent = { at, sequence: state.lastSequence, event };
  let place = heap.length;
  heap.push(added);
  while (place > 0) {
    const parent = (place - 1) >> 1;
    if (!isBefore(added, heap[parent]!)) break;
    heap[place] = heap[parent]!;
    place = parent;
  }
  heap[place] = added;
}

/** The earliest event that still has sense, without taking it. */
export function peekEvent(state: MarketState): DueEvent | undefined {
  while (state.due.length > 0 && isStale(state.due[0]!)) removeFirst(state.due);
  return state.due[0];
}

export function takeEvent(state: MarketState): DueEvent | undefined {
  const first = peekEvent(state);
  if (first !== undefined) removeFirst(state.due);
  return first;
}

function isStale({ at, event }: DueEvent): boolean {
  switch (event.kind) {
    case 'charge':
      return event.vm.nextBillingAt !== at;
    case 'grace-over':
      return event.vm.graceUntil !== at;
    case 'launch-finished':
      return event.vm.status !== 'launching' || event.vm.goneAt !== undefined;
    case 'deletion-finished':
    case 'termination':
    case 'offer-move':
    case 'drift':
    case 'late-deploy':
      return false;
  }
}

function removeFirst(heap: DueEvent[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let place = 0;
  for (;;) {
    let child = 2 * place + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
    if (!isBefore(heap[child]!, last)) break;
    heap[place] = heap[child]!;
    place = child;
  }
  heap[place] = last;
}
