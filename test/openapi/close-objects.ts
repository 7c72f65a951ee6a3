// Closes the objects of an OpenAPI document: a field that it doesn't name is a fault of ours, in a request or in an answer.
// Parts of an `allOf` stay open, because each of them sees the fields of the others; what holds them is closed.

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A copy whose objects allow only what they name. */
export function closeObjects(document: unknown): Record<string, unknown> {
  const open = new Set<string>();
  collectParts(document, open);
  return copy(document, '#', open) as Record<string, unknown>;
}

/** Components that are parts of an `allOf`, by their references. */
function collectParts(value: unknown, open: Set<string>): void {
  if (Array.isArray(value)) {
    for (const entry of value) collectParts(entry, open);
    return;
  }
  if (!isRecord(value)) return;
  for (const part of Array.isArray(value['allOf']) ? value['allOf'] : []) {
    if (isRecord(part) && typeof part['$ref'] === 'string') open.add(part['$ref']);
  }
  for (const entry of Object.values(value)) collectParts(entry, open);
}

function copy(value: unknown, pointer: string, open: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((entry, index) => copy(entry, `${pointer}/${index}`, open));
  if (!isRecord(value)) return value;
  const copied: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries(value)) copied[key] = copy(entry, `${pointer}/${key}`, open);
  const isPart = open.has(pointer) || /\/allOf\/\d+$/.test(pointer);
  const isOpen = value['additionalProperties'] !== undefined || isPart;
  if (Array.isArray(value['allOf'])) copied['unevaluatedProperties'] = false;
  else if (value['type'] === 'object' && isRecord(value['properties']) && !isOpen)
    copied['additionalProperties'] = false;
  return copied;
}
