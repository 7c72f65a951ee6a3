// Whatever stands at any place of a scenario: it is read, or refused with a place, and nothing throws.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { isError } from '../../../src/policy/problems.js';
import { readScenario } from '../../../src/policy/scenario/read-scenario.js';

const WHOLE = {
  kind: 'scenario',
  name: 'all',
  description: 'every key',
  seed: 7,
  timezone: 'Europe/Paris',
  from: '2026-11-02',
  for: '28d',
  product: 'marketplace',
  clock: 'rolling 24h',
  launch: { delay: '90s', spread: '30s', failPercent: 2 },
  deletion: { delay: '30s', spread: '15s' },
  balance: 1000,
  offers: [
    {
      configuration: 'cpu-2-ram-4gb-storage-25gb',
      country: 'FR',
      price: '0.3/day',
      capacity: 5,
      tier: 4,
      hardware: { cpu: { manufacturer: 'AMD', architecture: 'Zen' }, storage: { type: 'NVMe' } },
      changes: [
        { at: '+3d', price: '0.2/day' },
        { at: '+4d', capacity: 0 },
      ],
    },
  ],
  terminations: [{ at: '+2d', vm: 'web-*', country: 'FR', count: 2 }, { everyDays: 30 }],
  vms: [{ name: 'ci-1', at: '2026-11-01', until: '+3d', country: 'FR', price: '0.2/day', paidUntil: '+1d' }],
  idle: [{ vm: 'ci-*', steps: [{ idle: 'no' }, { at: '+1h', idle: 'yes' }] }],
  demand: { web: { steps: [{ replicas: 3 }, { at: '+1h', replicas: 4 }], foreseen: true } },
  policies: [
    {
      kind: 'fleet',
      name: 'web',
      replicas: 1,
      where: { minimum: { vcpu: 2 }, maxPrice: '1/day' },
      vm: { image: 'u', sshKeys: ['ops'] },
    },
  ],
};

type Path = readonly (string | number)[];

function listPaths(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [
    path,
    ...Object.entries(value).flatMap(([key, child]) =>
      listPaths(child, [...path, Array.isArray(value) ? Number(key) : key]),
    ),
  ];
}

function replaceAt(value: unknown, path: Path, garbage: unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return garbage;
  const copy: Record<string | number, unknown> | unknown[] = Array.isArray(value)
    ? [...(value as unknown[])]
    : { ...(value as object) };
  (copy as Record<string | number, unknown>)[first] = replaceAt(
    (value as Record<string | number, unknown>)[first],
    rest,
    garbage,
  );
  return copy;
}

const GARBAGE: readonly unknown[] = [
  null,
  true,
  -1,
  1.5,
  1e300,
  '',
  'x',
  '*',
  '+1h',
  '9999-12-31',
  [],
  ['x', 1],
  [null],
  {},
  { at: {} },
  { vm: [] },
  [{ x: null }],
];

let baseDir = '';

beforeAll(async () => {
  baseDir = await mkdtemp(join(tmpdir(), 'purser-garbage-'));
});

afterAll(async () => {
  await rm(baseDir, { recursive: true });
});

describe('a scenario with garbage in one place', () => {
  it('is right without it', async () => {
    await writeFile(join(baseDir, 's.yaml'), stringify(WHOLE));
    expect((await readScenario('s.yaml', { baseDir })).problems).toEqual([]);
  });

  it.each(listPaths(WHOLE).map((path) => [path.join('.') || 'the whole', path] as const))(
    'at %s is read or refused',
    async (_, path) => {
      let refused = 0;
      for (const garbage of GARBAGE) {
        await writeFile(join(baseDir, 's.yaml'), stringify(replaceAt(WHOLE, path, garbage)));
        const { scenario, set, problems } = await readScenario('s.yaml', { baseDir });
        const isWrong = problems.some(isError);
        expect([garbage, scenario === undefined, set === undefined]).toEqual([garbage, isWrong, isWrong]);
        expect(
          problems.filter(
            ({ line, column, message }) => line < 1 || column < 1 || /undefined|NaN|\[object/.test(message),
          ),
        ).toEqual([]);
        if (isWrong) refused += 1;
      }
      expect(refused).toBeGreaterThan(GARBAGE.length / 2);
    },
  );
});
