// A source text -> the documents that are policies in it. Judges nothing about them.
import { readPlacedYaml } from './placed-yaml.js';
import type { PlacedDocument } from './placed-yaml.js';
import type { DocumentPath, Problem } from './problems.js';
import { readValue } from './read-value.js';

/** A part of a document as a document of its own, which stands where it stood. */
function placeWithin(document: PlacedDocument, inside: DocumentPath): PlacedDocument {
  return {
    file: document.file,
    value: readValue(document, inside),
    place: (path, part) => document.place([...inside, ...path], part),
    placeInside: (path, offset) => document.placeInside([...inside, ...path], offset),
  };
}

/** Policies that stand inside a larger document keep that document's lines, and may use its anchors. */
export function readSource(source: {
  readonly path: string;
  readonly text: string;
  readonly within?: readonly DocumentPath[];
}): { readonly documents: readonly PlacedDocument[]; readonly problems: readonly Problem[] } {
  const { path, text, within } = source;
  const read = readPlacedYaml(path, text);
  if (within === undefined) return read;
  const documents = read.documents.flatMap((document) => within.map((inside) => placeWithin(document, inside)));
  return { documents, problems: read.problems };
}
