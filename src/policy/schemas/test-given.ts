// The schema of what a policy test supposes: VMs, offers, what happened before, and the account's settings.
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { describeChoice, describeDuration, describeMapping } from './parts.js';
import { givenHeld, givenSpent } from './test-budgets.js';
import {
  describeConfiguration,
  describeCount,
  describeCountry,
  describeInstant,
  describeMoney,
  describePrice,
  describeText,
} from './test-parts.js';

/** Purser's words for a VM's status, as types.ts has them. */
const STATUSES = [
  'new',
  'launching',
  'active',
  'small-balance',
  'insufficient-funds',
  'terminated',
  'stopped',
  'failed',
  'unknown',
] as const;

const SIGNAL = '^(yes|no|unknown)( (for|since) .{1,40})?$';
const SIGNAL_EXPECTS = 'yes, no or unknown, with its time: yes for 40m, or unknown since 18:41';

const signalText = Type.String({ pattern: SIGNAL, expects: SIGNAL_EXPECTS });

/** An answer, or several that followed each other, the oldest first. */
const answers = {
  type: ['string', 'array'],
  pattern: SIGNAL,
  items: signalText,
  minItems: 1,
  maxItems: 100,
  expects: `${SIGNAL_EXPECTS}, or a list of such, the oldest first`,
};

export type Answers = string | readonly string[];

const vmSchema = describeMapping(
  {
    name: Type.Optional(
      describeText('Its name; of several the beginning (ci-1, ci-2 ...). Default: its policy (web-1, web-2 ...).'),
    ),
    count: Type.Optional(describeCount('So many VMs that are alike.', 1)),
    policy: Type.Optional(describeText('The fleet that it is a member of. Default: nobody of ours owns it.')),
    state: Type.Optional(
      describeChoice(
        ['member', 'parked', 'doomed'],
        'How the books have a member. doomed: its deletion was called for.',
        'member',
      ),
    ),
    since: Type.Optional(describeInstant('Since when it is in that state, or of that status. Default: two ticks ago.')),
    status: Type.Optional(describeChoice(STATUSES, 'What the list shows.', 'active')),
    listed: Type.Optional(Type.Boolean({ description: 'false: the list lacks it.', default: true })),
    country: Type.Optional(
      describeCountry("Default: the first country of its fleet's `where`, else of the first offer."),
    ),
    city: Type.Optional(describeText('City code of the data center, for `spread`.')),
    tier: Type.Optional(Type.Integer({ minimum: 1, maximum: 4, description: 'Tier of the data center.' })),
    configuration: Type.Optional(
      describeConfiguration("Default: the first configuration of its fleet's `where`, else of the first offer."),
    ),
    price: Type.Optional(
      describePrice('What each of its periods costs. Default: that of the offer of its configuration and country.'),
    ),
    age: Type.Optional(describeDuration('How long ago it was made. Default: half a period, launching ones a minute.')),
    createdAt: Type.Optional(describeInstant('Instead of `age`.')),
    paidUntil: Type.Optional(
      describeInstant('Its boundary, or `unknown`. Default: whole periods after it was made, the next one.'),
    ),
    protected: Type.Optional(Type.Boolean({ description: 'Protected by hand.', default: false })),
    idle: Type.Optional(
      Type.Unsafe<Answers | Readonly<Record<string, Answers>>>({
        ...answers,
        type: ['string', 'array', 'object'],
        additionalProperties: answers,
        minProperties: 1,
        description:
          'What the signals of reaps said, up to now: `yes for 40m` is idle, `no` busy. A list: the oldest first. A mapping: for each reap its own.',
      }),
    ),
    ports: Type.Optional(
      Type.Array(Type.String({ pattern: '^[0-9]{1,5}/(tcp|udp)$', expects: 'a port such as 80/tcp' }), {
        description: 'What is open. Default: what its fleet declares, and 22/tcp.',
        maxItems: 51,
      }),
    ),
  },
  { description: 'A VM, or several that are alike.', minProperties: 1 },
);

export type VmDocument = Static<typeof vmSchema>;

const offerSchema = describeMapping(
  {
    country: describeCountry('Where.'),
    configuration: describeConfiguration('What; its size is read from it.'),
    price: describePrice('Of one VM.'),
    capacity: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'How many.', default: 100 })),
    city: Type.Optional(describeText('City code of the data center, for `spread`.')),
    tier: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 4, description: 'Tier of the data center. Default: not told.' }),
    ),
    certifications: Type.Optional(
      Type.Array(describeText('A certificate.'), { description: 'Certificates of the data center.', default: [] }),
    ),
  },
  { description: 'What can be bought.' },
);

export type OfferDocument = Static<typeof offerSchema>;

const countCap = Type.Optional(
  describeMapping(
    {
      count: Type.Optional(describeCount('At most so many.')),
      percent: Type.Optional(Type.Integer({ minimum: 0, maximum: 100, description: 'At most such a share.' })),
    },
    { description: 'A cap; both hold, the percentage from six VMs on.' },
  ),
);

const railsSchema = describeMapping(
  {
    deletes: Type.Optional(
      describeMapping({ perPlan: countCap, perHour: countCap }, { description: 'Rails of deletions.' }),
    ),
    deploys: Type.Optional(
      describeMapping(
        {
          perHour: Type.Optional(describeCount('Purchases in an hour.')),
          perDay: Type.Optional(describeCount('Purchases in a day.')),
          moneyPerDay: Type.Optional(describeMoney('USDC of purchases in a day.')),
        },
        { description: 'Rails of purchases.' },
      ),
    ),
  },
  { description: 'As `rails` of purser.yaml. Default: the usual ones; a purser.yaml is not read.' },
);

export type RailsDocument = Static<typeof railsSchema>;

const policyName = describeText('A policy.');

export const givenSchema = describeMapping(
  {
    vms: Type.Optional(
      Type.Array(vmSchema, {
        maxItems: 1000,
        description: 'All VMs of the account.',
        expects: 'a list of VMs, such as - {policy: web, count: 4}',
      }),
    ),
    offers: Type.Optional(
      Type.Array(offerSchema, {
        maxItems: 1000,
        description: 'The market. Default: it could not be read, so nothing is bought.',
        expects: 'a list of offers, such as - {country: FR, configuration: ..., price: 0.306980/day}',
      }),
    ),
    stoodSince: Type.Optional(
      Type.Unsafe<string | Readonly<Record<string, string>>>({
        type: ['string', 'object'],
        minLength: 1,
        additionalProperties: describeInstant('Of one policy.'),
        description: 'Since when the policies stand as they are, all of them or each. Default: 30 days ago.',
        expects: 'an instant such as 10m ago, or one for each policy: {web: 10m ago}',
      }),
    ),
    bought: Type.Optional(
      Type.Array(
        describeMapping({
          policy: policyName,
          count: describeCount('How many.', 1),
          at: describeInstant('When.'),
          price: Type.Optional(describePrice('Of each. Default: of the first offer.')),
        }),
        {
          maxItems: 1000,
          description: 'Purchases that count for the rails of buying.',
          expects: 'a list of purchases',
        },
      ),
    ),
    deleted: Type.Optional(
      Type.Array(
        describeMapping({ policy: policyName, count: describeCount('How many.', 1), at: describeInstant('When.') }),
        { maxItems: 1000, description: 'Deletions that count for the rails.', expects: 'a list of deletions' },
      ),
    ),
    spent: givenSpent,
    held: givenHeld,
    frozen: Type.Optional(
      Type.Unsafe<boolean | string>({
        type: ['boolean', 'string'],
        minLength: 1,
        description: '`purser freeze` was said; a text is its why.',
        expects: 'true, or why',
      }),
    ),
    protect: Type.Optional(
      Type.Array(describeText('CEL, as in purser.yaml.', 'a CEL expression'), {
        description: 'As `protect` of purser.yaml. Default: none; a purser.yaml is not read.',
      }),
    ),
    mode: Type.Optional(describeChoice(['act', 'observe', 'pause'], "The account's mode.", 'act')),
    rails: Type.Optional(railsSchema),
    tick: Type.Optional(describeDuration('The longest time between two looks.', '30s')),
    launchTime: Type.Optional(describeDuration('How long launches took so far. Default: none was measured.')),
    deletionTime: Type.Optional(describeDuration('How long deletions took so far. Default: none was measured.')),
    images: Type.Optional(
      Type.Array(describeText('A slug.'), { description: 'Default images. Default: those that the policies name.' }),
    ),
    sshKeys: Type.Optional(
      Type.Array(describeText('A name.'), {
        description: 'SSH keys of the account. Default: not asked, so none is missing.',
      }),
    ),
    list: Type.Optional(
      describeChoice(['complete', 'partial', 'failed'], 'Whether the list of VMs could be read.', 'complete'),
    ),
  },
  {
    description: 'What the planner sees. A key of a test replaces that of the file.',
    expects: 'a mapping such as {vms: [{policy: web, count: 4}]}',
  },
);

export type GivenDocument = Static<typeof givenSchema>;
