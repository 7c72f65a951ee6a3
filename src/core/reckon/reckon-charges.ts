// Reads the meters of a believed listing: what each VM, disk and IP was charged since the look before, whosever it is. Counts
// exactly where the API tells what was spent, else by boundaries. It only records; whether it should have been paid others judge.
import type { ChargeRecord, Meter } from '../charge-records.js';
import { DAY_MILLIS } from '../money.js';
import type { Instant, Micros, Millis, Part, Price, Vm } from '../types.js';
import { canonicalId } from '../vm-id.js';
import { countFirstPeriods, countPeriods } from './count-periods.js';
import { listEndedPaid } from './last-charges.js';
import { findClaimOf, judgeAttachedUse, judgeFreeUse, judgeVmUse, type Use } from './judge-use.js';
import type { Reckoning } from './reckoning.js';

/** Clocks differ, and what was just made may be listed some looks later. */
const LISTED_WITHIN: Millis = 15 * 60_000;
/** A meter of what looks lack is kept so long: if it comes back, it isn't counted from its making on. */
const KEEP_ABSENT: Millis = DAY_MILLIS;
/** Of one look and VM, each with its own instant; what is more goes with the last. */
const MOST_RECORDS = 10_000;

/** Something that is charged, as the look shows it. */
interface Charged {
  readonly id: string;
  readonly kind: Meter['kind'];
  readonly price: Price | undefined;
  readonly paidUntil: Instant | undefined;
  readonly spent: Micros | undefined;
  /** When it was made, at the earliest; undefined where nobody tells. */
  readonly madeAt: Instant | undefined;
  /** It was bought by us, and no look has shown it before. */
  readonly isBought: boolean;
  /** What the books know of it from before meters were kept. */
  readonly known: Pick<Meter, 'paidUntil'> | undefined;
  readonly name: Pick<ChargeRecord, 'vmId' | 'vmName' | 'part'>;
  readonly judge: (at: Instant) => Use;
}

interface Count {
  readonly amount: Micros;
  readonly periods: bigint;
}

const NONE: Count = { amount: 0n, periods: 0n };

function countBySpent(delta: Micros, price: Price | undefined): Count {
  const periods = price === undefined || price.amount === 0n ? 1n : delta / price.amount;
  return { amount: delta, periods: periods < 1n ? 1n : periods };
}

function priceOf(price: Price, periods: bigint): Count {
  return { amount: price.amount * periods, periods };
}

/** Made since the last look, or bought by us: all that it was charged was charged since. */
function isNew({ snapshot }: Reckoning, { madeAt, isBought }: Charged): boolean {
  const last = snapshot.books.notes.lastCompleteLook?.at;
  return isBought || (last !== undefined && madeAt !== undefined && madeAt >= last - LISTED_WITHIN);
}

/** When it was surely not paid yet. */
function findUnpaidSince({ snapshot, now }: Reckoning, { madeAt }: Charged, wasSeen: boolean): Instant {
  const last = snapshot.books.notes.lastCompleteLook?.at;
  return Math.max(madeAt ?? last ?? now, wasSeen ? (last ?? 0) : 0);
}

/** Of what was never charged before, as far as anybody knows. */
function countFirst(reckoning: Reckoning, charged: Charged, wasSeen: boolean): Count {
  const { price, paidUntil } = charged;
  if (price === undefined || paidUntil === undefined) return NONE;
  const last = reckoning.snapshot.books.notes.lastCompleteLook?.at;
  // What was paid when the last look could not read it was paid before that.
  const wasPaid =
    wasSeen && price.periodMillis < DAY_MILLIS && paidUntil - price.periodMillis < (last ?? 0) - LISTED_WITHIN;
  if (wasPaid) return NONE;
  const since = findUnpaidSince(reckoning, charged, wasSeen);
  return priceOf(price, countFirstPeriods(since, paidUntil, price.periodMillis));
}

function countCharged(
  reckoning: Reckoning,
  charged: Charged,
  before: Pick<Meter, 'paidUntil' | 'spent'> | undefined,
): Count {
  const { price, paidUntil, spent } = charged;
  if (before === undefined) {
    if (!isNew(reckoning, charged)) return NONE;
    return spent === undefined ? countFirst(reckoning, charged, false) : countBySpent(spent, price);
  }
  const delta = spent === undefined || before.spent === undefined ? 0n : spent - before.spent;
  if (delta > 0n) return countBySpent(delta, price);
  if (before.paidUntil === undefined) return before.spent === undefined ? countFirst(reckoning, charged, true) : NONE;
  // A boundary that moved was charged, whatever a sum says that lags behind.
  if (price === undefined || paidUntil === undefined || paidUntil <= before.paidUntil) return NONE;
  return priceOf(price, countPeriods(before.paidUntil, paidUntil, price.periodMillis));
}

/** When the charges came, oldest first: the purchase or the last known boundary, and then one period after the other. */
function listInstants(
  reckoning: Reckoning,
  charged: Charged,
  before: Instant | undefined,
  count: number,
): readonly Instant[] {
  const { now, settings } = reckoning;
  const { paidUntil, price, madeAt } = charged;
  const period = price?.periodMillis ?? DAY_MILLIS;
  // The cloud charges from the activation on, the marketplace at the purchase (shared/fluence-api.md "Billing").
  const activated = settings.product === 'cloud' && paidUntil !== undefined ? paidUntil - period * count : undefined;
  const first = before ?? activated ?? madeAt ?? now;
  // After a purchase the boundaries are counted back from the next one: the launch lies before them, paid with the first.
  const next = before === undefined && paidUntil !== undefined ? paidUntil - period * (count - 1) : first + period;
  return Array.from({ length: count }, (_, index) => Math.min(now, index === 0 ? first : next + period * (index - 1)));
}

function recordCharges(
  reckoning: Reckoning,
  charged: Charged,
  before: Instant | undefined,
  counted: Count,
): readonly ChargeRecord[] {
  if (counted.amount <= 0n) return [];
  const count = Number(counted.periods < MOST_RECORDS ? counted.periods : MOST_RECORDS);
  const each = counted.amount / counted.periods;
  const instants = listInstants(reckoning, charged, before, count);
  const last = counted.amount - each * BigInt(count - 1);
  return instants.map((at, index) => ({
    at,
    account: reckoning.settings.name,
    ...charged.judge(at),
    ...charged.name,
    amount: index === count - 1 ? last : each,
  }));
}

/** What is to be kept as spent, so that a sum that lags behind its boundaries isn't counted again when it catches up. */
function findSpent({ spent }: Charged, before: Meter | undefined, counted: Count): Micros | undefined {
  if (spent === undefined) return undefined;
  const expected = before?.spent === undefined ? spent : before.spent + counted.amount;
  return expected > spent ? expected : spent;
}

function reckonMeter(reckoning: Reckoning, charged: Charged): void {
  const before = reckoning.meters.get(charged.id);
  const known = before ?? (charged.known === undefined ? undefined : { ...charged.known, spent: undefined });
  const counted = countCharged(reckoning, charged, known);
  const next: Meter = {
    id: charged.id,
    kind: charged.kind,
    paidUntil: charged.paidUntil ?? known?.paidUntil,
    spent: findSpent(charged, before, counted),
    absentSince: undefined,
  };
  const charges = recordCharges(reckoning, charged, known?.paidUntil, counted);
  if (charges.length > 0) reckoning.charged.set(charged.id, charges);
  setMeter(reckoning, charged.id, before, next, charges);
}

function isSame(one: Meter | undefined, other: Meter | undefined): boolean {
  return (
    one?.paidUntil === other?.paidUntil &&
    one?.spent === other?.spent &&
    one?.absentSince === other?.absentSince &&
    one?.kind === other?.kind
  );
}

function setMeter(
  reckoning: Reckoning,
  id: string,
  before: Meter | undefined,
  meter: Meter | undefined,
  charges: readonly ChargeRecord[] = [],
): void {
  if (charges.length === 0 && isSame(before, meter)) return;
  if (meter === undefined) reckoning.meters.delete(id);
  else reckoning.meters.set(id, meter);
  reckoning.changes.push({ kind: 'meter', id, meter, expect: before, charges });
}

function chargeVm(reckoning: Reckoning, vm: Vm): Charged {
  const { id, name, price, paidUntil, spent, createdAt } = vm;
  const claim = findClaimOf(reckoning, vm);
  const { claimedAt } = claim ?? {};
  const isOurs = claim?.origin === 'bought' || claim?.origin === 'late';
  const isBought = isOurs && claim.seenAt === undefined;
  return {
    id: canonicalId(id),
    kind: 'vm',
    price,
    paidUntil,
    spent,
    madeAt:
      claimedAt === undefined || !isBought ? (createdAt ?? claimedAt) : Math.min(createdAt ?? claimedAt, claimedAt),
    isBought,
    known: claim?.seenAt === undefined ? undefined : { paidUntil: claim.paidUntil },
    name: { vmId: id, vmName: name },
    judge: (at) => judgeVmUse(reckoning, vm, at),
  };
}

function chargePart(
  part: Part,
  facts: Pick<Charged, 'known' | 'judge' | 'isBought'>,
  vm: { id: string; name: string },
): Charged {
  const { id, kind, price, paidUntil, createdAt } = part;
  return {
    id: canonicalId(id),
    kind: 'part',
    price,
    paidUntil,
    spent: undefined,
    madeAt: createdAt,
    name: { vmId: vm.id, vmName: vm.name, part: { kind, id } },
    ...facts,
  };
}

/** What was made for a VM that we bought, and is shown with it for the first time. */
function chargeAttached(reckoning: Reckoning, vm: Vm, part: Part): Charged {
  const claim = findClaimOf(reckoning, vm);
  const known = claim?.parts?.find(({ id }) => id === part.id);
  return chargePart(part, { known, isBought: false, judge: (at) => judgeAttachedUse(reckoning, vm, part, at) }, vm);
}

function chargeFree(reckoning: Reckoning, part: Part): Charged {
  const left = reckoning.notes.leftParts?.find(({ id }) => id === part.id);
  const vm = left === undefined ? { id: part.id, name: part.name ?? part.id } : { id: left.vmId, name: left.vmName };
  return chargePart(part, { known: left, isBought: false, judge: (at) => judgeFreeUse(left, at) }, vm);
}

function reckonAbsent(reckoning: Reckoning, shown: ReadonlySet<string>): void {
  const isPartTold = reckoning.snapshot.inventory.leftovers !== undefined;
  for (const [id, meter] of [...reckoning.meters]) {
    if (shown.has(id) || (meter.kind === 'part' && !isPartTold)) continue;
    const absentSince = meter.absentSince ?? reckoning.now;
    const isOver = reckoning.now - absentSince >= KEEP_ABSENT;
    setMeter(reckoning, id, meter, isOver ? undefined : { ...meter, absentSince });
  }
}

/** Nothing was charged and nothing else is to be noted: nearly always so, and asked of a hundred thousand VMs. */
function stands(meter: Meter | undefined, { paidUntil, spent }: Pick<Charged, 'paidUntil' | 'spent'>): boolean {
  if (meter === undefined || meter.absentSince !== undefined || meter.spent !== spent) return false;
  return paidUntil === undefined || paidUntil === meter.paidUntil;
}

/** Of a believed listing, before it is carried into the claims: what was charged is judged by what stood until now. */
export function reckonCharges(reckoning: Reckoning): void {
  const shown = new Set<string>();
  const { meters } = reckoning;
  const reckonOnce = (seen: Vm | Part, read: () => Charged): void => {
    const id = canonicalId(seen.id);
    // A part may stand with its VM that has ended and among the leftovers.
    if (shown.has(id)) return;
    shown.add(id);
    const { paidUntil } = seen;
    if (!stands(meters.get(id), { paidUntil, spent: 'spent' in seen ? seen.spent : undefined }))
      reckonMeter(reckoning, read());
  };
  for (const vm of reckoning.vmById.values()) {
    reckonOnce(vm, () => chargeVm(reckoning, vm));
    for (const part of vm.parts ?? []) reckonOnce(part, () => chargeAttached(reckoning, vm, part));
  }
  for (const part of reckoning.snapshot.inventory.leftovers ?? []) reckonOnce(part, () => chargeFree(reckoning, part));
  for (const vm of listEndedPaid(reckoning)) reckonOnce(vm, () => chargeVm(reckoning, vm));
  reckonAbsent(reckoning, shown);
  const { meteredSince } = reckoning.notes;
  if (meteredSince === undefined) reckoning.notes = { ...reckoning.notes, meteredSince: reckoning.now };
}
