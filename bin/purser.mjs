#!/usr/bin/env node
// The program `purser`: loads the compiled command line and nothing else, because start-up time is felt at every call. The
// workers are handed in from here: src never imports them.
import { existsSync } from 'node:fs';
import module from 'node:module';

// Node 22 and newer keep compiled code between runs.
module.enableCompileCache?.();

const program = new URL('../dist/src/cli/main.js', import.meta.url);
const workers = new URL('../dist/workers/registry.js', import.meta.url);
if (existsSync(program)) {
  const { main } = await import(program.href);
  await main(process.argv.slice(2), { loadWorkers: () => import(workers.href) });
} else {
  process.stderr.write('purser: it is not built yet. Run `npm run build` in its folder, then try again.\n');
  process.exitCode = 1;
}
