// Policy tests as texts: compiled against policies that are texts too, and run.
import { checkPolicies } from '../../../src/policy/check-policies.js';
import type { PolicySet } from '../../../src/core/policy-types.js';
import { readPlacedYaml } from '../../../src/policy/placed-yaml.js';
import { mergeProblems } from '../../../src/policy/problems.js';
import { compileTests, type CompiledTests } from '../../../src/policy/tests/compile-tests.js';
import type { Difference } from '../../../src/policy/tests/judge-plan.js';
import { runPolicyTest, type TestResult } from '../../../src/policy/tests/run-test.js';
import { OPTIONS } from '../policy-texts.js';

/** A fleet of four with a night of one, and two reaps. */
const POLICIES = `kind: fleet
name: web
replicas: 4
schedule: {timezone: UTC, windows: [{name: night, from: "0 22 * * *", to: "0 6 * * *", replicas: 1}]}
where: {countries: [FR, DE], configuration: cpu-2-ram-4gb-storage-25gb, maxPrice: 0.80/day}
vm: {image: ubuntu-24-04-x64, sshKeys: [ops], ports: [80/tcp]}
---
kind: reap
name: reap-ci
mode: act
select: vm.name.startsWith("ci-")
minAge: 30m
idle: {all: [{http: {url: "http://{vm.publicIp}/status", json: /busy, equals: false}}]}
---
kind: reap
name: reap-old
mode: observe
select: vm.name.startsWith("old-")
idle: {all: [{http: {url: "http://{vm.publicIp}/status"}}]}
`;

/** The same with two budgets: one of steps, and a hard one that counts by a `select`. */
export const BUDGETED = `${POLICIES}---
kind: budget
name: team
limit: 10/day
timezone: UTC
steps:
  - {at: 80%, of: expected, do: notify}
  - {at: 90%, of: expected, do: stop-growth}
  - {at: 95%, of: spent, do: stop-buying}
  - {at: 100%, of: expected, do: shrink}
---
kind: budget
name: few
scope: {select: vm.name.startsWith("web-")}
limit: 5/day
timezone: UTC
hard: true
steps: [{at: 90%, of: spent, do: notify}]
`;

const compiledSets = new Map<string, PolicySet>();

function compileSet(policies: string): PolicySet {
  const known = compiledSets.get(policies);
  if (known !== undefined) return known;
  const { set, problems } = checkPolicies([{ path: 'p.yaml', text: policies }], {
    ...OPTIONS,
    accounts: [],
    installation: undefined,
  });
  if (set === undefined) throw new Error(`the policies of this test are wrong: ${JSON.stringify(problems)}`);
  compiledSets.set(policies, set);
  return set;
}

export function compileText(text: string, policies = POLICIES): CompiledTests {
  const set = compileSet(policies);
  const read = readPlacedYaml('p.test.yaml', text);
  const compiled = read.documents.map((document) => compileTests(document, set));
  return {
    tests: compiled.flatMap(({ tests }) => tests),
    problems: mergeProblems(read.problems, ...compiled.map(({ problems: found }) => found)),
  };
}

/** One test; throws when it can't be run. */
export function runText(
  given: string,
  expect: string,
  more: { readonly at?: string; readonly head?: string; readonly policies?: string } = {},
): TestResult {
  const { at = '2026-11-20T19:10Z', head = '', policies = POLICIES } = more;
  const text = `${head}\ntests:\n  - name: it\n    at: ${at}\n    given: ${given}\n    expect: ${expect}\n`;
  const { tests, problems } = compileText(text, policies);
  if (problems.length > 0 || tests.length !== 1) throw new Error(`${expect}: ${JSON.stringify(problems)}`);
  return runPolicyTest(tests[0]!);
}

export function differencesOf(...run: Parameters<typeof runText>): readonly Difference[] {
  return runText(...run).differences;
}
