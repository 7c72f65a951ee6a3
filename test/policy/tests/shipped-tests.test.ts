// The tests of the policies that ship: they pass, and each fails when its policy says something else.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadTests } from '../../../src/policy/tests/load-tests.js';
import { runPolicyTest } from '../../../src/policy/tests/run-test.js';
import { makeFolder } from '../../cli/commands/fake-context.js';

const baseDir = fileURLToPath(new URL('../../../', import.meta.url));
const read = (name: string): string => readFileSync(join(baseDir, 'policies', name), 'utf8');

const policies = Object.fromEntries(
  readdirSync(join(baseDir, 'policies'))
    .filter((name) => name.endsWith('.yaml') && !name.endsWith('.test.yaml'))
    .map((name) => [name, read(name)]),
);
const shipped = await loadTests(['policies'], { baseDir });

describe('the tests of the policies that ship', () => {
  it('are right', () => expect(shipped.problems).toEqual([]));

  it('are there for every policy', () => {
    const names = readdirSync(join(baseDir, 'policies')).filter((name) => name.endsWith('.yaml'));
    const tested = names.filter((name) => name.endsWith('.test.yaml')).map((name) => name.replace('.test', ''));
    expect(names.filter((name) => !name.endsWith('.test.yaml'))).toEqual(tested);
  });

  it.each(shipped.tests.map((test) => [test.document.file, test.name, test] as const))(
    '%s: %s',
    (_file, _name, test) => {
      expect(runPolicyTest(test).differences).toEqual([]);
    },
  );

  it.each([
    ['office-hours.yaml', 'replicas: 2  ', 'replicas: 3  '],
    ['office-hours.yaml', '"0 20 * * MON-FRI"', '"0 21 * * MON-FRI"'],
    ['office-hours.yaml', 'Europe/Paris', 'Europe/London'],
    ['office-hours.yaml', 'prefer: listed, ', ''],
    ['office-hours.yaml', 'maxPrice: 0.50/day', 'maxPrice: 0.60/day'],
    ['office-hours.yaml', '2026-12-25, ', ''],
    ['office-hours.yaml', '2027-01-12T22:00', '2027-01-10T22:00'],
    ['keep-web-in-france.yaml', 'countries: [FR]', 'countries: [FR, DE]'],
    ['keep-web-in-france.yaml', 'vcpu: 2, ramGb: 4', 'vcpu: 1, ramGb: 2'],
    ['keep-web-in-france.yaml', '0.80/day', '0.90/day'],
    ['keep-web-in-france.yaml', ', 443/tcp', ''],
    ['reap-idle-ci.yaml', 'for: 30m', 'for: 10m'],
    ['reap-idle-ci.yaml', 'minAge: 30m', 'minAge: 10m'],
    ['reap-idle-ci.yaml', '["FR", "DE"]', '["FR", "DE", "US"]'],
    ['reap-idle-ci.yaml', 'mode: act', 'mode: observe'],
    ['reap-idle-ci.yaml', 'deleteAt: boundary', 'deleteAt: now'],
    ['build-farm.yaml', 'for: 45m', 'for: 50m'],
    ['build-farm.yaml', 'readyBy: start', 'readyBy: buy'],
    ['monthly-budget.yaml', 'accounts: [main]', 'policies: [web, office]'],
    ['monthly-budget.yaml', '175/month', '180/month'],
    ['monthly-budget.yaml', '175/month', '175/week'],
    ['monthly-budget.yaml', 'Europe/Paris', 'UTC'],
    ['monthly-budget.yaml', 'at: 80%', 'at: 82%'],
    ['monthly-budget.yaml', 'at: 95%, of: expected', 'at: 93%, of: expected'],
    ['monthly-budget.yaml', 'of: expected, do: stop-growth', 'of: spent, do: stop-growth'],
    ['monthly-budget.yaml', 'at: 95%, of: spent', 'at: 96%, of: spent'],
    ['monthly-budget.yaml', 'of: spent, do: stop-buying', 'of: expected, do: stop-buying'],
    ['monthly-budget.yaml', 'at: 100%', 'at: 120%'],
    ['monthly-budget.yaml', 'hard: false', 'hard: true'],
    ['monthly-budget.yaml', 'resume: auto', 'resume: approval'],
  ])('%s: fail with `%s` made `%s`', async (name, from, to) => {
    const before = read(name);
    expect(before).toContain(from);
    const testName = name.replace('.yaml', '.test.yaml');
    const cwd = makeFolder({ ...policies, [name]: before.replace(from, to), [testName]: read(testName) });
    const { tests, problems } = await loadTests([testName], { baseDir: cwd });
    expect(problems).toEqual([]);
    expect(tests.filter((test) => runPolicyTest(test).differences.length > 0)).not.toEqual([]);
  });

  it('cannot-target: a bad offer that a call could not avoid keeps the fleet from buying at all', async () => {
    const write = (tiers: readonly number[], expected: string): string => {
      const offers = tiers.map(
        (tier) => `{country: FR, configuration: cpu-2-ram-4gb-storage-25gb, price: 0.3/day, tier: ${tier}}`,
      );
      const given = `given: {offers: [${offers.join(', ')}]}`;
      return `policies: [web.yaml]\ntests:\n  - {name: it, at: 2026-11-20T19:10Z, ${given}, expect: ${expected}}\n`;
    };
    const cwd = makeFolder({
      'web.yaml': read('keep-web-in-france.yaml').replace('countries: [FR]', 'tier: 3\n  countries: [FR]'),
      'bad.test.yaml': write([3, 1], '{nothing: true, hold: {policy: web, reason: cannot-target, says: tier}}'),
      'good.test.yaml': write([3, 4], '{only: true, deploy: {policy: web, count: 4}}'),
    });
    const { tests, problems } = await loadTests(['.'], { baseDir: cwd });
    expect(problems).toEqual([]);
    expect(tests.map((each) => runPolicyTest(each).differences)).toEqual([[], []]);
  });
});
