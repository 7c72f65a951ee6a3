// Looks into a document that may be wrong in any way: what isn't of the asked type is undefined, nothing throws.
import type { PlacedDocument } from './placed-yaml.js';
import type { DocumentPath } from './problems.js';

export function readValue(document: PlacedDocument, path: DocumentPath): unknown {
  let here: unknown = document.value;
  for (const part of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, part)) return undefined;
    here = (here as Record<string | number, unknown>)[part];
  }
  return here;
}

export function readText(document: PlacedDocument, path: DocumentPath): string | undefined {
  const value = readValue(document, path);
  return typeof value === 'string' ? value : undefined;
}

export function readNumber(document: PlacedDocument, path: DocumentPath): number | undefined {
  const value = readValue(document, path);
  return typeof value === 'number' ? value : undefined;
}

export function readList(document: PlacedDocument, path: DocumentPath): readonly unknown[] {
  const value = readValue(document, path);
  return Array.isArray(value) ? value : [];
}
