// What only a person can decide or mend, out of plans and ledger. Everything here comes with the command that helps.
import type { LedgerEntry } from '../../core/books.js';
import type { Hold, Plan } from '../../core/plan-types.js';
import type { Instant, Millis, ReasonCode } from '../../core/types.js';
import { formatUsdc, HOUR_MILLIS, sumMicros } from '../../core/money.js';
import { formatSpan } from './format-instant.js';
import { describeRefusalCure, findCure, isRecovering } from './plan-account.js';
import { countOf, describeReason, describeRetire, labelOf, listNames, oneLine } from './phrase.js';
import { describePassing, mergeBudgets } from './render-budgets.js';
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
  'key-unknown',
  'key-in-use',
  'key-name-taken',
  'keys-unread',
  'ports-too-many',
  'backing-off',
  'gave-up',
  'secret-missing',
  'no-balance',
  'above-max-price',
  'needs-approval',
]);

/** A charge that is not seen this long after its boundary is told (DESIGN, "The life cycle of a VM"). */
const CHARGE_AWAITED: Millis = HOUR_MILLIS;

const REMEDIES: Partial<Record<ReasonCode, string>> = {
  'no-offer': 'purser offers',
  'cannot-target': 'purser offers',
  'above-max-price': 'purser offers',
  'image-unknown': 'purser images',
  'key-unknown': 'purser keys',
  'key-in-use': 'purser keys',
  'key-name-taken': 'purser keys',
  'keys-unread': 'purser doctor',
  'backing-off': 'purser plan',
  'gave-up': 'purser offers',
  'secret-missing': 'give the worker what vm.cloudInit.secrets names',
};

/**
 * These stop a whole account and are told once; the holds of what they stop need nothing more. A freeze and an account's mode
 * are told from what they are now, not from a plan of before.
 */
const STOPPING: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  'recovering',
  'untrusted-inventory',
  'untrusted-clock',
  'api-failing',
  'key-replaced',
]);

/** Whether nothing is done for a whole account because of it. */
export function isStopping(need: Pick<Need, 'code' | 'vms'>): boolean {
  return need.vms.length === 0 && (STOPPING as ReadonlySet<string>).has(need.code);
}

/** Whether its time has come: what settles itself in a while is not told before. */
function isDue(hold: Hold, now: Instant): boolean {
  if (hold.tellFrom !== undefined) return now >= hold.tellFrom;
  return hold.reason.code !== 'charge-pending' || hold.boundary === undefined || now - hold.boundary >= CHARGE_AWAITED;
}

function needsPerson(hold: Hold, now: Instant): boolean {
  const { code } = hold.reason;
  if (STOPPING.has(code)) return hold.policy === undefined && hold.vm === undefined;
  return NEEDING.has(code) && isDue(hold, now);
}

/** So many VMs of one policy and reason are told one by one. */
const MOST_NAMED = 3;

function findRemedy(hold: Hold): string {
  if (hold.vm !== undefined) return `purser explain ${oneLine(hold.vm.name)}`;
  return REMEDIES[hold.reason.code] ?? findCure(hold.reason.code)?.text ?? 'purser plan';
}

/** `ci-build-11 signal unknown for 3 h: no answer`. */
function describeHold(plan: Plan, hold: Hold, now: Instant): string {
  const { policy, reason, vm, since } = hold;
  const whose = vm === undefined ? (policy ?? plan.account) : oneLine(vm.name);
  if (reason.code !== 'signal-unknown' || since === undefined) return `${whose} ${describeReason(reason)}`;
  const why = oneLine(reason.text)
    .replace(/^unknown: /, '')
    .replace(/; kept$/, '');
  return `${whose} signal unknown for ${formatSpan(now - since)}: ${why}`;
}

function describeHoldNeeds(plan: Plan, now: Instant): Need[] {
  const groups = new Map<string, Hold[]>();
  for (const hold of plan.holds) {
    if (!needsPerson(hold, now)) continue;
    const key = `${hold.policy ?? ''} ${hold.reason.code} ${hold.vm === undefined}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [hold]);
    else group.push(hold);
  }
  return [...groups.values()].flatMap((holds) => {
    const named = holds.length <= MOST_NAMED ? holds.map((hold) => [hold]) : [holds];
    return named.map((group) => {
      const [first] = group;
      const { policy, reason } = first!;
      const vms = group.flatMap((hold) => (hold.vm === undefined ? [] : [hold.vm.name]));
      const text =
        group.length === 1
          ? describeHold(plan, first!, now)
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
    const adopt = `purser adopt ${vms.length === 1 ? oneLine(vms[0]!) : 'VM'} --policy NAME`;
    const { policy } = others[0]!;
    const gone = [...new Set(others.flatMap((other) => other.policy ?? []))];
    const retire = kind === 'unclaimed' && gone.length > 0 ? `, or ${describeRetire(gone)}` : '';
    const remedy = kind === 'known-by-name' && isRecovering(plan) ? 'purser doctor --recover' : adopt + retire;
    return [{ account: plan.account, policy, vms, code: kind, text, remedy }];
  });
}

/** A budget that holds something back, or that will be passed; one line each, whatever its accounts. */
function describeBudgets(plans: readonly Plan[], now: Instant): Need[] {
  return mergeBudgets(plans).flatMap((budget) => {
    const { budget: name, steps, notBought, notRenewed, mode, expected, limit, per } = budget;
    const passing = describePassing(budget, now);
    const held = steps.filter(({ isHeld }) => isHeld);
    const pieces = [
      ...held.map(({ atPercent, of, do: action }) => `${action} holds (${atPercent}% of ${of})`),
      ...(notBought === 0 ? [] : [`${countOf(notBought, 'purchase')} held back`]),
      ...(notRenewed === 0 ? [] : [`${countOf(notRenewed, 'member')} not renewed`]),
      ...(passing === undefined ? [] : [`its limit ${passing}`]),
    ];
    if (pieces.length === 0 || mode === 'pause') return [];
    const account = plans.find(({ budgets = [] }) => budgets.some((each) => each.budget === name))!.account;
    const approve = held.find((step) => step.approve !== undefined)?.approve;
    const remedy = approve === undefined ? 'purser plan' : `purser approve ${approve}`;
    return [
      {
        account,
        policy: name,
        vms: [],
        code: 'budget',
        text: `budget ${name} expects ${formatUsdc(expected)} of ${formatUsdc(limit)} a ${per}: ${pieces.join(', ')}`,
        remedy,
      },
    ];
  });
}

function describeMissed(ledger: readonly LedgerEntry[]): Need[] {
  const missed = ledger.filter((entry) => entry.event === 'missed-boundary');
  const [first] = missed;
  if (first === undefined) return [];
  // A VM and its disks miss theirs one by one.
  const vms = [...new Set(missed.flatMap((entry) => (entry.vmName === undefined ? [] : [entry.vmName])))];
  const remedy = vms[0] === undefined ? 'purser doctor' : `purser explain ${oneLine(vms[0])}`;
  const cost = formatUsdc(sumMicros(missed.map((entry) => entry.money ?? 0n)));
  const boundaries = countOf(missed.length, 'boundary', 'boundaries');
  const text = `${boundaries} missed in the last 24 h, ${cost} paid for nothing: ${listNames(vms.map(oneLine))}`;
  return [{ account: first.account, policy: first.policy, vms, code: 'missed-boundary', text, remedy }];
}

/** Whole accounts first, then refusals, then VMs. */
export function findNeeds(plans: readonly Plan[], ledger: readonly LedgerEntry[], now: Instant): Need[] {
  const holds = plans.flatMap((plan) => describeHoldNeeds(plan, now));
  return [
    ...holds.filter((need) => need.vms.length === 0),
    ...plans.flatMap(describeRefusals),
    ...describeBudgets(plans, now),
    ...holds.filter((need) => need.vms.length > 0),
    ...plans.flatMap(describeNobodys),
    ...describeMissed(ledger),
  ];
}
