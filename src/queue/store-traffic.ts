// The part of the store that keeps the manners of requests: see scripts/traffic.ts. Patience is decided by its callers.
import type { Store, TurnAnswer } from '../ports/store.js';
import { endTurnScript, readTrafficScript, renewTurnsScript, takeTurnScript } from './scripts/traffic.js';
import { callScript, type StoreContext } from './store-context.js';

type TrafficPart = Pick<Store, 'takeTurn' | 'renewTurns' | 'endTurn' | 'readTraffic'>;

export function createTrafficPart(context: StoreContext): TrafficPart {
  const { keys } = context;
  return {
    async takeTurn(account, { turn, ratePerSecond, concurrency, standsMillis, isUrgent }): Promise<TurnAnswer> {
      const own = keys.account(account);
      const interval = 1_000_000 / ratePerSecond;
      const burst = Math.max(1, Math.floor(ratePerSecond));
      const [said, number] = (await callScript(
        context,
        takeTurnScript,
        [own.rate, own.turns, own.toldToWait, own.circuit],
        [turn, interval, burst, concurrency, standsMillis, isUrgent ? 1 : 0],
      )) as [string, number];
      if (said === 'granted') return { granted: true, isTrial: number === 1 };
      return { granted: false, why: said as Extract<TurnAnswer, { granted: false }>['why'], waitMillis: number };
    },
    async renewTurns(account, turns, standsMillis) {
      const own = keys.account(account);
      await callScript(context, renewTurnsScript, [own.turns, own.circuit], [standsMillis, ...turns]);
    },
    async endTurn(account, { turn, service, text, keepAwayMillis, circuit }) {
      const own = keys.account(account);
      await callScript(
        context,
        endTurnScript,
        [own.turns, own.toldToWait, own.circuit],
        [turn, service, keepAwayMillis, circuit.failures, circuit.firstMillis, circuit.longestMillis, text],
      );
    },
    async readTraffic(account) {
      const own = keys.account(account);
      const [inFlight, toldMillis, sinceMillis, failures, tryMillis, text] = (await callScript(
        context,
        readTrafficScript,
        [own.turns, own.toldToWait, own.circuit],
        [],
      )) as [number, number, number, number, number, string];
      const circuit = sinceMillis < 0 ? undefined : { sinceMillis, failures, tryMillis, text };
      return { inFlight, toldMillis, circuit };
    },
  };
}
