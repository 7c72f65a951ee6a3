// A port as people and policies write it. Words only.
import type { Port } from './types.js';

/** `443/tcp`. */
export function formatPort({ port, protocol }: Port): string {
  return `${port}/${protocol}`;
}
