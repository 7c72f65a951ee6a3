// A large account, drawn from a seed: the marketplace's answer to a listing in its newest documented form, the policies that
// own and reap its VMs, and the books that fit. The same size gives the same account.
import { canonicalId } from '../src/core/vm-id.js';
import type { Books, Claim, Intent } from '../src/core/books.js';
import { DAY_MILLIS, HOUR_MILLIS } from '../src/core/money.js';
import { ALPHABET, buildBaseName, buildIntentId, buildMemberName, MOST_PER_INTENT } from '../src/core/names.js';
import type { AccountSettings } from '../src/core/policy-types.js';
import type { Evidence, Price, Vm } from '../src/core/types.js';
import { drawHex, drawInteger, drawUnit } from '../src/sim/random.js';

export const NOW = Date.UTC(2026, 10, 20, 12, 0, 0);
const SEED = 1;
const ACCOUNT = 'main';
const INSTALLATION = 'a1';
const FLEETS = 40;
const REAPS = 10;
/** So many of a hundred VMs are members of fleets, and so many are foreign ones that a reap selects; the others are nobody's. */
const MEMBERS_OF_100 = 60;
const REAPED_OF_100 = 25;
/** Every second fleet wants so much less than it has. */
const SURPLUS = 0.2;
const PRICE: Price = { amount: 306_980n, periodMillis: DAY_MILLIS };
const CONFIGURATION = 'cpu-2-ram-4gb-storage-25gb';
const COUNTRIES = ['FR', 'DE', 'PL', 'NL', 'US'];
const SINCE = NOW - 30 * DAY_MILLIS;

const settings: AccountSettings = {
  name: ACCOUNT,
  product: 'marketplace',
  mode: 'act',
  ratePerSecond: 10,
  concurrency: 4,
  // Wide open: refusals would spare the planner its work.
  rails: {
    deletes: { perPlan: { count: 1_000_000, percent: 100 }, perHour: { count: 1_000_000, percent: 100 } },
    deploys: { perHour: 40, perDay: 100, moneyPerDay: 50_000_000n },
  },
  tickMillis: 30_000,
  installation: INSTALLATION,
  periodMillis: DAY_MILLIS,
};

/** What the reaps select by; each draws another part of CEL in. */
const SELECTS = [
  (index: number) => `vm.name.startsWith("ci${index}-") && vm.country in ["FR", "DE"]`,
  (index: number) => `vm.name.startsWith("ci${index}-") && vm.ageHours > 2.0 && vm.policy == ""`,
  (index: number) => `vm.name.matches("^ci${index}-[a-z]+-[0-9]+$") && vm.pricePerDay < 1.0`,
  (index: number) => `vm.policy == "" && vm.vcpu <= 4 && vm.name.contains("ci${index}-")`,
  (index: number) => `vm.country == "FR" && vm.createdAt < now && vm.name.startsWith("ci${index}-")`,
];

export interface GeneratedAccount {
  readonly settings: AccountSettings;
  /** The answer of `GET /vms/v3`. */
  readonly answer: string;
  readonly policies: readonly { readonly path: string; readonly text: string }[];
  readonly stoodSince: Readonly<Record<string, number>>;
  /** The books that belong to the listing, once it was read. */
  buildBooks(vms: readonly Vm[]): Books;
}

interface Plot {
  readonly name: string;
  readonly country: string;
  readonly fleet: string | undefined;
  readonly intent: string | undefined;
}

function nameFleet(index: number): string {
  return `fleet-${String(index).padStart(2, '0')}`;
}

/** The intent that bought the n-th thousand of a fleet. */
function intentOf(fleet: number, part: number): string {
  const number = fleet * 64 + part;
  const digits = [32 * 32, 32, 1].map((unit) => ALPHABET[Math.floor(number / unit) % 32]);
  return buildIntentId(`k${digits.join('')}`, INSTALLATION);
}

/** Who the n-th VM is; members of the fleets, reaped ones and others lie mixed, as in a listing. */
function plotVm(index: number): Plot {
  const kind = index % 100;
  const hundred = Math.floor(index / 100);
  if (kind < MEMBERS_OF_100) {
    const number = hundred * MEMBERS_OF_100 + kind;
    const [fleet, serial] = [number % FLEETS, Math.floor(number / FLEETS)];
    const intent = intentOf(fleet, Math.floor(serial / MOST_PER_INTENT));
    const name = buildMemberName(nameFleet(fleet), INSTALLATION, intent, serial % MOST_PER_INTENT);
    return { name, country: COUNTRIES[fleet % COUNTRIES.length]!, fleet: nameFleet(fleet), intent };
  }
  const country = COUNTRIES[Math.floor(index / 7) % COUNTRIES.length]!;
  const isReaped = kind < MEMBERS_OF_100 + REAPED_OF_100;
  const name = isReaped ? `ci${index % REAPS}-build-${index}` : `db-${index}`;
  return { name, country, fleet: undefined, intent: undefined };
}

function answerVm(index: number): object {
  const plot = plotVm(index);
  const createdAt = NOW - drawInteger(SEED, `age/${index}`, 1, 60 * 24) * HOUR_MILLIS;
  const paidUntil = NOW + drawInteger(SEED, `paid/${index}`, 1, 24 * 60 - 1) * 60_000;
  return {
    id: `0x${drawHex(SEED, `id/${index}`, 40)}`,
    vmName: plot.name,
    status: drawUnit(SEED, `status/${index}`) < 0.01 ? 'Terminated' : 'Active',
    pricePerEpoch: '0.30698',
    resources: [
      {
        type: 'VCPU',
        quantity: 2,
        details: {},
        metadata: { manufacturer: 'AMD', brand: 'EPYC', architecture: 'Zen', generation: '3' },
      },
      { type: 'RAM', supply: '4096', units: 'MiB', details: {}, metadata: { type: 'DDR', generation: '4' } },
      { type: 'STORAGE', supply: '25600', units: 'MiB', details: {}, metadata: { type: 'NVMe' } },
      { type: 'PUBLIC_IP', quantity: 1, details: {}, metadata: { version: '4' } },
    ],
    createdAt: new Date(createdAt).toISOString(),
    nextBillingAt: new Date(paidUntil).toISOString(),
    osImage: 'https://cloud-images.ubuntu.com/noble/current/noble-server-cloudimg-amd64.img',
    datacenter: {
      countryCode: plot.country,
      cityCode: 'PAR',
      cityIndex: 1,
      tier: 3,
      certifications: ['ISO 27001', 'SOC 2'],
    },
    publicIp: [154, 42, (index >> 8) & 255, index & 255].join('.'),
    ports: [
      { port: 22, protocol: 'tcp' },
      { port: 443, protocol: 'tcp' },
    ],
    reservedBalance: '0.30698',
    totalSpent: '3.06980',
  };
}

function writePolicies(size: number): GeneratedAccount['policies'] {
  const perFleet = Math.floor((size * MEMBERS_OF_100) / 100 / FLEETS);
  const fleets = Array.from({ length: FLEETS }, (_, index) => {
    const replicas = index % 2 === 0 ? perFleet : Math.floor(perFleet * (1 - SURPLUS));
    return [
      `kind: fleet\nname: ${nameFleet(index)}\naccount: ${ACCOUNT}\nreplicas: ${replicas}`,
      ...(index % 4 === 1
        ? [
            'schedule:\n  timezone: Europe/Paris\n  windows:\n' +
              `    - {name: night, from: "0 22 * * *", to: "0 6 * * *", replicas: ${Math.floor(replicas / 2)}}`,
          ]
        : []),
      `where: {configuration: ${CONFIGURATION}, maxPrice: 0.80/day}`,
      'vm: {image: ubuntu-24-04-x64, sshKeys: [ops]}\n',
    ].join('\n');
  });
  const reaps = Array.from({ length: REAPS }, (_, index) =>
    [
      `kind: reap\nname: reap-${index}\naccount: ${ACCOUNT}\nmode: act`,
      `select: '${SELECTS[index % SELECTS.length]!(index)}'`,
      'minAge: 1h\nidle:\n  for: 30m\n  every: 1m\n  all:',
      '    - http: {url: "http://{vm.publicIp}:8080/status", json: /busy, equals: false, timeout: 5s}\n',
    ].join('\n'),
  );
  return [
    { path: 'policies/fleets.yaml', text: fleets.join('---\n') },
    { path: 'policies/reaps.yaml', text: reaps.join('---\n') },
  ];
}

function claimOf(vm: Vm, { fleet, intent }: Plot): Claim {
  return {
    vmId: vm.id,
    vmName: vm.name,
    policy: fleet!,
    origin: 'bought',
    intent,
    claimedAt: vm.createdAt!,
    generation: 1,
    price: vm.price,
    paidUntil: vm.paidUntil,
    seenAt: vm.createdAt,
    activeAt: vm.createdAt,
    state: 'member',
    stateSince: vm.createdAt!,
    unwanted: undefined,
    railExempt: false,
    deletion: undefined,
    missing: undefined,
  };
}

/** One long-closed purchase for each thousand of a fleet. */
function intentFor(id: string, { fleet, country }: Plot, vmIds: readonly string[]): Intent {
  return {
    id,
    kind: 'deploy',
    account: ACCOUNT,
    policy: fleet!,
    generation: 1,
    createdAt: SINCE,
    state: 'done',
    calledAt: SINCE,
    closedAt: SINCE,
    error: undefined,
    reckoned: true,
    emptyLooks: 0,
    deploy: {
      count: vmIds.length,
      offer: { country, configuration: CONFIGURATION, hardware: undefined, price: PRICE },
      cap: PRICE,
      vmName: buildBaseName(fleet!, INSTALLATION, id),
      vmIds,
    },
  };
}

/** A third idle throughout, a third busy, a third without an answer. */
function evidenceOf(vm: Vm, index: number): Evidence {
  const answer = (['yes', 'no', 'unknown'] as const)[Math.floor(index / 3) % 3]!;
  const run = { answer, from: NOW - HOUR_MILLIS, to: NOW - 20_000, samples: 60, text: `/busy = ${answer !== 'yes'}` };
  return { policy: `reap-${index % REAPS}`, vmId: vm.id, runs: [run] };
}

function buildBooks(vms: readonly Vm[]): Books {
  const claims: Claim[] = [];
  const evidence: Evidence[] = [];
  const bought = new Map<string, { plot: Plot; vmIds: string[] }>();
  for (const [index, vm] of vms.entries()) {
    const plot = plotVm(index);
    if (plot.fleet !== undefined && plot.intent !== undefined) {
      claims.push(claimOf(vm, plot));
      const intent = bought.get(plot.intent) ?? { plot, vmIds: [] };
      intent.vmIds.push(vm.id);
      bought.set(plot.intent, intent);
    } else if (plot.name.startsWith('ci')) evidence.push(evidenceOf(vm, index));
  }
  return {
    account: ACCOUNT,
    bornAt: SINCE,
    claims,
    intents: [...bought].map(([id, { plot, vmIds }]) => intentFor(id, plot, vmIds)),
    // As the look before has left them: everything that is charged is counted already.
    meters: vms.map(({ id, paidUntil, spent }) => ({
      id: canonicalId(id),
      kind: 'vm' as const,
      paidUntil,
      spent,
      absentSince: undefined,
    })),
    notes: {
      lastCompleteLook: { at: NOW - 30_000, vms: vms.length },
      meteredSince: SINCE,
      inventoryDoubt: undefined,
      clockDoubt: undefined,
      recovering: undefined,
      backOffs: {},
      noBalance: undefined,
      deletionMillis: Array.from({ length: 200 }, (_, index) => 20_000 + index * 100),
      launchMillis: Array.from({ length: 200 }, (_, index) => 60_000 + index * 100),
    },
    handles: { freeze: undefined, protect: [], approvals: [] },
    evidence,
  };
}

/** An account of so many VMs with 40 fleets and 10 reaps. */
export function generateAccount(size: number): GeneratedAccount {
  const entries = Array.from({ length: size }, (_, index) => JSON.stringify(answerVm(index)));
  const names = Array.from({ length: FLEETS }, (_, index) => nameFleet(index));
  return {
    settings,
    answer: `[${entries.join(',')}]`,
    policies: writePolicies(size),
    stoodSince: Object.fromEntries(names.map((name) => [name, SINCE])),
    buildBooks,
  };
}
