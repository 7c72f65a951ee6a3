// Refuses, before anything is sent, a change of more than one call of the product can do: the caller splits.
import { CloudError } from '../ports/cloud.js';
import type { Abilities } from '../ports/cloud.js';

type Limit = 'createsPerCall' | 'renamesPerCall' | 'deletesPerCall' | 'partsPerCall';

const WORDS: Readonly<Record<Limit, string>> = {
  createsPerCall: 'create',
  renamesPerCall: 'rename or set the ports of',
  deletesPerCall: 'delete',
  partsPerCall: 'delete disks or IP addresses:',
};

/** Throws CloudError `api-bad-request`, effect none. */
export function refuseMoreThan(account: string, limit: Limit, abilities: Abilities, count: number): void {
  const most = abilities[limit];
  if (count >= 1 && count <= most) return;
  throw new CloudError(
    'api-bad-request',
    `account ${account} can ${WORDS[limit]} 1 to ${most} in a call, not ${count}`,
    {
      effect: 'none',
      details: { account, limit, most, count },
    },
  );
}
