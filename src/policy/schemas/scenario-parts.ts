// The forms of values that only scenarios have: moments, prices, numbers of VMs, steps. `description` is for editors.
import { Type } from 'typebox';
import { describeMapping } from './parts.js';

export const LONGEST_LIST = 10_000;
export const MOST_VMS = 100_000;

const TIME = '[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})?)?';
const TIME_EXPECTS = 'a time such as 2026-11-10T08:00 (in `timezone`), 2026-11-10T08:00Z or 2026-11-10';

/** A date, a time, or a duration after `from`. */
export function describeMoment(text: string) {
  return Type.String({
    pattern: `^(${TIME}|[+]([0-9]{1,6}(s|m|h|d))+)$`,
    description: text,
    expects: `${TIME_EXPECTS}, or +36h after \`from\``,
  });
}

/** Of the first moment, which the others count from. */
export function describeBeginning(text: string) {
  return Type.String({ pattern: `^${TIME}$`, description: text, expects: TIME_EXPECTS });
}

export function describePrice(text: string, example = '0.30698/day, or on the cloud 0.0128/hour') {
  return Type.String({
    pattern: '^([0-9]{1,9}(\\.[0-9]{1,6})?|\\.[0-9]{1,6}) ?/ ?(hour|day)$',
    description: text,
    expects: `USDC with the unit, such as ${example}`,
  });
}

export function describeCount(text: string, least: number, standard?: number) {
  return Type.Integer({
    minimum: least,
    maximum: MOST_VMS,
    description: text,
    expects: `a whole number from ${least} to ${MOST_VMS}`,
    ...(standard === undefined ? {} : { default: standard }),
  });
}

export function describeCountry(text: string) {
  return Type.String({
    pattern: '^[A-Z]{2}$',
    description: text,
    expects: 'an ISO country code in capitals, such as FR',
  });
}

/** Which VMs: a name, or a pattern. */
export function describeVmPattern(text: string, standard?: string) {
  return Type.String({
    pattern: '^[A-Za-z0-9*-]{1,63}$',
    description: text,
    expects: 'the name of a VM, with * for any characters, such as web-*',
    ...(standard === undefined ? {} : { default: standard }),
  });
}

const csvPath = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 4000,
    description: 'Instead of `steps`: a CSV file; a relative path counts from the folder of the scenario.',
    expects: 'the path of a CSV file',
  }),
);

const replicasStep = describeMapping({
  at: Type.Optional(describeMoment('From when on; the first may leave it out, and means `from`.')),
  replicas: describeCount('How many are wanted from then on.', 0),
});

const idleStep = describeMapping({
  at: Type.Optional(describeMoment('From when on; the first may leave it out, and means `from`.')),
  idle: Type.Unsafe<'yes' | 'no' | 'unknown'>({
    enum: ['yes', 'no', 'unknown'],
    description: 'What every idle signal answers from then on.',
    expects: 'yes, no or unknown',
  }),
});

const stepLimits = { minItems: 1, maxItems: LONGEST_LIST };

export const demandSchema = describeMapping(
  {
    steps: Type.Optional(
      Type.Array(replicasStep, {
        ...stepLimits,
        description: 'How many are wanted, from when on; by time.',
        expects: 'a list of steps, such as - {at: 2026-11-10T08:00, replicas: 3}',
      }),
    ),
    csv: csvPath,
    foreseen: Type.Optional(
      Type.Boolean({
        description:
          'true: the planner knows it beforehand, as it knows a schedule. false: it is measured, and only what is wanted now is known.',
        default: false,
      }),
    ),
  },
  { description: 'Of one fleet: `steps` or `csv`.', expects: 'a mapping with `steps` or `csv`' },
);

export const idleSchema = describeMapping(
  {
    vm: describeVmPattern('Which VMs it is about.'),
    steps: Type.Optional(
      Type.Array(idleStep, {
        ...stepLimits,
        description: 'What the signals answer, from when on; by time. Unknown before the first.',
        expects: 'a list of steps, such as - {at: 2026-11-10T08:00, idle: yes}',
      }),
    ),
    csv: csvPath,
  },
  { expects: 'a mapping such as {vm: "ci-*", steps: [{idle: yes}]}' },
);
