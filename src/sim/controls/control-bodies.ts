// The shapes of what the controls under `/_sandbox/` take, and how the instants in them are read.
import Type from 'typebox';
import type { Instant } from '../../core/types.js';
import { RequestRefused } from '../http-parts.js';
import { durationShape, momentShape, readMoment } from '../shape-parts.js';
import { selectorFields } from '../vm-apps.js';

const strict = { additionalProperties: false };

/** Exactly one of them. `advanceTo` may be an offset from now. */
export const clockShape = Type.Object(
  {
    advanceTo: Type.Optional(momentShape),
    advanceBy: Type.Optional(durationShape),
    speed: Type.Optional(Type.Number({ minimum: 0, maximum: 1_000_000 })),
  },
  { ...strict, minProperties: 1, maxProperties: 1 },
);

export const terminateShape = Type.Object({ ...selectorFields }, { ...strict, minProperties: 1, maxProperties: 1 });

const signedMoney = Type.Unsafe<string | number>({
  type: ['string', 'number'],
  pattern: '^-?\\d*\\.?\\d{1,6}$',
});

/** Exactly one of them, in USDC. */
export const balanceShape = Type.Object(
  { set: Type.Optional(signedMoney), add: Type.Optional(signedMoney) },
  { ...strict, minProperties: 1, maxProperties: 1 },
);

/** Reads what `momentShape` lets through; offsets count from now. */
export function readInstant(text: string, now: Instant): Instant {
  const instant = readMoment(text, now);
  if (instant === undefined) throw new RequestRefused(400, `${text} is no date that a calendar has`);
  return instant;
}
