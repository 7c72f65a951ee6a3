// The schema of `kind: fleet`: so many VMs of such a kind, at such times, at most at such a price.
import { Type } from 'typebox';
import type { Static } from 'typebox';
import {
  accounts,
  apiVersion,
  approval,
  describeChoice,
  describeDuration,
  describeMapping,
  describeName,
  description,
  fleetDeleteAt,
} from './parts.js';
import { cloudInitSchema } from './cloud-init.js';
import { describeReplicas, scheduleSchema } from './schedule.js';

/** A whole size, or a configuration of the cloud, whose disk is chosen beside it. */
export const CONFIGURATION_PATTERN =
  '^cpu-([1-9][0-9]*-ram-[1-9][0-9]*gb-storage-[1-9][0-9]*gb|(regular|premium|shared)-[1-9][0-9]*vcpu-[1-9][0-9]*gb)$';

function describeHardwarePart<const Field extends string>(fields: readonly Field[], text: string, example: string) {
  const field = { type: 'string', minLength: 1 };
  const part = {
    properties: Object.fromEntries(fields.map((name) => [name, field])),
    // A deployment must give every field of a hardware type that it names.
    required: [...fields],
    additionalProperties: false,
  };
  return Type.Optional(
    Type.Unsafe<Record<Field, string> | [Record<Field, string>]>({
      type: ['object', 'array'],
      ...part,
      items: { type: 'object', ...part },
      minItems: 1,
      maxItems: 1,
      description: text,
      expects: `a mapping such as ${example}`,
    }),
  );
}

export const hardwareSchema = describeMapping(
  {
    cpu: describeHardwarePart(
      ['manufacturer', 'architecture'],
      'The processor.',
      '{manufacturer: AMD, architecture: Zen}',
    ),
    memory: describeHardwarePart(['type', 'generation'], 'The memory.', '{type: DDR, generation: "5"}'),
    storage: describeHardwarePart(['type'], 'The disk.', '{type: NVMe}'),
  },
  { description: 'Hardware as the API names it.', minProperties: 1 },
);

function describeSize(text: string) {
  return Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1_000_000, description: text, expects: 'a whole number from 1' }),
  );
}

const whereSchema = describeMapping(
  {
    countries: Type.Optional(
      Type.Array(Type.String({ pattern: '^[A-Z]{2}$', expects: 'an ISO country code in capitals, such as FR' }), {
        minItems: 1,
        uniqueItems: true,
        description: 'ISO 3166-1 codes; any country when left out.',
        expects: 'a list of ISO country codes, such as [FR, DE]',
      }),
    ),
    prefer: Type.Optional(
      describeChoice(
        ['price', 'listed'],
        'price: the cheapest of all countries. listed: the first listed country that has one.',
        'price',
      ),
    ),
    configuration: Type.Optional(
      Type.Unsafe<string | string[]>({
        type: ['string', 'array'],
        pattern: CONFIGURATION_PATTERN,
        items: {
          type: 'string',
          pattern: CONFIGURATION_PATTERN,
          expects: 'a configuration such as cpu-2-ram-4gb-storage-25gb, or of the cloud cpu-regular-2vcpu-4gb',
        },
        minItems: 1,
        uniqueItems: true,
        description:
          'The exact configuration, or a list of those that will do. On the cloud one that names a whole size means every ' +
          'configuration of that size with processors of its own, and a boot disk of that size.',
        expects:
          'a configuration such as cpu-2-ram-4gb-storage-25gb, or of the cloud cpu-regular-2vcpu-4gb, or a list of them',
      }),
    ),
    minimum: Type.Optional(
      describeMapping(
        {
          vcpu: describeSize('Processors.'),
          ramGb: describeSize('Memory in GB.'),
          storageGb: describeSize('Disk in GB.'),
        },
        {
          description: 'Any configuration with at least this.',
          minProperties: 1,
          expects: 'a mapping with at least one of vcpu, ramGb and storageGb',
        },
      ),
    ),
    hardware: Type.Optional(hardwareSchema),
    tier: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 4,
        description: 'The data center has at least this tier.',
        expects: 'a whole number from 1 to 4',
      }),
    ),
    certifications: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        uniqueItems: true,
        description: 'The data center has all of these.',
        expects: 'a list of names, such as [SOC2, "PCI DSS"]',
      }),
    ),
    maxPrice: Type.String({
      pattern: '^([0-9]{1,9}(\\.[0-9]{1,6})?|\\.[0-9]{1,6}) ?/ ?(hour|day)$',
      description: 'The most that one VM may cost, disks and IP included, in USDC per hour or per day.',
      expects: 'USDC with the unit, such as 0.80/day or 0.04/hour',
    }),
    aboveMaxPrice: Type.Optional(
      describeChoice(
        ['keep', 'replace'],
        'What becomes of running members that cost more than maxPrice. keep: nothing, and it is told. replace: bought anew ' +
          'before their boundary where an offer fits; the old one goes when the new one is up.',
        'keep',
      ),
    ),
  },
  {
    description: 'What may be bought.',
    expects: 'a mapping with at least maxPrice, such as {countries: [FR], maxPrice: 0.80/day}',
  },
);

const vmSchema = describeMapping(
  {
    image: Type.String({
      minLength: 1,
      maxLength: 2000,
      description: 'Slug of a default image, or the URL of a disk image.',
      expects: 'the slug of a default image such as ubuntu-24-04-x64, or a URL',
    }),
    sshKeys: Type.Array(Type.String({ minLength: 1, expects: 'a name, a public key or a file' }), {
      minItems: 1,
      maxItems: 50,
      uniqueItems: true,
      description: 'Names of registered keys, public keys, or files that hold one.',
      expects: 'a list of at least one SSH key: a registered name, a public key, or a file',
    }),
    ports: Type.Optional(
      Type.Array(
        Type.String({ pattern: '^[0-9]{1,5}/(tcp|udp)$', expects: 'a port with its protocol, such as 80/tcp' }),
        {
          description: 'Open beside 22/tcp, on running members too.',
          default: [],
          expects: 'a list of ports, such as [80/tcp, 443/tcp]',
        },
      ),
    ),
    closedPorts: Type.Optional(
      Type.Array(
        Type.String({ pattern: '^[0-9]{1,5}/(tcp|udp)$', expects: 'a port with its protocol, such as 22/tcp' }),
        {
          minItems: 1,
          description:
            'Closed on running members. Nothing else that is open is ever closed: neither 22/tcp, nor a port that is taken out of `ports`.',
          expects: 'a list of ports, such as [8080/tcp]',
        },
      ),
    ),
    hostname: Type.Optional(
      Type.String({
        pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$',
        description: "The machine's own name. Default: the VM's name.",
        expects: 'a host name of a-z, 0-9 and -, at most 63 long',
      }),
    ),
    cloudInit: Type.Optional(cloudInitSchema),
  },
  { description: 'How each VM is made.', expects: 'a mapping with at least image and sshKeys' },
);

export const fleetSchema = describeMapping(
  {
    apiVersion,
    kind: Type.Literal('fleet', { description: 'Keep so many VMs running.' }),
    name: describeName("The fleet's identity; begins every member's VM name."),
    formerly: Type.Optional(
      Type.Array(describeName('An earlier name.'), {
        uniqueItems: true,
        description: 'Earlier names of this fleet: the rename that loses nothing.',
        expects: 'a list of names',
      }),
    ),
    description,
    mode: Type.Optional(
      describeChoice(
        ['act', 'observe', 'pause'],
        'act plans and acts, observe plans and tells, pause does neither.',
        'act',
      ),
    ),
    account: accounts,
    approval,
    replicas: describeReplicas('How many are wanted when no window is open.'),
    schedule: Type.Optional(scheduleSchema),
    where: whereSchema,
    spread: Type.Optional(
      describeMapping(
        {
          by: describeChoice(['country', 'datacenter'], 'What a place is.'),
          max: Type.Integer({
            minimum: 1,
            description: 'At most so many members in one place.',
            expects: 'a whole number from 1',
          }),
        },
        { description: 'At most so many members in one place.', expects: 'a mapping such as {by: datacenter, max: 2}' },
      ),
    ),
    vm: vmSchema,
    billing: Type.Optional(
      describeMapping(
        {
          deleteAt: fleetDeleteAt,
          keepIfWantedWithin: Type.Optional(
            describeDuration(
              'Renewed at a boundary when wanted again this soon. Default: usual launch time plus deletion time.',
            ),
          ),
          delayPurchase: Type.Optional(
            describeDuration(
              'Where all VMs of the account are charged at one time of day: this near before it nothing is bought, but just after it.',
              '0s',
            ),
          ),
        },
        { description: 'How the fleet deals with billing boundaries.' },
      ),
    ),
    priority: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 1_000_000,
        description: 'Fleets with a higher number buy first when rails or capacity are short.',
        default: 100,
        expects: 'a whole number from 0',
      }),
    ),
    floor: Type.Optional(
      Type.Integer({
        minimum: 0,
        description: 'Never shrunk below this. Default: replicas.',
        expects: 'a whole number from 0',
      }),
    ),
  },
  { title: 'a fleet' },
);

export type FleetDocument = Static<typeof fleetSchema>;
