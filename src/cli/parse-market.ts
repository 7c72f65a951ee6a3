// Reads prices and lists that people write in options. The same words as in policies; nothing is guessed.
import { PurserError } from '../core/errors.js';
import { DAY_MILLIS, HOUR_MILLIS, parseUsdc } from '../core/money.js';
import type { Price } from '../core/types.js';

/** `0.80/day`, `0.04/hour`; undefined stays undefined. Throws `option-invalid`. */
export function parseRate(flag: string, written: string | undefined): Price | undefined {
  if (written === undefined) return undefined;
  const text = written.trim();
  const [, money = '', unit] = /^(\d+(?:\.\d{1,6})?|\.\d{1,6}) ?\/ ?(hour|day)$/.exec(text) ?? [];
  const amount = parseUsdc(money);
  if (amount === undefined || unit === undefined) {
    throw new PurserError(
      'option-invalid',
      `${flag} must be USDC with its unit, such as 0.80/day or 0.04/hour, not "${text}".`,
    );
  }
  return { amount, periodMillis: unit === 'day' ? DAY_MILLIS : HOUR_MILLIS };
}

/** `FR` or `FR,DE` in any letter case; undefined when not given. Throws `option-invalid`. */
export function parseCountries(flag: string, written: string | undefined): readonly string[] | undefined {
  if (written === undefined) return undefined;
  const countries = written.split(',').map((country) => country.trim().toUpperCase());
  if (countries.every((country) => /^[A-Z]{2}$/.test(country))) return countries;
  throw new PurserError('option-invalid', `${flag} must be country codes such as FR or FR,DE, not "${written}".`);
}
