// Judges a budget's `select` on what the books know of a VM that isn't listed here: one of another account, one that is being
// bought, one that is gone. What they don't know it tells as unknown; what follows from that is the caller's choice.
import type { Books, Claim } from '../books.js';
import type { ChargeRecord } from '../charge-records.js';
import type { PlanContext } from '../plan-context.js';
import type { Peer } from '../plan-types.js';
import type { Answer, ChosenOffer, Vm } from '../types.js';
import type { BudgetPolicy, BudgetScope, BudgetSelectContext } from './budget-policy.js';

const UNKNOWN: Omit<Vm, 'id' | 'name'> = {
  status: 'new',
  statusText: '',
  price: undefined,
  paidUntil: undefined,
  createdAt: undefined,
  image: undefined,
  publicIp: undefined,
  ports: [],
  place: undefined,
  configuration: undefined,
  vcpu: undefined,
  ramGb: undefined,
  storageGb: undefined,
  hardware: {},
  reserved: undefined,
  spent: undefined,
};

/** What an order says of the VMs that come of it. */
function knowOfOrder({ country, configuration, price, storageGb, hardware }: ChosenOffer): Partial<Vm> {
  const place = { country, city: undefined, cityIndex: undefined, tier: undefined, certifications: [] };
  return { place, configuration, price, storageGb, ...(hardware === undefined ? {} : { hardware }) };
}

function knowOfIntent({ intents }: Books, id: string | undefined): Partial<Vm> {
  const order = id === undefined ? undefined : intents.find((intent) => intent.id === id)?.deploy?.offer;
  return order === undefined ? {} : knowOfOrder(order);
}

function judgeByBooks(
  { select, judgeKnown }: BudgetScope,
  known: Pick<Vm, 'id' | 'name'> & Partial<Vm>,
  context: BudgetSelectContext,
): Answer {
  if (select === undefined) return 'yes';
  const vm: Vm = { ...UNKNOWN, ...known };
  if (judgeKnown !== undefined) return judgeKnown(vm, context);
  return select(vm, context) ? 'yes' : 'no';
}

/** Whether VMs that such an order brings may count: only an order that is surely left out is nobody's money. */
export function mayCountOrder({ scope }: BudgetPolicy, offer: ChosenOffer, about: BudgetSelectContext): boolean {
  return judgeByBooks(scope, { id: '', name: `${about.policy}-`, ...knowOfOrder(offer) }, about) !== 'no';
}

/** A member of another account, by its books; `policy`: the fleet that has it. */
export function judgePeerClaim(
  { now }: Pick<PlanContext, 'now'>,
  { scope }: BudgetPolicy,
  { settings, books }: Peer,
  claim: Claim,
  policy: string,
): Answer {
  if (scope.select === undefined) return 'yes';
  const { vmId: id, vmName: name, price, paidUntil } = claim;
  const known = { ...knowOfIntent(books, claim.intent), ...(price === undefined ? {} : { price }) };
  return judgeByBooks(scope, { ...known, id, name, paidUntil }, { now, account: settings.name, policy });
}

type Owner = Pick<ChargeRecord, 'vmId' | 'vmName'> & { readonly intent: string | undefined };

/** By the id of a VM that the books know, of each of its parts, and of what an ended one left behind. */
function listOwners({ claims, notes }: Books): ReadonlyMap<string, Owner> {
  const owners = new Map<string, Owner>();
  for (const part of notes.leftParts ?? []) owners.set(part.vmId, part).set(part.id, part);
  for (const claim of claims) {
    owners.set(claim.vmId, claim);
    for (const { id } of claim.parts ?? []) owners.set(id, claim);
  }
  return owners;
}

/**
 * Of what this account was charged for: a VM that is listed, or was listed as over, as it is shown; one that is gone by what is
 * told of it and by what its purchase ordered, while its disks and its IP are there. `policy`: the fleet that has it, or "".
 */
export function openChargedJudge(
  { vmById, books, snapshot, now, settings }: Pick<PlanContext, 'vmById' | 'books' | 'snapshot' | 'now' | 'settings'>,
  scope: BudgetScope,
): (charged: Pick<ChargeRecord, 'vmId' | 'vmName'>, policy: string) => Answer {
  const { select } = scope;
  if (select === undefined) return () => 'yes';
  const ended = new Map(snapshot.ended?.map((vm) => [vm.id, vm]));
  let owners: ReadonlyMap<string, Owner> | undefined;
  return (charged, policy) => {
    const about = { now, account: settings.name, policy };
    const findShown = (id: string): Vm | undefined => vmById.get(id) ?? ended.get(id);
    let vm = findShown(charged.vmId);
    if (vm === undefined) {
      owners ??= listOwners(books);
      // A part that came loose in this look is charged as nobody's, by its own id.
      const owner = owners.get(charged.vmId);
      const { vmId: id, vmName: name } = owner ?? charged;
      vm = findShown(id);
      if (vm === undefined) return judgeByBooks(scope, { ...knowOfIntent(books, owner?.intent), id, name }, about);
    }
    return select(vm, about) ? 'yes' : 'no';
  };
}
