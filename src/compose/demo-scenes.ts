// What the demo is played on, of either product: its sandbox, what somebody else puts there, and the books by which the demo is
// judged. It joins the sandboxes to the demo and decides nothing.
import { DAY_MILLIS, HOUR_MILLIS } from '../core/money.js';
import type { Instant, Millis } from '../core/types.js';
import type { Sandbox } from '../sim/sandbox.js';
import { startCloudSandbox, startSandbox } from '../sim/sandbox-server.js';
import { readCloudWorld, readWorld } from '../sim/world.js';

/** The part of a sandbox's books that is judged. */
export interface JudgedBooks {
  readonly creates: readonly { readonly name: string; readonly vmIds: readonly string[] }[];
  readonly vms: readonly {
    readonly id: string;
    readonly foreign: boolean;
    /** By the provider. */
    readonly endedAt: string | null;
    readonly deleteCalledAt: string | null;
    readonly names: readonly string[];
  }[];
  /** `part`: a disk or public IP that was made along with the VM; its charge is no period of the VM. */
  readonly charges: readonly {
    readonly vmId: string;
    readonly at: string;
    readonly amount: string;
    readonly part?: { readonly deleteCalledAt: string | null };
  }[];
  readonly deletes: readonly { readonly vmId: string }[];
}

/** A VM that somebody starts by hand. */
export interface PlacedVm {
  readonly name: string;
  readonly createdAt: Instant;
  readonly paidUntil: Instant;
}

export type DemoProduct = 'marketplace' | 'cloud';

export interface DemoScene {
  readonly product: DemoProduct;
  /** How long one charge lasts. */
  readonly periodMillis: Millis;
  readonly sandbox: Sandbox & { readonly url: string; close(): Promise<void> };
  /** The path to which a purchase is posted. */
  readonly purchasePath: string;
  placeVms(vms: readonly PlacedVm[]): void;
  books(): JudgedBooks;
}

/** One time for the sandbox and whoever plays. */
export interface SceneFacts {
  readonly world: object;
  readonly seed: number;
  readonly clock: { now(): Instant };
}

const PLACED = { country: 'FR', status: 'active', price: undefined } as const;

async function openMarketScene({ world, seed, clock }: SceneFacts): Promise<DemoScene> {
  const sandbox = await startSandbox({ world: readWorld(world), seed, clock });
  return {
    product: 'marketplace',
    periodMillis: DAY_MILLIS,
    sandbox,
    purchasePath: '/vms/v3',
    placeVms(vms) {
      const configuration = 'cpu-2-ram-4gb-storage-25gb';
      sandbox.placeVms(vms.map((vm) => ({ ...PLACED, ...vm, configuration, ports: [] })));
    },
    books: () => sandbox.books(),
  };
}

async function openCloudScene({ world, seed, clock }: SceneFacts): Promise<DemoScene> {
  const sandbox = await startCloudSandbox({ world: readCloudWorld(world), seed, clock });
  return {
    product: 'cloud',
    periodMillis: HOUR_MILLIS,
    sandbox,
    purchasePath: '/v2/vms',
    placeVms(vms) {
      const form = { configuration: 'cpu-regular-2vcpu-4gb', bootDiskGb: 25, dataDisksGb: [], publicIp: true } as const;
      sandbox.placeVms(vms.map((vm) => ({ ...PLACED, ...vm, ...form, status: 'launched', cluster: undefined })));
    },
    books() {
      const { creates, vms, parts, charges, deletes } = sandbox.books();
      const partOf = new Map(parts.map((part) => [part.id, part]));
      return {
        creates: creates.map(({ name, vmId }) => ({ name, vmIds: vmId === null ? [] : [vmId] })),
        vms: vms.map(({ id, foreign, names, endedBy, endedAt, endCalledAt }) => ({
          id,
          foreign,
          names,
          endedAt: endedBy === 'provider' ? endedAt : null,
          deleteCalledAt: endCalledAt,
        })),
        charges: charges.map(({ kind, resourceId, at, amount }) => {
          const part = partOf.get(resourceId);
          if (kind === 'vm' || part === undefined) return { vmId: resourceId, at, amount };
          return { vmId: part.madeFor ?? '', at, amount, part: { deleteCalledAt: part.endCalledAt } };
        }),
        deletes: deletes.flatMap(({ kind, resourceId }) => (kind === 'vm' ? [{ vmId: resourceId }] : [])),
      };
    },
  };
}

export function openScene(product: DemoProduct, facts: SceneFacts): Promise<DemoScene> {
  return product === 'cloud' ? openCloudScene(facts) : openMarketScene(facts);
}
