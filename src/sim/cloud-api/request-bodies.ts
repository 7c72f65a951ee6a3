// The shapes of what clients send to the cloud. Shapes only; meaning is checked where the cloud is changed. A field that is not
// documented is refused: with real money a misspelt one would be ignored in silence.
import Type, { type Static } from 'typebox';
import { nullable } from '../shape-check.js';

const strict = { additionalProperties: false };
const id = Type.String({
  pattern: '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$',
  description: 'a UUID',
});
const word = Type.String({ minLength: 1, maxLength: 200 });

export const newStorageShape = Type.Object(
  {
    clusterId: id,
    name: word,
    storageType: Type.Enum(['NVME']),
    volumeGb: Type.Integer({ minimum: 0, maximum: 100_000 }),
    replicated: Type.Boolean(),
    osImage: nullable(Type.String({ maxLength: 2000 })),
  },
  strict,
);

export const newIpShape = Type.Object({ clusterId: id, name: word, addressType: Type.Enum(['V4']) }, strict);

export const createVmShape = Type.Object(
  {
    clusterId: id,
    configurationId: id,
    name: word,
    bootDisk: Type.Union([id, newStorageShape]),
    dataDisks: Type.Optional(Type.Array(Type.Union([id, newStorageShape]), { maxItems: 16 })),
    publicIp: nullable(Type.Union([id, newIpShape])),
    /** Ids; where a quirk of the world has it so, names and raw keys too. */
    sshKeys: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 10_000 }), { maxItems: 100 })),
    cloudInit: nullable(Type.Object({ userData: nullable(Type.String()) }, strict)),
  },
  strict,
);

export const renameShape = Type.Object({ name: nullable(word) }, strict);
export const addIpShape = Type.Object({ publicIpId: id }, strict);
export const disksShape = Type.Object({ dataDisks: Type.Array(id, { minItems: 1, maxItems: 16 }) }, strict);
export const interfaceShape = Type.Object({ securityGroupId: nullable(id) }, strict);
export const idsShape = Type.Object({ ids: Type.Array(id, { minItems: 1, maxItems: 1000 }) }, strict);
export const addKeyShape = Type.Object(
  { name: word, publicKey: Type.String({ minLength: 1, maxLength: 10_000 }) },
  strict,
);

const port = Type.Integer({ minimum: 0, maximum: 65_535 });
const ports = Type.Object(
  {
    ports: Type.Union([
      Type.Enum(['all']),
      Type.Object({ exact: Type.Object({ value: port }, strict) }, strict),
      Type.Object({ range: Type.Object({ min: port, max: port }, strict) }, strict),
    ]),
  },
  strict,
);
const rule = Type.Object(
  {
    type: Type.Enum(['ipv4', 'ipv6']),
    protocolKind: Type.Union([
      Type.Enum(['all', 'icmp']),
      Type.Object({ tcp: ports }, strict),
      Type.Object({ udp: ports }, strict),
    ]),
    remote: Type.Union([Type.Object({ address: word }, strict), Type.Object({ securityGroup: id }, strict)]),
  },
  strict,
);
const rules = Type.Union([
  Type.Object({ type: Type.Enum(['allowAll']) }, strict),
  Type.Object({ type: Type.Enum(['allow']), rules: Type.Array(rule, { maxItems: 200 }) }, strict),
]);

/** A create takes bare rules, an update takes them with their type; so it is documented. */
export const newGroupShape = Type.Object(
  { clusterId: id, name: word, ingressRules: nullable(Type.Array(rule)), egressRules: nullable(Type.Array(rule)) },
  strict,
);
export const updateGroupShape = Type.Object(
  { name: nullable(word), ingressRules: nullable(rules), egressRules: nullable(rules) },
  strict,
);

const clusterId = { clusterId: id };
export const costShape = Type.Object(
  {
    resources: Type.Array(
      Type.Union([
        Type.Object(
          { vm: Type.Object({ resource_id: Type.Object({ ...clusterId, vmConfigurationId: id }, strict) }, strict) },
          strict,
        ),
        Type.Object(
          {
            storage: Type.Object(
              {
                resource_id: Type.Object(
                  { ...clusterId, storageType: Type.Enum(['HDD', 'SSD', 'NVME']), replicated: Type.Boolean() },
                  strict,
                ),
                volume_gb: Type.Integer({ minimum: 0, maximum: 100_000 }),
              },
              strict,
            ),
          },
          strict,
        ),
        Type.Object(
          {
            publicIp: Type.Object(
              { resource_id: Type.Object({ ...clusterId, addressType: Type.Enum(['V4', 'V6']) }, strict) },
              strict,
            ),
          },
          strict,
        ),
      ]),
      { maxItems: 1000 },
    ),
    secs: nullable(Type.Integer({ minimum: 0, maximum: 1_000_000_000 })),
  },
  strict,
);

export type CreateVmBody = Static<typeof createVmShape>;
export type NewStorageBody = Static<typeof newStorageShape>;
export type CostBody = Static<typeof costShape>;
