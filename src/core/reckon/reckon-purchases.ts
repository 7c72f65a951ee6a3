// What became of closed purchases, folded into the notes once each: one whose VMs never work is a failed attempt like one that
// was refused, and backs off. It claims nothing and buys nothing.
import type { BackOff, Claim, Intent } from '../books.js';
import { formatDuration } from '../duration.js';
import { findLaunchTimeout, readLaunches } from '../launch-times.js';
import { isEnded, isRunning } from '../lifecycle.js';
import { findMismatch } from '../mismatch.js';
import { findFleet } from '../ownership.js';
import { hashFleet, hashOffersFor } from '../rules/buy-missing.js';
import type { Instant, Millis, Vm } from '../types.js';
import { setIntent, type Reckoning } from './reckoning.js';

/** The API may tell place and size late: so long a VM that launches beside one that is up is waited for. */
const PATIENCE: Millis = 10 * 60_000;
const NO_BALANCE_RETRY: Millis = 15 * 60_000;
const LONGEST_BACK_OFF: Millis = 60 * 60_000;

/** A secret may be there any minute: its attempts wait 8 min at most. */
const MOST_WITHOUT_SECRET = 4;

function backOffMillis(attempts: number): Millis {
  return Math.min(60_000 * 2 ** (attempts - 1), LONGEST_BACK_OFF);
}

/** When the last failure was reckoned. */
function readFailedAt({ until, attempts }: BackOff): Instant {
  return until - backOffMillis(attempts);
}

function nextBackOff(reckoning: Reckoning, intent: Intent, text: string): BackOff {
  const before = reckoning.notes.backOffs[intent.policy];
  const policyHash = hashFleet(reckoning, intent.policy);
  const fleet = reckoning.policies.fleets.find((known) => known.name === intent.policy);
  const offersHash = fleet === undefined ? '' : hashOffersFor(fleet, reckoning.snapshot.offers ?? []);
  const lacksSecret = intent.error?.code === 'secret-missing' ? true : undefined;
  const isSame = before?.policyHash === policyHash && before.offersHash === offersHash;
  const goesOn = isSame && before.lacksSecret === lacksSecret;
  // Purchases that were decided on together are one attempt, also where each is a call of its own.
  if (goesOn && intent.createdAt <= readFailedAt(before)) return before;
  const most = lacksSecret === true ? MOST_WITHOUT_SECRET : Number.POSITIVE_INFINITY;
  const attempts = goesOn ? Math.min(before.attempts + 1, most) : 1;
  const wait = backOffMillis(attempts);
  return {
    attempts,
    until: reckoning.now + wait,
    text,
    policyHash,
    offersHash,
    ...(lacksSecret === undefined ? {} : { lacksSecret }),
  };
}

/** The code of a purchase's error: what it was answered with is not of it. */
export const ANSWERED_WITH_ANOTHER = 'answered-with-another';

/** Clocks differ, and a listing rounds: a VM of a purchase is not older than it by more than this. */
const OLDER_AT_MOST: Millis = 5 * 60_000;

export function isYoungEnough({ createdAt }: Vm, intent: Intent): boolean {
  return createdAt === undefined || createdAt >= intent.createdAt - OLDER_AT_MOST;
}

/**
 * The purchase that was answered with this VM although, at first sight, it stood before or bears another name: an id in an answer
 * alone gives no right to delete. undefined: it is of its purchase.
 */
export function findStrangersPurchase(reckoning: Reckoning, claim: Claim, vm: Vm): Intent | undefined {
  if (claim.origin !== 'bought' || claim.seenAt !== undefined || claim.state === 'doomed') return undefined;
  const intent = reckoning.intents.get(claim.intent ?? '');
  if (intent?.deploy === undefined) return undefined;
  // A service may add to a name, or tell none.
  const isNamed = vm.name === '' || vm.name.includes(intent.deploy.vmName);
  return isNamed && isYoungEnough(vm, intent) ? undefined : intent;
}

type Judgement = { readonly says: 'works' | 'let-go' } | { readonly says: 'failed'; readonly text: string };

/** Why a VM that was bought will not work; undefined while it may. */
function describeFailure(reckoning: Reckoning, claim: Claim, vm: Vm | undefined): string | undefined {
  if (vm !== undefined && isEnded(vm.status)) return `it was ${vm.statusText} before it ever ran`;
  const order = reckoning.intents.get(claim.intent ?? '')?.deploy?.offer;
  const timeout = findLaunchTimeout(readLaunches(reckoning.notes)(order));
  if (reckoning.now - claim.claimedAt <= timeout) return undefined;
  const what = vm === undefined ? 'never turned up in the list' : 'did not come up';
  return `it ${what} within ${formatDuration(timeout)}`;
}

/** Judged when one of its VMs is up, or when all have failed; undefined: not yet. let-go: none of its VMs is left to judge. */
function judgeBought(reckoning: Reckoning, intent: Intent): Judgement | undefined {
  let failure: string | undefined;
  let isAnyUp = false;
  let isWaiting = false;
  for (const claim of reckoning.claims.values()) {
    if (claim.intent !== intent.id || claim.origin !== 'bought') continue;
    const vm = reckoning.vmById.get(claim.vmId) ?? reckoning.endedById.get(claim.vmId);
    // It is about to be left alone, and the purchase waits on.
    if (vm !== undefined && findStrangersPurchase(reckoning, claim, vm) !== undefined) return undefined;
    const maxPrice = findFleet(reckoning.policies.fleets, claim.policy)?.where.maxPrice;
    const facts = { maxPrice, now: reckoning.now };
    const mismatch = vm === undefined ? undefined : findMismatch(claim, vm, intent.deploy!, facts);
    if (mismatch !== undefined) return { says: 'failed', text: `bought, but ${mismatch}` };
    if (claim.activeAt !== undefined || (vm !== undefined && isRunning(vm.status))) {
      isAnyUp = true;
      continue;
    }
    const failed = describeFailure(reckoning, claim, vm);
    if (failed === undefined) isWaiting = true;
    else failure = failed;
  }
  const isPatient = reckoning.now - (intent.closedAt ?? intent.createdAt) < PATIENCE;
  if (isWaiting && (isPatient || !isAnyUp)) return undefined;
  if (isAnyUp) return { says: 'works' };
  return failure === undefined ? { says: 'let-go' } : { says: 'failed', text: `bought, but ${failure}` };
}

/** A purchase that came to nothing: the next attempt waits longer, and the fifth is the last. */
export function failPurchase(reckoning: Reckoning, intent: Intent, text: string): void {
  const backOffs = { ...reckoning.notes.backOffs, [intent.policy]: nextBackOff(reckoning, intent, text) };
  reckoning.notes = { ...reckoning.notes, backOffs };
  setIntent(reckoning, { ...intent, reckoned: true });
}

function foldBought(reckoning: Reckoning, intent: Intent): void {
  const judged = judgeBought(reckoning, intent);
  if (judged === undefined) return;
  const { noBalance } = reckoning.notes;
  const wasPaidSince = noBalance !== undefined && intent.createdAt > noBalance.retryAt - NO_BALANCE_RETRY;
  if (wasPaidSince) reckoning.notes = { ...reckoning.notes, noBalance: undefined };
  if (judged.says === 'failed') {
    failPurchase(reckoning, intent, judged.text);
    return;
  }
  const before = reckoning.notes.backOffs[intent.policy];
  // What was bought before the last failure, or together with it, doesn't undo it.
  const isOlder = before !== undefined && intent.createdAt <= readFailedAt(before);
  if (judged.says === 'works' && !isOlder) {
    const { [intent.policy]: _, ...backOffs } = reckoning.notes.backOffs;
    reckoning.notes = { ...reckoning.notes, backOffs };
  }
  setIntent(reckoning, { ...intent, reckoned: true });
}

/** Folds a closed create into the notes, once. */
export function foldDeploy(reckoning: Reckoning, intent: Intent): void {
  if (intent.state === 'done') {
    foldBought(reckoning, intent);
    return;
  }
  // One that only lapsed may never have been made; one that was answered was, and may be paid.
  const wasInVain = intent.state === 'lapsed' && intent.error?.code === ANSWERED_WITH_ANOTHER;
  if (wasInVain || (intent.state === 'failed' && intent.error?.code !== 'api-no-balance')) {
    failPurchase(reckoning, intent, intent.error?.text ?? 'no reason given');
    return;
  }
  if (intent.state === 'failed') {
    const since = reckoning.notes.noBalance?.since ?? reckoning.now;
    const noBalance = { since, retryAt: reckoning.now + NO_BALANCE_RETRY, text: intent.error?.text ?? '' };
    reckoning.notes = { ...reckoning.notes, noBalance };
  }
  setIntent(reckoning, { ...intent, reckoned: true });
}
