// Reads the default images, as a bare list or in `items`. One without a slug or an address to load it from is passed over.
import type { Image } from '../core/types.js';
import { isObject, readItems, readOptionalText } from './read-values.js';
import type { JsonObject } from './read-values.js';

export function readImages(json: unknown): readonly Image[] {
  const images: Image[] = [];
  for (const entry of readItems(json, 'images')) {
    const image = isObject(entry) ? readImage(entry) : undefined;
    if (image !== undefined) images.push(image);
  }
  return images;
}

function readImage(entry: JsonObject): Image | undefined {
  const slug = readOptionalText(entry['slug']);
  const url = readOptionalText(entry['downloadUrl']);
  if (slug === undefined || url === undefined) return undefined;
  return {
    slug,
    name: readOptionalText(entry['name']) ?? slug,
    distribution: readOptionalText(entry['distribution']),
    url,
    username: readOptionalText(entry['username']),
  };
}
