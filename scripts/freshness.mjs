// Tells whether node_modules and dist are what the lock file and the sources ask for, by hash stamps: a stamp survives a
// checkout and a copy, times don't. Plain Node without packages, because it runs before anything is installed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout that these scripts belong to. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const INSTALL_STAMP = 'node_modules/.purser-install';
const BUILD_STAMP = 'dist/.purser-build';

/** What the build reads. Tests are not built. */
const BUILD_INPUTS = ['src', 'workers', 'bench', 'tsconfig.json', 'tsconfig.build.json'];

function hashInto(hash, path) {
  const full = join(root, path);
  if (!existsSync(full)) return;
  if (statSync(full).isFile()) {
    hash.update(`${path}\n`).update(readFileSync(full));
    return;
  }
  for (const name of readdirSync(full).sort()) hashInto(hash, `${path}/${name}`);
}

function hashInputs(paths) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`);
  for (const path of paths) hashInto(hash, path);
  return hash.digest('hex');
}

function readStamp(path) {
  const full = join(root, path);
  return existsSync(full) ? readFileSync(full, 'utf8').trim() : undefined;
}

function writeStamp(path, value) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), `${value}\n`);
}

/** Whether the packages of the lock file are there, those for development too. */
export function isInstalled() {
  const hasTools = existsSync(join(root, 'node_modules/typescript')) && existsSync(join(root, 'node_modules/vitest'));
  return hasTools && readStamp(INSTALL_STAMP) === hashInputs(['package-lock.json']);
}

export function markInstalled() {
  writeStamp(INSTALL_STAMP, hashInputs(['package-lock.json']));
}

/** The hash of all that the build reads now; taken before a build, so that an edit during it makes the build stale. */
export function hashSources() {
  return hashInputs(BUILD_INPUTS);
}

export function isBuilt() {
  return readStamp(BUILD_STAMP) === hashSources();
}

export function markBuilt(sourcesHash) {
  writeStamp(BUILD_STAMP, sourcesHash);
}
