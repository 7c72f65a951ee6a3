// Parts that the schemas of several kinds share. `description` is for editors, `expects` completes "must be ...".
import { Type } from 'typebox';
import type { TSchema } from 'typebox';

const NAME_PATTERN = '^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?$';
const NAME_EXPECTS = '1 to 12 of a-z, 0-9 and -, without a hyphen at the ends';

export function describeName(description: string): ReturnType<typeof Type.String> {
  return Type.String({ pattern: NAME_PATTERN, description, expects: NAME_EXPECTS });
}

export function describeChoice<const Values extends readonly string[]>(
  values: Values,
  description: string,
  standard?: Values[number],
) {
  return Type.Unsafe<Values[number]>({
    enum: values,
    description,
    ...(standard === undefined ? {} : { default: standard }),
  });
}

/** Durations: the unit is required. The length limit keeps the sum a safe integer. */
export function describeDuration(description: string, standard?: string): ReturnType<typeof Type.String> {
  return Type.String({
    pattern: '^([0-9]{1,6}(ms|s|m|h|d))+$',
    maxLength: 24,
    description,
    expects: 'a duration with its unit, such as 90s, 30m, 24h or 7d',
    ...(standard === undefined ? {} : { default: standard }),
  });
}

/** An object that knows all of its keys. */
export function describeMapping<Properties extends Record<string, TSchema>>(
  properties: Properties,
  options: {
    readonly title?: string;
    readonly description?: string;
    readonly minProperties?: number;
    readonly maxProperties?: number;
    readonly expects?: string;
  } = {},
) {
  return Type.Object(properties, { additionalProperties: false, ...options });
}

export const apiVersion = Type.Optional(
  describeChoice(['purser/v1'], 'The version of the policy language.', 'purser/v1'),
);

export const description = Type.Optional(
  Type.String({
    maxLength: 500,
    description: 'What this policy is for; shown in plans.',
    expects: 'a text of at most 500 characters',
  }),
);

export const account = Type.Optional(
  Type.String({
    minLength: 1,
    description: 'The account of purser.yaml that this policy works on. Default: the only one.',
    expects: 'the name of an account',
  }),
);

/** Of a fleet: one account, or several to buy from. */
export const accounts = Type.Optional(
  Type.Union(
    [
      Type.String({ minLength: 1 }),
      Type.Array(Type.String({ minLength: 1 }), { minItems: 1, maxItems: 20, uniqueItems: true }),
    ],
    {
      description:
        'The account of purser.yaml that the fleet lives in; of a list each VM is bought where it is cheapest. Default: the only one.',
      expects: 'the name of an account, or a list of different ones',
    },
  ),
);

/** `required` comes with approvals; until then a policy may only say that it needs none. */
export const approval = Type.Optional(
  Type.Unsafe<'none'>({
    ...describeChoice(['none'], 'Whether a person decides the deletions of this policy.', 'none'),
    comes: ['required'],
  }),
);

/** `now`: when that is. */
function describeDeleteAt(now: string) {
  const text = `boundary: just before the next charge, the paid time is used up. now: ${now}.`;
  return Type.Optional(describeChoice(['boundary', 'now'], text, 'boundary'));
}

export const deleteAt = describeDeleteAt('as soon as it is not wanted');
export const fleetDeleteAt = describeDeleteAt(
  'as soon as it is not wanted, nor within the minutes that another one would take',
);
