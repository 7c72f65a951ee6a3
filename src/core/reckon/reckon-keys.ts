// Remembers which SSH keys each policy added, because those alone may it remove. What was called for and never answered counts as
// added: it was not there before. What has left the account is forgotten.
import type { Intent } from '../books.js';
import { isOpenIntent } from '../ownership.js';
import { setIntent, type Reckoning } from './reckoning.js';

type Added = Record<string, readonly string[]>;

function fold(added: Added, { policy, state, calledAt, key }: Intent): Added {
  const { change, fingerprint, wasThere } = key!;
  const known = added[policy] ?? [];
  const rest = known.filter((each) => each !== fingerprint);
  if (change === 'remove') return state === 'done' ? { ...added, [policy]: rest } : added;
  const mayBeOurs = state === 'done' || (state === 'lapsed' && calledAt !== undefined);
  return mayBeOurs && wasThere !== true ? { ...added, [policy]: [...rest, fingerprint] } : added;
}

/** Keys that somebody removed: one of the same fingerprint that comes later is somebody's own. */
function forgetGone(added: Added, present: ReadonlySet<string>): Added {
  return Object.fromEntries(
    Object.entries(added).map(([policy, known]) => [policy, known.filter((each) => present.has(each))]),
  );
}

/** Whether the list is surely of the account that the books are about; another's says nothing of what is gone here. */
function isOwnList({ snapshot, notes }: Reckoning): boolean {
  if (notes.keyDoubt !== undefined) return false;
  return snapshot.keyMark === undefined || notes.keyMark === undefined || snapshot.keyMark === notes.keyMark;
}

export function reckonKeys(reckoning: Reckoning): void {
  const before: Added = { ...reckoning.notes.addedKeys };
  const { keys } = reckoning.snapshot;
  let added =
    keys === undefined || !isOwnList(reckoning)
      ? before
      : forgetGone(before, new Set(keys.map(({ fingerprint }) => fingerprint)));
  for (const intent of [...reckoning.intents.values()]) {
    if (intent.key === undefined || intent.reckoned || isOpenIntent(intent)) continue;
    added = fold(added, intent);
    setIntent(reckoning, { ...intent, reckoned: true });
  }
  if (JSON.stringify(added) === JSON.stringify(before)) return;
  reckoning.notes = { ...reckoning.notes, addedKeys: added };
}
