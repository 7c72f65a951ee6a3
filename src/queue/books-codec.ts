// Between the books' shapes and what the store keeps of them. `state`, `deletion` and `calledAt` have keys of their own, since
// the gate changes them without touching the JSON; reading lays them over it.
import type { Claim, Intent, IntentState, ClaimState } from '../core/books.js';
import { decodeJson } from '../core/json.js';
import type { Instant } from '../core/types.js';

/** `<intent> <calledAt>`, or "" for a claim without a deletion. */
export function writeDoom(claim: Claim): string {
  return claim.deletion === undefined ? '' : `${claim.deletion.intent} ${claim.deletion.calledAt}`;
}

function readDoom(text: string | undefined): { intent: string; calledAt: Instant } | undefined {
  const [, intent, calledAt] = /^(\S+) (-?\d+)$/.exec(text ?? '') ?? [];
  return intent === undefined ? undefined : { intent, calledAt: Number(calledAt) };
}

/** The claim as it is now: its JSON, and over it what the gate made of it since. */
function composeClaim(json: string, state: string, doom: string | undefined): Claim {
  const claim = decodeJson(json) as Claim;
  const now = state as ClaimState;
  const deletion = readDoom(doom);
  const isSame = claim.deletion?.intent === deletion?.intent && claim.deletion?.calledAt === deletion?.calledAt;
  if (claim.state === now && isSame) return claim;
  const stateSince = now === 'doomed' && deletion !== undefined ? deletion.calledAt : claim.stateSince;
  return { ...claim, state: now, stateSince, deletion };
}

export function composeIntent(json: string, state: string, calledAt: string | undefined): Intent {
  const intent = decodeJson(json) as Intent;
  const now = state as IntentState;
  const called = calledAt === undefined ? undefined : Number(calledAt);
  if (intent.state === now && intent.calledAt === called) return intent;
  return { ...intent, state: now, calledAt: called };
}

/** Ids come from outside: one named `constructor` must not find what every object inherits. */
function readOwn(record: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** All claims, in the order of their ids. A claim whose JSON is gone (a hand in Redis) is left out, as is one without state. */
export function composeClaims(
  jsons: Readonly<Record<string, string>>,
  states: Readonly<Record<string, string>>,
  dooms: Readonly<Record<string, string>>,
): Claim[] {
  const claims: Claim[] = [];
  for (const [id, json] of Object.entries(jsons)) {
    const state = readOwn(states, id);
    if (state !== undefined) claims.push(composeClaim(json, state, readOwn(dooms, id)));
  }
  return claims.sort((left, right) => compareText(left.vmId, right.vmId));
}

/** All intents, oldest first. */
export function composeIntents(
  jsons: Readonly<Record<string, string>>,
  states: Readonly<Record<string, string>>,
  calls: Readonly<Record<string, string>>,
): Intent[] {
  const intents: Intent[] = [];
  for (const [id, json] of Object.entries(jsons)) {
    const state = readOwn(states, id);
    if (state !== undefined) intents.push(composeIntent(json, state, readOwn(calls, id)));
  }
  return intents.sort((left, right) => left.createdAt - right.createdAt || compareText(left.id, right.id));
}
