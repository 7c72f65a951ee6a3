// Writes the CSV files of the shipped scenarios anew (`npx tsx scripts/write-traces.ts`); a test holds them against their source.
import { writeFileSync } from 'node:fs';
import { scenarioTraces } from './scenario-traces.js';

for (const [path, render] of Object.entries(scenarioTraces)) writeFileSync(path, render());
