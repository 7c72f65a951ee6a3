// npm runs this after `npm ci`: stamps the installation and builds dist. It does nothing where there is nothing to build
// with (a production install) or nothing to build (an image layer that holds package.json alone), and never fails there.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isBuilt, markInstalled, root } from './freshness.mjs';

const hasCompiler = existsSync(join(root, 'node_modules/typescript/bin/tsc'));
const hasSources = existsSync(join(root, 'src')) && existsSync(join(root, 'tsconfig.build.json'));

if (hasCompiler) markInstalled();
if (hasCompiler && hasSources && !isBuilt()) {
  const { buildProject } = await import('./build.mjs');
  if (!buildProject()) {
    process.stderr.write('purser: the build failed; the lines above say where.\n');
    process.exitCode = 1;
  }
}
