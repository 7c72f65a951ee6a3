// The programs that tests start as processes of their own, each bundled into one file before the first test begins: a loader of
// TypeScript would cost every process more than its own work. What it bundles is the sources, never the build; it starts nothing.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { findPackageRoot } from '../../src/version.js';

const FOLDER = 'test/integration';
const BUNDLES = 'dist/children';

/** The path of one of them: `worker` is workers/main.ts, all others are this folder's `*-child.ts`. */
export function childProgram(name: string): string {
  return join(findPackageRoot(), BUNDLES, `${name}.mjs`);
}

/** What vitest calls once, before all tests of a project. */
export async function setup(): Promise<void> {
  const root = findPackageRoot();
  const children = readdirSync(join(root, FOLDER)).filter((file) => file.endsWith('-child.ts'));
  await build({
    absWorkingDir: root,
    entryPoints: [
      { in: 'workers/main.ts', out: 'worker' },
      ...children.map((file) => ({ in: `${FOLDER}/${file}`, out: file.replace(/\.ts$/, '') })),
    ],
    outdir: BUNDLES,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
  });
}
