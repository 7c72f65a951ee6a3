// Judges what Purser counted as charged by the sandbox's own books, to the micro, VM by VM and part by part. It knows what was
// paid and until when anybody looked; it knows nothing of how Purser counts.
import { sumMicros, parseUsdc } from '../../src/core/money.js';
import type { Store } from '../../src/ports/store.js';
import type { CloudBooks } from '../../src/sim/cloud/cloud-books.js';
import type { MarketBooks } from '../../src/sim/marketplace/market-books.js';

/** Something that was charged, as the sandbox booked it. */
interface Booked {
  readonly id: string;
  readonly name: string;
  readonly at: number;
  readonly amount: bigint;
}

function readUsdc(text: string): bigint {
  return parseUsdc(text)!;
}

function listCharges(books: MarketBooks | CloudBooks): readonly Booked[] {
  return books.charges.map((charge) => {
    const [id, name] = 'vmId' in charge ? [charge.vmId, charge.vmName] : [charge.resourceId, charge.name];
    return { id: id.toLowerCase(), name, at: Date.parse(charge.at), amount: readUsdc(charge.amount) };
  });
}

/** Of a VM that somebody else rented while Purser looked: what it had cost already was charged meanwhile. */
function listPlaced(books: MarketBooks | CloudBooks): readonly Booked[] {
  return books.vms.flatMap((vm) => {
    if (!vm.foreign || !('spentBefore' in vm)) return [];
    return [{ id: vm.id.toLowerCase(), name: vm.name, at: Date.parse(vm.createdAt), amount: readUsdc(vm.spentBefore) }];
  });
}

/** What was counted otherwise than charged, a sentence each; empty where nothing was. */
export async function findMiscounted(
  store: Store,
  account: string,
  books: MarketBooks | CloudBooks,
): Promise<readonly string[]> {
  const { meteredSince, lastCompleteLook } = (await store.readBooks(account)).notes;
  if (meteredSince === undefined || lastCompleteLook === undefined) return [];
  const foreign = new Set(
    [...books.vms, ...('parts' in books ? books.parts : [])].flatMap((one) =>
      one.foreign ? [one.id.toLowerCase()] : [],
    ),
  );
  const until = lastCompleteLook.at;
  const due = [...listCharges(books), ...listPlaced(books)].filter(({ id, at }) =>
    // What stood there at the first look was paid before it.
    foreign.has(id) ? at > meteredSince : at >= meteredSince,
  );
  const from = Math.min(meteredSince, ...due.map(({ at }) => at));
  const tallies = await store.readVmTallies(account, from - 86_400_000, until + 86_400_000);
  const counted = new Map<string, bigint>();
  for (const { vmId, part, amount } of tallies) {
    const id = (part?.id ?? vmId).toLowerCase();
    counted.set(id, (counted.get(id) ?? 0n) + amount);
  }
  const names = new Map(due.map(({ id, name }) => [id, name]));
  return [...new Set([...counted.keys(), ...names.keys()])].flatMap((id) => {
    const own = due.filter((charge) => charge.id === id);
    const sum = (charges: readonly Booked[]): bigint => sumMicros(charges.map(({ amount }) => amount));
    // What was paid at the instant of the last look may have been paid a moment after it.
    const [before, with_] = [sum(own.filter(({ at }) => at < until)), sum(own.filter(({ at }) => at <= until))];
    const found = counted.get(id) ?? 0n;
    if (found === before || found === with_) return [];
    return [
      `${names.get(id) ?? id} was charged ${with_} by ${new Date(until).toISOString()}, and ${found} was counted`,
    ];
  });
}
