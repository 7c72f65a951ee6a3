// The market as it was some minutes ago, for looks that buy nothing: budgets tell what coming purchases will cost. Reads seldom, and
// nothing is ever bought by it.
import { countsAccount } from '../core/budgets/judge-budgets.js';
import type { Peer, Snapshot } from '../core/plan-types.js';
import type { PolicySet } from '../core/policy-types.js';
import type { Offer } from '../core/types.js';
import type { Engine, EngineAccount } from './engine.js';

export interface PriceFacts {
  readonly policies: PolicySet;
  readonly readPrices: (account: EngineAccount) => Promise<readonly Offer[] | undefined>;
  /** Also where no budget counts the account. */
  readonly always: boolean;
}

/** The snapshot with prices, its peers with theirs; as it is where no figure needs them. */
export async function withPrices(
  { accounts }: Pick<Engine, 'accounts'>,
  snapshot: Snapshot,
  { policies, readPrices, always }: PriceFacts,
): Promise<Snapshot> {
  const { budgets = [], fleets } = policies;
  const judged = budgets.filter(({ mode }) => mode !== 'pause');
  const isNeeded = (name: string): boolean => always || judged.some((budget) => countsAccount(budget, name, fleets));
  if (!isNeeded(snapshot.account) || snapshot.inventory.state !== 'complete') return snapshot;
  const read = async (name: string): Promise<{ readonly pricedOffers?: readonly Offer[] }> => {
    const account = isNeeded(name) ? accounts.get(name) : undefined;
    const pricedOffers = account === undefined ? undefined : await readPrices(account);
    return pricedOffers === undefined ? {} : { pricedOffers };
  };
  const peers = snapshot.peers?.map(async (peer): Promise<Peer> => ({ ...peer, ...(await read(peer.settings.name)) }));
  const priced = peers === undefined ? {} : { peers: await Promise.all(peers) };
  return { ...snapshot, ...priced, ...(await read(snapshot.account)) };
}
