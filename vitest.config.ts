// How the tests run: the pure ones side by side in threads; those with real Redis and real processes afterwards, four files
// at a time, each in a process of its own: they mostly wait.
import { defineConfig } from 'vitest/config';

const HEAVY = ['test/integration/**/*.test.ts', 'test/simulation/**/*.test.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: HEAVY,
          pool: 'threads',
          maxWorkers: 2,
          testTimeout: 90_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: HEAVY,
          pool: 'forks',
          maxWorkers: 4,
          testTimeout: 90_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
    coverage: { provider: 'v8', include: ['src/**', 'workers/**'], reporter: ['text-summary', 'html'] },
    restoreMocks: true,
    unstubEnvs: true,
  },
});
