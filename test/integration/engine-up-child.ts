// `purser` as a process for tests: the command line of src with the workers of workers/, as bin/purser.mjs joins them.
import { main } from '../../src/cli/main.js';

await main(process.argv.slice(2), { loadWorkers: () => import('../../workers/registry.js') });
