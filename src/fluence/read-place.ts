// Reads a data center as VMs, offers and catalogues of all products show it.
import type { Place } from '../core/types.js';
import { isCount, isObject, readOptionalText } from './read-values.js';

/** A data center without a country says nothing: undefined. */
export function readPlace(value: unknown): Place | undefined {
  if (!isObject(value)) return undefined;
  const country = value['countryCode'];
  if (typeof country !== 'string' || !/^[A-Za-z]{2}$/.test(country)) return undefined;
  const index = value['cityIndex'] ?? value['index'];
  const certifications: unknown = value['certifications'];
  return {
    country: country.toUpperCase(),
    city: readOptionalText(value['cityCode']),
    cityIndex: isCount(index, 0, 1e6) ? index : undefined,
    tier: isCount(value['tier'], 1, 4) ? value['tier'] : undefined,
    certifications: Array.isArray(certifications)
      ? (certifications as unknown[]).filter((name) => typeof name === 'string')
      : [],
  };
}
