// The VMs that a test supposes -> what the list shows and what the books hold of them. Defaults are filled in here; none of them
// is a model of the service: what a test says is what the planner sees.
import type { Claim } from '../../core/books.js';
import { parseDuration } from '../../core/duration.js';
import type { FleetPolicy } from '../../core/policy-types.js';
import { joinPorts } from '../../core/rules/keep-ports.js';
import type { Instant, Millis, Offer, Port, Price, Vm, VmStatus } from '../../core/types.js';
import type { DocumentPath } from '../problems.js';
import type { Answers, VmDocument } from '../schemas/test-given.js';
import { readSize } from './given-offers.js';
import { readPrice, type TestReader } from './test-reader.js';

/** One VM that a test supposes. */
export interface GivenVm {
  readonly vm: Vm;
  readonly isListed: boolean;
  readonly claim: Claim | undefined;
  readonly isProtected: boolean;
  readonly idle: Answers | Readonly<Record<string, Answers>> | undefined;
  /** Where it stands in the file. */
  readonly path: DocumentPath;
}

export interface VmFacts {
  readonly offers: readonly Offer[];
  readonly periodMillis: Millis;
  readonly tickMillis: Millis;
}

const MINUTE: Millis = 60_000;
const DAY_LOOKS = 3;

function isStarting(status: VmStatus): boolean {
  return status === 'new' || status === 'launching';
}

function hasEnded(status: VmStatus): boolean {
  return ['insufficient-funds', 'terminated', 'stopped', 'failed'].includes(status);
}

interface Life {
  readonly createdAt: Instant;
  readonly paidUntil: Instant | undefined;
}

/** What isn't said of a VM's making and its boundary follows from the other: whole periods lie between them. */
function readLife(reader: TestReader, path: DocumentPath, document: VmDocument, period: Millis): Life {
  const { at } = reader;
  const { age, createdAt: made, paidUntil: paid, status = 'active' } = document;
  if (age !== undefined && made !== undefined)
    reader.tell([...path, 'createdAt'], 'age-twice', '`age` and `createdAt` say the same.', 'Keep one of them.', 'key');
  const isUntold = paid === 'unknown' || (paid === undefined && isStarting(status));
  const paidUntil = paid === undefined || isUntold ? undefined : reader.instant([...path, 'paidUntil'], paid).at;
  const said =
    made !== undefined
      ? reader.past([...path, 'createdAt'], made)
      : age === undefined
        ? undefined
        : at - (parseDuration(age) ?? 0);
  const fromBoundary =
    paidUntil === undefined ? undefined : paidUntil - period * Math.max(1, Math.ceil((paidUntil - at) / period));
  const createdAt = said ?? fromBoundary ?? at - (isStarting(status) ? MINUTE : period / 2);
  const next = createdAt + period * (Math.floor((at - createdAt) / period) + 1);
  return { createdAt, paidUntil: isUntold ? undefined : (paidUntil ?? next) };
}

function readPort(text: string): Port {
  const [port, protocol] = text.split('/');
  return { port: Number(port), protocol: protocol === 'udp' ? 'udp' : 'tcp' };
}

/** Addresses of the documentation prefix, each VM its own: two at one address prove nothing to a reap. */
function addressOf(index: number): string {
  return `2001:db8::${(index + 1).toString(16)}`;
}

/** Something of an offer's kind, of which the VM may be one. */
function findPrice(
  document: VmDocument,
  place: { readonly country: string | undefined; readonly configuration: string | undefined },
  offers: readonly Offer[],
): Price | undefined {
  if (document.price !== undefined) return readPrice(document.price);
  return offers.find((offer) => offer.configuration === place.configuration && offer.place.country === place.country)
    ?.price;
}

interface Built {
  readonly vm: Vm;
  readonly life: Life;
}

function buildVm(
  document: VmDocument,
  name: string,
  index: number,
  fleet: FleetPolicy | undefined,
  facts: VmFacts,
  life: Life,
): Built {
  const { status = 'active', tier } = document;
  const country = document.country ?? fleet?.where.countries[0] ?? facts.offers[0]?.place.country;
  const configuration = document.configuration ?? fleet?.where.configurations?.[0] ?? facts.offers[0]?.configuration;
  const size = configuration === undefined ? undefined : readSize(configuration);
  const price = findPrice(document, { country, configuration }, facts.offers);
  const ports = document.ports?.map(readPort) ?? joinPorts([], fleet?.vm.ports ?? [], fleet?.vm.closedPorts ?? []);
  return {
    life,
    vm: {
      id: `0x${(index + 1).toString(16).padStart(40, '0')}`,
      name,
      status,
      statusText: status,
      price,
      paidUntil: life.paidUntil,
      createdAt: life.createdAt,
      place:
        country === undefined
          ? undefined
          : { country, city: document.city, cityIndex: undefined, tier, certifications: [] },
      configuration,
      vcpu: size?.vcpu,
      ramGb: size?.ramGb,
      storageGb: size?.storageGb,
      hardware: {},
      image: undefined,
      publicIp: isStarting(status) ? undefined : addressOf(index),
      ports,
      reserved: price?.amount,
      spent: undefined,
    },
  };
}

function buildClaim(document: VmDocument, { vm, life }: Built, since: Instant): Claim | undefined {
  const { policy, state = 'member', status = 'active', listed = true } = document;
  if (policy === undefined) return undefined;
  const isUp = !isStarting(status);
  return {
    vmId: vm.id,
    vmName: vm.name,
    policy,
    origin: 'bought',
    intent: undefined,
    claimedAt: life.createdAt,
    generation: 1,
    price: vm.price,
    paidUntil: life.paidUntil,
    seenAt: life.createdAt,
    activeAt: isUp ? life.createdAt : undefined,
    state,
    stateSince: state === 'member' ? life.createdAt : since,
    unwanted: state === 'member' ? undefined : 'surplus',
    railExempt: false,
    deletion: state === 'doomed' ? { intent: 'given0', calledAt: since } : undefined,
    missing: listed ? undefined : { since, looks: DAY_LOOKS },
    ...(hasEnded(status) ? { endedSince: since, endedLooks: DAY_LOOKS } : {}),
  };
}

function checkKeys(reader: TestReader, path: DocumentPath, document: VmDocument): void {
  const { policy, state, listed, name } = document;
  reader.country([...path, 'country'], document.country);
  if (policy !== undefined) {
    reader.policy([...path, 'policy'], policy, 'fleets');
    return;
  }
  if (name === undefined)
    reader.tell(path, 'vm-nameless', 'This VM has neither a `name` nor a `policy`.', 'Add one of them.');
  for (const [key, value] of Object.entries({ state, listed }))
    if (value !== undefined)
      reader.tell(
        [...path, key],
        'vm-key',
        `\`${key}\` is of a member: the books hold nothing of others.`,
        'Add `policy`.',
        'key',
      );
}

/** Every VM of `given.vms`, in order; `path` leads to the list. */
export function readGivenVms(
  reader: TestReader,
  path: DocumentPath,
  documents: readonly VmDocument[],
  facts: VmFacts,
): readonly GivenVm[] {
  const given: GivenVm[] = [];
  const takenBy = new Map<string, DocumentPath>();
  const counted = new Map<string, number>();
  for (const [position, document] of documents.entries()) {
    const here = [...path, position];
    checkKeys(reader, here, document);
    const life = readLife(reader, here, document, facts.periodMillis);
    const since =
      document.since === undefined ? reader.at - 2 * facts.tickMillis : reader.past([...here, 'since'], document.since);
    const fleet = reader.policies.fleets.find(({ name }) => name === document.policy);
    const stem = document.name ?? document.policy ?? 'vm';
    const isAlone = document.name !== undefined && document.count === undefined;
    for (let each = 0; each < (document.count ?? 1); each += 1) {
      const number = (counted.get(stem) ?? 0) + 1;
      if (!isAlone) counted.set(stem, number);
      const name = isAlone ? stem : `${stem}-${number}`;
      if (takenBy.has(name))
        reader.tell(
          [...here, 'name'],
          'vm-twice',
          `A VM \`${name}\` is given already.`,
          'Give each a name of its own.',
        );
      takenBy.set(name, here);
      const built = buildVm(document, name, given.length, fleet, facts, life);
      given.push({
        vm: built.vm,
        isListed: document.listed ?? true,
        claim: buildClaim(document, built, since),
        isProtected: document.protected ?? false,
        idle: document.idle,
        path: here,
      });
    }
  }
  return given;
}
