// Prices in JSON: money as a decimal string and the period it pays for.
import { formatUsdc } from '../../core/money.js';
import type { Price } from '../../core/types.js';
import { formatPeriod } from './format-instant.js';

/** `{price: "0.306980", per: "24h"}`, or nothing for a price that isn't known. */
export function priceToJson(price: Price | undefined): { price?: string; per?: string } {
  return price === undefined ? {} : { price: formatUsdc(price.amount), per: formatPeriod(price.periodMillis) };
}
