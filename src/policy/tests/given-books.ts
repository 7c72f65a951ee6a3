// What a test supposes of the past -> the books: claims, purchases and deletions that rails count, times that were measured.
import type { Books, Intent } from '../../core/books.js';
import { parseDuration } from '../../core/duration.js';
import type { Evidence, Instant, Millis, Offer, Price } from '../../core/types.js';
import type { DocumentPath } from '../problems.js';
import type { GivenDocument } from '../schemas/test-given.js';
import type { GivenBudgets } from './given-budgets.js';
import type { GivenVm } from './given-vms.js';
import { readPrice, type TestReader } from './test-reader.js';

/** So many deletions make a measured time. */
const SAMPLES = 20;
const LONG_AGO: Millis = 30 * 86_400_000;
const NOTHING: Price = { amount: 0n, periodMillis: 86_400_000 };

/** Where each key of `given` stands: in the test, or above all tests. */
export type PathOf = (key: keyof GivenDocument) => DocumentPath;

function buildIntent(
  kind: 'deploy' | 'delete',
  index: number,
  { policy, at, account }: { readonly policy: string; readonly at: Instant; readonly account: string },
): Intent {
  return {
    id: `given-${kind}-${index}`,
    kind,
    account,
    policy,
    generation: 1,
    createdAt: at,
    state: 'done',
    calledAt: at,
    closedAt: at,
    error: undefined,
    reckoned: true,
    emptyLooks: 0,
  };
}

interface Facts {
  readonly account: string;
  readonly offers: readonly Offer[];
  readonly tickMillis: Millis;
}

function buildBought(reader: TestReader, given: GivenDocument, pathOf: PathOf, facts: Facts): readonly Intent[] {
  return (given.bought ?? []).map(({ policy, count, at: written, price: said }, index): Intent => {
    const path = [...pathOf('bought'), index];
    reader.policy([...path, 'policy'], policy, 'fleets');
    const at = reader.past([...path, 'at'], written);
    const first = facts.offers[0];
    const price = said === undefined ? (first?.price ?? NOTHING) : readPrice(said);
    const offer = {
      country: first?.place.country ?? 'FR',
      configuration: first?.configuration ?? 'given',
      hardware: undefined,
      price,
    };
    const intent = buildIntent('deploy', index, { policy, at, account: facts.account });
    return { ...intent, deploy: { count, offer, cap: price, vmName: `${policy}-given`, vmIds: [] } };
  });
}

function buildDeleted(reader: TestReader, given: GivenDocument, pathOf: PathOf, facts: Facts): readonly Intent[] {
  return (given.deleted ?? []).map(({ policy, count, at: written }, index): Intent => {
    const path = [...pathOf('deleted'), index];
    reader.policy([...path, 'policy'], policy);
    const at = reader.past([...path, 'at'], written);
    const targets = Array.from({ length: count }, (_, each) => ({
      vmId: `given-deleted-${index}-${each}`,
      vmName: `${policy}-gone-${each + 1}`,
      boundary: undefined,
      price: undefined,
      recordOnly: false,
      railExempt: false,
      reaped: false,
      publicIp: undefined,
      reason: 'surplus' as const,
      outcome: { result: 'accepted' as const, text: 'given as deleted' },
    }));
    return { ...buildIntent('delete', index, { policy, at, account: facts.account }), delete: { targets } };
  });
}

function measured(text: string | undefined): readonly Millis[] {
  return text === undefined ? [] : new Array<Millis>(SAMPLES).fill(parseDuration(text) ?? 0);
}

/** The books of the account as the planner finds them. */
export function readGivenBooks(
  reader: TestReader,
  given: GivenDocument,
  pathOf: PathOf,
  facts: Facts & {
    readonly vms: readonly GivenVm[];
    readonly evidence: readonly Evidence[];
    readonly budgets: GivenBudgets | undefined;
  },
): Books {
  const { at } = reader;
  const { vms, evidence, account, budgets } = facts;
  const { frozen } = given;
  const isFrozen = frozen !== undefined && frozen !== false;
  const why = typeof frozen === 'string' ? frozen : '';
  return {
    account,
    bornAt: at - LONG_AGO,
    claims: vms.flatMap(({ claim }) => claim ?? []),
    intents: [...buildBought(reader, given, pathOf, facts), ...buildDeleted(reader, given, pathOf, facts)],
    notes: {
      lastCompleteLook: { at: at - facts.tickMillis, vms: vms.filter(({ isListed }) => isListed).length },
      inventoryDoubt: undefined,
      clockDoubt: undefined,
      recovering: undefined,
      backOffs: {},
      noBalance: undefined,
      deletionMillis: measured(given.deletionTime),
      launchMillis: measured(given.launchTime),
      ...(budgets === undefined ? {} : { budgets: budgets.notes }),
    },
    handles: {
      freeze: isFrozen ? { since: at - facts.tickMillis, why } : undefined,
      protect: vms.flatMap(({ vm, isProtected }) => (isProtected ? [vm.id] : [])),
      approvals: [],
    },
    evidence,
    ...(budgets === undefined ? {} : { meters: budgets.meters }),
  };
}
