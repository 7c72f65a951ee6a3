// Reads the `resources` of a VM or an offer: how much of what, and which hardware. Nothing is guessed: what isn't told, or
// is told in a form that nobody documented, is undefined.
import type { Hardware } from '../../core/types.js';
import { isObject, readOptionalText } from '../read-values.js';
import type { JsonObject } from '../read-values.js';

export interface Resources {
  readonly vcpu: number | undefined;
  readonly ramGb: number | undefined;
  readonly storageGb: number | undefined;
  readonly hardware: Hardware;
}

const NO_METADATA: JsonObject = {};

/** Less of anything than the smallest step that texts can write, or more than a machine has: such a number is a fault. */
const LEAST_AMOUNT = 1e-6;
const MOST_AMOUNT = 1e9;
const MIB_PER_GIB = 1024;

/** Several entries of one type add up (a disk beyond the configuration's own); one that can't be read makes the sum unknown. */
export function readResources(value: unknown): Resources {
  if (!Array.isArray(value)) return { vcpu: undefined, ramGb: undefined, storageGb: undefined, hardware: {} };
  let vcpu: number | undefined;
  let ramMib: number | undefined;
  let storageMib: number | undefined;
  const hardware: { -readonly [Key in keyof Hardware]: Hardware[Key] } = {};
  let storageTypes = 0;
  for (const entry of value as readonly unknown[]) {
    if (!isObject(entry)) continue;
    const metadata = isObject(entry['metadata']) ? entry['metadata'] : NO_METADATA;
    switch (entry['type']) {
      case 'VCPU':
        vcpu = (vcpu ?? 0) + readAmount(entry['quantity'] ?? entry['supply']);
        setText(hardware, 'cpuManufacturer', metadata['manufacturer']);
        setText(hardware, 'cpuArchitecture', metadata['architecture']);
        break;
      case 'RAM':
        ramMib = (ramMib ?? 0) + readMebibytes(entry);
        setText(hardware, 'memoryType', metadata['type']);
        setText(hardware, 'memoryGeneration', metadata['generation']);
        break;
      case 'STORAGE':
        storageMib = (storageMib ?? 0) + readMebibytes(entry);
        if (metadata['type'] !== hardware.storageType) storageTypes += 1;
        setText(hardware, 'storageType', metadata['type']);
        break;
      default:
        // PUBLIC_IP and NETWORK_BANDWIDTH decide nothing; new types will come.
        break;
    }
  }
  if (storageTypes > 1) delete hardware.storageType;
  return {
    vcpu: known(vcpu, 1),
    ramGb: known(ramMib, MIB_PER_GIB),
    storageGb: known(storageMib, MIB_PER_GIB),
    hardware,
  };
}

/** A slug from what the resources say, since the API doesn't tell the configuration of a VM. Whole numbers only. */
export function buildConfigurationSlug({ vcpu, ramGb, storageGb }: Resources): string | undefined {
  if (vcpu === undefined || ramGb === undefined || storageGb === undefined) return undefined;
  if (!Number.isInteger(vcpu) || !Number.isInteger(ramGb) || !Number.isInteger(storageGb)) return undefined;
  return `cpu-${vcpu}-ram-${ramGb}gb-storage-${storageGb}gb`;
}

const SLUG = /^cpu-(\d{1,5})-ram-(\d{1,6})gb-storage-(\d{1,8})gb$/;

/** undefined for a slug of another pattern: a product that we don't know. */
export function parseConfigurationSlug(
  slug: string,
): { readonly vcpu: number; readonly ramGb: number; readonly storageGb: number } | undefined {
  const match = SLUG.exec(slug);
  if (match === null) return undefined;
  return { vcpu: Number(match[1]), ramGb: Number(match[2]), storageGb: Number(match[3]) };
}

function setText(hardware: Record<string, string>, field: keyof Hardware, value: unknown): void {
  const text = typeof value === 'number' ? String(value) : readOptionalText(value);
  if (text !== undefined) hardware[field] = text;
}

/** NaN: unknown, and so is every sum with it. */
function known(amount: number | undefined, unit: number): number | undefined {
  return amount === undefined || Number.isNaN(amount) ? undefined : amount / unit;
}

function readAmount(value: unknown): number {
  const amount =
    typeof value === 'number'
      ? value
      : typeof value === 'string' && /^\d{1,10}(\.\d{1,6})?$/.test(value)
        ? Number(value)
        : NaN;
  return amount >= LEAST_AMOUNT && amount <= MOST_AMOUNT ? amount : NaN;
}

/** `quantity` (MiB) in the oldest form, `supply` with `units` later. */
function readMebibytes(entry: JsonObject): number {
  if (entry['supply'] === undefined) return readAmount(entry['quantity']);
  const supply = readAmount(entry['supply']);
  if (entry['units'] === 'MiB') return supply;
  return entry['units'] === 'GiB' ? supply * MIB_PER_GIB : NaN;
}
