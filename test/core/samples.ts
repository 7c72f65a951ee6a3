// Everything the core reads, with all fields filled in, for its tests. Holds no expectations.
import type { Abilities } from '../../src/core/abilities.js';
import type { Books, Claim, Intent, Notes } from '../../src/core/books.js';
import { wantAlways } from '../../src/core/demand.js';
import { DAY_MILLIS, HOUR_MILLIS } from '../../src/core/money.js';
import { buildIntentId } from '../../src/core/names.js';
import { planAccount } from '../../src/core/plan.js';
import type { Plan, Snapshot } from '../../src/core/plan-types.js';
import type {
  AccountSettings,
  Demand,
  DemandStep,
  FleetPolicy,
  PolicySet,
  OrphansPolicy,
  ReapPolicy,
  Where,
} from '../../src/core/policy-types.js';
import type { Evidence, EvidenceRun, Instant, Offer, Part, Price, Vm } from '../../src/core/types.js';

export const MINUTE = 60_000;
export const HOUR = HOUR_MILLIS;
export const DAY = DAY_MILLIS;
/** A Friday, at noon. */
export const NOON: Instant = Date.UTC(2026, 10, 20, 12);
export const ENDED = { endedSince: NOON - HOUR, endedLooks: 3 } as const;
export const INSTALLATION = 'a1';
export const SIZE = 'cpu-2-ram-4gb-storage-25gb';

export function daily(amount: bigint): Price {
  return { amount, periodMillis: DAY };
}

export const PRICE = daily(306_980n);

export function makeVm(id: string, over: Partial<Vm> = {}): Vm {
  return {
    id,
    name: `vm-${id}`,
    status: 'active',
    statusText: 'Active',
    price: PRICE,
    paidUntil: NOON + 6 * HOUR,
    createdAt: NOON - 18 * HOUR,
    place: { country: 'FR', city: 'PAR', cityIndex: 1, tier: 4, certifications: [] },
    configuration: SIZE,
    vcpu: 2,
    ramGb: 4,
    storageGb: 25,
    hardware: {},
    image: undefined,
    publicIp: `2001:db8::${id}`,
    ports: [],
    reserved: PRICE.amount,
    spent: PRICE.amount,
    ...over,
  };
}

/** A disk that is attached to nothing. */
export function makePart(id: string, over: Partial<Part> = {}): Part {
  return {
    kind: 'boot-disk',
    id,
    name: `part-${id}`,
    price: { amount: 2_750n, periodMillis: HOUR },
    paidUntil: NOON + 30 * MINUTE,
    createdAt: NOON - 18 * HOUR,
    attachedTo: [],
    status: 'ready',
    statusText: 'ready',
    mayBeDeleted: true,
    sizeGb: 25,
    address: undefined,
    ...over,
  };
}

export function makeOffer(over: Partial<Offer> = {}): Offer {
  return {
    configuration: SIZE,
    vcpu: 2,
    ramGb: 4,
    storageGb: 25,
    price: PRICE,
    place: { country: 'FR', city: 'PAR', cityIndex: 1, tier: 4, certifications: [] },
    capacity: 100,
    hardware: {},
    ...over,
  };
}

export function makeClaim(vmId: string, over: Partial<Claim> = {}): Claim {
  return {
    vmId,
    vmName: `vm-${vmId}`,
    policy: 'web',
    origin: 'bought',
    intent: undefined,
    claimedAt: NOON - 18 * HOUR,
    generation: 1,
    price: PRICE,
    paidUntil: NOON + 6 * HOUR,
    seenAt: NOON - 18 * HOUR,
    activeAt: NOON - 18 * HOUR,
    state: 'member',
    stateSince: NOON - 18 * HOUR,
    unwanted: undefined,
    railExempt: false,
    deletion: undefined,
    missing: undefined,
    ...over,
  };
}

/** An id of this installation; the body is four characters of the names' alphabet. */
export function intentId(body: string): string {
  return buildIntentId(body, INSTALLATION);
}

export function makeIntent(id: string, over: Partial<Intent> = {}): Intent {
  return {
    id,
    kind: 'deploy',
    account: 'main',
    policy: 'web',
    generation: 1,
    createdAt: NOON - 20 * MINUTE,
    state: 'done',
    calledAt: NOON - 20 * MINUTE,
    closedAt: undefined,
    error: undefined,
    reckoned: false,
    emptyLooks: 0,
    ...over,
  };
}

export function makeDeploy(
  count: number,
  over: Partial<NonNullable<Intent['deploy']>> = {},
): NonNullable<Intent['deploy']> {
  const offer = { country: 'FR', configuration: SIZE, hardware: undefined, price: PRICE };
  return { count, offer, cap: daily(313_119n), vmName: 'web-a1', vmIds: [], ...over };
}

export function makeNotes(over: Partial<Notes> = {}): Notes {
  return {
    lastCompleteLook: { at: NOON - MINUTE, vms: 0 },
    inventoryDoubt: undefined,
    clockDoubt: undefined,
    recovering: undefined,
    backOffs: {},
    noBalance: undefined,
    deletionMillis: [],
    launchMillis: [],
    ...over,
  };
}

export function makeBooks(over: Partial<Books> = {}): Books {
  return {
    account: 'main',
    bornAt: NOON - 30 * DAY,
    claims: [],
    intents: [],
    notes: makeNotes(),
    handles: { freeze: undefined, protect: [], approvals: [] },
    evidence: [],
    ...over,
  };
}

/** A product that does one thing at a time, by the hour, and keeps no record of an ended VM that would cost. */
export const CLOUD_ABILITIES: Abilities = {
  createsPerCall: 1,
  renamesPerCall: 1,
  deletesPerCall: 1,
  partsPerCall: 100,
  periodMillis: 3_600_000,
  deletesEndedVms: false,
};

export function makeSnapshot(vms: readonly Vm[], books: Partial<Books> = {}, over: Partial<Snapshot> = {}): Snapshot {
  const at = over.at ?? NOON;
  return {
    account: 'main',
    product: 'marketplace',
    at,
    inventory: { state: 'complete', startedAt: at, finishedAt: at, vms, problems: [] },
    offers: [makeOffer()],
    images: [],
    clock: { skewMillis: 0, jumpMillis: 0 },
    books: makeBooks(books),
    stoodSince: { web: NOON - 10 * DAY },
    frozenBy: undefined,
    ...over,
  };
}

export function makeWhere(over: Partial<Where> = {}): Where {
  return {
    countries: ['FR'],
    prefer: 'price',
    configurations: [SIZE],
    minimum: undefined,
    hardware: {},
    tier: undefined,
    certifications: [],
    maxPrice: daily(800_000n),
    ...over,
  };
}

export function makeFleet(over: Partial<FleetPolicy> = {}): FleetPolicy {
  return {
    kind: 'fleet',
    name: 'web',
    account: 'main',
    mode: 'act',
    description: undefined,
    formerly: [],
    demand: wantAlways(1),
    readyBy: 'buy',
    where: makeWhere(),
    spread: undefined,
    vm: { image: 'https://images.example/x.img', sshKeys: ['ops'], ports: [], hostname: undefined },
    deleteAt: 'boundary',
    keepIfWantedWithinMillis: 0,
    priority: 100,
    floor: 0,
    ...over,
  };
}

export function makeReap(over: Partial<ReapPolicy> = {}): ReapPolicy {
  const url = 'http://{vm.publicIp}/status';
  const signal = { kind: 'http', id: 's1', url, json: '/busy', equals: false, timeoutMillis: 5_000 } as const;
  return {
    kind: 'reap',
    name: 'reap-ci',
    account: 'main',
    mode: 'act',
    description: undefined,
    select: (vm) => vm.name.startsWith('ci-'),
    selectText: 'vm.name.startsWith("ci-")',
    minAgeMillis: 30 * MINUTE,
    idle: { forMillis: 30 * MINUTE, everyMillis: MINUTE, expression: { op: 'signal', signal } },
    tellAfterMillis: 2 * HOUR,
    deleteAt: 'boundary',
    ...over,
  };
}

export function makeOrphans(over: Partial<OrphansPolicy> = {}): OrphansPolicy {
  return {
    kind: 'orphans',
    name: 'tidy',
    account: 'main',
    mode: 'act',
    description: undefined,
    select: () => true,
    selectText: 'true',
    minAgeMillis: HOUR,
    deleteAt: 'boundary',
    ...over,
  };
}

export function makePolicies(over: Partial<PolicySet> = {}): PolicySet {
  return { generation: 1, hash: 'h', fleets: [], reaps: [], orphans: [], isProtected: () => false, ...over };
}

export function makeSettings(over: Partial<AccountSettings> = {}): AccountSettings {
  return {
    name: 'main',
    product: 'marketplace',
    mode: 'act',
    ratePerSecond: 10,
    concurrency: 4,
    rails: {
      deletes: { perPlan: { count: 10, percent: 34 }, perHour: { count: 10, percent: 34 } },
      deploys: { perHour: 40, perDay: 100, moneyPerDay: 50_000_000n },
    },
    tickMillis: 30_000,
    installation: INSTALLATION,
    periodMillis: DAY,
    ...over,
  };
}

/** Rails that never refuse (but for the fleet's own: twice what is wanted, plus two, an hour). */
export const NO_RAILS: AccountSettings['rails'] = {
  deletes: { perPlan: { count: 1e9, percent: 100 }, perHour: { count: 1e9, percent: 100 } },
  deploys: { perHour: 1e9, perDay: 1e9, moneyPerDay: 10n ** 18n },
};

/** A demand from its steps, ascending; before the first nothing is wanted. */
export function demandOf(steps: readonly (readonly [at: Instant, wanted: number])[]): Demand {
  const all: DemandStep[] = [{ at: Number.NEGATIVE_INFINITY, wanted: 0, window: undefined }];
  for (const [at, wanted] of steps) if (all.at(-1)!.wanted !== wanted) all.push({ at, wanted, window: `w${at}` });
  return (from, to) => {
    const first = all.findLastIndex((step) => step.at <= from);
    return all.slice(first).filter((step, index) => index === 0 || step.at < to);
  };
}

/** One run of equal answers, up to now. */
export function makeRun(answer: EvidenceRun['answer'], from: Instant, to: Instant): EvidenceRun {
  return { answer, from, to, samples: Math.round((to - from) / MINUTE) + 1, text: `/busy = ${answer !== 'yes'}` };
}

export function makeEvidence(vmId: string, runs: readonly EvidenceRun[], policy = 'reap-ci'): Evidence {
  return { policy, vmId, runs };
}

export interface PlanParts {
  readonly fleets?: readonly FleetPolicy[];
  readonly reaps?: readonly ReapPolicy[];
  readonly orphans?: readonly OrphansPolicy[];
  readonly policies?: Partial<PolicySet>;
  readonly settings?: Partial<AccountSettings>;
}

/** Plans a snapshot as it stands, without reckoning it first. */
export function planOf(snapshot: Snapshot, parts: PlanParts = {}): Plan {
  const { fleets = [makeFleet()], reaps = [], orphans = [], policies, settings } = parts;
  return planAccount({
    snapshot,
    policies: makePolicies({ fleets, reaps, orphans, ...policies }),
    settings: makeSettings(settings),
  });
}

/** The ids of the VMs that the plan deletes now, in order. */
export function deletedIds(plan: Plan): readonly string[] {
  return plan.actions.flatMap((action) => (action.kind === 'delete' ? [action.vm.id] : [])).sort();
}

export function deployedCount(plan: Plan): number {
  return plan.actions.reduce((sum, action) => sum + (action.kind === 'deploy' ? action.count : 0), 0);
}

/** The codes of all holds about one VM (or about no VM). */
export function holdCodes(plan: Plan, vmId?: string): readonly string[] {
  return plan.holds.filter((hold) => hold.vm?.id === vmId).map((hold) => hold.reason.code);
}
