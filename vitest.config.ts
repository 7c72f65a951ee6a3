// How the tests run: the pure ones side by side in threads, where files share the modules that they load; those that open servers
// and set timers beside them, each file with modules of its own; those with real Redis and real processes afterwards, three files at
// a time, each in a process of its own: they mostly wait.
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const PURE = ['bench', 'cli', 'core', 'policy', 'sim'].map((room) => `test/${room}/**/*.test.ts`);
const HEAVY = ['test/integration/**/*.test.ts', 'test/simulation/**/*.test.ts'];

const THREADS = { pool: 'threads', maxWorkers: 2, testTimeout: 90_000, hookTimeout: 60_000 } as const;

/**
 * Of the pure ones those that take the longest begin first: begun last, one of them would run alone at the end. Those with real
 * processes don't: the heaviest of them beside each other are too much for two cores.
 */
const LONG = [
  'parts-properties',
  'plan-properties',
  'play',
  'budget-properties',
  'several-accounts',
  'foresee-budgets',
].map((name) => `/${name}.test.ts`);

function rankOf({ moduleId }: TestSpecification): number {
  const rank = LONG.findIndex((end) => moduleId.endsWith(end));
  return rank === -1 ? LONG.length : rank;
}

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return [...(await super.sort(files))].sort((a, b) => rankOf(a) - rankOf(b));
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          ...THREADS,
          name: 'pure',
          include: PURE,
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          ...THREADS,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...PURE, ...HEAVY],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: HEAVY,
          pool: 'forks',
          maxWorkers: 3,
          testTimeout: 90_000,
          hookTimeout: 60_000,
          globalSetup: 'test/integration/child-programs.ts',
          sequence: { groupOrder: 1 },
        },
      },
    ],
    coverage: { provider: 'v8', include: ['src/**', 'workers/**'], reporter: ['text-summary', 'html'] },
    restoreMocks: true,
    unstubEnvs: true,
  },
});
