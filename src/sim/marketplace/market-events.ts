// What is going to happen in the simulated market, in which order, and what of it has lost its sense. It plays nothing;
// market.ts does.
import type { Instant } from '../../core/types.js';
import { buildEventQueue, type DueEvent } from '../due-events.js';
import type { MarketEvent, MarketState } from './market-state.js';

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

const queue = buildEventQueue<MarketEvent>({ rankOf: ({ kind }) => ORDER[kind], isStale });

export function scheduleEvent(state: MarketState, at: Instant, event: MarketEvent): void {
  queue.schedule(state, at, event);
}

/** The earliest event that still has sense, without taking it. */
export function peekEvent(state: MarketState): DueEvent<MarketEvent> | undefined {
  return queue.peek(state);
}

export function takeEvent(state: MarketState): DueEvent<MarketEvent> | undefined {
  return queue.take(state);
}

function isStale({ at, event }: DueEvent<MarketEvent>): boolean {
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
