// The schema of `kind: scenario`: what a backtest plays. Shapes alone; what belongs together is checked by src/policy/scenario.
import { Type } from 'typebox';
import { CONFIGURATION_PATTERN, hardwareSchema } from './fleet.js';
import { describeChoice, describeDuration, describeMapping } from './parts.js';
import {
  demandSchema,
  describeBeginning,
  describeCount,
  describeCountry,
  describeMoment,
  describePrice,
  describeVmPattern,
  idleSchema,
  LONGEST_LIST,
} from './scenario-parts.js';

function describeConfiguration(text: string) {
  return Type.String({
    pattern: CONFIGURATION_PATTERN,
    description: text,
    expects: 'a configuration such as cpu-2-ram-4gb-storage-25gb, or of the cloud cpu-regular-2vcpu-4gb',
  });
}

const delay = Type.Optional(describeDuration('How long it takes, in the middle.', '0s'));
const spread = Type.Optional(describeDuration('So much less or more, drawn evenly; at most `delay`.', '0s'));

const launchSchema = describeMapping(
  {
    delay,
    spread,
    failPercent: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 100,
        description: 'So many launches in a hundred never become active.',
        default: 0,
        expects: 'a number from 0 to 100',
      }),
    ),
  },
  {
    description: 'From the purchase of a VM until it is active.',
    expects: 'a mapping such as {delay: 90s, spread: 30s}',
  },
);

const changeSchema = describeMapping(
  {
    at: describeMoment('From when on.'),
    price: Type.Optional(
      describePrice(
        'The new price. On the marketplace VMs that run keep theirs; on the cloud they are charged it from their next hour on.',
      ),
    ),
    capacity: Type.Optional(describeCount('The new capacity. VMs that run stay.', 0)),
  },
  { expects: 'a mapping such as {at: 2026-11-10T08:00, price: 0.25/day}' },
);

const offerSchema = describeMapping(
  {
    configuration: describeConfiguration('What is offered.'),
    country: describeCountry('Where it stands.'),
    price: describePrice('Of the VM: by the day on the marketplace, by the hour and without disk and IP on the cloud.'),
    capacity: Type.Optional(describeCount('How many VMs can be rented from it in all.', 0, 100)),
    tier: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 4,
        description: 'The tier of its data center; 4 is the most reliable.',
        expects: 'a whole number from 1 to 4',
      }),
    ),
    hardware: Type.Optional({
      ...hardwareSchema,
      expects: 'a mapping such as {storage: {type: NVMe}}, as in `where` of a fleet',
    }),
    changes: Type.Optional(
      Type.Array(changeSchema, {
        minItems: 1,
        maxItems: LONGEST_LIST,
        description: 'How price and capacity move; by time.',
        expects: 'a list of changes, such as - {at: 2026-11-10T08:00, price: 0.25/day}',
      }),
    ),
  },
  { expects: 'a mapping with configuration, country and price' },
);

const terminationSchema = describeMapping(
  {
    at: Type.Optional(describeMoment('When the provider ends running VMs.')),
    vm: Type.Optional(describeVmPattern('Which of them.', '*')),
    country: Type.Optional(describeCountry('Only those there. Default: anywhere.')),
    count: Type.Optional(describeCount('So many of them, the oldest first. Default: all.', 1)),
    everyDays: Type.Optional(
      Type.Number({
        minimum: 0.01,
        maximum: 100_000,
        description: 'Alone in its entry: by chance, on average each VM once in so many days.',
        expects: 'a number of days from 0.01',
      }),
    ),
  },
  { expects: 'a mapping such as {at: 2026-11-12T03:00, vm: "web-*", count: 2} or {everyDays: 30}' },
);

const vmSchema = describeMapping(
  {
    name: Type.String({
      pattern: '^[A-Za-z0-9-]{1,63}$',
      description: 'Its name; reaps select by it.',
      expects: '1 to 63 letters, digits and hyphens',
    }),
    at: Type.Optional(describeMoment('Since when it is rented, before `from` too. Default: `from`.')),
    until: Type.Optional(describeMoment('When its owner deletes it. Default: nobody does.')),
    country: Type.Optional(describeCountry('Default: that of the first offer that fits.')),
    configuration: Type.Optional(describeConfiguration('Default: that of the first offer that fits.')),
    price: Type.Optional(describePrice("Default: the offer's.")),
    paidUntil: Type.Optional(
      describeMoment(
        'Until when it is paid for already: its first boundary. Default: whole periods after `at`, the first charged at `at` where that lies within the span.',
      ),
    ),
  },
  { expects: 'a mapping with at least a name' },
);

const partsSchema = describeMapping(
  {
    storagePerGb: Type.Optional(describePrice('Of a GB of disk, by the hour. Default: 0.00011/hour.', '0.00011/hour')),
    publicIp: Type.Optional(describePrice('Of a public IP, by the hour. Default: 0.00411/hour.', '0.00411/hour')),
  },
  {
    description: 'Cloud only: what disks and IPs cost, which are charged apart.',
    minProperties: 1,
    expects: 'a mapping such as {storagePerGb: 0.00011/hour, publicIp: 0.00411/hour}',
  },
);

const spanKeys = {
  from: describeBeginning('Where it begins: a date (its midnight) or a time.'),
  to: Type.Optional(describeMoment('Where it ends; or `for`.')),
  for: Type.Optional(describeDuration('Instead of `to`: how long it lasts.')),
  timezone: Type.Optional(
    Type.String({
      description: 'IANA zone of all times in it that bear no offset, those of CSV files too.',
      default: 'UTC',
      expects: 'an IANA zone such as Europe/Paris',
    }),
  ),
};

const marketKeys = {
  product: Type.Optional(describeChoice(['marketplace', 'cloud'], 'What is rented from.', 'marketplace')),
  clock: Type.Optional(
    Type.String({
      pattern: '^(rolling (24|1)h|fixed [0-9]{2}:[0-9]{2})$',
      description:
        "When charges come. rolling 24h: each VM's own time of day, from its activation. fixed 17:55: one time of day for all, in UTC. " +
        'rolling 1h: the cloud. Default: rolling 24h on the marketplace, rolling 1h on the cloud.',
      expects: '"rolling 24h", "fixed 17:55" (any time of day, in UTC), or on the cloud "rolling 1h"',
    }),
  ),
  launch: Type.Optional(launchSchema),
  deletion: Type.Optional(
    describeMapping(
      { delay, spread },
      {
        description: 'From the deletion of a VM until it is gone.',
        expects: 'a mapping such as {delay: 30s, spread: 15s}',
      },
    ),
  ),
  balance: Type.Optional(
    Type.Unsafe<string | number>({
      type: ['number', 'string'],
      pattern: '^([0-9]{1,12}(\\.[0-9]{1,6})?|\\.[0-9]{1,6})$',
      minimum: 0,
      maximum: 1e12,
      description: 'USDC in the account at `from`.',
      default: 1_000_000,
      expects: 'USDC as a decimal number with at most six decimals, such as 1000',
    }),
  ),
  parts: Type.Optional(partsSchema),
  offers: Type.Optional(
    Type.Array(offerSchema, {
      minItems: 1,
      maxItems: 1000,
      description: 'What can be rented. Default: the list below.',
      expects:
        'a list of offers, such as - {configuration: cpu-2-ram-4gb-storage-25gb, country: FR, price: 0.30698/day}',
    }),
  ),
  terminations: Type.Optional(
    Type.Array(terminationSchema, {
      maxItems: LONGEST_LIST,
      description: 'What the provider ends.',
      expects: 'a list, such as - {at: 2026-11-12T03:00, country: FR}',
    }),
  ),
};

/** For our own check; what a policy is, is checked where policies are. */
export const scenarioSchema = describeMapping(
  {
    kind: Type.Literal('scenario', { description: 'What a backtest plays.' }),
    name: Type.Optional(
      Type.String({
        pattern: '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$',
        description: "Shown in reports. Default: the file's name.",
        expects: '1 to 40 of a-z, 0-9 and -, without a hyphen at the ends',
      }),
    ),
    description: Type.Optional(
      Type.String({
        maxLength: 500,
        description: 'What it shows; printed above its result.',
        expects: 'a text of at most 500 characters',
      }),
    ),
    seed: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        description: 'Of all chance in it: the same seed gives the same result.',
        default: 1,
        expects: 'a whole number from 0',
      }),
    ),
    ...spanKeys,
    ...marketKeys,
    vms: Type.Optional(
      Type.Array(vmSchema, {
        maxItems: LONGEST_LIST,
        description: 'VMs that somebody else rents, for reaps.',
        expects: 'a list, such as - {name: ci-build-01, at: 2026-11-10T08:00}',
      }),
    ),
    idle: Type.Optional(
      Type.Array(idleSchema, {
        maxItems: 1000,
        description:
          'What idle signals answer about VMs; of several that match a name the first listed. Unknown where none does.',
        expects: 'a list, such as - {vm: "ci-*", steps: [{idle: yes}]}',
      }),
    ),
    demand: Type.Optional(
      Type.Record(Type.String(), demandSchema, {
        description: 'By the name of a fleet: how many are wanted, instead of its own `replicas` and schedule.',
        expects: 'a mapping of fleets, such as {runner: {csv: runners.csv}}',
      }),
    ),
    policies: Type.Array(
      Type.Unsafe<string | object>({
        type: ['string', 'object'],
        minLength: 1,
        expects: 'the path of a file or folder, or a whole policy',
      }),
      {
        minItems: 1,
        maxItems: 1000,
        description: 'Paths of files and folders, which count from the folder of the scenario, and whole policies.',
        expects: 'a list of paths and policies, such as [../office-hours.yaml]',
      },
    ),
  },
  { title: 'a scenario' },
);
