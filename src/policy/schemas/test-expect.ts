// The schema of what a policy test expects of the plan. Every part is optional: what isn't said isn't judged.
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { reasonCodes } from '../reason-codes.js';
import { describeChoice, describeMapping } from './parts.js';
import { expectedBudgets } from './test-budgets.js';
import {
  describeByPolicy,
  describeConfiguration,
  describeCount,
  describeCountry,
  describeInstant,
  describeMoney,
  describePrice,
  describeText,
  oneOrMany,
} from './test-parts.js';

const policy = describeText('The policy.');
const account = {
  reason: Type.Optional(
    Type.Unsafe<string>({
      enum: reasonCodes,
      description: 'The code of its reason.',
      expects: 'a code that docs/reasons.md lists',
    }),
  ),
  says: Type.Optional(describeText('A piece of its sentence.')),
};
const optionalPolicy = { policy: Type.Optional(policy) };
const vms = {
  vm: Type.Optional(
    Type.Unsafe<string | readonly string[]>({
      type: ['string', 'array'],
      minLength: 1,
      items: { type: 'string', minLength: 1 },
      minItems: 1,
      description: 'Names of given VMs: each of them.',
      expects: 'the name of a given VM, or a list of names',
    }),
  ),
  count: Type.Optional(describeCount('Exactly so many.')),
  ...optionalPolicy,
  ...account,
};
const boundary = Type.Optional(describeInstant('Its next charge.'));

const LISTS = {
  deploy: {
    ...optionalPolicy,
    count: Type.Optional(describeCount('VMs in all, over all purchases that fit.')),
    country: Type.Optional(describeCountry('Where.')),
    configuration: Type.Optional(describeConfiguration('What.')),
    price: Type.Optional(describePrice('Of each.')),
    cap: Type.Optional(describePrice('The most that the call allows.')),
    cost: Type.Optional(describeMoney('What all of them cost now.')),
    ...account,
  },
  delete: {
    ...vms,
    deadline: Type.Optional(describeInstant('The last safe moment to begin.')),
    boundary,
    saves: Type.Optional(describeMoney('The charge that each avoids.')),
    record: Type.Optional(Type.Boolean({ description: 'Only its record is left.' })),
  },
  hold: {
    ...vms,
    until: Type.Optional(describeInstant('When the answer changes next; of a parked VM its deadline.')),
    boundary,
    charge: Type.Optional(describeMoney('Its next charge.')),
  },
  refuse: {
    ...optionalPolicy,
    rail: Type.Optional(
      describeChoice(
        [
          'deletes.perPlan',
          'deletes.perHour',
          'deploys.perHour',
          'deploys.perDay',
          'deploys.moneyPerDay',
          'deploys.perFleet',
        ],
        'Which rail.',
      ),
    ),
    count: Type.Optional(describeCount('Deletions or purchases that it refuses.')),
    says: account.says,
  },
  park: vms,
  takeBack: vms,
  change: {
    kind: Type.Optional(describeChoice(['rename', 'ports', 'key'], 'What is changed.')),
    ...optionalPolicy,
    count: Type.Optional(describeCount('VMs, or keys.')),
    ...account,
  },
  charge: {
    ...vms,
    at: Type.Optional(describeInstant('When it comes.')),
    cost: Type.Optional(describeMoney('What it is.')),
    fate: Type.Optional(
      describeChoice(
        ['renew', 'delete', 'deleting', 'not-ours'],
        'What Purser will do about it. delete: the VM goes before it.',
      ),
    ),
    avoidableUntil: Type.Optional(describeInstant('The last moment to avoid it.')),
  },
} as const;

export type ListName = keyof typeof LISTS;
export const listNames = Object.keys(LISTS) as ListName[];

/** What `only: true` means: all that would be done, and all that a rail refuses. */
export const doneLists: readonly ListName[] = ['deploy', 'delete', 'refuse', 'change'];

/** One entry of a list, as written; which keys it may have hangs on the list. */
export type EntryDocument = Readonly<Record<string, string | number | boolean | readonly string[]>>;

function describeList(name: ListName, description: string, expects: string) {
  return oneOrMany<EntryDocument>({ properties: LISTS[name], expects }, description);
}

const OF_A_VM = 'the name of a VM, a mapping such as {policy: office, count: 8}, a list of such, or none';
const OF_A_POLICY = 'the name of a policy, a mapping such as {policy: office, count: 8}, a list of such, or none';

const next = describeMapping(
  {
    at: Type.Optional(describeInstant('When.')),
    wanted: Type.Optional(describeCount('How many.')),
  },
  { description: 'The next change of what it wants.', minProperties: 1 },
);

export const expectSchema = describeMapping(
  {
    nothing: Type.Optional(
      Type.Literal(true, { description: 'Nothing is done and nothing refused; holds may be.', expects: 'true' }),
    ),
    only: Type.Optional(
      Type.Unsafe<true | 'all' | ListName | readonly ListName[]>({
        type: ['boolean', 'string', 'array'],
        description:
          'true: nothing is done or refused beyond what is expected. all: nothing is held either. Or the lists that are complete, such as [delete, hold].',
        items: { enum: listNames },
        minItems: 1,
        expects: `true, all, or a list of ${listNames.join(', ')}`,
      }),
    ),
    deploy: describeList('deploy', 'Purchases that are due.', OF_A_POLICY),
    delete: describeList('delete', 'Deletions that are due.', OF_A_VM),
    hold: describeList('hold', 'What is deliberately not done, parked VMs too.', OF_A_VM),
    refuse: describeList('refuse', 'What a rail refuses.', OF_A_POLICY),
    park: describeList('park', 'Members that are parked by this plan.', OF_A_VM),
    takeBack: describeList('takeBack', 'Parked members that this plan takes back.', OF_A_VM),
    change: describeList('change', 'Names, ports and keys that are set.', OF_A_POLICY),
    charge: describeList('charge', 'Coming charges.', OF_A_VM),
    wanted: describeByPolicy<number>(
      describeCount('How many the fleet wants.'),
      'How many each fleet wants.',
      'numbers by fleet, such as {office: 10}',
    ),
    fleets: describeByPolicy<FleetExpectation>(
      describeMapping(
        {
          wanted: Type.Optional(describeCount('How many it wants.')),
          running: Type.Optional(describeCount('Members that are up, parked ones included.')),
          launching: Type.Optional(describeCount('Bought, but not up yet.')),
          parked: Type.Optional(describeCount('Parked after this plan.')),
          doomed: Type.Optional(describeCount('Their deletion has begun.')),
          window: Type.Optional(describeText('The open window, or none.')),
          perDay: Type.Optional(describeMoney('What its members cost a day if all renew.')),
          next: Type.Optional(next),
        },
        { minProperties: 1 },
      ),
      'What the plan says of each fleet.',
      'a mapping by fleet, such as {office: {running: 10, parked: 8}}',
    ),
    reaps: describeByPolicy<ReapExpectation>(
      describeMapping(
        {
          matched: Type.Optional(describeCount('VMs that `select` matches.')),
          idle: Type.Optional(describeCount('Idle, long enough or not.')),
          busy: Type.Optional(describeCount('Busy.')),
          unknown: Type.Optional(describeCount('Unknown.')),
        },
        { minProperties: 1 },
      ),
      'What the plan says of each reap.',
      'a mapping by reap, such as {reap-ci: {matched: 3, idle: 1}}',
    ),
    budgets: expectedBudgets,
    totals: Type.Optional(
      describeMapping(
        {
          deploy: Type.Optional(describeCount('VMs bought.')),
          delete: Type.Optional(describeCount('VMs deleted.')),
          hold: Type.Optional(describeCount('VMs held.')),
          costNow: Type.Optional(describeMoney('What the purchases cost.')),
          savesNow: Type.Optional(describeMoney('The charges that the deletions avoid.')),
        },
        { description: "The plan's last line.", minProperties: 1 },
      ),
    ),
  },
  {
    description: 'What the plan is to be; what is not said is not judged.',
    minProperties: 1,
    expects: 'a mapping such as {delete: ci-1} or {nothing: true}',
  },
);

export interface FleetExpectation {
  readonly wanted?: number;
  readonly running?: number;
  readonly launching?: number;
  readonly parked?: number;
  readonly doomed?: number;
  readonly window?: string;
  readonly perDay?: string | number;
  readonly next?: { readonly at?: string; readonly wanted?: number };
}

export type ReapExpectation = Readonly<Partial<Record<'matched' | 'idle' | 'busy' | 'unknown', number>>>;

export type ExpectDocument = Static<typeof expectSchema>;
