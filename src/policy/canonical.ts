// One text for equal content, whatever the order of keys: what policies and signals are hashed by.
import { hashText } from '../core/hash.js';

/** JSON with sorted keys; undefined members are left out, bigints are written as decimal text. */
function writeCanonical(value: unknown): string {
  if (typeof value === 'bigint') return `"${value}"`;
  if (Array.isArray(value)) return `[${value.map(writeCanonical).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, member]) => member !== undefined);
    entries.sort(([left], [right]) => (left < right ? -1 : 1));
    return `{${entries.map(([key, member]) => `${JSON.stringify(key)}:${writeCanonical(member)}`).join(',')}}`;
  }
  return JSON.stringify(value ?? null);
}

export function hashContent(value: unknown): string {
  return hashText(writeCanonical(value));
}
