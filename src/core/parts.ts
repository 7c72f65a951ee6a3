// A VM with its parts (disks and IPs that are charged apart) as the one machine that its user sees: what all of it costs, which
// parts were made for it, and by when it must be let go so that none of it is charged again. It plans and deletes nothing.
import type { Claim } from './books.js';
import type { ClaimedPart, LeftPart } from './part-books.js';
import { sumMicros } from './money.js';
import { parseMemberName } from './names.js';
import { readPartName } from './part-names.js';
import type { Instant, Millis, Part, PartKind, Price, Vm } from './types.js';

/** Until it is measured: removing a disk or an IP takes seconds; what is listed says nothing while it is on its way. */
const PART_REMOVAL_MILLIS: Millis = 60_000;

/** The service makes a VM and its parts in one step; its records may be written some moments apart. */
const MADE_BEFORE_VM: Millis = 60_000;
const MADE_AFTER_VM: Millis = 10 * 60_000;

const WORDS: Readonly<Record<PartKind, string>> = {
  'boot-disk': 'boot disk',
  'data-disk': 'data disk',
  'public-ip': 'public IP',
};

/** `boot disk`, `public IP`. */
export function nameKind(kind: PartKind): string {
  return WORDS[kind];
}

/** `the boot disk of web-a17k3f2x02`. */
export function namePartOf(kind: PartKind, vmName: string): string {
  return `the ${nameKind(kind)} of ${vmName}`;
}

/** The sum for one period; undefined where one isn't told, or they are of different periods. */
function sumPrices(prices: readonly (Price | undefined)[]): Price | undefined {
  const [first] = prices;
  if (first === undefined) return undefined;
  if (prices.some((price) => price?.periodMillis !== first.periodMillis)) return undefined;
  return { amount: sumMicros(prices.map((price) => price!.amount)), periodMillis: first.periodMillis };
}

/** What the VM costs with all that is attached to it; undefined where a price of it isn't told. */
export function readWholePrice(vm: Pick<Vm, 'price' | 'parts'>): Price | undefined {
  if (vm.parts === undefined || vm.parts.length === 0) return vm.price;
  return sumPrices([vm.price, ...vm.parts.map(({ price }) => price)]);
}

/** Asked for each of a hundred thousand VMs, most of which have none. */
const NO_PARTS: readonly ClaimedPart[] = [];

/** Parts that go with the VM, as they were seen last. */
export function listOwnParts(claim: Pick<Claim, 'parts'> | undefined): readonly ClaimedPart[] {
  const parts = claim?.parts;
  return parts === undefined || parts.length === 0 ? NO_PARTS : parts.filter(({ made }) => made === 'for-it');
}

/** What isn't charged any more when the VM and its own parts are gone. Of a part whose price isn't told: nothing. */
export function readSavedPrice(
  own: Price | undefined,
  parts: readonly Pick<ClaimedPart, 'price'>[],
): Price | undefined {
  if (parts.length === 0) return own;
  const known = parts.flatMap(({ price }) => (price === undefined ? [] : [price]));
  return own === undefined ? undefined : (sumPrices([own, ...known]) ?? own);
}

/**
 * What letting a machine go for `boundary` saves over the coming period: of the VM and its parts those that are charged then, or
 * soon. What was paid shortly before lasts for most of the period, and would be lost with it. Whole prices or none, so that
 * machines whose clocks differ by seconds are worth the same. undefined where the VM's own price isn't told.
 */
export function readReleasePrice(
  vm: { readonly price: Price | undefined; readonly paidUntil: Instant | undefined },
  parts: readonly Pick<ClaimedPart, 'price' | 'paidUntil'>[],
  boundary: Instant,
): Price | undefined {
  const isDue = ({ price, paidUntil }: { price: Price | undefined; paidUntil: Instant | undefined }): boolean => {
    if (price === undefined || paidUntil === undefined) return price !== undefined;
    const { periodMillis } = price;
    // What comes due before the boundary is paid once more by then.
    const paidBeyond = paidUntil + Math.ceil(Math.max(0, boundary - paidUntil) / periodMillis) * periodMillis;
    return (paidBeyond - boundary) * 2 < periodMillis;
  };
  const due = parts.filter(isDue);
  if (isDue(vm)) return readSavedPrice(vm.price, due);
  return vm.price === undefined ? undefined : readSavedPrice({ ...vm.price, amount: 0n }, due);
}

/**
 * Whether a part was made by the purchase that made the VM: by its name (that alone gives no right), and made with the VM, not
 * before it. `untold`: the API hasn't told enough yet. What a person gave the VM is never ours.
 */
export function judgePart(
  part: Part,
  owner: Pick<Claim, 'vmId' | 'intent' | 'origin'> & { readonly vmCreatedAt: Instant | undefined },
  installation: string,
): ClaimedPart['made'] {
  // An adopted VM has an intent if its name or its claim told that we bought it once: its disks go with it all the same.
  if (owner.origin === 'reaped' || owner.intent === undefined) return 'by-others';
  if (part.attachedTo?.some((id) => id !== owner.vmId) === true) return 'by-others';
  if (part.name === undefined || part.createdAt === undefined || owner.vmCreatedAt === undefined) return 'untold';
  const vmName = readPartName(part.name)?.vmName;
  const isNamed = vmName !== undefined && parseMemberName(vmName, installation)?.intent === owner.intent;
  const age = part.createdAt - owner.vmCreatedAt;
  return isNamed && age >= -MADE_BEFORE_VM && age <= MADE_AFTER_VM ? 'for-it' : 'by-others';
}

/** A VM that ended before it was ever listed with its parts: what its purchase made is free by now. Its claim may know when it was made. */
function listFreeOf(
  claim: Claim,
  vm: Vm | undefined,
  free: readonly Part[],
  installation: string,
): readonly ClaimedPart[] {
  const owner = {
    vmId: claim.vmId,
    intent: claim.intent,
    origin: claim.origin,
    vmCreatedAt: vm?.createdAt ?? claim.vmCreatedAt,
  };
  return free
    .filter((part) => judgePart(part, owner, installation) === 'for-it')
    .map(({ kind, id, name, price, paidUntil }) => ({ kind, id, name, price, paidUntil, made: 'for-it' }));
}

/** What a VM of ours that is gone left behind, beside what is known to be left. */
export function listLeftBy(
  claim: Claim,
  seen: {
    readonly now: Instant;
    readonly known: readonly LeftPart[];
    /** The VM, where it is listed as over. */
    readonly vm: Vm | undefined;
    readonly leftovers: readonly Part[];
  },
  installation: string,
): readonly LeftPart[] {
  const { vmId, vmName, policy, intent } = claim;
  const isListed = claim.parts !== undefined && claim.parts.length > 0;
  const parts = isListed ? claim.parts : listFreeOf(claim, seen.vm, seen.leftovers, installation);
  const isBegun = claim.state === 'doomed' && claim.unwanted !== 'record-only' && claim.unwanted !== 'orphan';
  const vmCreatedAt = claim.vmCreatedAt ?? seen.vm?.createdAt;
  const known = new Set(seen.known.map(({ id }) => id));
  return parts.flatMap((part): LeftPart[] => {
    if (part.made === 'by-others' || known.has(part.id)) return [];
    return [{ ...part, vmId, vmName, vmCreatedAt, policy, intent, since: seen.now, isBegun }];
  });
}

/** The VM that is there and has it, by the ids of parts. What has ended holds nothing. */
export function mapHolders(vms: Iterable<Vm>): ReadonlyMap<string, Vm> {
  const holders = new Map<string, Vm>();
  for (const vm of vms) if (vm.status !== 'terminated') for (const { id } of vm.parts ?? []) holders.set(id, vm);
  return holders;
}

/** How much longer than a VM's own deletion that of its parts takes: its end is seen by the next look, and then they are removed. */
export function expectPartsMillis(tickMillis: Millis): Millis {
  return tickMillis + PART_REMOVAL_MILLIS;
}

/** By when all of it must be let go. */
export interface LetGoBy {
  readonly boundary: Instant;
  /** The deletion must start so much earlier than that of a VM alone: it is a part's boundary. */
  readonly partsMillis: Millis;
}

/** When the VM itself must be gone. */
export function readGoneBy({ boundary, partsMillis }: LetGoBy): Instant {
  return boundary - partsMillis;
}

/**
 * The boundaries of the VM and its own parts that a deletion can still make, the earliest start first: to its user all of it is one
 * machine, and no part is paid once more to use up another's rest. Only told boundaries that lie ahead count; the VM's own must.
 * The others are for who is wanted at the first, and by nobody at a later one; the last is the VM's own.
 */
export function listLetGoBy(
  own: Instant,
  parts: readonly Pick<ClaimedPart, 'paidUntil'>[],
  time: { readonly now: Instant; readonly partsMillis: Millis; readonly landingMillis: Millis },
): readonly [LetGoBy, ...LetGoBy[]] {
  const { now, partsMillis, landingMillis } = time;
  const isCatchable = (each: LetGoBy): boolean => readGoneBy(each) - landingMillis > now;
  const candidates: LetGoBy[] = [{ boundary: own, partsMillis: 0 }];
  for (const { paidUntil } of parts) if (paidUntil !== undefined) candidates.push({ boundary: paidUntil, partsMillis });
  const [first, ...others] = candidates.filter(isCatchable).sort((a, b) => readGoneBy(a) - readGoneBy(b));
  if (first === undefined) return [{ boundary: own, partsMillis: 0 }];
  const later: LetGoBy[] = [];
  let last = first;
  for (const each of others) {
    if (readGoneBy(each) <= readGoneBy(last) || readGoneBy(last) >= own) continue;
    later.push(each);
    last = each;
  }
  return [first, ...later];
}
