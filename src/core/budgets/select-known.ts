// Judges a budget's `select` on what the books know of a VM that isn't listed here: one of another account, one that is being
// bought, one that is gone. What they don't know it tells as unknown; what follows from that is the caller's choice.
import type { ChosenOffer } from '../types.js';
import type { Answer, Vm } from '../types.js';
import type { BudgetScope, BudgetSelectContext } from './budget-policy.js';

const NOTHING: Omit<Vm, 'id' | 'name'> = {
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
export function knowOfOrder({ country, configuration, price, storageGb }: ChosenOffer): Partial<Vm> {
  const place = { country, city: undefined, cityIndex: undefined, tier: undefined, certifications: [] };
  return { place, configuration, price, storageGb };
}

export function judgeByBooks(
  { select, judgeKnown }: BudgetScope,
  known: Pick<Vm, 'id' | 'name'> & Partial<Vm>,
  context: BudgetSelectContext,
): Answer {
  if (select === undefined) return 'yes';
  const vm: Vm = { ...NOTHING, ...known };
  if (judgeKnown !== undefined) return judgeKnown(vm, context);
  return select(vm, context) ? 'yes' : 'no';
}
