// The shape of a world file of the marketplace: how a simulated market begins and what happens to it. Everything may be left
// out; default-market-world.ts says what stands then. Shapes only: market-world.ts reads it.
import Type, { type Static } from 'typebox';
import {
  configurationShape,
  countryShape,
  durationShape,
  moneyShape,
  momentShape,
  portTextShape,
  vmNameShape,
} from '../shape-parts.js';
import { countShape, numberShape, rangeShape, textShape, worldFields } from '../world-parts.js';

const strict = { additionalProperties: false };

const offerShape = Type.Object(
  {
    configuration: configurationShape,
    price: moneyShape,
    country: countryShape,
    city: Type.Optional(
      Type.String({ pattern: '^[A-Z]{3}$', description: 'a city code of three capital letters, e.g. PAR' }),
    ),
    cityIndex: Type.Optional(Type.Integer({ minimum: 1 })),
    tier: Type.Optional(Type.Integer({ minimum: 1, maximum: 4 })),
    certifications: Type.Optional(Type.Array(textShape)),
    /** On one server; `servers` instead says how many on each. */
    capacity: Type.Optional(countShape),
    servers: Type.Optional(Type.Array(countShape, { minItems: 1 })),
    cpu: Type.Optional(
      Type.Object(
        {
          manufacturer: Type.Optional(textShape),
          brand: Type.Optional(textShape),
          architecture: Type.Optional(textShape),
          generation: Type.Optional(textShape),
        },
        strict,
      ),
    ),
    memory: Type.Optional(
      Type.Object({ type: Type.Optional(textShape), generation: Type.Optional(textShape) }, strict),
    ),
    storage: Type.Optional(
      Type.Object(
        {
          type: Type.Optional(textShape),
          /** Extra storage: USDC per GiB and epoch, GiB free on each server, GiB that one VM may take. */
          pricePerGib: Type.Optional(moneyShape),
          supply: Type.Optional(countShape),
          perVmLimit: Type.Optional(countShape),
        },
        strict,
      ),
    ),
  },
  strict,
);

export const foreignVmShape = Type.Object(
  {
    name: vmNameShape,
    country: Type.Optional(countryShape),
    configuration: Type.Optional(configurationShape),
    state: Type.Optional(Type.Enum(['active', 'launching', 'small-balance', 'insufficient-funds', 'terminated'])),
    createdAt: Type.Optional(momentShape),
    paidUntil: Type.Optional(momentShape),
    price: Type.Optional(moneyShape),
    ports: Type.Optional(Type.Array(portTextShape, { maxItems: 50 })),
    count: Type.Optional(numberShape),
  },
  strict,
);

export const moveShape = Type.Object(
  {
    country: Type.Optional(countryShape),
    configuration: Type.Optional(configurationShape),
    price: Type.Optional(moneyShape),
    capacity: Type.Optional(countShape),
  },
  strict,
);

export const worldShape = Type.Object(
  {
    ...worldFields,
    /** Which form of the API it speaks; see marketplace-api/older-answers.ts. Default v3. */
    variant: Type.Optional(Type.Enum(['v3', 'v2', 'oldest'])),
    balance: Type.Optional(moneyShape),
    billing: Type.Optional(
      Type.Object(
        {
          regime: Type.Optional(Type.Enum(['rolling', 'fixed'])),
          /** Of the fixed regime, time of day in UTC. */
          boundary: Type.Optional(
            Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$', description: 'a time of day in UTC, e.g. "17:55"' }),
          ),
          grace: Type.Optional(durationShape),
        },
        strict,
      ),
    ),
    launch: Type.Optional(
      Type.Object(
        { ...rangeShape.properties, failPercent: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })) },
        strict,
      ),
    ),
    deletion: Type.Optional(rangeShape),
    drift: Type.Optional(
      Type.Object(
        {
          every: durationShape,
          pricePercent: Type.Optional(Type.Integer({ minimum: 0, maximum: 99 })),
          capacity: Type.Optional(countShape),
        },
        strict,
      ),
    ),
    offers: Type.Optional(Type.Array(offerShape)),
    vms: Type.Optional(Type.Array(foreignVmShape)),
    moves: Type.Optional(Type.Array(Type.Object({ at: momentShape, ...moveShape.properties }, strict))),
  },
  strict,
);

export type WorldDocument = Static<typeof worldShape>;

/** With everything said. */
export type WholeWorld = { [Part in keyof WorldDocument]-?: Required<NonNullable<WorldDocument[Part]>> };
