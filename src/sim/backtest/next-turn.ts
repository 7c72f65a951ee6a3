// The next event of a simulation that is not of a kind that comes by the thousand and changes nothing that is counted.
import type { Instant } from '../../core/types.js';
import type { DueEvent } from '../due-events.js';

/** Events that have lost their sense count, too: one stop more does no harm. undefined: none. */
export function findNextTurn<Event>(
  due: readonly DueEvent<Event>[],
  isPassedOver: (event: Event) => boolean,
): Instant | undefined {
  let next: Instant | undefined;
  for (const { at, event } of due) if ((next === undefined || at < next) && !isPassedOver(event)) next = at;
  return next;
}
