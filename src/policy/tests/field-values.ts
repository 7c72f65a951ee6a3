// Values of a plan, and of what a test expects of it: whether one is the other, and how both are shown. Exact for money; instants
// go by how exactly they were written.
import { comparePrices, DAY_MILLIS, formatUsdc, HOUR_MILLIS } from '../../core/money.js';
import type { Instant, Micros, Price } from '../../core/types.js';
import type { DocumentPath } from '../problems.js';
import type { WrittenInstant } from './read-instant.js';

/** What a plan says. */
export type Value =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'instant'; readonly at: Instant }
  | { readonly kind: 'money'; readonly micros: Micros }
  | { readonly kind: 'price'; readonly price: Price };

/** What a test expects. piece: a part of a text. */
export type Wish =
  | Exclude<Value, { readonly kind: 'instant' }>
  | { readonly kind: 'piece'; readonly text: string }
  | ({ readonly kind: 'instant' } & WrittenInstant);

/** A number or a word that the plan tells of a policy or of itself. */
export interface WishedFact {
  readonly path: DocumentPath;
  readonly of: 'fleet' | 'reap' | 'budget' | 'totals';
  readonly policy: string | undefined;
  readonly field: string;
  readonly wish: Wish;
}

export function fits(wish: Wish, value: Value | undefined): boolean {
  if (value === undefined) return false;
  switch (wish.kind) {
    case 'piece':
      return value.kind === 'text' && value.text.includes(wish.text);
    case 'text':
      return value.kind === 'text' && value.text === wish.text;
    case 'number':
      return value.kind === 'number' && value.number === wish.number;
    case 'money':
      return value.kind === 'money' && value.micros === wish.micros;
    case 'price':
      return value.kind === 'price' && comparePrices(value.price, wish.price) === 0;
    case 'instant': {
      if (value.kind !== 'instant') return false;
      // A plan cuts instants to the minute wherever it shows them.
      const cut = (at: Instant): number => Math.floor(at / wish.precision);
      return cut(value.at) === cut(wish.at);
    }
  }
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

function showInstant(at: Instant, hasSeconds: boolean): string {
  const date = new Date(at);
  const text = date.toISOString().replace('T', ' ');
  return `${WEEKDAYS[date.getUTCDay()]} ${text.slice(0, hasSeconds ? 19 : 16)}Z`;
}

function showPrice({ amount, periodMillis }: Price): string {
  const unit = periodMillis === HOUR_MILLIS ? 'hour' : periodMillis === DAY_MILLIS ? 'day' : `${periodMillis} ms`;
  return `${formatUsdc(amount)}/${unit}`;
}

/** `like`: the wish beside which it stands, whose exactness it takes. */
export function showValue(value: Value | Wish | undefined, like?: Wish): string {
  if (value === undefined) return 'none';
  switch (value.kind) {
    case 'text':
      return value.text;
    case 'piece':
      return `... ${value.text} ...`;
    case 'number':
      return String(value.number);
    case 'money':
      return formatUsdc(value.micros);
    case 'price':
      return showPrice(value.price);
    case 'instant': {
      const precision = 'precision' in value ? value.precision : like?.kind === 'instant' ? like.precision : 60_000;
      return showInstant(value.at, precision < 60_000);
    }
  }
}
