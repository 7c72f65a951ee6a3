// Reads what the marketplace lists beside offers: configurations, countries, hardware, data centers. Entries
// that can't be read are passed over: naming something that isn't here is refused by the planner or the API, not bought.
import type { Place } from '../../core/types.js';
import { isObject, quoteValue, readArray, readItems, readOptionalText, Unreadable } from '../read-values.js';
import { readPlace } from '../read-place.js';

/** The hardware that offers may have; a deployment must give every field of a type that it names. */
export interface HardwareCatalogue {
  readonly cpu: readonly { readonly manufacturer: string; readonly architecture: string }[];
  readonly memory: readonly { readonly type: string; readonly generation: string }[];
  readonly storage: readonly { readonly type: string }[];
}

export function readConfigurations(json: unknown): readonly string[] {
  return readArray(json, 'configurations').filter((slug) => typeof slug === 'string');
}

/** ISO codes, upper case. */
export function readCountries(json: unknown): readonly string[] {
  return readArray(json, 'countries')
    .filter((code) => typeof code === 'string')
    .map((code) => code.toUpperCase())
    .filter((code) => /^[A-Z]{2}$/.test(code));
}

export function readHardware(json: unknown): HardwareCatalogue {
  if (!isObject(json)) throw new Unreadable(`its body is ${quoteValue(json)}, not the hardware`);
  return {
    cpu: readRows(json['cpu'], ['manufacturer', 'architecture']),
    memory: readRows(json['memory'], ['type', 'generation']),
    storage: readRows(json['storage'], ['type']),
  };
}

/** The form is documented nowhere; a list of data centers as VMs and offers show them, bare or as `items`, is understood. */
export function readDatacenters(json: unknown): readonly Place[] {
  return readItems(json, 'data centers')
    .map(readPlace)
    .filter((place) => place !== undefined);
}

function readRows<Field extends string>(value: unknown, fields: readonly Field[]): Record<Field, string>[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly unknown[])
    .filter(isObject)
    .filter((row) => fields.every((field) => readOptionalText(row[field]) !== undefined))
    .map((row) => Object.fromEntries(fields.map((field) => [field, row[field]])) as Record<Field, string>);
}
