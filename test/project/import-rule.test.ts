// Breaks every rule of .dependency-cruiser.cjs once, in a small project of the same layout, and looks whether it is told:
// a rule that never fires protects nothing.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** What the small project holds before anything is broken. Every file exports `part`. */
const SOUND: Readonly<Record<string, readonly string[]>> = {
  'src/core/plan.ts': [],
  'src/core/rules/one.ts': ['../plan.js'],
  'src/ports/cloud.ts': ['../core/plan.js'],
  'src/policy/cron.ts': ['../core/plan.js', 'croner', '@marcbachmann/cel-js'],
  'src/fluence/client.ts': ['../ports/cloud.js', 'undici'],
  'src/signals/probe.ts': ['../ports/cloud.js', 'undici'],
  'src/queue/store.ts': ['../ports/cloud.js', 'bullmq', 'ioredis', 'node:fs'],
  'src/sim/front.ts': ['../ports/cloud.js', 'hono', '@hono/node-server'],
  'src/scheduler/tick.ts': ['../core/plan.js', '../ports/cloud.js'],
  'src/server/http.ts': ['../ports/cloud.js', 'hono'],
  'src/config/options.ts': ['../core/plan.js', '../policy/cron.js'],
  'src/compose.ts': [
    './fluence/client.js',
    './queue/store.js',
    './scheduler/tick.js',
    './sim/front.js',
    './config/options.js',
  ],
  'src/cli/main.ts': [
    '../compose.js',
    '../scheduler/tick.js',
    '../config/options.js',
    '../policy/cron.js',
    '../core/plan.js',
    'commander',
  ],
  'workers/deploy.ts': ['../src/ports/cloud.js', '../src/scheduler/tick.js', 'bullmq'],
  'workers/main.ts': ['../src/compose.js', '../src/config/options.js', './deploy.js'],
  'test/helper.ts': [],
};

/** [rule, file that breaks it, what the file imports]. */
const BROKEN: readonly (readonly [string, string, string])[] = [
  ['core-imports-nothing', 'src/core/broken-a.ts', '../ports/cloud.js'],
  ['core-imports-nothing', 'src/core/broken-b.ts', 'node:fs'],
  ['core-imports-nothing', 'src/core/broken-c.ts', 'undici'],
  ['ports-import-core-only', 'src/ports/broken-a.ts', '../policy/cron.js'],
  ['ports-import-core-only', 'src/ports/broken-b.ts', 'node:fs'],
  ['policy-imports-core-only', 'src/policy/broken.ts', '../ports/cloud.js'],
  ['adapters-import-core-and-ports-only', 'src/fluence/broken.ts', '../policy/cron.js'],
  ['adapters-import-core-and-ports-only', 'src/signals/broken.ts', '../fluence/client.js'],
  ['adapters-import-core-and-ports-only', 'src/queue/broken.ts', '../scheduler/tick.js'],
  ['adapters-import-core-and-ports-only', 'src/sim/broken.ts', '../queue/store.js'],
  ['roles-import-core-and-ports-only', 'src/scheduler/broken.ts', '../queue/store.js'],
  ['roles-import-core-and-ports-only', 'src/server/broken.ts', '../scheduler/tick.js'],
  ['workers-import-core-ports-and-scheduler-only', 'workers/broken-a.ts', '../src/policy/cron.js'],
  ['workers-import-core-ports-and-scheduler-only', 'workers/broken-b.ts', '../src/compose.js'],
  ['worker-entry-imports-compose', 'workers/main.ts', '../src/policy/cron.js'],
  ['config-imports-core-and-policy-only', 'src/config/broken.ts', '../ports/cloud.js'],
  ['adapters-are-built-in-compose-only', 'src/cli/broken-a.ts', '../queue/store.js'],
  ['adapters-are-built-in-compose-only', 'workers/broken-c.ts', '../src/fluence/client.js'],
  ['only-entries-import-compose', 'src/config/broken-b.ts', '../compose.js'],
  ['nobody-imports-cli', 'src/scheduler/broken-b.ts', '../cli/main.js'],
  ['src-never-imports-workers', 'src/cli/broken-b.ts', '../../workers/deploy.js'],
  ['product-never-imports-tests', 'src/cli/broken-c.ts', '../../test/helper.js'],
  ['only-fluence-and-signals-import-undici', 'src/queue/broken-b.ts', 'undici'],
  ['only-queue-and-workers-import-bullmq', 'src/scheduler/broken-c.ts', 'bullmq'],
  ['only-queue-imports-ioredis', 'workers/broken-d.ts', 'ioredis'],
  ['only-policy-imports-croner-and-cel', 'src/scheduler/broken-d.ts', 'croner'],
  ['only-policy-imports-croner-and-cel', 'src/config/broken-c.ts', '@marcbachmann/cel-js'],
  ['only-sim-and-server-import-hono', 'src/cli/broken-d.ts', 'hono'],
  ['only-sim-and-server-import-hono', 'src/queue/broken-c.ts', '@hono/node-server'],
  ['only-sim-imports-highs', 'src/cli/broken-g.ts', 'highs'],
  ['only-cli-imports-commander', 'src/config/broken-d.ts', 'commander'],
  ['no-circles', 'src/sim/circle-one.ts', './circle-two.js'],
  ['no-development-packages', 'src/sim/broken-b.ts', 'vitest'],
  ['no-unresolved-imports', 'src/sim/broken-c.ts', './absent.js'],
];

const PACKAGES = [
  'highs',
  'croner',
  '@marcbachmann/cel-js',
  'undici',
  'bullmq',
  'ioredis',
  'hono',
  '@hono/node-server',
  'commander',
];

interface Violation {
  readonly rule: string;
  readonly from: string;
}

let project: string;

function writeText(path: string, text: string): void {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), text);
}

/** Half of the imports are of types: the rules hold for those too. */
function writeSource(path: string, imports: readonly string[]): void {
  const lines = imports.map((name, index) => `import type * as part${index} from '${name}';\nimport '${name}';`);
  writeText(path, `${lines.join('\n')}\nexport const part = 1;\n`);
}

function cruise(): Violation[] {
  const program = resolve('node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const output = execFileSync(process.execPath, [program, '--output-type', 'json', 'src', 'workers'], {
    cwd: project,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const { summary } = JSON.parse(output) as { summary: { violations: { rule: { name: string }; from: string }[] } };
  return summary.violations.map(({ rule, from }) => ({ rule: rule.name, from }));
}

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'purser-imports-'));
  for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json']) copyFileSync(file, join(project, file));
  const dependencies = Object.fromEntries(PACKAGES.map((name) => [name, '1.0.0']));
  writeText('package.json', JSON.stringify({ type: 'module', dependencies, devDependencies: { vitest: '1.0.0' } }));
  for (const name of [...PACKAGES, 'vitest']) {
    writeText(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' }));
    writeText(`node_modules/${name}/index.js`, '');
  }
  for (const [path, imports] of Object.entries(SOUND)) writeSource(path, imports);
});

afterAll(() => {
  rmSync(project, { recursive: true, force: true });
});

describe('the import rule', () => {
  it('has nothing to say about a sound project', () => {
    expect(cruise()).toEqual([]);
  });

  it('names the rule and the file of every break', () => {
    for (const [, path, name] of BROKEN) writeSource(path, [...(SOUND[path] ?? []), name]);
    writeSource('src/sim/circle-two.ts', ['./circle-one.js']);
    const told = new Set(cruise().map(({ rule, from }) => `${rule}: ${from}`));
    expect(BROKEN.map(([rule, from]) => `${rule}: ${from}`).filter((expected) => !told.has(expected))).toEqual([]);
  });

  it('is broken here in every one of its rules', () => {
    const rules = createRequire(import.meta.url)(resolve('.dependency-cruiser.cjs')) as {
      forbidden: { name: string }[];
    };
    const broken = new Set(BROKEN.map(([rule]) => rule));
    expect(rules.forbidden.map((rule) => rule.name).filter((name) => !broken.has(name))).toEqual([]);
  });
});
