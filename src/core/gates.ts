// What stands above every rule: frozen, recovering, an inventory or a clock that can't be believed, observing and pausing
// accounts. A gate holds actions back; it never adds any.
import { formatDuration } from './duration.js';
import type { Snapshot } from './plan-types.js';
import type { AccountSettings } from './policy-types.js';
import type { Millis, Reason } from './types.js';

/** Beyond this the API's clock and ours can't both be right (DESIGN "Money and time"). */
export const MOST_SKEW_MILLIS: Millis = 120_000;

/** A create that was on its way when the store was lost may turn up so much later: nothing is bought in its place. */
export const RECOVERING_BUYS_AFTER: Millis = 10 * 60_000;
export const RECOVERING_LOOKS = 3;

/** undefined: open. */
export interface Gates {
  readonly deploys: Reason | undefined;
  readonly deletes: Reason | undefined;
}

function findCommonReason(snapshot: Snapshot, settings: AccountSettings): Reason | undefined {
  const { inventory, clock, books } = snapshot;
  const { notes } = books;
  if (settings.mode === 'pause') return { code: 'paused', text: 'the account is paused: nothing is planned or done' };
  const { freeze } = books.handles;
  // What a person wrote tells more than the place where it is written down, too.
  if (snapshot.frozenBy !== undefined && (freeze === undefined || freeze.why === ''))
    return { code: 'frozen', text: `frozen by ${snapshot.frozenBy}; \`purser thaw\` ends it` };
  if (freeze !== undefined) {
    const why = freeze.why === '' ? '' : `: ${freeze.why}`;
    return { code: 'frozen', text: `frozen by hand${why}; \`purser thaw\` ends it` };
  }
  if (snapshot.storeDoubt !== undefined) return { code: 'recovering', text: snapshot.storeDoubt };
  if (inventory.state !== 'complete') {
    // Why the API is not asked tells more than that it was not.
    const problem = snapshot.serviceDoubt?.text ?? inventory.problems[0] ?? 'no reason given';
    return {
      code: 'untrusted-inventory',
      text: `the list of VMs ${inventory.state === 'failed' ? 'could not be read' : 'is incomplete'} (${problem})`,
    };
  }
  if (notes.keyDoubt !== undefined) return { code: 'key-replaced', text: notes.keyDoubt.text };
  if (notes.inventoryDoubt !== undefined) return { code: 'untrusted-inventory', text: notes.inventoryDoubt.text };
  if (notes.endedDoubt !== undefined) return { code: 'ended-together', text: notes.endedDoubt.text };
  const off = Math.max(Math.abs(clock.skewMillis ?? 0), Math.abs(clock.jumpMillis));
  if (off > MOST_SKEW_MILLIS) {
    return {
      code: 'untrusted-clock',
      text: `the local clock and the API's differ by ${formatDuration(off)}; set the clock (NTP). Nothing is bought or deleted until three looks agree`,
    };
  }
  if (notes.clockDoubt !== undefined) return { code: 'untrusted-clock', text: notes.clockDoubt.text };
  return undefined;
}

/** Whether what this look shows, or what the books say, may be wrong: no figure is drawn from it then. */
export function hasDoubt({ inventory, books, storeDoubt }: Snapshot): boolean {
  const { keyDoubt, inventoryDoubt, endedDoubt, recovering } = books.notes;
  const doubts = [storeDoubt, keyDoubt, inventoryDoubt, endedDoubt, recovering];
  return inventory.state !== 'complete' || doubts.some((doubt) => doubt !== undefined);
}

/** The list was read, but requests are held back: a deletion tries all the same, a purchase waits. */
function holdPurchases({ serviceDoubt }: Snapshot): Reason | undefined {
  if (serviceDoubt === undefined) return undefined;
  return { code: serviceDoubt.code, text: `${serviceDoubt.text}; nothing is bought until then, deletions go on` };
}

/** Judged on notes that the present look has already been reckoned into. */
export function judgeGates(snapshot: Snapshot, settings: AccountSettings): Gates {
  const common = findCommonReason(snapshot, settings);
  if (common !== undefined) return { deploys: common, deletes: common };
  if (settings.mode === 'observe') {
    const observing: Reason = {
      code: 'observing',
      text: 'the account only observes: `mode: act` in purser.yaml lets Purser act',
    };
    return { deploys: observing, deletes: observing };
  }
  const { recovering } = snapshot.books.notes;
  if (recovering === undefined) return { deploys: holdPurchases(snapshot), deletes: undefined };
  const isYoung = snapshot.at - recovering.since < RECOVERING_BUYS_AFTER;
  const wait = isYoung ? `, nothing is bought within ${formatDuration(RECOVERING_BUYS_AFTER)}` : '';
  const what = recovering.isLost === true ? 'was emptied or replaced' : 'is new';
  const reason: Reason = {
    code: 'recovering',
    text:
      `the store ${what} and knows no VM of ours yet (${Math.min(recovering.looks, RECOVERING_LOOKS)} of ${RECOVERING_LOOKS} complete looks); ` +
      `members are counted by name${wait}, nothing is deleted before \`purser doctor --recover\``,
  };
  return { deploys: recovering.looks >= RECOVERING_LOOKS && !isYoung ? undefined : reason, deletes: reason };
}
