// `purser explain VM`: every rule that looked at one VM, which won, when the answer changes next, and what happened to it.
import type { Claim, LedgerEntry } from '../../core/books.js';
import { formatUsdc } from '../../core/money.js';
import type { FleetSummary } from '../../core/plan-summaries.js';
import type { ComingCharge, OtherVm, Verdict, VmRef } from '../../core/plan-types.js';
import { listOwnParts, nameKind, readSavedPrice } from '../../core/parts.js';
import type { Instant, Part, Price, Vm } from '../../core/types.js';
import { formatDateTime, formatEach, formatNear, formatSpan, toIso, toOptionalIso } from './format-instant.js';
import { paint } from './paint.js';
import { joinPieces, oneLine, wrapText } from './phrase.js';
import type { RenderFacts } from './render-facts.js';
import type { VmHistory } from '../vm-history.js';
import { priceToJson } from './price-to-json.js';
import { describeEnd, historyToJson, renderHistory } from './render-history.js';

/** What an explain command gathers. */
export interface Explanation {
  readonly ref: VmRef;
  readonly account: string;
  /** The instant that the trace is about: now, or `--at`. */
  readonly at: Instant;
  /** undefined: it isn't in the account's list. */
  readonly vm: Vm | undefined;
  /** A disk or IP that is attached to nothing. */
  readonly part?: Part | undefined;
  /** The ended VM of ours that left it behind. */
  readonly leftBy?: string | undefined;
  readonly claim: Claim | undefined;
  readonly trace: readonly Verdict[];
  /** Its next charge, as the plan has it. */
  readonly charge: ComingCharge | undefined;
  /** Of a VM that no policy in force owns. */
  readonly other: OtherVm['kind'] | undefined;
  /** The fleet that owns it. */
  readonly fleet: FleetSummary | undefined;
  /** `judged by generation 17, which is in force`. */
  readonly judgedBy: string;
  /** All that the ledger tells of it, oldest first. */
  readonly history: readonly LedgerEntry[];
}

interface Coming {
  readonly at: Instant;
  readonly text: string;
}

type Paid = Pick<Explanation, 'vm' | 'part' | 'claim'>;

/** With what goes with it. */
function readPrice({ vm, part, claim }: Paid): Price | undefined {
  return readSavedPrice(vm?.price ?? claim?.price, listOwnParts(claim)) ?? part?.price;
}

function readPaidUntil({ vm, part, claim }: Paid): Instant | undefined {
  return (vm ?? part ?? claim)?.paidUntil;
}

function describeBoundary({ charge, vm, part, claim }: Explanation): string {
  if (charge?.fate === 'delete' || charge?.fate === 'deleting') return 'its boundary: it is to be gone by then';
  const price = readPrice({ vm, part, claim });
  return price === undefined ? 'its boundary' : `its boundary: it is charged ${formatUsdc(price.amount)}`;
}

/** Instants after `at` at which the answer can become another, in their order; each once, the most telling words first. */
function listComing(explanation: Explanation): readonly Coming[] {
  const { trace, at, charge, fleet } = explanation;
  const deadline = charge?.avoidableUntil;
  const boundary = readPaidUntil(explanation);
  const next = fleet?.next;
  const all: readonly { readonly at: Instant | undefined; readonly text: string }[] = [
    { at: deadline, text: 'its deadline: the deletion starts, unless the answer is another by then' },
    { at: boundary, text: describeBoundary(explanation) },
    { at: next?.at, text: `${fleet?.policy ?? ''} wants ${next?.wanted ?? 0}` },
    ...trace.map(({ rule, policy, until }) => ({
      at: until,
      text: `${rule}${policy === undefined ? '' : ` of ${policy}`} can say something else`,
    })),
  ];
  const coming = all.flatMap((each) => (each.at === undefined || each.at <= at ? [] : [{ ...each, at: each.at }]));
  const first = coming.filter((each, index) => coming.findIndex((other) => other.at === each.at) === index);
  return first.sort((a, b) => a.at - b.at);
}

/** The first instant after `at` at which the answer could be another. */
export function findNextChange(explanation: Explanation): Instant | undefined {
  return listComing(explanation)[0]?.at;
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

function describeVm({ ref, vm, part, account }: Explanation): string[] {
  if (part !== undefined) {
    const size = part.sizeGb === undefined ? [] : [`${part.sizeGb} GB`];
    const address = part.address === undefined ? [] : [part.address];
    return [oneLine(ref.name), ref.id, nameKind(part.kind), ...size, ...address, 'attached to nothing'];
  }
  if (vm === undefined) return [oneLine(ref.name), ref.id, `not in the list of ${account}`];
  const place = vm.place === undefined ? '' : ` in ${vm.place.country}`;
  const status = `${vm.status === 'unknown' ? oneLine(vm.statusText) : vm.status}${place}`;
  return [oneLine(ref.name), ref.id, status, ...(vm.configuration === undefined ? [] : [vm.configuration])];
}

function describeOwner({ claim, account, other, leftBy }: Explanation, now: Instant): string {
  if (leftBy !== undefined) return `made for ${oneLine(leftBy)}, which has ended`;
  if (other === 'known-by-name') return 'its name is ours, but the books do not know it: counted, never deleted';
  if (claim === undefined) return `no policy of ${account} owns it`;
  if (other === 'unclaimed')
    return `unclaimed: ${claim.policy} bought it and is not in force any more; no rule deletes it (purser adopt, purser retire ${claim.policy})`;
  const origin = claim.origin === 'late' ? 'turned up late' : claim.origin === 'reaped' ? 'foreign' : claim.origin;
  const why = claim.unwanted === undefined ? '' : ` (${claim.unwanted})`;
  return `${claim.state} of ${claim.policy} for ${formatSpan(now - claim.stateSince)}${why}, ${origin} under generation ${claim.generation}`;
}

function describeMoney(explanation: Explanation, now: Instant): string {
  const { charge } = explanation;
  const paidUntil = readPaidUntil(explanation);
  const price = readPrice(explanation);
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

function describeAnswer(explanation: Explanation): string {
  const winner = findWinner(explanation);
  const by = winner?.policy === undefined ? winner?.rule : `${winner.rule} of ${winner.policy}`;
  const verdict = winner?.says === 'delete' ? `It is to be deleted: ${by} decides.` : `It is kept: ${by} decides.`;
  return winner === undefined ? 'It is kept: no rule wants it deleted.' : verdict;
}

function renderComing(explanation: Explanation, facts: RenderFacts): string[] {
  const coming = listComing(explanation);
  if (coming.length === 0) {
    const text = 'The answer changes only when something about the VM or the policies does.';
    return wrapText(text, facts.width, 0, 0);
  }
  const times = coming.map(({ at }) => formatNear(at, facts.now, facts.now));
  const wide = Math.max(...times.map((time) => time.length));
  return [
    'What can change it:',
    ...coming.flatMap(({ text }, index) => {
      const lead = `  ${times[index]!.padEnd(wide)}  `;
      const [first = '', ...more] = wrapText(text, facts.width, lead.length, lead.length);
      return [lead + first, ...more];
    }),
  ];
}

function renderPast(history: readonly LedgerEntry[], facts: RenderFacts): string[] {
  const lines = renderHistory(history, facts);
  return lines.length === 0 ? [] : ['', paint('History', 'strong', facts.colours), ...lines];
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
    ...wrapText(explanation.judgedBy, facts.width, 0, 2),
    '',
    ...renderVerdicts(explanation, facts),
    '',
    ...wrapText(describeAnswer(explanation), facts.width, 0, 0),
    ...renderComing(explanation, facts),
    ...renderPast(explanation.history, facts),
  ].join('\n');
}

/** Why a VM that is there now is foreseen to be gone at a later instant. */
function describeLeaving({ ref, vm, claim, charge, trace }: Explanation): string {
  const name = oneLine(ref.name);
  if (claim?.state === 'doomed') return 'Its deletion has begun.';
  if (charge?.fate !== 'delete' && charge?.fate !== 'deleting')
    return `At one of its boundaries until then it is not wanted any more, and deleted before it: \`purser explain ${name} --at\` an earlier instant says at which.`;
  const boundary = vm?.paidUntil ?? claim?.paidUntil ?? charge.at;
  const starts = charge.avoidableUntil === undefined ? '' : ` starts ${formatDateTime(charge.avoidableUntil)} and`;
  const why = trace.findLast((verdict) => verdict.says === 'delete')?.text;
  const because = why === undefined ? '' : `: ${oneLine(why)}`;
  return `Its deletion${starts} is to be through before its boundary ${formatDateTime(boundary)}${because}.`;
}

/** The forecast about a VM that is there now and not by then; below it what is said of it now. */
export function renderLeaving(present: Explanation, at: Instant, facts: RenderFacts): string {
  const forecast = `As of ${formatDateTime(at)}: it is expected to be gone by then. ${describeLeaving(present)}`;
  const lead = paint(`Forecast from ${formatDateTime(present.at)}`, 'strong', facts.colours);
  return [lead, ...wrapText(forecast, facts.width, 0, 2), '', renderExplain(present, facts)].join('\n');
}

/** The same for scripts: `says` is `gone`, of the instant that was asked for; the rules are those of now. */
export function explainLeavingToJson(present: Explanation, at: Instant) {
  const why = describeLeaving(present);
  return { ...explainToJson(present), at: toIso(at), foreseenFrom: toIso(present.at), says: 'gone', why };
}

/** The answer about a VM that no listing and no claim knows any more. */
export function renderGone({ ref, account, entries }: VmHistory, facts: RenderFacts): string {
  const head = joinPieces([oneLine(ref.name), ref.id, `not in ${account} any more`], '   ', facts.width);
  return [
    paint(head, 'strong', facts.colours),
    ...wrapText(describeEnd(entries), facts.width, 0, 2),
    ...renderPast(entries, facts),
  ].join('\n');
}

/** The same for scripts: `says` is `gone`. */
export function explainGoneToJson({ ref, account, entries }: VmHistory, now: Instant) {
  return {
    at: toIso(now),
    account,
    vm: ref,
    listed: false,
    rules: [],
    says: 'gone',
    why: describeEnd(entries),
    history: historyToJson(entries),
  };
}

/** What is not known is left out. */
export function explainToJson(explanation: Explanation) {
  const { vm, part, claim, charge, trace, leftBy } = explanation;
  const winner = findWinner(explanation);
  return {
    at: toIso(explanation.at),
    account: explanation.account,
    vm: explanation.ref,
    status: vm?.status,
    listed: (vm ?? part) !== undefined,
    part: part?.kind,
    leftBy,
    policy: claim?.policy,
    nobodys: explanation.other,
    claim:
      claim === undefined
        ? undefined
        : {
            ...{ policy: claim.policy, state: claim.state, since: toIso(claim.stateSince), origin: claim.origin },
            unwanted: claim.unwanted,
          },
    paidUntil: toOptionalIso(readPaidUntil(explanation)),
    ...priceToJson(readPrice(explanation)),
    avoidableUntil: toOptionalIso(charge?.avoidableUntil),
    rules: trace.map((verdict) => ({ ...verdict, until: toOptionalIso(verdict.until), won: verdict === winner })),
    decides: winner?.rule,
    says: winner?.says === 'delete' ? 'delete' : 'keep',
    changesAt: toOptionalIso(findNextChange(explanation)),
    coming: listComing(explanation).map(({ at, text }) => ({ at: toIso(at), text })),
    judgedBy: explanation.judgedBy,
    history: historyToJson(explanation.history),
  };
}
