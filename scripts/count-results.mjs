// Ends a CI run: adds up the test report and the check report and prints `N passed, N failed`. A report that is missing,
// unreadable or empty is a failure of its own, so that a run that tested nothing never looks green.
import { readFileSync } from 'node:fs';

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** A file that could not be loaded, or an error outside any test, fails the run without failing a test. */
function countTests(report) {
  if (report === undefined || !(report.numTotalTests > 0)) return { passed: 0, failed: 1 };
  const failed = report.numFailedTests;
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const outside = report.success || failed + brokenFiles > 0 ? 0 : 1;
  return { passed: report.numPassedTests, failed: failed + brokenFiles + outside };
}

function countChecks(report) {
  if (!Array.isArray(report) || report.length === 0) return { passed: 0, failed: 1 };
  const passed = report.filter((step) => step.passed).length;
  return { passed, failed: report.length - passed };
}

const [testReport, checkReport, testExit = '0', checkExit = '0'] = process.argv.slice(2);
const counts = [
  { ...countTests(readReport(testReport)), exit: Number(testExit) },
  { ...countChecks(readReport(checkReport)), exit: Number(checkExit) },
];
let passed = 0;
let failed = 0;
for (const count of counts) {
  passed += count.passed;
  // The program failed though its report found nothing wrong: that is one failure.
  failed += count.failed === 0 && count.exit !== 0 ? 1 : count.failed;
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
