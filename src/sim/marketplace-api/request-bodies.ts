// The shapes of what clients send to the marketplace, newest form. Shapes only; read-requests.ts checks their meaning. A field
// that is not documented is refused: with real money a misspelt one would be ignored in silence.
import Type, { type Static } from 'typebox';
import { nullable } from '../shape-check.js';
import { configurationShape, countryShape, vmNameShape } from '../shape-parts.js';

const strict = { additionalProperties: false };
const word = Type.String({ minLength: 1, maxLength: 100 });
const vmId = Type.String({ pattern: '^0x[0-9a-fA-F]{40}$', description: '0x and 40 hex digits' });
const openPorts = Type.Array(
  Type.Object({ port: Type.Integer({ minimum: 1, maximum: 65_535 }), protocol: Type.Enum(['tcp', 'udp']) }, strict),
);

export const constraintsShape = Type.Object(
  {
    basicConfiguration: nullable(configurationShape),
    additionalResources: nullable(
      Type.Object(
        {
          storage: nullable(
            Type.Array(
              Type.Object(
                {
                  supply: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
                  units: Type.Enum(['GiB', 'MiB']),
                  type: Type.Optional(word),
                },
                strict,
              ),
              { minItems: 1, maxItems: 10 },
            ),
          ),
        },
        strict,
      ),
    ),
    hardware: nullable(
      Type.Object(
        {
          cpu: nullable(
            Type.Array(Type.Object({ manufacturer: Type.Optional(word), architecture: Type.Optional(word) }, strict)),
          ),
          memory: nullable(
            Type.Array(Type.Object({ type: Type.Optional(word), generation: Type.Optional(word) }, strict)),
          ),
          storage: nullable(Type.Array(Type.Object({ type: Type.Optional(word) }, strict))),
        },
        strict,
      ),
    ),
    datacenter: nullable(
      Type.Object({ countries: nullable(Type.Array(countryShape, { minItems: 1, maxItems: 250 })) }, strict),
    ),
    maxTotalPricePerEpochUsd: nullable(Type.String({ pattern: '^(\\d+\\.?\\d*|\\.\\d+)$', maxLength: 40 })),
  },
  strict,
);

const instances = Type.Integer({ minimum: 1 });

export const estimateShape = Type.Object({ constraints: nullable(constraintsShape), instances }, strict);

export const deployShape = Type.Object(
  {
    constraints: nullable(constraintsShape),
    instances,
    vmConfiguration: Type.Object(
      {
        name: vmNameShape,
        hostname: nullable(Type.String({ pattern: '^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$' })),
        openPorts: nullable(openPorts),
        osImage: Type.String({ maxLength: 2000 }),
        sshKeys: Type.Array(Type.String({ minLength: 1, maxLength: 10_000 }), { minItems: 1, maxItems: 100 }),
      },
      strict,
    ),
  },
  strict,
);

/** Of one VM; older variants take it bare. */
export const oneUpdateShape = Type.Object(
  { id: vmId, vmName: nullable(vmNameShape), openPorts: nullable(openPorts) },
  strict,
);

export const updateShape = Type.Object({ updates: Type.Array(oneUpdateShape, { minItems: 1 }) }, strict);

export const deleteShape = Type.Object({ vmIds: Type.Array(vmId, { minItems: 1 }) }, strict);

/** Of the oldest variant. */
export const deleteOneShape = Type.Object({ vmId }, strict);

export const addKeyShape = Type.Object(
  { name: word, publicKey: Type.String({ minLength: 1, maxLength: 10_000 }) },
  strict,
);

export const removeKeyShape = Type.Object({ fingerprint: word }, strict);

export type ConstraintsBody = Static<typeof constraintsShape>;
export type DeployBody = Static<typeof deployShape>;
export type UpdateBody = Static<typeof oneUpdateShape>;
export type PortBody = Static<typeof openPorts>[number];
