// What only a person can decide or mend, out of plans and ledger. Everything here comes with the command that helps.
import type { LedgerEntry } from '../../core/books.js';
import type { Hold, Plan } from '../../core/plan-types.js';
import type { ReasonCode } from '../../core/types.js';
import { formatUsdc, sumMicros } from '../../core/money.js';
import { describeRefusalCure, findCure } from './plan-account.js';
import { countOf, describeReason, labelOf, listNames, oneLine } from './phrase.js';
import type { Need } from './status-report.js';

/** Holds that don't end by themselves, or whose end costs money that nobody wants to pay. */
const NEEDING: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  'signal-unknown',
  'charge-pending',
  'boundary-unknown',
  'status-unknown',
  'small-balance',
  'two-claimants',
  'too-late',
  'no-time-to-delete',
  'mismatched',
  'cannot-target',
  'no-offer',
  'image-unknown',
  'gave-up',
  'no-balance',
  'needs-approval',
]);

const REMEDIES: Partial<Record<ReasonCode, string>> = {
  'no-offer': 'purser offers',
  'cannot-target': 'purser offers',
  'image-unknown': 'purser images',
  'gave-up': 'purser validate',
  // Its sentence says already what ends it.
  observing: 'purser plan',
};

/** These stop a whole account and are told once; the holds of what they stop need nothing more. */
const STOPPING: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  'frozen',
  'observing',
  'recovering',
  'untrusted-inventory',
  'untrusted-clock',
]);

function needsPerson(hold: Hold): boolean {
  const { code } = hold.reason;
  return NEEDING.has(code) || (STOPPING.has(code) && hold.policy === undefined && hold.vm === undefined);
}

/** So many VMs of one policy and reason are told one by one. */
const MOST_NAMED = 3;

function findRemedy(hold: Hold): string {
  if (hold.vm !== undefined) return `purser explain ${oneLine(hold.vm.name)}`;
  return REMEDIES[hold.reason.code] ?? findCure(hold.reason.code)?.text ?? 'purser plan';
}

function describeHoldNeeds(plan: Plan): Need[] {
  const groups = new Map<string, Hold[]>();
  for (const hold of plan.holds) {
    if (!needsPerson(hold)) continue;
    const key = `${hold.policy ?? ''} ${hold.reason.code} ${hold.vm === undefined}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [hold]);
    else group.push(hold);
  }
  return [...groups.values()].flatMap((holds) => {
    const named = holds.length <= MOST_NAMED ? holds.map((hold) => [hold]) : [holds];
    return named.map((group) => {
      const [first] = group;
      const { policy, reason, vm } = first!;
      const vms = group.flatMap((hold) => (hold.vm === undefined ? [] : [hold.vm.name]));
      const whose = vm === undefined ? (policy ?? plan.account) : oneLine(vm.name);
      const text =
        group.length === 1
          ? `${whose} ${describeReason(reason)}`
          : `${group.length} of ${policy ?? plan.account} ${labelOf(reason.code)}: ${listNames(vms.map(oneLine))}`;
      return { account: plan.account, policy, vms, code: reason.code, text, remedy: findRemedy(first!) };
    });
  });
}

function describeRefusals(plan: Plan): Need[] {
  return plan.refused.map((refusal) => ({
    account: plan.account,
    policy: refusal.policy,
    vms: refusal.targets.map((target) => target.name),
    code: 'rail',
    text: `${refusal.policy} refused by ${refusal.rail}: ${oneLine(refusal.text)}`,
    remedy: refusal.approve === undefined ? describeRefusalCure(refusal) : `purser approve ${refusal.approve}`,
  }));
}

function describeNobodys(plan: Plan): Need[] {
  return (['unclaimed', 'known-by-name'] as const).flatMap((kind) => {
    const others = plan.others.filter((other) => other.kind === kind);
    if (others.length === 0) return [];
    const vms = others.map((other) => other.vm.name);
    const cost = formatUsdc(sumMicros(others.map((other) => other.price?.amount ?? 0n)));
    const what =
      kind === 'unclaimed'
        ? `${countOf(vms.length, 'VM')} unclaimed`
        : `${countOf(vms.length, 'VM')} known by name alone`;
    const text = `${what}, ${cost} at each boundary: ${listNames(vms.map(oneLine))}`;
    const remedy = kind === 'unclaimed' ? 'purser adopt VM --policy NAME' : 'purser doctor --recover';
    return [{ account: plan.account, policy: others[0]!.policy, vms, code: kind, text, remedy }];
  });
}

function describeMissed(ledger: readonly LedgerEntry[]): Need[] {
  const missed = ledger.filter((entry) => entry.event === 'missed-boundary');
  const [first] = missed;
  if (first === undefined) return [];
  const vms = missed.flatMap((entry) => (entry.vmName === undefined ? [] : [entry.vmName]));
  const cost = formatUsdc(sumMicros(missed.map((entry) => entry.money ?? 0n)));
  const boundaries = countOf(missed.length, 'boundary', 'boundaries');
  const text = `${boundaries} missed in the last 24 h, ${cost} paid for nothing: ${listNames(vms.map(oneLine))}`;
  return [
    { account: first.account, policy: first.policy, vms, code: 'missed-boundary', text, remedy: 'purser doctor' },
  ];
}

/** Whole accounts first, then refusals, then VMs. */
export function findNeeds(plans: readonly Plan[], ledger: readonly LedgerEntry[]): Need[] {
  const holds = plans.flatMap(describeHoldNeeds);
  return [
    ...holds.filter((need) => need.vms.length === 0),
    ...plans.flatMap(describeRefusals),
    ...holds.filter((need) => need.vms.length > 0),
    ...plans.flatMap(describeNobodys),
    ...describeMissed(ledger),
  ];
}
