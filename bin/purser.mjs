#!/usr/bin/env node
// The program `purser`: loads the compiled command line and nothing else, because start-up time is felt at every call.
// It also hands in the workers, which src may not import.
import { existsSync } from 'node:fs';
import module from 'node:module';

// Node 22 and newer keep compiled code between runs.
module.enableCompileCache?.();

const dist = new URL('../dist/', import.meta.url);
const program = new URL('src/cli/main.js', dist);
if (existsSync(program)) {
  const { main } = await import(program.href);
  await main(process.argv.slice(2), { loadWorkers: () => import(new URL('workers/registry.js', dist).href) });
} else {
  process.stderr.write('purser: it is not built yet. Run `npm run build` in its folder, then try again.\n');
  process.exitCode = 1;
}
