// Looks into a JSON document: pointers of RFC 6901, and equality by value. Pure.

export type Found = { readonly found: true; readonly value: unknown } | { readonly found: false };

const ABSENT: Found = { found: false };

/** Follows a JSON pointer (`/busy`, `/jobs/0/state`; empty is the whole document). Own properties only. */
export function findByPointer(document: unknown, pointer: string): Found {
  if (pointer === '') return { found: true, value: document };
  if (!pointer.startsWith('/')) return ABSENT;
  let value = document;
  for (const token of pointer.slice(1).split('/')) {
    if (/~(?![01])/.test(token)) return ABSENT;
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null) return ABSENT;
    if (Array.isArray(value) && !/^(0|[1-9]\d*)$/.test(key)) return ABSENT;
    if (!Object.hasOwn(value, key)) return ABSENT;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return { found: true, value };
}

/** Equal as JSON: the same members in any order, the same items in the same order. */
export function isEqualJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, at) => isEqualJson(item, b[at]))
    );
  }
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every(
    (key) =>
      Object.hasOwn(b, key) && isEqualJson((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
  );
}
