// The schema of `kind: budget`: what may be spent in a calendar period, and what happens on the way there.
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { apiVersion, describeChoice, describeMapping, describeName, description } from './parts.js';

const scopeSchema = describeMapping(
  {
    accounts: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        minItems: 1,
        uniqueItems: true,
        description: 'Accounts of purser.yaml whose charges count. Default: all.',
        expects: 'a list of accounts, such as [main]',
      }),
    ),
    policies: Type.Optional(
      Type.Array(describeName('A fleet.'), {
        minItems: 1,
        uniqueItems: true,
        description: 'Fleets whose members count. Default: everything that the accounts are charged, foreign VMs too.',
        expects: 'a list of fleets, such as [web, office]',
      }),
    ),
    select: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 4000,
        description:
          'CEL that says which VMs count, e.g. vm.country == "FR"; it sees what the select of a reap sees. What is not known ' +
          'about a VM counts it in.',
        expects: 'a CEL expression such as vm.name.startsWith("ci-")',
      }),
    ),
  },
  {
    description: 'What counts. Default: all that the accounts are charged, foreign VMs too.',
    minProperties: 1,
    expects: 'a mapping with at least one of accounts, policies and select, such as {accounts: [main]}',
  },
);

const stepSchema = describeMapping(
  {
    at: Type.String({
      pattern: '^[0-9]{1,3}%$',
      description: 'The percentage of the limit at which the step is reached, from 1% to 200%.',
      expects: 'a percentage such as 80%',
    }),
    of: describeChoice(
      ['spent', 'expected'],
      'spent: what was charged in this period. expected: that, what is reserved for open purchases, and the forecast to its end.',
    ),
    do: describeChoice(
      ['notify', 'stop-growth', 'stop-buying', 'shrink'],
      'notify: a person is told. stop-growth: nothing beyond what was foreseen then. stop-buying: no purchase. shrink: fleets are shrunk ' +
        'towards their floor at boundaries, lowest priority first, as far as needed.',
    ),
  },
  { expects: 'a mapping such as {at: 80%, of: expected, do: notify}' },
);

export const budgetSchema = describeMapping(
  {
    apiVersion,
    kind: Type.Literal('budget', { description: 'Keep what is charged in a calendar period within a limit.' }),
    name: describeName('The name of this budget.'),
    description,
    mode: Type.Optional(
      describeChoice(
        ['act', 'observe', 'pause'],
        'act holds purchases and lets VMs go, observe tells, pause does neither.',
        'act',
      ),
    ),
    scope: Type.Optional(scopeSchema),
    limit: Type.String({
      pattern: '^([0-9]{1,9}(\\.[0-9]{1,6})?|\\.[0-9]{1,6}) ?/ ?(day|week|month)$',
      description: 'The most that may be charged in one calendar day, week (from Monday) or month, in USDC.',
      expects: 'USDC with the period, such as 175/month, 40/week or 6/day',
    }),
    timezone: Type.Optional(
      Type.String({
        description: 'IANA zone in which days, weeks and months begin.',
        default: 'UTC',
        expects: 'an IANA zone such as Europe/Paris',
      }),
    ),
    steps: Type.Optional(
      Type.Array(stepSchema, {
        maxItems: 20,
        default: [],
        description:
          'What happens on the way to the limit, in rising order. A step holds until its figure is 2 points below.',
        expects: 'a list of steps, such as - {at: 80%, of: expected, do: notify}',
      }),
    ),
    hard: Type.Optional(
      Type.Boolean({
        description:
          "true: what would pass the limit isn't renewed, even below floors; what can't be let go (foreign, protected) is paid first.",
        default: false,
        expects: 'true or false, without quotes',
      }),
    ),
    resume: Type.Optional(
      describeChoice(
        ['auto', 'approval'],
        'auto: a step ends by itself, 2 points below. approval: it holds until a person approves.',
        'auto',
      ),
    ),
  },
  { title: 'a budget' },
);

export type BudgetDocument = Static<typeof budgetSchema>;
