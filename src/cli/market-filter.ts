// `--country`, `--configuration`, `--max-price`: what of a list is shown. The same words for VMs, offers and prices; what has no
// place, configuration or price doesn't match a filter that asks for one.
import { PurserError } from '../core/errors.js';
import { comparePrices, formatUsdc, HOUR_MILLIS } from '../core/money.js';
import type { Place, Price } from '../core/types.js';
import type { CommandContext, CommandOption } from './command.js';
import { readOptionText } from './option-text.js';
import { parseCountries, parseRate } from './parse-market.js';
import { suggestWord } from '../policy/closest-word.js';
import { formatPeriod } from './render/format-instant.js';
import { listNames } from './render/phrase.js';

export interface MarketFilter {
  readonly configuration: string | undefined;
  readonly countries: readonly string[] | undefined;
  readonly maxPrice: Price | undefined;
}

export const marketOptions: readonly CommandOption[] = [
  ['--configuration <slug>', 'only this one, such as cpu-2-ram-4gb-storage-25gb or cpu-regular-2vcpu-4gb'],
  ['--country <codes>', 'only these countries: FR or FR,DE'],
  ['--max-price <rate>', 'at most so much each: 0.80/day or 0.04/hour'],
];

/** Throws `option-invalid`. */
export function readMarketFilter(context: CommandContext): MarketFilter {
  const configuration = readOptionText(context, 'configuration')?.trim();
  if (configuration === '') throw new PurserError('option-invalid', '--configuration names nothing.');
  return {
    configuration,
    countries: parseCountries('--country', readOptionText(context, 'country')),
    maxPrice: parseRate('--max-price', readOptionText(context, 'maxPrice')),
  };
}

export interface MarketThing {
  readonly configuration: string | undefined;
  readonly place: Place | undefined;
  readonly price: Price | undefined;
}

export function passesFilter({ configuration, place, price }: MarketThing, filter: MarketFilter): boolean {
  return (
    (filter.configuration === undefined || configuration === filter.configuration) &&
    (filter.countries === undefined || (place !== undefined && filter.countries.includes(place.country))) &&
    (filter.maxPrice === undefined || (price !== undefined && comparePrices(price, filter.maxPrice) <= 0))
  );
}

export function isFiltering({ configuration, countries, maxPrice }: MarketFilter): boolean {
  return configuration !== undefined || countries !== undefined || maxPrice !== undefined;
}

/** `in FR or DE, of cpu-..., at most 0.040000/hour`; empty without a filter. */
function describeFilter({ configuration, countries, maxPrice }: MarketFilter): string {
  const unit = maxPrice?.periodMillis === HOUR_MILLIS ? 'hour' : 'day';
  return [
    ...(countries === undefined ? [] : [`in ${countries.join(' or ')}`]),
    ...(configuration === undefined ? [] : [`of ${configuration}`]),
    ...(maxPrice === undefined ? [] : [`at most ${formatUsdc(maxPrice.amount)}/${unit}`]),
  ].join(', ');
}

function listDistinct(words: readonly (string | undefined)[]): string {
  return listNames([...new Set(words.filter((word) => word !== undefined))].sort(), 6);
}

/** Why a filter leaves nothing of `all`: the first part of it that nothing passes. `noun` is a plural. */
export function explainEmpty(noun: string, filter: MarketFilter, all: readonly MarketThing[]): string {
  const nothing = `No ${noun} ${describeFilter(filter)}.`;
  if (all.length === 0) return `${nothing} Without these limits there are none either.`;
  const { configuration, countries } = filter;
  const slugs = all.map((thing) => thing.configuration);
  if (configuration !== undefined && !slugs.includes(configuration)) {
    const known = slugs.filter((slug) => slug !== undefined);
    return `${nothing} ${suggestWord(configuration, known, `There are: ${listDistinct(known) || 'none with a configuration'}.`)}`;
  }
  const places = all.map(({ place }) => place?.country);
  if (countries !== undefined && !places.some((country) => country !== undefined && countries.includes(country)))
    return `${nothing} There are some in: ${listDistinct(places) || 'no country that is told'}.`;
  const rest = all.filter((thing) => passesFilter(thing, { ...filter, maxPrice: undefined }));
  if (rest.length === 0)
    return `${nothing} ${configuration} is in: ${listDistinct(all.filter((thing) => thing.configuration === configuration).map(({ place }) => place?.country))}.`;
  const [cheapest] = rest.flatMap(({ price }) => price ?? []).sort(comparePrices);
  if (cheapest === undefined) return `${nothing} Their prices are not told.`;
  return `${nothing} The cheapest costs ${formatUsdc(cheapest.amount)}/${formatPeriod(cheapest.periodMillis)}.`;
}
