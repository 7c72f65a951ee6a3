// Compiles src, workers and bench into dist with tsc and leaves the stamp that ensure-ready.mjs looks for. Compiled files
// whose source is gone are removed, so that dist never runs what the sources don't hold.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { hashSources, markBuilt, root } from './freshness.mjs';

function removeOrphans(folder) {
  for (const entry of readdirSync(join(root, 'dist', folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) removeOrphans(path);
    else if (/\.js(\.map)?$/.test(path) && !existsSync(join(root, path.replace(/\.js(\.map)?$/, '.ts'))))
      rmSync(join(root, 'dist', path));
  }
}

/** Returns whether it compiled. What tsc says goes to stderr: stdout belongs to the command that was asked for. */
export function buildProject() {
  const hash = hashSources();
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const run = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (run.status !== 0) return false;
  for (const folder of ['src', 'workers', 'bench']) if (existsSync(join(root, 'dist', folder))) removeOrphans(folder);
  markBuilt(hash);
  return true;
}

if (process.argv[1] === import.meta.filename && !buildProject()) {
  process.stderr.write('purser: the build failed; the lines above say where.\n');
  process.exitCode = 1;
}
