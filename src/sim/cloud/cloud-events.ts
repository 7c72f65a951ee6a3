// What is going to happen in the simulated cloud, in which order, and what of it has lost its sense. It plays nothing;
// cloud.ts does.
import type { Instant } from '../../core/types.js';
import { buildEventQueue, type DueEvent } from '../due-events.js';
import type { CloudEvent, CloudResource, CloudState } from './cloud-state.js';

// At one instant a charge goes before the end of a deletion: whoever is still there at the boundary pays.
const ORDER: Readonly<Record<CloudEvent['kind'], number>> = {
  charge: 0,
  termination: 1,
  settle: 2,
  move: 3,
  'late-deploy': 4,
};

const queue = buildEventQueue<CloudEvent>({ rankOf: ({ kind }) => ORDER[kind], isStale });

export function scheduleEvent(state: CloudState, at: Instant, event: CloudEvent): void {
  queue.schedule(state, at, event);
}

/** The resource's present status ends then, whatever was planned for it before. */
export function settleLater(state: CloudState, resource: CloudResource, at: Instant): void {
  resource.settlesAt = at;
  scheduleEvent(state, at, { kind: 'settle', resource });
}

/** The earliest event that still has sense, without taking it. */
export function peekEvent(state: CloudState): DueEvent<CloudEvent> | undefined {
  return queue.peek(state);
}

export function takeEvent(state: CloudState): DueEvent<CloudEvent> | undefined {
  return queue.take(state);
}

function isStale({ at, event }: DueEvent<CloudEvent>): boolean {
  switch (event.kind) {
    case 'charge':
      return event.resource.paidUntil !== at;
    case 'settle':
      return event.resource.settlesAt !== at;
    case 'termination':
    case 'move':
    case 'late-deploy':
      return false;
  }
}
