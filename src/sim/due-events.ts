// What is going to happen in a simulation, earliest first: a binary heap, whatever the events are. It plays nothing. Events
// that lost their sense (a charge of a VM that is gone) stay in the heap and are skipped when they come up.
import type { Instant } from '../core/types.js';

export interface DueEvent<Event> {
  readonly at: Instant;
  /** Breaks ties among events of one instant and rank. */
  readonly sequence: number;
  readonly event: Event;
}

/** The part of a simulation's state that is kept here. */
export interface EventHeap<Event> {
  readonly due: DueEvent<Event>[];
  lastSequence: number;
}

export interface EventRules<Event> {
  /** Of two events at one instant the one of the lower rank comes first. */
  readonly rankOf: (event: Event) => number;
  /** Whether it has no sense any more. */
  readonly isStale: (due: DueEvent<Event>) => boolean;
}

export interface EventQueue<Event> {
  schedule(heap: EventHeap<Event>, at: Instant, event: Event): void;
  /** The earliest event that still has sense, without taking it. */
  peek(heap: EventHeap<Event>): DueEvent<Event> | undefined;
  take(heap: EventHeap<Event>): DueEvent<Event> | undefined;
}

export function buildEventQueue<Event>({ rankOf, isStale }: EventRules<Event>): EventQueue<Event> {
  const isBefore = (left: DueEvent<Event>, right: DueEvent<Event>): boolean => {
    if (left.at !== right.at) return left.at < right.at;
    const order = rankOf(left.event) - rankOf(right.event);
    return order === 0 ? left.sequence < right.sequence : order < 0;
  };
  const peek = ({ due }: EventHeap<Event>) => {
    while (due.length > 0 && isStale(due[0]!)) removeFirst(due, isBefore);
    return due[0];
  };
  return {
    schedule(heap, at, event) {
      heap.lastSequence += 1;
      addLast(heap.due, { at, sequence: heap.lastSequence, event }, isBefore);
    },
    peek,
    take(heap) {
      const first = peek(heap);
      if (first !== undefined) removeFirst(heap.due, isBefore);
      return first;
    },
  };
}

type IsBefore<Item> = (left: Item, right: Item) => boolean;

function addLast<Item>(heap: Item[], added: Item, isBefore: IsBefore<Item>): void {
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

function removeFirst<Item>(heap: Item[], isBefore: IsBefore<Item>): void {
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
