#!/usr/bin/env node
// The program `purser`: loads the compiled command line and nothing else, because start-up time is felt at every call.
// It also hands in the workers, which src may not import.
import { existsSync } from 'node:fs';
import module from 'node:module';
import { setFlagsFromString } from 'node:v8';

// Node 22 and newer keep compiled code between runs.
module.enableCompileCache?.();

// V8 lets a heap grow to four times what is in use, and its nursery to 48 MB, before it looks for rubbish, which a look at ten
// thousand VMs makes plenty of. So a scheduler takes little more than half the memory, and hardly more time. Measured on
// Node 20; Node 22 and 24 take the first flag and are not changed by it. A backtest, which ends, takes the memory and the time.
if (process.argv[2] !== 'simulate') {
  setFlagsFromString('--heap-growing-percent=20');
  setFlagsFromString('--semi-space-growth-factor=1');
}

const dist = new URL('../dist/', import.meta.url);
const program = new URL('src/cli/main.js', dist);
if (existsSync(program)) {
  const { main } = await import(program.href);
  await main(process.argv.slice(2), { loadWorkers: () => import(new URL('workers/registry.js', dist).href) });
} else {
  process.stderr.write('purser: it is not built yet. Run `npm run build` in its folder, then try again.\n');
  process.exitCode = 1;
}
