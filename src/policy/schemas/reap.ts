// The schema of `kind: reap`: delete selected VMs that have nothing to do, before they are charged again.
import { Type } from 'typebox';
import type { Static } from 'typebox';
import {
  account,
  apiVersion,
  approval,
  deleteAt,
  describeChoice,
  describeDuration,
  describeMapping,
  describeName,
  description,
} from './parts.js';
import { signalList, signalReference, signalSchema } from './signal.js';

const idleSchema = describeMapping(
  {
    for: Type.Optional(
      describeDuration('Idle without a break for so long; a gap over two intervals is unknown.', '30m'),
    ),
    every: Type.Optional(describeDuration('How often the signals are asked.', '1m')),
    all: Type.Optional({ ...signalList, description: 'Idle when every one of these is yes.' }),
    any: Type.Optional({ ...signalList, description: 'Idle when one of these is yes.' }),
    not: Type.Optional({ ...signalReference, description: 'Idle when this is no.' }),
  },
  {
    description: 'When a VM counts as idle: yes, no or unknown; only yes deletes. Exactly one of all, any and not.',
    expects: 'a mapping with all, any or not, such as {for: 30m, all: [{http: {url: ...}}]}',
  },
);

export const reapSchema = describeMapping(
  {
    apiVersion,
    kind: Type.Literal('reap', { description: 'Delete idle VMs before their next charge.' }),
    name: describeName('The name of this policy.'),
    description,
    mode: Type.Optional(
      describeChoice(
        ['act', 'observe', 'pause'],
        'observe plans and tells, act deletes, pause does neither. A reap observes until told to act.',
        'observe',
      ),
    ),
    account,
    approval,
    select: Type.String({
      minLength: 1,
      maxLength: 4000,
      description:
        'CEL that says which VMs may be reaped, e.g. vm.name.startsWith("ci-") && vm.country in ["FR", "DE"]. It sees vm ' +
        '{id, name, status, account, policy, country, city, tier, configuration, vcpu, ramGb, storageGb, pricePerDay, ' +
        'createdAt, ageHours, paidUntil, ports, publicIp} and now. What is not known about a VM never makes it match.',
      expects: 'a CEL expression such as vm.name.startsWith("ci-")',
    }),
    minAge: Type.Optional(describeDuration('Younger VMs are left alone.', '1h')),
    idle: idleSchema,
    tellAfter: Type.Optional(describeDuration('An unknown this old is told.', '2h')),
    billing: Type.Optional(describeMapping({ deleteAt }, { description: 'When deletions happen.' })),
  },
  { title: 'a reap' },
);

export type ReapDocument = Static<typeof reapSchema>;

/** The schema as ajv takes it, with what it refers to. */
export const reapSchemaWithParts = { ...reapSchema, $defs: { signal: signalSchema } };
