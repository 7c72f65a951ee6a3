// What can be rented in a scenario, and what disks and IPs cost. usual-offers.ts has what stands where it says nothing.
import { DAY_MILLIS } from '../../core/money.js';
import type { OfferChange, Scenario, ScenarioOffer } from '../../core/scenario.js';
import type { Micros, Product } from '../../core/types.js';
import { compileHardware } from '../compile-fleet.js';
import { findCountryFault } from '../check-fleet.js';
import type { DocumentPath } from '../problems.js';
import { readList, readNumber, readText, readValue } from '../read-value.js';
import type { FleetDocument } from '../schemas/fleet.js';
import { checkOrder, isMappingAt, readPrice, readWithin, report } from './scenario-reading.js';
import type { ScenarioReading } from './scenario-reading.js';
import { listUsualOffers, USUAL_CAPACITY, USUAL_PARTS } from './usual-offers.js';

const IS_OF_PRODUCT: Readonly<Record<Product, { readonly form: RegExp; readonly example: string }>> = {
  marketplace: { form: /^cpu-\d+-ram-\d+gb-storage-\d+gb$/, example: 'cpu-2-ram-4gb-storage-25gb' },
  cloud: { form: /^cpu-(regular|premium|shared)-\d+vcpu-\d+gb$/, example: 'cpu-regular-2vcpu-4gb' },
};

/** A configuration of the scenario's product. */
export function readConfiguration(reading: ScenarioReading, path: DocumentPath): string | undefined {
  const slug = readText(reading.document, path);
  const { product } = reading;
  const other = product === 'cloud' ? 'marketplace' : 'cloud';
  if (slug === undefined || !IS_OF_PRODUCT[other].form.test(slug)) return slug;
  const message = `\`${slug}\` is a configuration of the ${other}, and this scenario plays on the ${product}.`;
  const hint = `Write one such as ${IS_OF_PRODUCT[product].example}, or \`product: ${other}\`.`;
  return report(reading, path, ['configuration-of-other-product', message, hint]);
}

/** A country's code; one that isn't one is told. */
export function readCountry(reading: ScenarioReading, path: DocumentPath): string | undefined {
  const code = readText(reading.document, path);
  if (code === undefined || !/^[A-Za-z]{2}$/.test(code)) return undefined;
  const fault = findCountryFault(code);
  if (fault === undefined) return code;
  return report(reading, path, ['country-unknown', fault.message, fault.hint]);
}

function readChanges(reading: ScenarioReading, path: DocumentPath): readonly OfferChange[] {
  const changes: OfferChange[] = [];
  let before: number | undefined;
  for (const index of readList(reading.document, path).keys()) {
    const entry = [...path, index];
    if (!isMappingAt(reading, entry)) continue;
    const at = readWithin(reading, [...entry, 'at']);
    checkOrder(reading, [...entry, 'at'], at, before);
    before = at ?? before;
    const price = readPrice(reading, [...entry, 'price']);
    const capacity = readNumber(reading.document, [...entry, 'capacity']);
    const has = (key: string): boolean => readValue(reading.document, [...entry, key]) !== undefined;
    if (!has('price') && !has('capacity'))
      report(reading, entry, ['change-empty', 'This changes nothing.', 'Add `price`, `capacity` or both.']);
    if (at === undefined) continue;
    changes.push({ at, ...(price === undefined ? {} : { price }), ...(capacity === undefined ? {} : { capacity }) });
  }
  return changes;
}

/** `offers`, those that could be read. */
export function readOffers(reading: ScenarioReading): readonly ScenarioOffer[] {
  const { document, product } = reading;
  if (readValue(document, ['offers']) === undefined) return listUsualOffers(product);
  const firstByKey = new Map<string, number>();
  const offers: ScenarioOffer[] = [];
  for (const index of readList(document, ['offers']).keys()) {
    const path = ['offers', index];
    if (!isMappingAt(reading, path)) continue;
    const configuration = readConfiguration(reading, [...path, 'configuration']);
    const country = readCountry(reading, [...path, 'country']);
    const price = readPrice(reading, [...path, 'price']);
    const changes = readChanges(reading, [...path, 'changes']);
    if (configuration === undefined || country === undefined) continue;
    const key = `${country} ${configuration}`;
    const earlier = firstByKey.get(key);
    if (earlier !== undefined) {
      const message = `Offer ${earlier + 1} is ${configuration} in ${country} too.`;
      report(reading, path, ['offer-twice', message, 'Keep one of them; a price that moves is written as `changes`.']);
    } else firstByKey.set(key, index);
    const hardware = readValue(document, [...path, 'hardware']) as FleetDocument['where']['hardware'];
    offers.push({
      configuration,
      country,
      // A wrong price is told; the offer still counts for what is checked against the offers.
      price: price ?? { amount: 0n, periodMillis: DAY_MILLIS },
      capacity: readNumber(document, [...path, 'capacity']) ?? USUAL_CAPACITY,
      tier: readNumber(document, [...path, 'tier']),
      hardware: isMappingAt(reading, [...path, 'hardware']) ? compileHardware(hardware) : {},
      changes,
    });
  }
  return offers;
}

/** `parts`: what the cloud charges for disks and IPs; nothing on the marketplace. */
export function readParts(reading: ScenarioReading): Scenario['parts'] {
  const isCloud = reading.product === 'cloud';
  if (!isCloud && readValue(reading.document, ['parts']) !== undefined)
    report(
      reading,
      ['parts'],
      [
        'parts-of-cloud',
        'On the marketplace disk and IP are in the price of a VM.',
        'Take it out, or write `product: cloud`.',
      ],
      'key',
    );
  if (!isCloud) return { storagePerGb: 0n, publicIp: 0n };
  const read = (key: keyof typeof USUAL_PARTS): Micros =>
    readPrice(reading, ['parts', key], true)?.amount ?? USUAL_PARTS[key];
  return { storagePerGb: read('storagePerGb'), publicIp: read('publicIp') };
}
