// Parts that the schemas of policy tests share: instants, money, and entries of which one or a list may be written.
import { Type } from 'typebox';
import type { TSchema } from 'typebox';
import { CONFIGURATION_PATTERN } from './fleet.js';

export const INSTANT_EXPECTS =
  'an instant: 2026-11-20T19:10 (in `timezone`), 2026-11-20T19:10Z, 06:50 (the next one), tomorrow 06:50, in 40m, or 30m ago';

export function describeInstant(description: string) {
  return Type.String({ minLength: 1, maxLength: 40, description, expects: INSTANT_EXPECTS });
}

export function describePrice(description: string) {
  return Type.String({
    pattern: '^([0-9]{1,9}(\\.[0-9]{1,6})?|\\.[0-9]{1,6}) ?/ ?(hour|day)$',
    description,
    expects: 'USDC with the unit, such as 0.306980/day or 0.012/hour',
  });
}

/** Exact: a number is taken by the digits that were written. */
export function describeMoney(description: string) {
  return Type.Unsafe<string | number>({
    type: ['string', 'number'],
    pattern: '^[0-9]{1,9}(\\.[0-9]{1,6})?$',
    minimum: 0,
    maximum: 999_999_999,
    description,
    expects: 'USDC with at most six decimals, such as 0.306980',
  });
}

export function describeCount(description: string, minimum = 0) {
  return Type.Integer({
    minimum,
    maximum: 100_000,
    description,
    expects: `a whole number from ${minimum}`,
  });
}

export function describeText(description: string, expects = 'a text') {
  return Type.String({ minLength: 1, maxLength: 200, description, expects });
}

export function describeCountry(description: string) {
  return Type.String({ pattern: '^[A-Z]{2}$', description, expects: 'an ISO country code in capitals, such as FR' });
}

export function describeConfiguration(description: string) {
  return Type.String({
    pattern: CONFIGURATION_PATTERN,
    description,
    expects: 'a configuration such as cpu-2-ram-4gb-storage-25gb, or of the cloud cpu-regular-2vcpu-4gb',
  });
}

/** A mapping, a text that stands for it, or a list of both. */
export function oneOrMany<Entry>(
  { properties, expects }: { readonly properties: Readonly<Record<string, TSchema>>; readonly expects: string },
  description: string,
) {
  const entry = {
    properties,
    additionalProperties: false,
    minProperties: 1,
    minLength: 1,
    maxLength: 200,
    expects,
  };
  return Type.Optional(
    Type.Unsafe<Entry | string | readonly (Entry | string)[]>({
      type: ['object', 'string', 'array'],
      ...entry,
      items: { type: ['object', 'string'], ...entry },
      maxItems: 1000,
      description,
    }),
  );
}

/** Numbers or mappings by the names of policies. */
export function describeByPolicy<Value>(value: TSchema, description: string, expects: string) {
  return Type.Optional(
    Type.Unsafe<Readonly<Record<string, Value>>>({
      type: 'object',
      additionalProperties: value,
      minProperties: 1,
      description,
      expects,
    }),
  );
}
