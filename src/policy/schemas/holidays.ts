// The schema of `kind: holidays`: a list of whole local days that schedules refer to.
import { Type } from 'typebox';
import { apiVersion, describeMapping, describeName, description } from './parts.js';

export const holidaysSchema = describeMapping(
  {
    apiVersion,
    kind: Type.Literal('holidays', { description: 'A list of whole days that windows refer to.' }),
    name: describeName('The name that `windows[].holidays` refers to.'),
    description,
    dates: Type.Array(
      Type.String({
        pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$',
        description: 'A local date, as the zone of the schedule that uses it has it.',
        expects: 'a date such as 2026-12-25',
      }),
      {
        minItems: 1,
        maxItems: 2000,
        uniqueItems: true,
        description: "Whole days in the schedule's zone; validate warns 60 days before the last.",
        expects: 'a list of dates such as 2026-12-25',
      },
    ),
  },
  { title: 'a holidays list' },
);
