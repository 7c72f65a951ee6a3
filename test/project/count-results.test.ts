// The last line of a CI run is right for green, red, broken and empty runs.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'purser-count-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A report as vitest writes it: `broken` files could not be loaded. */
function tests(passed: number, failed = 0, broken = 0, success = failed + broken === 0): string {
  const file = (status: string, statuses: string[]) => ({
    status,
    assertionResults: statuses.map((each) => ({ status: each })),
  });
  return JSON.stringify({
    numTotalTests: passed + failed,
    numPassedTests: passed,
    numFailedTests: failed,
    success,
    testResults: [
      file(failed > 0 ? 'failed' : 'passed', failed > 0 ? ['failed'] : ['passed']),
      ...Array.from({ length: broken }, () => file('failed', [])),
    ],
  });
}

const GREEN = JSON.stringify([{ passed: true }, { passed: true }]);

function count(testReport: string | undefined, checkReport: string | undefined, ...exits: string[]) {
  const paths = [testReport, checkReport].map((text, index) => {
    const path = join(folder, `${index}.json`);
    if (text !== undefined) writeFileSync(path, text);
    return path;
  });
  const run = spawnSync(process.execPath, ['scripts/count-results.mjs', ...paths, ...exits], { encoding: 'utf8' });
  return [run.stdout, run.status];
}

it.each([
  ['all is green', tests(12), GREEN, ['0', '0'], '14 passed, 0 failed\n', 0],
  ['tests fail', tests(10, 2), GREEN, ['1', '0'], '12 passed, 2 failed\n', 1],
  ['a check fails', tests(10), '[{"passed": true}, {"passed": false}]', ['0', '1'], '11 passed, 1 failed\n', 1],
  ['a test file could not be loaded', tests(10, 0, 1), GREEN, ['1', '0'], '12 passed, 1 failed\n', 1],
  ['an error came outside of tests', tests(10, 0, 0, false), GREEN, ['1', '0'], '12 passed, 1 failed\n', 1],
  ['the tests ended badly with a green report', tests(10), GREEN, ['137', '0'], '12 passed, 1 failed\n', 1],
  ['there were no tests', tests(0), GREEN, ['0', '0'], '2 passed, 1 failed\n', 1],
  ['there is no report at all', undefined, undefined, ['1', '1'], '0 passed, 2 failed\n', 1],
  ['a report is cut short', '{"numTotal', GREEN, ['0', '0'], '2 passed, 1 failed\n', 1],
])('counts right when %s', (_, testReport, checkReport, exits, line, status) => {
  expect(count(testReport, checkReport, ...exits)).toEqual([line, status]);
});
