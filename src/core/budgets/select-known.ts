// Judges a budget's `select` on what the books know of a VM that isn't listed here: one of another account, one that is being
// bought, one that is gone. What they don't know it tells as unknown; what follows from that is the caller's choice.
import type { Claim } from '../books.js';
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

export function judgeByBooks(
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
  const order = books.intents.find((intent) => intent.id === claim.intent)?.deploy?.offer;
  const known = { ...(order === undefined ? {} : knowOfOrder(order)), ...(price === undefined ? {} : { price }) };
  return judgeByBooks(scope, { ...known, id, name, paidUntil }, { now, account: settings.name, policy });
}
