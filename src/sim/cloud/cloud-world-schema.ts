// The shape of a world file of the cloud: how a simulated cloud begins, what happens to it, and where it answers otherwise than
// its document says. Everything may be left out; default-cloud-world.ts says what stands then. Shapes only.
import Type, { type Static } from 'typebox';
import { countryShape, durationShape, moneyShape, momentShape, vmNameShape } from '../shape-parts.js';
import { countShape, numberShape, rangeShape, textShape, worldFields } from '../world-parts.js';

const strict = { additionalProperties: false };

const configurationShape = Type.String({
  pattern: '^cpu-(regular|premium|shared)-\\d+vcpu-\\d+gb$',
  description: 'a configuration, e.g. cpu-regular-2vcpu-4gb',
});

const clusterShape = Type.Object(
  {
    name: textShape,
    country: countryShape,
    city: Type.Optional(
      Type.String({ pattern: '^[A-Z]{3}$', description: 'a city code of three capital letters, e.g. PAR' }),
    ),
    cityName: Type.Optional(textShape),
    /** Which data center of the city; clusters of one city and index stand in one. */
    index: Type.Optional(Type.Integer({ minimum: 1 })),
    tier: Type.Optional(Type.Integer({ minimum: 1, maximum: 4 })),
    certifications: Type.Optional(Type.Array(textShape)),
    cpuFamily: Type.Optional(Type.Enum(['AMD_ZEN2', 'AMD_ZEN3', 'AMD_ZEN5'])),
    /** What is sold there, by the hour. */
    configurations: Type.Optional(
      Type.Array(
        Type.Object(
          { configuration: configurationShape, price: moneyShape, capacity: Type.Optional(countShape) },
          strict,
        ),
      ),
    ),
    storage: Type.Optional(
      Type.Object(
        {
          /** Per GB and hour. */
          price: Type.Optional(moneyShape),
          /** Without it none is replicated. */
          replicatedPrice: Type.Optional(moneyShape),
          freeGb: Type.Optional(countShape),
        },
        strict,
      ),
    ),
    publicIps: Type.Optional(
      Type.Object({ price: Type.Optional(moneyShape), free: Type.Optional(countShape) }, strict),
    ),
  },
  strict,
);

const placedFields = {
  country: Type.Optional(countryShape),
  cluster: Type.Optional(textShape),
  createdAt: Type.Optional(momentShape),
  paidUntil: Type.Optional(momentShape),
  /** Of an hour, instead of the catalogue's. */
  price: Type.Optional(moneyShape),
  count: Type.Optional(numberShape),
};

export const foreignVmShape = Type.Object(
  {
    name: vmNameShape,
    ...placedFields,
    configuration: Type.Optional(configurationShape),
    state: Type.Optional(
      Type.Enum([
        'new',
        'launching',
        'launched',
        'failed',
        'updating',
        'terminating',
        'terminated',
        'suspending',
        'suspended',
        'restarting',
        'softRebooting',
        'unknown',
      ]),
    ),
    bootDiskGb: Type.Optional(Type.Integer({ minimum: 1 })),
    dataDisksGb: Type.Optional(Type.Array(Type.Integer({ minimum: 1 }))),
    publicIp: Type.Optional(Type.Boolean()),
  },
  strict,
);

const partNameShape = Type.String({
  pattern: '^[a-z0-9]([a-z0-9-]{0,23}[a-z0-9])?$',
  description: '1 to 25 of a-z, 0-9 and hyphens, no hyphen at the ends',
});

export const foreignStorageShape = Type.Object(
  {
    name: partNameShape,
    ...placedFields,
    volumeGb: Type.Optional(Type.Integer({ minimum: 1 })),
    replicated: Type.Optional(Type.Boolean()),
    /** It is a boot disk then. */
    osImage: Type.Optional(textShape),
  },
  strict,
);

export const foreignIpShape = Type.Object({ name: partNameShape, ...placedFields }, strict);

export const moveShape = Type.Object(
  {
    country: Type.Optional(countryShape),
    cluster: Type.Optional(textShape),
    configuration: Type.Optional(configurationShape),
    price: Type.Optional(moneyShape),
    capacity: Type.Optional(countShape),
    storagePricePerGb: Type.Optional(moneyShape),
    storageFreeGb: Type.Optional(countShape),
    publicIpPrice: Type.Optional(moneyShape),
    publicIpsFree: Type.Optional(countShape),
  },
  strict,
);

/** Where documents differ: each switch says which of them is right. The first of each is the default. */
const quirksShape = Type.Object(
  {
    /** Which `page` is the first: 0; 1 (0 is refused); either of them. */
    pageBase: Type.Optional(Type.Enum(['0', '1', 'either'])),
    /** `{items}`, or bare arrays: of catalogues, or of every list (which is not paged then). */
    lists: Type.Optional(Type.Enum(['wrapped', 'bare-catalogues', 'bare'])),
    datacenterKey: Type.Optional(Type.Enum(['dcId', 'dc_id'])),
    /** What an interface calls its group; a request may always say `securityGroupId`. */
    securityGroupKey: Type.Optional(Type.Enum(['securityGroup', 'securityGroupId'])),
    /** Which of /v1/storages/default_images and /v1/default_images there is. */
    defaultImages: Type.Optional(Type.Enum(['both', 'storages', 'root'])),
    /** What actions on a VM and deletions answer with 200. */
    actionBodies: Type.Optional(Type.Enum(['object', 'empty'])),
    /** What a create takes: ids, or names and raw public keys too. */
    sshKeysAs: Type.Optional(Type.Enum(['ids', 'any'])),
    /** /v1/ssh_keys refuses API keys. */
    sshKeysForbidden: Type.Optional(Type.Boolean()),
    /** Of a balance that is too low. */
    noBalanceStatus: Type.Optional(Type.Enum([402, 422])),
    /** Errors carry `code` beside `error`. */
    errorCodes: Type.Optional(Type.Boolean()),
    /** Whether a terminated VM still names its disks and IP. */
    terminatedNamesParts: Type.Optional(Type.Boolean()),
  },
  strict,
);

export const cloudWorldShape = Type.Object(
  {
    ...worldFields,
    /** A second key, which may only read. */
    readOnlyKey: Type.Optional(textShape),
    balance: Type.Optional(moneyShape),
    launch: Type.Optional(
      Type.Object(
        {
          ...rangeShape.properties,
          failPercent: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
          /** When a launch that comes to nothing is shown as failed. */
          deadline: Type.Optional(durationShape),
        },
        strict,
      ),
    ),
    deletion: Type.Optional(rangeShape),
    /** Of a storage or public IP until it is ready, and until it is removed. */
    provision: Type.Optional(rangeShape),
    /** Updating and restarting. */
    update: Type.Optional(rangeShape),
    /** How long what has ended stays in the lists. */
    history: Type.Optional(durationShape),
    /** Of any storage. */
    minVolumeGb: Type.Optional(countShape),
    perPage: Type.Optional(
      Type.Object(
        { usual: Type.Optional(Type.Integer({ minimum: 1 })), most: Type.Optional(Type.Integer({ minimum: 1 })) },
        strict,
      ),
    ),
    quirks: Type.Optional(quirksShape),
    clusters: Type.Optional(Type.Array(clusterShape)),
    vms: Type.Optional(Type.Array(foreignVmShape)),
    storages: Type.Optional(Type.Array(foreignStorageShape)),
    publicIps: Type.Optional(Type.Array(foreignIpShape)),
    moves: Type.Optional(Type.Array(Type.Object({ at: momentShape, ...moveShape.properties }, strict))),
  },
  strict,
);

export type CloudWorldDocument = Static<typeof cloudWorldShape>;

/** With everything said. */
export type WholeCloudWorld = { [Part in keyof CloudWorldDocument]-?: Required<NonNullable<CloudWorldDocument[Part]>> };
