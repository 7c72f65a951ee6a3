// `npm run bench [-- --json]`: runs every benchmark, prints the table (or the JSON of cli.md) and writes bench/results.md. Exits 1
// when a limit is broken. Names as operands run those benchmarks alone and leave results.md as it is.
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { benchBacktest } from './backtest.js';
import { benchCloudListing } from './cloud-listing.js';
import type { BenchRow } from './measure.js';
import { benchPlanning } from './planning.js';
import { benchQueue } from './queue.js';
import { renderResults, renderTable } from './render-results.js';
import { benchStartUp } from './start-up.js';
import { benchSurplus } from './surplus.js';

/** From dist/bench/main.js. */
const RESULTS = fileURLToPath(new URL('../../bench/results.md', import.meta.url));

const benchmarks: Readonly<Record<string, () => Promise<readonly BenchRow[]>>> = {
  'start-up': benchStartUp,
  planning: benchPlanning,
  'cloud-listing': benchCloudListing,
  backtest: benchBacktest,
  queue: benchQueue,
  surplus: benchSurplus,
};

async function runBenchmarks(names: readonly string[]): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const name of names) {
    const bench = benchmarks[name];
    if (bench === undefined) throw new Error(`no benchmark "${name}"; there are ${Object.keys(benchmarks).join(', ')}`);
    process.stderr.write(`bench: ${name} ...\n`);
    rows.push(...(await bench()));
  }
  return rows;
}

const operands = process.argv.slice(2).filter((operand) => operand !== '--json');
const rows = await runBenchmarks(operands.length === 0 ? Object.keys(benchmarks) : operands);
const machine = { cores: availableParallelism(), node: process.versions.node, at: new Date().toISOString() };
if (operands.length === 0) writeFileSync(RESULTS, renderResults(rows, machine));
console.log(process.argv.includes('--json') ? JSON.stringify(rows, undefined, 2) : renderTable(rows));
if (rows.some(({ ok }) => !ok)) process.exitCode = 1;
