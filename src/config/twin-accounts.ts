// Two names for one account: each would count, park and delete what the other has. Told before anything is asked.
import type { Product } from '../core/types.js';

interface Named {
  readonly name: string;
  readonly product: Product;
  readonly url: string;
}

/** The names, two and two, of accounts that the same key opens at the same address, as `readKey` tells them apart. */
export function findTwins<Account extends Named>(
  accounts: readonly Account[],
  readKey: (account: Account) => string | undefined,
): readonly (readonly [string, string])[] {
  const seen = new Map<string, string>();
  return accounts.flatMap((account): [string, string][] => {
    const key = readKey(account);
    if (key === undefined) return [];
    const mark = JSON.stringify([account.product, account.url, key]);
    const other = seen.get(mark);
    seen.set(mark, other ?? account.name);
    return other === undefined ? [] : [[other, account.name]];
  });
}
