// One line for each ledger entry, as `apply` and `up` print them while they happen.
import type { LedgerEntry } from '../../core/books.js';
import { formatUsdc } from '../../core/money.js';
import { formatMoment, toIso } from './format-instant.js';
import { paint } from './paint.js';
import type { Style } from './paint.js';
import { oneLine } from './phrase.js';
import type { RenderFacts } from './render-facts.js';

type Event = LedgerEntry['event'];

interface Look {
  readonly mark: '+' | '-' | '~' | '!' | '.';
  readonly words: string;
  /** What the entry's money is; undefined where it is said elsewhere. */
  readonly money?: string;
}

const LOOKS: Readonly<Record<Event, Look>> = {
  intent: { mark: '.', words: 'decided' },
  bought: { mark: '+', words: 'bought', money: 'paid' },
  'buy-failed': { mark: '!', words: 'purchase failed' },
  'buy-unknown': { mark: '!', words: 'no clear answer to a purchase' },
  'buy-lapsed': { mark: '~', words: 'purchase came to nothing' },
  'late-create': { mark: '!', words: 'turned up late', money: 'paid for nothing' },
  active: { mark: '+', words: 'running' },
  charged: { mark: '.', words: 'charged', money: 'paid' },
  parked: { mark: '~', words: 'parked' },
  'taken-back': { mark: '+', words: 'taken back' },
  doomed: { mark: '-', words: 'deletion begins' },
  'delete-called': { mark: '-', words: 'being deleted' },
  'delete-failed': { mark: '!', words: 'deletion failed' },
  deleted: { mark: '-', words: 'deleted', money: 'avoided' },
  'part-removed': { mark: '-', words: 'removed', money: 'avoided' },
  'record-removed': { mark: '-', words: 'record removed', money: 'freed' },
  kept: { mark: '~', words: 'kept' },
  'missed-boundary': { mark: '!', words: 'missed its boundary', money: 'paid for nothing' },
  terminated: { mark: '!', words: 'ended' },
  gone: { mark: '!', words: 'gone' },
  adopted: { mark: '+', words: 'adopted' },
  retired: { mark: '~', words: 'retired' },
  moved: { mark: '~', words: 'moved' },
  refused: { mark: '!', words: 'refused' },
  note: { mark: '.', words: 'note' },
};

const STYLES: Readonly<Record<Look['mark'], Style>> = {
  '+': 'added',
  '-': 'removed',
  '~': 'held',
  '!': 'alarm',
  '.': 'faint',
};

/** The ledger's sentence. Where it only gives a reason, or no VM, what happened to which VM is put before it. */
function describeEvent(entry: LedgerEntry, look: Look): string {
  const text = oneLine(entry.text);
  const name = entry.vmName === undefined ? '' : oneLine(entry.vmName);
  const what = `${name} ${look.words}`.trim();
  if (text === '') return what;
  if (name === '') return text;
  if (text.includes(name) && !text.startsWith(`${name}: `)) return text;
  const why = text.startsWith(`${name}: `) ? text.slice(name.length + 2) : text;
  return `${what}: ${why.replace(/^surplus: /, '')}`;
}

function describeMoney(entry: LedgerEntry, look: Look): string {
  if (entry.money === undefined || entry.money === 0n || look.money === undefined) return '';
  const amount = formatUsdc(entry.money);
  return entry.text.includes(amount) ? '' : `; ${look.money} ${amount}`;
}

/** What an entry says, without when and of whom. */
export function describeOutcome(entry: LedgerEntry): { readonly mark: string; readonly text: string } {
  const look = LOOKS[entry.event];
  return { mark: look.mark, text: describeEvent(entry, look) + describeMoney(entry, look) };
}

/** `Fri 19:12:04Z  - reap-ci  deleted ci-build-07, 6 min before its boundary; avoided 0.306980`. */
export function renderOutcome(entry: LedgerEntry, facts: Pick<RenderFacts, 'colours'>): string {
  const look = LOOKS[entry.event];
  const whose = (entry.policy ?? entry.account).padEnd(7);
  const { text } = describeOutcome(entry);
  return `${formatMoment(entry.at)}  ${paint(look.mark, STYLES[look.mark], facts.colours)} ${whose}  ${text}`;
}

/** One entry of the ledger in JSON; what is not known is left out. */
export function outcomeToJson(entry: LedgerEntry) {
  const { at, money, ...rest } = entry;
  return { at: toIso(at), ...rest, money: money === undefined ? undefined : formatUsdc(money) };
}
