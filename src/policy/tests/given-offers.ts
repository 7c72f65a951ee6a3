// The market that a test supposes -> offers. Sizes are read from the names of configurations.
import type { Offer, Product } from '../../core/types.js';
import type { DocumentPath } from '../problems.js';
import type { OfferDocument } from '../schemas/test-given.js';
import { readPrice, type TestReader } from './test-reader.js';

const USUAL_DISK_GB = 25;

export interface Size {
  readonly vcpu: number;
  readonly ramGb: number;
  readonly storageGb: number;
}

/** `cpu-2-ram-4gb-storage-25gb`, or the cloud's `cpu-regular-2vcpu-4gb` with a usual disk. */
export function readSize(configuration: string): Size | undefined {
  const whole = /^cpu-(\d+)-ram-(\d+)gb-storage-(\d+)gb$/.exec(configuration);
  const [, vcpu, ramGb, storageGb] = whole ?? /^cpu-[a-z]+-(\d+)vcpu-(\d+)gb$/.exec(configuration) ?? [];
  if (vcpu === undefined) return undefined;
  return { vcpu: Number(vcpu), ramGb: Number(ramGb), storageGb: Number(storageGb ?? USUAL_DISK_GB) };
}

/** `path` leads to the list. */
export function readGivenOffers(
  reader: TestReader,
  path: DocumentPath,
  documents: readonly OfferDocument[],
  product: Product,
): readonly Offer[] {
  return documents.map((document, index): Offer => {
    const { country, configuration, city, tier, capacity = 100, certifications = [] } = document;
    reader.country([...path, index, 'country'], country);
    const size = readSize(configuration) ?? { vcpu: 0, ramGb: 0, storageGb: 0 };
    return {
      configuration,
      ...size,
      price: readPrice(document.price),
      place: { country, city, cityIndex: undefined, tier, certifications },
      capacity,
      hardware: {},
      // A call of the cloud names a cluster: here each place is one.
      ...(product === 'cloud' ? { clusterId: [country, ...(city === undefined ? [] : [city])].join('-') } : {}),
    };
  });
}
