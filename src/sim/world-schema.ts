// The shape of a world file: how a simulated market begins and what happens to it. Everything may be left out; default-world.ts
// says what stands then. Shapes only: world.ts reads it.
import Type, { type Static } from 'typebox';
import {
  configurationShape,
  countryShape,
  durationShape,
  moneyShape,
  momentShape,
  portTextShape,
  vmNameShape,
} from './shape-parts.js';
import { appShape } from './vm-apps.js';

const strict = { additionalProperties: false };
const count = Type.Integer({ minimum: 0 });
const text = Type.String({ minLength: 1 });
const range = Type.Object({ least: Type.Optional(durationShape), most: Type.Optional(durationShape) }, strict);

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
    certifications: Type.Optional(Type.Array(text)),
    /** On one server; `servers` instead says how many on each. */
    capacity: Type.Optional(count),
    servers: Type.Optional(Type.Array(count, { minItems: 1 })),
    cpu: Type.Optional(
      Type.Object(
        {
          manufacturer: Type.Optional(text),
          brand: Type.Optional(text),
          architecture: Type.Optional(text),
          generation: Type.Optional(text),
        },
        strict,
      ),
    ),
    memory: Type.Optional(Type.Object({ type: Type.Optional(text), generation: Type.Optional(text) }, strict)),
    storage: Type.Optional(
      Type.Object(
        {
          type: Type.Optional(text),
          /** Extra storage: USDC per GiB and epoch, GiB free on each server, GiB that one VM may take. */
          pricePerGib: Type.Optional(moneyShape),
          supply: Type.Optional(count),
          perVmLimit: Type.Optional(count),
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
    /** So many of them, numbered: `name-1`, `name-2`, ... */
    count: Type.Optional(Type.Integer({ minimum: 1, maximum: 200_000 })),
  },
  strict,
);

export const moveShape = Type.Object(
  {
    country: Type.Optional(countryShape),
    configuration: Type.Optional(configurationShape),
    price: Type.Optional(moneyShape),
    capacity: Type.Optional(count),
  },
  strict,
);

export const worldShape = Type.Object(
  {
    start: Type.Optional(
      Type.String({
        pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2})?Z$',
        description: 'an instant in UTC, e.g. 2026-11-20T06:00:00Z',
      }),
    ),
    key: Type.Optional(text),
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
        { ...range.properties, failPercent: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })) },
        strict,
      ),
    ),
    deletion: Type.Optional(range),
    drift: Type.Optional(
      Type.Object(
        {
          every: durationShape,
          pricePercent: Type.Optional(Type.Integer({ minimum: 0, maximum: 99 })),
          capacity: Type.Optional(count),
        },
        strict,
      ),
    ),
    offers: Type.Optional(Type.Array(offerShape)),
    images: Type.Optional(
      Type.Array(
        Type.Object(
          {
            slug: text,
            name: Type.Optional(text),
            distribution: Type.Optional(text),
            url: Type.String({ pattern: '^https?://', description: 'a URL of http or https' }),
            username: Type.Optional(text),
          },
          strict,
        ),
      ),
    ),
    sshKeys: Type.Optional(Type.Array(Type.Object({ name: text, publicKey: text }, strict))),
    vms: Type.Optional(Type.Array(foreignVmShape)),
    apps: Type.Optional(Type.Array(appShape)),
    terminations: Type.Optional(Type.Array(Type.Object({ at: momentShape, name: text }, strict))),
    moves: Type.Optional(Type.Array(Type.Object({ at: momentShape, ...moveShape.properties }, strict))),
  },
  strict,
);

export type WorldDocument = Static<typeof worldShape>;

/** With everything said. */
export type WholeWorld = { [Part in keyof WorldDocument]-?: Required<NonNullable<WorldDocument[Part]>> };
