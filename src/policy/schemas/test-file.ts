// The schema of a document of a `*.test.yaml` file: the policies that it is about, and its tests.
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { describeChoice, describeMapping } from './parts.js';
import { expectSchema } from './test-expect.js';
import { givenSchema } from './test-given.js';
import { describeText } from './test-parts.js';

const testSchema = describeMapping(
  {
    name: Type.String({
      minLength: 1,
      maxLength: 200,
      description: 'A sentence that is true if the policies are right.',
      expects: 'a sentence',
    }),
    at: Type.String({
      minLength: 1,
      maxLength: 40,
      description: 'The instant of the plan: a date with its time.',
      expects: 'a date with its time, such as 2026-11-20T19:10 (in `timezone`) or 2026-11-20T19:10Z',
    }),
    given: Type.Optional(givenSchema),
    expect: expectSchema,
  },
  { expects: 'a mapping with name, at and expect' },
);

export type TestDocument = Static<typeof testSchema>;

export const testFileSchema = describeMapping(
  {
    policies: Type.Optional(
      Type.Array(describeText('A path, relative to this file.'), {
        minItems: 1,
        uniqueItems: true,
        description: 'The policies that are tested. Default: the file of the same name without `.test`.',
        expects: 'a list of paths, such as [web.yaml]',
      }),
    ),
    account: Type.Optional(
      describeText('The account whose plan is judged. Default: the one that the policies name, else main.'),
    ),
    product: Type.Optional(
      describeChoice(['marketplace', 'cloud'], 'Charged by the day, or by the hour.', 'marketplace'),
    ),
    timezone: Type.Optional(
      Type.String({
        description: 'IANA zone of instants that say none.',
        default: 'UTC',
        expects: 'an IANA zone such as Europe/Paris',
      }),
    ),
    given: Type.Optional(givenSchema),
    tests: Type.Array(testSchema, {
      minItems: 1,
      maxItems: 1000,
      description: 'The tests.',
      expects: 'a list of tests, such as - {name: ..., at: 2026-11-20T19:10, expect: {nothing: true}}',
    }),
  },
  { title: 'a file of policy tests' },
);

export type TestFileDocument = Static<typeof testFileSchema>;
