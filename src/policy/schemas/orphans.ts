// The schema of `kind: orphans`: what serves nobody and is paid for or locks money, told and (if it says so) deleted.
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

export const orphansSchema = describeMapping(
  {
    apiVersion,
    kind: Type.Literal('orphans', {
      description:
        'Find what serves nobody: disks and public IPs that are attached to nothing, ended VMs that lock their reserve.',
    }),
    name: describeName('The name of this policy.'),
    description,
    mode: Type.Optional(
      describeChoice(
        ['act', 'observe', 'pause'],
        'observe tells, act deletes, pause does neither. Orphans are told until told to act.',
        'observe',
      ),
    ),
    account,
    approval,
    select: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 4000,
        description:
          'CEL that says which orphans are meant, e.g. orphan.kind == "public-ip" && orphan.name.startsWith("ci-"). It sees ' +
          'orphan {id, name, kind (boot-disk, data-disk, public-ip, vm), account, country, sizeGb, address, pricePerDay, ' +
          'createdAt, ageHours, idleHours, paidUntil} and now. Default: only what this installation made.',
        expects: 'a CEL expression such as orphan.name.startsWith("ci-")',
      }),
    ),
    minAge: Type.Optional(
      describeDuration('What was seen to serve nobody for less than this is left alone, however old it is.', '24h'),
    ),
    billing: Type.Optional(describeMapping({ deleteAt }, { description: 'When deletions happen.' })),
  },
  { title: 'an orphans policy' },
);

export type OrphansDocument = Static<typeof orphansSchema>;
