// `purser explain VM`: every rule that looked at one VM, which won, and when the answer changes next.
import type { Claim } from '../../core/books.js';
import { formatUsdc } from '../../core/money.js';
import type { ComingCharge, Verdict, VmRef } from '../../core/plan-types.js';
import type { Instant, Vm } from '../../core/types.js';
import { formatDateTime, formatEach, formatNear, formatSpan, toIso, toOptionalIso } from './format-instant.js';
import { paint } from './paint.js';
import { joinPieces, oneLine, wrapText } from './phrase.js';
import type { RenderFacts } from './render-facts.js';
import { priceToJson } from './price-to-json.js';

/** What an explain command gathers. */
export interface Explanation {
  readonly ref: VmRef;
  readonly account: string;
  /** The instant that the trace is about: now, or `--at`. */
  readonly at: Instant;
  /** undefined: it isn't in the account's list. */
  readonly vm: Vm | undefined;
  readonly claim: Claim | undefined;
  readonly trace: readonly Verdict[];
  /** Its next charge, as the plan has it. */
  readonly charge: ComingCharge | undefined;
}

/** The first instant after `at` at which one of the rules could say something else. */
export function findNextChange({ trace, at }: Explanation): Instant | undefined {
  const coming = trace.flatMap(({ until }) => (until !== undefined && until > at ? [until] : []));
  return coming.length === 0 ? undefined : Math.min(...coming);
}

/**
 * The rule that decides: the one that won. Where none had to win (no two disagreed), the last one that says what the plan
 * does.
 */
function findWinner({ trace, charge }: Explanation): Verdict | undefined {
  const won = trace.findLast((verdict) => verdict.won);
  if (won !== undefined) return won;
  const isGoing = charge?.fate === 'deleting' || charge?.fate === 'delete';
  return trace.findLast((verdict) => verdict.says === (isGoing ? 'delete' : 'keep'));
}

function describeVm({ ref, vm, account }: Explanation): string[] {
  if (vm === undefined) return [oneLine(ref.name), ref.id, `not in the list of ${account}`];
  const place = vm.place === undefined ? '' : ` in ${vm.place.country}`;
  const status = `${vm.status === 'unknown' ? oneLine(vm.statusText) : vm.status}${place}`;
  return [oneLine(ref.name), ref.id, status, ...(vm.configuration === undefined ? [] : [vm.configuration])];
}

function describeOwner({ claim, account }: Explanation, now: Instant): string {
  if (claim === undefined) return `no policy of ${account} owns it`;
  const origin = claim.origin === 'late' ? 'turned up late' : claim.origin === 'reaped' ? 'foreign' : claim.origin;
  const why = claim.unwanted === undefined ? '' : ` (${claim.unwanted})`;
  return `${claim.state} of ${claim.policy} for ${formatSpan(now - claim.stateSince)}${why}, ${origin} under generation ${claim.generation}`;
}

function describeMoney({ vm, claim, charge }: Explanation, now: Instant): string {
  const paidUntil = vm?.paidUntil ?? claim?.paidUntil;
  const price = vm?.price ?? claim?.price;
  const next =
    price === undefined ? 'at an unknown price' : `then ${formatUsdc(price.amount)} ${formatEach(price.periodMillis)}`;
  const paid = paidUntil === undefined ? 'boundary not known' : `paid until ${formatNear(paidUntil, now, now)}`;
  if (charge?.avoidableUntil === undefined) return `${paid}, ${next}`;
  return `${paid}, ${next}, avoidable until ${formatNear(charge.avoidableUntil, now, now)}`;
}

const SAYS = { keep: 'keep', delete: 'DELETE', pass: 'pass' } as const;

function renderVerdicts(explanation: Explanation, facts: RenderFacts): string[] {
  const { trace } = explanation;
  const winner = findWinner(explanation);
  if (trace.length === 0) return ['No rule looked at it.'];
  const rules = trace.map(({ rule, policy }) => (policy === undefined ? rule : `${rule} ${policy}`));
  const wide = Math.max(...rules.map((rule) => rule.length));
  const indent = wide + 12;
  return trace.flatMap((verdict, index) => {
    const until = verdict.until === undefined ? '' : `; until ${formatNear(verdict.until, facts.now, facts.now)}`;
    const [first = '', ...more] = wrapText(oneLine(verdict.text) + until, facts.width, indent, indent);
    const lead = `${verdict === winner ? '>' : ' '} ${rules[index]!.padEnd(wide)}  ${SAYS[verdict.says].padEnd(6)}`;
    const style = verdict.says === 'delete' ? 'removed' : 'held';
    return [`${verdict === winner ? paint(lead, style, facts.colours) : lead}  ${first}`, ...more];
  });
}

function describeAnswer(explanation: Explanation, facts: RenderFacts): string {
  const winner = findWinner(explanation);
  const by = winner?.policy === undefined ? winner?.rule : `${winner.rule} of ${winner.policy}`;
  const verdict = winner?.says === 'delete' ? `It is to be deleted: ${by} decides.` : `It is kept: ${by} decides.`;
  const change = findNextChange(explanation);
  const next =
    change === undefined
      ? 'The answer changes only when something about the VM or the policies does.'
      : `The answer can change at ${formatNear(change, facts.now, facts.now)}.`;
  return `${winner === undefined ? 'It is kept: no rule wants it deleted.' : verdict}  ${next}`;
}

/** The whole answer of `purser explain VM`, without a newline at the end. */
export function renderExplain(explanation: Explanation, facts: RenderFacts): string {
  const head = joinPieces(describeVm(explanation), '   ', facts.width);
  const when = explanation.at === facts.now ? [] : [`as of ${formatDateTime(explanation.at)}`];
  return [
    paint(head, 'strong', facts.colours),
    ...when,
    ...wrapText(describeOwner(explanation, facts.now), facts.width, 0, 2),
    ...wrapText(describeMoney(explanation, facts.now), facts.width, 0, 2),
    '',
    ...renderVerdicts(explanation, facts),
    '',
    ...wrapText(describeAnswer(explanation, facts), facts.width, 0, 0),
  ].join('\n');
}

/** What is not known is left out. */
export function explainToJson(explanation: Explanation) {
  const { vm, claim, charge, trace } = explanation;
  const winner = findWinner(explanation);
  return {
    at: toIso(explanation.at),
    account: explanation.account,
    vm: explanation.ref,
    status: vm?.status,
    listed: vm !== undefined,
    policy: claim?.policy,
    claim:
      claim === undefined
        ? undefined
        : {
            ...{ policy: claim.policy, state: claim.state, since: toIso(claim.stateSince), origin: claim.origin },
            unwanted: claim.unwanted,
          },
    paidUntil: toOptionalIso(vm?.paidUntil ?? claim?.paidUntil),
    ...priceToJson(vm?.price ?? claim?.price),
    avoidableUntil: toOptionalIso(charge?.avoidableUntil),
    rules: trace.map((verdict) => ({ ...verdict, until: toOptionalIso(verdict.until), won: verdict === winner })),
    decides: winner?.rule,
    says: winner?.says === 'delete' ? 'delete' : 'keep',
    changesAt: toOptionalIso(findNextChange(explanation)),
  };
}
