// The version of this package, for the User-Agent and `--version`. Reads package.json, wherever this file was built to.
import { readFileSync } from 'node:fs';

/** Throws never: a package without a readable package.json is version 0.0.0. */
export function readVersion(): string {
  for (const candidate of ['../package.json', '../../package.json']) {
    try {
      const text = readFileSync(new URL(candidate, import.meta.url), 'utf8');
      return (JSON.parse(text) as { version: string }).version;
    } catch {
      continue;
    }
  }
  return '0.0.0';
}
