// Looks at one account of the cloud: all VMs with their disks and IPs, and what is attached to nothing. What could not be read
// whole is said to be partial; it decides nothing.
import type { Inventory, Instant, Millis, Part, Vm } from '../../core/types.js';
import type { Clock } from '../../ports/clock.js';
import { CloudError } from '../../ports/cloud.js';
import type { CallOptions } from '../../ports/cloud.js';
import type { ApiClient } from '../api-client.js';
import { buildFailedInventory, buildInventory, isAboutKey } from '../inventory.js';
import { Unreadable } from '../read-values.js';
import type { Catalogue, Sites } from './catalogue.js';
import { endpoints } from './endpoints.js';
import { createPageReader } from './page-reader.js';
import type { PageReader } from './page-reader.js';
import type { Followed } from './pages.js';
import type { Configuration } from './read-catalogue.js';
import { readAddress, readDisk, readParts } from './read-parts.js';
import { namesHiddenParts, readEndedAt, readVms } from './read-vms.js';

/** Sorted by creation, so that what is bought meanwhile comes last; ended VMs stay in, so that nothing moves up. */
const VMS = { sort: 'createdAt', order: 'asc', expand: ['bootDisk', 'dataDisks', 'publicIp'] };
const PARTS = { sort: 'createdAt', order: 'asc', excludeStatus: ['removed'] };

/** VMs that ended longer ago are history: they are listed for as long as the service likes. */
const ENDED_SHOWN: Millis = 60 * 60_000;

export interface Looker {
  look(call: CallOptions | undefined): Promise<Inventory>;
}

interface Tools {
  readonly api: ApiClient;
  readonly clock: Clock;
  readonly catalogue: Catalogue;
  readonly vms: PageReader;
  readonly storages: PageReader;
  readonly addresses: PageReader;
}

export function createLooker(api: ApiClient, clock: Clock, catalogue: Catalogue, concurrency: number): Looker {
  const tools: Tools = {
    api,
    clock,
    catalogue,
    vms: createPageReader(api, endpoints.listVms, 'VMs', concurrency),
    storages: createPageReader(api, endpoints.listStorages, 'disks', concurrency),
    addresses: createPageReader(api, endpoints.listAddresses, 'public IPs', concurrency),
  };
  return { look: (call) => look(tools, call) };
}

async function look(tools: Tools, call: CallOptions | undefined): Promise<Inventory> {
  const { api, clock } = tools;
  const startedAt = clock.now();
  try {
    const [listed, free] = await Promise.all([tools.vms.readAll(VMS, call), readFree(tools, call)]);
    const isHidden = listed.items.some(namesHiddenParts);
    const parts = isHidden ? await readAllParts(tools, call) : undefined;
    const context = await buildContext(tools, listed, parts ?? {});
    const { vms, problems } = readVms(withoutHistory(listed.items, startedAt), context);
    return buildInventory(
      {
        startedAt,
        finishedAt: clock.now(),
        ageMillis: Math.max(listed.ageMillis, free.ageMillis ?? 0),
        vms,
        problems: [...listed.problems, ...problems, ...context.problems],
        leftovers: free.parts === undefined ? undefined : chooseLeftovers(free.parts, vms),
        remarks: free.problems,
      },
      api.scrub,
    );
  } catch (error) {
    return buildFailedInventory(error, startedAt, clock.now());
  }
}

function withoutHistory(items: readonly unknown[], now: Instant): readonly unknown[] {
  return items.filter((item) => {
    const endedAt = readEndedAt(item);
    return endedAt === undefined || now - endedAt < ENDED_SHOWN;
  });
}

/** Parts by their ids; undefined: not all could be read. */
interface ReadParts {
  readonly parts?: ReadonlyMap<string, Part>;
  readonly problems: readonly string[];
  readonly ageMillis?: Millis;
}

/** Only what is attached to nothing, as far as the API obeys. A failure says nothing against the VMs. */
function readFree(tools: Tools, call: CallOptions | undefined): Promise<ReadParts> {
  return readPartLists(tools, { ...PARTS, excludeAttached: true }, call);
}

function readAllParts(tools: Tools, call: CallOptions | undefined): Promise<ReadParts> {
  return readPartLists(tools, PARTS, call);
}

async function readPartLists(
  { storages, addresses }: Tools,
  query: Parameters<PageReader['readAll']>[0],
  call: CallOptions | undefined,
): Promise<ReadParts> {
  try {
    const [disks, ips] = await Promise.all([storages.readAll(query, call), addresses.readAll(query, call)]);
    const problems = [...disks.problems, ...ips.problems];
    if (problems.length > 0) return { problems };
    const parts = new Map([
      ...readParts(disks.items, (entry) => readDisk(entry)),
      ...readParts(ips.items, (entry) => readAddress(entry, [])),
    ]);
    return { parts, problems, ageMillis: Math.max(disks.ageMillis, ips.ageMillis) };
  } catch (error) {
    if (error instanceof Unreadable) return { problems: [`a disk or a public IP can't be read: ${error.message}`] };
    // A key that may not list these may still list VMs; whether it is refused altogether, that listing tells.
    if (error instanceof CloudError) return { problems: [error.message] };
    throw error;
  }
}

/** Attached to nothing, and to no VM that is there: lists that were read one after the other may disagree. */
function chooseLeftovers(parts: ReadonlyMap<string, Part>, vms: readonly Vm[]): readonly Part[] {
  const used = new Set<string>();
  for (const vm of vms) if (vm.status !== 'terminated') for (const part of vm.parts ?? []) used.add(part.id);
  return [...parts.values()].filter(
    (part) => part.attachedTo?.length === 0 && part.status !== 'removed' && !used.has(part.id),
  );
}

async function buildContext(tools: Tools, listed: Followed, { parts, problems = [] }: Partial<ReadParts>) {
  const told: string[] = [...problems];
  const sites = await readSites(tools, listed, told);
  const configurations = await readConfigurationsFor(tools, listed, told);
  return {
    placeOf: (clusterId: string) => sites?.placeOf.get(clusterId),
    configurationOf: (id: string) => configurations?.get(id),
    partOf: (id: string) => parts?.get(id),
    problems: told,
  };
}

/** A cluster that isn't known may be new: it is asked for again, once. Without any answer nothing may be decided by country. */
async function readSites({ catalogue }: Tools, listed: Followed, problems: string[]): Promise<Sites | undefined> {
  if (listed.items.length === 0) return undefined;
  const isUnknown = (sites: Sites): boolean =>
    listed.items.some((item) => !sites.placeOf.has(String(fieldOf(item, 'clusterId')).toLowerCase()));
  const sites = await orProblem(catalogue.sites.get(), problems);
  if (sites === undefined || !isUnknown(sites)) return sites;
  catalogue.sites.forget();
  return (await orProblem(catalogue.sites.get(), problems)) ?? sites;
}

/** Sizes stand in the listing itself; only where they don't, the configurations are asked for. */
async function readConfigurationsFor(
  { catalogue }: Tools,
  listed: Followed,
  problems: string[],
): Promise<ReadonlyMap<string, Configuration> | undefined> {
  const isTold = (item: unknown): boolean => typeof fieldOf(item, 'configurationSlug') === 'string';
  return listed.items.every(isTold) ? undefined : orProblem(catalogue.configurations.get(), problems);
}

async function orProblem<Value>(read: Promise<Value>, problems: string[]): Promise<Value | undefined> {
  try {
    return await read;
  } catch (error) {
    if (!(error instanceof CloudError) || isAboutKey(error)) throw error;
    problems.push(error.message);
    return undefined;
  }
}

function fieldOf(item: unknown, field: string): unknown {
  return typeof item === 'object' && item !== null ? (item as Record<string, unknown>)[field] : undefined;
}
