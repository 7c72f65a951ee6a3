// What a plan says about a whole account, around its policies: the head line, what stops everything, what a rail refused,
// VMs that are nobody's, and the rails.
import { formatUsdc, sumMicros } from '../../core/money.js';
import type { Hold, OtherVm, Plan, Refusal } from '../../core/plan-types.js';
import type { RailName } from '../../core/policy-types.js';
import type { ReasonCode } from '../../core/types.js';
import { formatAgo, formatDateTime, formatNear } from './format-instant.js';
import { paint } from './paint.js';
import { countOf, describeReason, joinPieces, describeRetire, listNames, oneLine, wrapText } from './phrase.js';
import { describeBilling } from './plan-period.js';
import type { RenderFacts } from './render-facts.js';

function describeSeen(plan: Plan, facts: RenderFacts): string {
  const ago = formatAgo(Math.min(plan.seen.at, facts.now), facts.now);
  if (plan.seen.state === 'failed') return `VMs could not be listed (${ago})`;
  const incomplete = plan.seen.state === 'partial' ? ' (an incomplete list)' : '';
  return `${countOf(plan.seen.vms, 'VM')} seen ${ago}${incomplete}`;
}

/** What a plan shows is what `apply` would do. */
function describeModeOf({ mode, isModeTold }: Plan): string {
  return mode === 'act' && isModeTold === false ? 'act (no mode is said: `up` would only observe)' : mode;
}

/** `main (marketplace, rolling 24 h)   Fri 2026-11-20 19:10Z   18 VMs seen 4 s ago   act`. */
export function renderAccountHead(plan: Plan, facts: RenderFacts): string {
  const name = `${plan.account} (${plan.product}, ${describeBilling(plan)})`;
  const line = joinPieces(
    [name, formatDateTime(plan.at), describeSeen(plan, facts), describeModeOf(plan)],
    '   ',
    facts.width,
  );
  return paint(line, 'strong', facts.colours);
}

interface Cure {
  /** What the reason's own sentence says where it gives the cure already. */
  readonly command: string;
  readonly text: string;
}

const CURES: Partial<Record<ReasonCode, Cure>> = {
  frozen: { command: 'purser thaw', text: 'nothing is deleted or bought until: purser thaw' },
  observing: {
    command: 'mode: act',
    text: 'planned and told, nothing is carried out; to act: mode: act for this account in purser.yaml',
  },
  paused: { command: 'mode: act', text: 'to act: mode: act for this account in purser.yaml' },
  recovering: {
    command: 'purser doctor --recover',
    text: 'nothing is deleted or bought meanwhile; once the list is right: purser doctor --recover',
  },
  'untrusted-inventory': {
    command: 'purser doctor',
    text: 'nothing is deleted or bought until complete lists agree; look: purser doctor',
  },
  'ended-together': {
    command: 'a tick later',
    text: 'goes on by itself; look at the VMs meanwhile: purser vms',
  },
  'untrusted-clock': {
    command: 'purser doctor',
    text: 'nothing is deleted or bought until the clocks agree; look: purser doctor',
  },
  'key-replaced': {
    command: 'put the right key back',
    text: 'nothing is deleted or bought meanwhile; put the right key back, or look: purser doctor',
  },
  'api-failing': {
    command: 'purser doctor',
    text: 'goes on by itself once a request is answered; look: purser doctor',
  },
  'no-balance': { command: 'top up', text: 'top up the account in the Fluence console; deletions go on' },
};

/** What to do about a hold of a whole account, if there is something. */
export function findCure(code: ReasonCode): Cure | undefined {
  return CURES[code];
}

/** Holds of the whole account, plainly, each with what to do. */
export function renderAccountHolds(holds: readonly Hold[], facts: RenderFacts): string[] {
  return holds.flatMap((hold) => {
    const again = hold.until === undefined ? '' : `; next try ${formatNear(hold.until, facts.now, facts.now)}`;
    const [first = '', ...more] = wrapText(describeReason(hold.reason) + again, facts.width, 2, 2);
    const cure = findCure(hold.reason.code);
    const isSaid = cure === undefined || hold.reason.text.includes(cure.command);
    const beneath = isSaid ? [] : wrapText(`  ${cure.text}`, facts.width, 0, 2);
    return [`${paint('!', 'alarm', facts.colours)} ${first}`, ...more, ...beneath];
  });
}

const REFUSAL_CURES: Readonly<Record<RailName, string>> = {
  'deletes.perPlan': 'fewer at once, or rails.deletes.perPlan in purser.yaml',
  'deletes.perHour': 'goes on by itself as the hour passes; its size: rails.deletes.perHour in purser.yaml',
  'deploys.perHour': 'goes on by itself as the hour passes; its size: rails.deploys.perHour in purser.yaml',
  'deploys.perDay': 'goes on by itself as the day passes; its size: rails.deploys.perDay in purser.yaml',
  'deploys.moneyPerDay': 'goes on by itself as the day passes; its size: rails.deploys.moneyPerDay in purser.yaml',
  'deploys.perFleet': 'goes on by itself as the hour passes',
};

/** The command or the setting that helps against a refusal. */
export function describeRefusalCure(refusal: Refusal): string {
  if (refusal.approve === undefined) return REFUSAL_CURES[refusal.rail];
  return `if it is what you want: purser approve ${refusal.approve}`;
}

/** Everything that rails refused, with what to do. */
export function renderRefusals(refused: readonly Refusal[], facts: RenderFacts): string[] {
  if (refused.length === 0) return [];
  const wide = Math.max(9, ...refused.map((refusal) => refusal.policy.length));
  const indent = wide + 6;
  return [
    paint('Refused by a rail', 'alarm', facts.colours),
    ...refused.flatMap((refusal) => {
      const text = `${refusal.rail}: ${oneLine(refusal.text)}`;
      const [first = '', ...more] = wrapText(text, facts.width, indent, indent);
      const names = listNames(refusal.targets.map((target) => oneLine(target.name)));
      const beneath = [...(names === '' ? [] : [names]), describeRefusalCure(refusal)];
      return [
        `  ${paint('x', 'alarm', facts.colours)} ${refusal.policy.padEnd(wide)}  ${first}`,
        ...more,
        ...beneath.map((each) => ' '.repeat(indent) + each),
      ];
    }),
  ];
}

function describeOthers(others: readonly OtherVm[]): string {
  const mark = others.length === 1 ? ', protected' : ' protected';
  const names = listNames(others.map((other) => `${oneLine(other.vm.name)}${other.protected ? mark : ''}`));
  return others.length === 0 ? 'none' : `${countOf(others.length, 'VM')} (${names})`;
}

function describeWithCost(others: readonly OtherVm[]): string {
  const cost = sumMicros(others.map((other) => other.price?.amount ?? 0n));
  const each = others.length === 1 ? 'its boundary' : 'each round of boundaries';
  return `${describeOthers(others)}, ${formatUsdc(cost)} at ${each}`;
}

/** `purser doctor --recover` does nothing for an account that is not. */
export function isRecovering(plan: Plan): boolean {
  return plan.holds.some((hold) => hold.reason.code === 'recovering');
}

/** VMs that no policy owns. Unclaimed ones cost money that nobody asked for, so they say how much and what to do. */
export function renderOthers(others: readonly OtherVm[], recovers: boolean, facts: RenderFacts): string[] {
  const foreign = others.filter((other) => other.kind === 'foreign');
  const unclaimed = others.filter((other) => other.kind === 'unclaimed');
  const byName = others.filter((other) => other.kind === 'known-by-name');
  const lines: string[] = [];
  const calm = [`Not Purser's: ${describeOthers(foreign)}`];
  if (unclaimed.length === 0) calm.push('Unclaimed: none');
  lines.push(joinPieces(calm, '      ', facts.width));
  if (unclaimed.length > 0) {
    const policies = [...new Set(unclaimed.map((other) => other.policy ?? 'POLICY'))];
    lines.push(`${paint('Unclaimed:', 'held', facts.colours)} ${describeWithCost(unclaimed)}`);
    lines.push(
      `  their policy is gone, so they are kept: purser adopt VM --policy NAME, or ${describeRetire(policies)}`,
    );
  }
  if (byName.length > 0) {
    lines.push(`${paint('Known by name alone:', 'held', facts.colours)} ${describeWithCost(byName)}`);
    const recover = recovers ? ', or purser doctor --recover' : '';
    lines.push(`  counted, never deleted: purser adopt VM --policy NAME${recover}`);
  }
  return lines;
}

/** More than the limit were approved, or begun while the fleet, and so the limit, was larger. */
function describeFullestHour(deletions: number, limit: number): string {
  return deletions > limit
    ? `${deletions} in the fullest hour (limit now ${limit})`
    : `in one hour ${deletions} of ${limit}`;
}

/**
 * `Rails: deletions 1 of 10, deploys 1 of 40`, or `1 of 2 (34 % of 7)`: what the rails themselves count, of the whole account. The hour's deletions are
 * told where they differ from those that are on their way, and so is what was refused.
 */
export function renderRails(rails: Plan['rails']): string {
  const { deletions, deletionsLimit, deletionsLimitShare: share, deploys, deploysLimit, deletionsRefused = 0 } = rails;
  const { deletionsInOneHour = deletions, deletionsInOneHourLimit = deletionsLimit } = rails;
  const isSame = deletionsInOneHour === deletions && deletionsInOneHourLimit === deletionsLimit;
  const pieces = [
    `deletions ${deletions} of ${deletionsLimit}${share === undefined ? '' : ` (${share.percent} % of ${share.of})`}`,
    ...(isSame ? [] : [describeFullestHour(deletionsInOneHour, deletionsInOneHourLimit)]),
    ...(deletionsRefused === 0 ? [] : [`refused ${deletionsRefused}`]),
    `deploys ${deploys} of ${deploysLimit}`,
  ];
  return `Rails: ${pieces.join(', ')}`;
}
