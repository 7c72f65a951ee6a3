// The package's own place and version: its policies ship beside it, its version stands in the User-Agent and `--version`.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of package.json, whether this file runs from the sources or from the build. */
export function findPackageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const above = dirname(folder);
    if (above === folder) return dirname(fileURLToPath(import.meta.url));
    folder = above;
  }
  return folder;
}

/** Throws never: a package without a readable package.json is version 0.0.0. */
export function readVersion(): string {
  try {
    return (JSON.parse(readFileSync(join(findPackageRoot(), 'package.json'), 'utf8')) as { version: string }).version;
  } catch {
    return '0.0.0';
  }
}
