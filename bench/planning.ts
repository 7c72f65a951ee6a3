// Planning against JSON.parse of the same inventory's answer: 40 fleets, 10 reaps with CEL, steady books. Planning is what each
// look does with an inventory that was read: reckoning it into the books and planning it.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Books } from '../src/core/books.js';
import { decodeJson, encodeJson } from '../src/core/json.js';
import { planAccount } from '../src/core/plan.js';
import type { Plan, Snapshot } from '../src/core/plan-types.js';
import { reckonSnapshot } from '../src/core/reckon/reckon.js';
import { readListing } from '../src/fluence/marketplace/read-vms.js';
import { checkPolicies } from '../src/policy/check-policies.js';
import { requireValid } from '../src/policy/policies-in-force.js';
import { generateAccount, NOW } from './generate-account.js';
import { judgeAtMost, takeTurns, timeMillis, type BenchRow } from './measure.js';

const LIMIT = 3;
const SIZES: readonly Size[] = [
  { vms: 10_000, rounds: 15, warmUp: 10 },
  { vms: 100_000, rounds: 5, warmUp: 2 },
];

interface Size {
  readonly vms: number;
  readonly rounds: number;
  /** A scheduler plans every half minute for weeks: its code is warm. */
  readonly warmUp: number;
}

/**
 * What making the account left behind is cleared away once, before the rounds. Not between them: a forced collection shrinks
 * the young generation, of which planning lives and which JSON.parse of a long text passes by.
 */
function collectRubbish(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

function summarise(plan: Plan): string {
  const { delete: deletions, hold } = plan.totals;
  return `${plan.marks.length} to park, ${deletions} to delete, ${hold} held, ${plan.charges.length} coming charges`;
}

async function measureSize({ vms: size, rounds, warmUp }: Size): Promise<BenchRow> {
  const account = generateAccount(size);
  const { answer, settings } = account;
  const policies = requireValid(
    checkPolicies(account.policies, {
      accounts: [settings.name],
      defaultAccount: settings.name,
      installation: settings.installation,
      protect: ['vm.name == "db-1"'],
      now: NOW,
      generation: 1,
    }),
  );
  const { vms, problems } = readListing(JSON.parse(answer));
  if (problems.length > 0 || vms.length !== size) throw new Error(`the listing can't be read: ${problems.join('; ')}`);
  const observed: Snapshot = {
    account: settings.name,
    product: 'marketplace',
    at: NOW,
    inventory: { state: 'complete', startedAt: NOW - 1_000, finishedAt: NOW, vms, problems: [] },
    offers: [],
    images: [],
    clock: { skewMillis: 0, jumpMillis: 0 },
    // As from the store: none of their texts is the listing's own.
    books: decodeJson(encodeJson(account.buildBooks(vms))) as Books,
    stoodSince: account.stoodSince,
    frozenBy: undefined,
  };
  let plan: Plan | undefined;
  const runPlanning = (): void => {
    const { snapshot } = reckonSnapshot(observed, policies, settings);
    plan = planAccount({ snapshot, policies, settings });
  };
  collectRubbish();
  const taken = await takeTurns(
    {
      parse: () => timeMillis(() => JSON.parse(answer)),
      plan: () => timeMillis(runPlanning),
      read: () => timeMillis(() => readListing(JSON.parse(answer))),
    },
    rounds,
    warmUp,
  );
  const megabytes = (answer.length / 1e6).toFixed(1);
  const detail =
    `plan ${taken.plan.toFixed(0)} ms, JSON.parse ${taken.parse.toFixed(0)} ms (${megabytes} MB), parsing and reading it ` +
    `${taken.read.toFixed(0)} ms; ${rounds} rounds; ${summarise(plan!)}`;
  return judgeAtMost(
    `planning ${size.toLocaleString('en-US')} VMs / JSON.parse`,
    taken.plan / taken.parse,
    LIMIT,
    detail,
  );
}

export async function benchPlanning(): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const size of SIZES) rows.push(await measureSize(size));
  return rows;
}
