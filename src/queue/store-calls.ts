// The gate before a call that has effects, and its outcome. Both may be asked again after a lost answer: see scripts/call.ts.
import { encodeJson } from '../core/json.js';
import type { IntentState } from '../core/books.js';
import type { CallPermit, Store } from '../ports/store.js';
import { writeDoom } from './books-codec.js';
import { beginCallScript, finishCallScript } from './scripts/call.js';
import { callScript, type StoreContext } from './store-context.js';
import { packLedger } from './store-documents.js';
import type { WriteGuard } from './write-guard.js';

type CallPart = Pick<Store, 'beginCall' | 'finishCall'>;
type Refusal = Extract<CallPermit, { granted: false }>['why'];

function readPermit(answer: readonly unknown[]): CallPermit {
  if (answer[0] === 'granted') {
    const [, doomed, notDoomed, protect] = answer as [string, string[], string[], string[]];
    return { granted: true, doomed, notDoomed, protect };
  }
  const retryAfterMillis = answer[1] as number;
  return {
    granted: false,
    why: answer[0] as Refusal,
    retryAfterMillis: retryAfterMillis < 0 ? undefined : retryAfterMillis,
  };
}

export function createCallPart(context: StoreContext, guard: WriteGuard): CallPart {
  const { keys } = context;
  return {
    async beginCall({ account, intent, generation, attempt, leaseMillis, now, doom, isOnce }) {
      const own = keys.account(account);
      const scriptKeys = [
        keys.freeze,
        keys.generation,
        own.intentStates,
        own.intentKinds,
        own.intentCalls,
        own.intentAttempts,
        keys.call(account, intent),
        own.claimStates,
        own.claimDooms,
        own.protected,
      ];
      const parameters = [intent, generation, attempt, leaseMillis, now, ...doom];
      const permit = readPermit((await callScript(context, beginCallScript, scriptKeys, parameters)) as unknown[]);
      if (!permit.granted || isOnce !== true) return permit;
      return { ...permit, isOnDisk: await guard.awaitOnDisk() };
    },

    async finishCall({ account, attempt, intent, claims, undoom, ledger }) {
      const own = keys.account(account);
      const scriptKeys = [
        own.intents,
        own.intentStates,
        own.intentKinds,
        own.intentCalls,
        own.intentAttempts,
        keys.call(account, intent.id),
        own.claims,
        own.claimStates,
        own.claimDooms,
        own.ledger,
      ];
      const parameters = [
        intent.id,
        attempt,
        intent.state,
        intent.kind,
        intent.calledAt ?? '',
        encodeJson(intent),
        claims.length,
        undoom.length,
        ...claims.flatMap((claim) => [claim.vmId, claim.state, writeDoom(claim), encodeJson(claim)]),
        ...undoom,
        ...packLedger(ledger),
      ];
      const [written, state] = (await callScript(context, finishCallScript, scriptKeys, parameters)) as [
        number,
        string,
      ];
      return { written: written === 1, state: state === '' ? undefined : (state as IntentState) };
    },
  };
}
