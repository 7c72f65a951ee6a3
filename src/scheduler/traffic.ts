// Manners of one process towards one account's API: waits for turns, keeps those of running requests alive, and tells what came of
// them. The judging is the store's, for all processes at once; here are only patience and its bounds.
import { setTimeout as pause } from 'node:timers/promises';
import type { Millis } from '../core/types.js';
import type { Clock } from '../ports/clock.js';
import type { Store } from '../ports/store.js';
import type { Traffic, TrafficState, Turn, TurnOutcome, TurnWish } from '../ports/traffic.js';

export interface TrafficOptions {
  readonly account: string;
  readonly ratePerSecond: number;
  readonly concurrency: number;
  readonly store: Pick<Store, 'takeTurn' | 'renewTurns' | 'endTurn' | 'readTraffic'>;
  readonly clock: Clock;
}

/** A killed process' turns are free again so soon; living ones renew theirs. */
const TURN_STANDS: Millis = 6_000;
const RENEW_EVERY: Millis = 2_000;
/** Turns become free at no told time: urgent ones ask more often, so that they come first. */
const POLL: Millis = 40;
const POLL_URGENT: Millis = 8;

/** So many failures in a row, whoever saw them: a look on its own retries makes three. */
const FAILURES_TO_OPEN = 5;
const FIRST_TRIAL: Millis = 5_000;
/** A tick: what is not urgent never waits longer than that after the service is back. */
const LONGEST_TRIAL: Millis = 30_000;
/** The service's word is kept, but a number that some proxy made up must not stop everything for a day: it is asked again then. */
const LONGEST_KEEP_AWAY: Millis = 15 * 60_000;
/** In stepped time, where a real second may be a day, nothing waits longer. */
const LONGEST_STEPPED: Millis = 200;
const LONGEST_TEXT = 300;

/** Waits are counted in real time, of which a fast clock has less. */
function createPace({ isStepped, speed }: Clock): (millis: Millis) => Millis {
  if (isStepped === true) return (millis) => Math.min(millis, LONGEST_STEPPED);
  return (millis) => Math.ceil(millis / Math.max(1, speed?.() ?? 1));
}

/** Renews the turns of requests that run; the timer runs only while there are some. */
function createRenewal({ store, account }: TrafficOptions): { add(turn: string): void; drop(turn: string): boolean } {
  const open = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  function renew(): void {
    void store.renewTurns(account, [...open], TURN_STANDS).catch(() => undefined);
  }
  return {
    add(turn) {
      open.add(turn);
      timer ??= setInterval(renew, RENEW_EVERY).unref();
    },
    drop(turn) {
      const was = open.delete(turn);
      if (open.size === 0) {
        clearInterval(timer);
        timer = undefined;
      }
      return was;
    },
  };
}

export function createTraffic(options: TrafficOptions): Traffic {
  const { account, store, clock, ratePerSecond, concurrency } = options;
  const paced = createPace(clock);
  const renewal = createRenewal(options);
  const circuit = (): Parameters<Store['endTurn']>[1]['circuit'] => ({
    failures: FAILURES_TO_OPEN,
    firstMillis: paced(FIRST_TRIAL),
    longestMillis: paced(LONGEST_TRIAL),
  });

  return {
    async take(turn: string, { isUrgent, signal, mostWaitMillis }: TurnWish): Promise<Turn> {
      const patience = paced(mostWaitMillis);
      let waited: Millis = 0;
      while (signal?.aborted !== true) {
        const request = { turn, ratePerSecond, concurrency, standsMillis: TURN_STANDS, isUrgent };
        const answer = await store.takeTurn(account, request);
        if (answer.granted) {
          renewal.add(turn);
          return answer;
        }
        const { why, waitMillis } = answer;
        const isOurs = why === 'rate' || why === 'in-flight';
        if (why === 'circuit' || (!isOurs && waited + waitMillis > patience))
          return { granted: false, why, waitMillis };
        if (!isOurs) waited += waitMillis;
        const millis = why === 'in-flight' ? (isUrgent ? POLL_URGENT : POLL) : Math.max(1, waitMillis);
        await pause(millis, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
      }
      return { granted: false, why: 'stopped', waitMillis: 0 };
    },

    async end(turn: string, { service, text = '', retryAfterMillis = 0 }: TurnOutcome): Promise<void> {
      if (!renewal.drop(turn)) return;
      const keepAwayMillis = paced(Math.min(Math.max(0, Math.ceil(retryAfterMillis)), LONGEST_KEEP_AWAY));
      const end = { turn, service, text: text.slice(0, LONGEST_TEXT), keepAwayMillis, circuit: circuit() };
      await store.endTurn(account, end).catch(() => undefined);
    },

    async read(): Promise<TrafficState> {
      const { inFlight, toldMillis, circuit: open } = await store.readTraffic(account);
      const now = clock.now();
      return {
        inFlight,
        toldUntil: toldMillis === 0 ? undefined : now + toldMillis,
        circuit:
          open === undefined
            ? undefined
            : { since: now - open.sinceMillis, failures: open.failures, text: open.text, tryAt: now + open.tryMillis },
      };
    },
  };
}
