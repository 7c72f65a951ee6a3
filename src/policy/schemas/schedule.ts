// The schema of a fleet's `schedule`: windows on the local clock.
import { Type } from 'typebox';
import { describeChoice, describeDuration, describeMapping, describeName } from './parts.js';

const MOST_REPLICAS = 100_000;

export function describeReplicas(text: string) {
  return Type.Integer({
    minimum: 0,
    maximum: MOST_REPLICAS,
    description: text,
    expects: `a whole number from 0 to ${MOST_REPLICAS}`,
  });
}

const windowSchema = describeMapping({
  name: Type.String({
    minLength: 1,
    maxLength: 40,
    description: 'Shown in plans and calendars.',
    expects: 'a short name',
  }),
  from: Type.Optional(
    Type.String({
      description: 'Opens: a cron of five fields, or a local time such as 2027-01-08T06:00. Inclusive.',
      expects: 'a cron such as "0 8 * * MON-FRI" or a local time such as 2027-01-08T06:00',
    }),
  ),
  to: Type.Optional(
    Type.String({
      description: 'Closes the latest `from`: a cron of five fields, or a local time. Exclusive.',
      expects: 'a cron such as "0 20 * * MON-FRI" or a local time such as 2027-01-12T22:00',
    }),
  ),
  for: Type.Optional(describeDuration('Instead of `to`: how long it stays open, in real time.')),
  holidays: Type.Optional(describeName('Instead of `from`: open on the whole days of this holidays list.')),
  replicas: describeReplicas('How many are wanted while this window is the last listed of the open ones.'),
});

export const scheduleSchema = describeMapping(
  {
    timezone: Type.Optional(
      Type.String({
        description: 'IANA zone of all times in this schedule.',
        default: 'UTC',
        expects: 'an IANA zone such as Europe/Paris',
      }),
    ),
    readyBy: Type.Optional(
      describeChoice(
        ['start', 'buy'],
        'start: running when the window opens, so bought earlier by the usual launch time. buy: bought when it opens.',
        'start',
      ),
    ),
    windows: Type.Array(windowSchema, {
      minItems: 1,
      maxItems: 200,
      description: 'Of the open windows the last listed wins; when none is open, `replicas` are wanted.',
      expects: 'a list of windows, such as - {name: day, from: "0 8 * * *", to: "0 20 * * *", replicas: 10}',
    }),
  },
  { description: 'Times at which another number is wanted.' },
);
