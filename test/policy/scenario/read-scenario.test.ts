// What a scenario says, and every problem that one can have, at its exact place.
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isError } from '../../../src/policy/problems.js';
import { readScenario } from '../../../src/policy/scenario/read-scenario.js';
import type { ReadScenario } from '../../../src/policy/scenario/read-scenario.js';
import { listPlaces, readMarks } from '../marked-text.js';
import { writeFleet, writeReap } from '../policy-texts.js';
import { scenarioCases, writeScenario } from './scenario-cases.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
let baseDir = '';

async function write(path: string, text: string): Promise<void> {
  await writeFile(join(baseDir, path), text);
}

async function readText(text: string): Promise<ReadScenario> {
  await write('scenarios/s.yaml', text);
  return readScenario('scenarios/s.yaml', { baseDir });
}

beforeAll(async () => {
  baseDir = await mkdtemp(join(tmpdir(), 'purser-scenario-'));
  for (const name of ['scenarios', 'scenarios/folder']) await mkdir(join(baseDir, name));
  await write('scenarios/web.yaml', writeFleet());
  await write('scenarios/reap.yaml', writeReap());
  await write('scenarios/runners.csv', 'time,replicas\n2026-11-01T00:00Z,2\n2026-11-10T08:00Z,5\n');
});

afterAll(async () => {
  await rm(baseDir, { recursive: true });
});

describe('readScenario', () => {
  it.each(scenarioCases)('places %s', async (_, marked) => {
    const { text, expected } = readMarks(marked);
    const { problems, scenario, set } = await readText(text);
    expect(listPlaces(problems)).toEqual(listPlaces(expected));
    expect(new Set(problems.map(({ file }) => file))).toEqual(new Set(['scenarios/s.yaml']));
    expect([scenario === undefined, set === undefined]).toEqual([problems.some(isError), problems.some(isError)]);
  });

  it('needs no more than a span and policies', async () => {
    const { scenario, set, problems } = await readText(writeScenario());
    expect(problems).toEqual([]);
    expect(set!.fleets.map(({ name }) => name)).toEqual(['web']);
    expect(scenario).toMatchObject({
      name: 's',
      description: undefined,
      seed: 1,
      from: Date.parse('2026-11-02T00:00Z'),
      to: Date.parse('2026-11-30T00:00Z'),
      product: 'marketplace',
      clock: { kind: 'rolling', periodMillis: DAY },
      launch: { leastMillis: 0, mostMillis: 0, failShare: 0 },
      deletion: { leastMillis: 0, mostMillis: 0 },
      balance: 1_000_000_000_000n,
      parts: { storagePerGb: 0n, publicIp: 0n },
      terminations: [],
      meanDaysToTermination: undefined,
      vms: [],
      idle: [],
      demands: [],
    });
    expect(scenario!.offers).toHaveLength(9);
    expect(scenario!.offers[0]).toEqual({
      configuration: 'cpu-2-ram-4gb-storage-25gb',
      country: 'FR',
      price: { amount: 306_980n, periodMillis: DAY },
      capacity: 100,
      tier: 4,
      hardware: {},
      changes: [],
    });
  });

  it('plays on the cloud by the hour, with disks and IPs', async () => {
    const { scenario, problems } = await readText(writeScenario('product: cloud', 'parts: {storagePerGb: 0/hour}'));
    expect(problems).toEqual([]);
    expect(scenario).toMatchObject({
      clock: { kind: 'rolling', periodMillis: HOUR },
      parts: { storagePerGb: 0n, publicIp: 4110n },
    });
    expect(scenario!.offers[0]).toMatchObject({ price: { amount: 12_790n, periodMillis: HOUR } });
  });

  it('has one account: policies of two are refused where another name stands, alone or in a list', async () => {
    const fleet = (name: string, account: string): string =>
      `  - {kind: fleet, name: ${name}, account: ${account}, replicas: 1, where: {countries: [FR], configuration: cpu-2-ram-4gb-storage-25gb, maxPrice: 0.8/day}, vm: {image: ubuntu-24-04-x64, sshKeys: [ops]}}`;
    const head = ['kind: scenario', 'from: 2026-11-02', 'for: 3d', 'policies:'];
    const one = await readText([...head, fleet('web', 'blue'), fleet('api', '[blue]')].join('\n'));
    expect(one.problems).toEqual([]);
    expect(one.scenario).toBeDefined();
    const two = await readText(
      [...head, fleet('web', 'blue'), fleet('api', '[blue, green]'), fleet('db', 'red')].join('\n'),
    );
    expect(two.scenario).toBeUndefined();
    expect(two.problems.map(({ code, line, path }) => [code, line, path])).toEqual([
      ['accounts-several', 6, 'policies[1].account[1]'],
      ['accounts-several', 7, 'policies[2].account'],
    ]);
    expect(two.problems[0]!.message).toBe(
      'A scenario has one account, and its policies name 3: `blue`, `green` and `red`.',
    );
    expect(two.problems[0]!.hint).toMatch(/^Make a scenario of each account/);
  });

  it('reads every key', async () => {
    const { scenario, problems } = await readText(
      writeScenario(
        'name: all',
        'description: every key',
        'seed: 7',
        'timezone: Europe/Paris',
        'clock: fixed 17:55',
        'launch: {delay: 90s, spread: 30s, failPercent: 2}',
        'deletion: {delay: 30s, spread: 15s}',
        'balance: "1000.5"',
        'offers:',
        '  - {configuration: cpu-2-ram-4gb-storage-25gb, country: FR, price: 0.30698/day, capacity: 50, tier: 4,',
        '     hardware: {storage: {type: NVMe}},',
        '     changes: [{at: 2026-11-10T08:00, price: 0.25/day}, {at: 2026-11-10T08:00Z, capacity: 0}]}',
        'terminations: [{everyDays: 30}, {at: +2d, vm: "web-*", count: 2}, {at: 2026-11-03T12:00+02:00, country: FR}]',
        'vms: [{name: ci-1, at: 2026-11-01, until: +3d, country: FR, price: 0.2/day, paidUntil: 2026-11-02T18:55}]',
        'idle: [{vm: "ci-*", steps: [{idle: no}, {at: +1h, idle: yes}, {at: +2h, idle: yes}, {at: +3h, idle: unknown}]}]',
        'demand: {web: {csv: runners.csv, foreseen: true}}',
      ),
    );
    expect(problems).toEqual([]);
    const from = Date.parse('2026-11-01T23:00Z');
    expect(scenario).toEqual({
      name: 'all',
      description: 'every key',
      hasUsualOffers: false,
      zone: expect.objectContaining({ name: 'Europe/Paris' }) as unknown,
      seed: 7,
      from,
      to: Date.parse('2026-11-29T23:00Z'),
      product: 'marketplace',
      clock: { kind: 'fixed', timeOfDayMillis: 17 * HOUR + 55 * 60_000 },
      launch: { leastMillis: 60_000, mostMillis: 120_000, failShare: 0.02 },
      deletion: { leastMillis: 15_000, mostMillis: 45_000 },
      balance: 1_000_500_000n,
      parts: { storagePerGb: 0n, publicIp: 0n },
      offers: [
        {
          configuration: 'cpu-2-ram-4gb-storage-25gb',
          country: 'FR',
          price: { amount: 306_980n, periodMillis: DAY },
          capacity: 50,
          tier: 4,
          hardware: { storageType: 'NVMe' },
          changes: [
            { at: Date.parse('2026-11-10T07:00Z'), price: { amount: 250_000n, periodMillis: DAY } },
            { at: Date.parse('2026-11-10T08:00Z'), capacity: 0 },
          ],
        },
      ],
      terminations: [
        { at: Date.parse('2026-11-03T10:00Z'), vm: '*', country: 'FR', count: undefined },
        { at: from + 2 * DAY, vm: 'web-*', country: undefined, count: 2 },
      ],
      meanDaysToTermination: 30,
      vms: [
        {
          name: 'ci-1',
          at: Date.parse('2026-10-31T23:00Z'),
          until: from + 3 * DAY,
          country: 'FR',
          configuration: undefined,
          price: { amount: 200_000n, periodMillis: DAY },
          paidUntil: Date.parse('2026-11-02T17:55Z'),
        },
      ],
      idle: [
        {
          vm: 'ci-*',
          steps: [
            { at: from, answer: 'no' },
            { at: from + HOUR, answer: 'yes' },
            { at: from + 3 * HOUR, answer: 'unknown' },
          ],
        },
      ],
      demands: [
        {
          policy: 'web',
          steps: [
            { at: Date.parse('2026-11-01T00:00Z'), wanted: 2, window: undefined },
            { at: Date.parse('2026-11-10T08:00Z'), wanted: 5, window: undefined },
          ],
          isForeseen: true,
        },
      ],
    });
  });

  it('counts `for` in real time through a change of the clock', async () => {
    const { scenario } = await readText(
      'kind: scenario\ntimezone: Europe/Paris\nfrom: 2026-10-20\nfor: 7d\npolicies: [web.yaml]',
    );
    expect(scenario!.to - scenario!.from).toBe(7 * DAY);
    expect(new Date(scenario!.to).toISOString()).toBe('2026-10-26T22:00:00.000Z');
  });

  it('plays policies that stand in it, and share parts through anchors', async () => {
    const { set, problems, documents } = await readText(
      writeScenario().replace(
        '[web.yaml]',
        [
          '',
          '  - {kind: fleet, name: one, replicas: 1, where: &where {minimum: {vcpu: 2}, maxPrice: 1/day}, vm: &vm {image: u, sshKeys: [ops]}}',
          '  - {kind: fleet, name: two, replicas: 2, where: *where, vm: *vm}',
        ].join('\n'),
      ),
    );
    expect(problems).toEqual([]);
    expect(set!.fleets.map(({ name, where }) => [name, where.maxPrice.amount])).toEqual([
      ['one', 1_000_000n],
      ['two', 1_000_000n],
    ]);
    expect(documents).toMatchObject([
      {
        path: 'scenarios/s.yaml',
        within: [
          ['policies', 0],
          ['policies', 1],
        ],
      },
    ]);
  });

  it('tells what is wrong with the scenario, its policies and its traces at once', async () => {
    await write('scenarios/broken.yaml', writeFleet({ replicas: 'replica: 4' }));
    await write('scenarios/broken.csv', 'time,replicas\nnever,1\n');
    const { problems } = await readText(
      writeScenario('sede: 1', 'demand: {web: {csv: broken.csv}}').replace('web.yaml', 'broken.yaml'),
    );
    expect(problems.map(({ file, line, column, code }) => `${file}:${line}:${column} ${code}`)).toEqual([
      'scenarios/broken.csv:2:1 csv-time',
      'scenarios/broken.yaml:3:1 key-unknown',
      'scenarios/s.yaml:5:1 key-unknown',
    ]);
  });

  it('reads its policies once, whichever way they are named', async () => {
    const { set, problems } = await readText(writeScenario().replace('web.yaml', 'web.yaml, ../scenarios/web.yaml'));
    expect(problems).toEqual([]);
    expect(set!.fleets).toHaveLength(1);
  });

  it('plays other policies beside its own, when it is told to', async () => {
    await write('other.yaml', writeFleet({ name: 'name: other' }));
    await write('scenarios/s.yaml', writeScenario('demand: {web: {steps: [{replicas: 1}]}}'));
    const other = await readScenario('scenarios/s.yaml', { baseDir, policies: ['other.yaml'] });
    expect(other.problems).toEqual([]);
    expect(other.set!.fleets.map(({ name }) => name).sort()).toEqual(['other', 'web']);
    const missing = await readScenario('scenarios/s.yaml', { baseDir, policies: ['none.yaml'] });
    expect(missing.problems).toMatchObject([{ file: 'none.yaml', code: 'path-missing' }]);
  });

  it('refuses files that are not there, not files, or far too large', async () => {
    const codesOf = async (path: string): Promise<string[]> =>
      (await readScenario(path, { baseDir })).problems.map(({ file, code }) => `${file} ${code}`);
    await write('large.yaml', 'kind: scenario\n');
    await truncate(join(baseDir, 'large.yaml'), 50_000_000);
    expect(await codesOf('none.yaml')).toEqual(['none.yaml path-missing']);
    expect(await codesOf('scenarios')).toEqual(['scenarios file-unreadable']);
    expect(await codesOf('large.yaml')).toEqual(['large.yaml file-too-large']);
  });

  it('is not read as a policy, and says so', async () => {
    const { problems } = await readText(writeScenario().replace('web.yaml', 'web.yaml, {kind: scenario}'));
    expect(problems[0]!.hint).toContain('purser simulate --scenario scenarios/s.yaml');
  });
});
