// Who may import whom: one named rule for each line of the import rule in ARCHITECTURE.md.
//   core <- ports <- {fluence, signals, queue, sim};  core <- policy;  {core, ports} <- {scheduler, server, workers};
//   everything <- compose <- {cli, workers/main}
// test/project/import-rule.test.ts breaks each of them once and looks whether it is told.

/** Matches a package whether or not it could be resolved (the test's fixtures have no node_modules). */
function packageNamed(...names) {
  return names.map((name) => `(^|node_modules/)${name}(/|$)`);
}

/** A folder's files may import `allowed` parts of our own code; packages are other rules' business. */
function allowOnly(name, from, allowed) {
  return {
    name,
    severity: 'error',
    comment: `${from} may import of our own code: ${allowed.join(', ')}.`,
    from: { path: from },
    to: { path: '^(src|workers|bench|test|scripts)/', pathNot: allowed },
  };
}

function onlyIn(name, folders, packages) {
  return {
    name,
    severity: 'error',
    comment: `Only ${folders.join(' and ')} may import ${packages.join(', ')}.`,
    from: { path: '^(src|workers)/', pathNot: folders },
    to: { path: packageNamed(...packages) },
  };
}

const ENTRIES = ['^src/compose(\\.ts$|/)', '^src/cli/', '^workers/main\\.ts$'];

module.exports = {
  forbidden: [
    {
      name: 'core-imports-nothing',
      severity: 'error',
      comment: 'The functional core imports itself alone: no package, no node:*, no other folder.',
      from: { path: '^src/core/' },
      to: { pathNot: '^src/core/' },
    },
    {
      name: 'ports-import-core-only',
      severity: 'error',
      comment: 'Ports are interfaces over core types.',
      from: { path: '^src/ports/' },
      to: { pathNot: '^src/(core|ports)/' },
    },
    allowOnly('policy-imports-core-only', '^src/policy/', ['^src/core/', '^src/policy/']),
    allowOnly('adapters-import-core-and-ports-only', '^src/(fluence|signals|queue|sim)/', [
      '^src/core/',
      '^src/ports/',
      '^src/$1/',
    ]),
    allowOnly('roles-import-core-and-ports-only', '^src/(scheduler|server)/', [
      '^src/core/',
      '^src/ports/',
      '^src/$1/',
    ]),
    // A reconcile job is a tick of the scheduler; the engine's shape stands there too.
    allowOnly('workers-import-core-ports-and-scheduler-only', '^workers/(?!main\\.ts$)', [
      '^src/core/',
      '^src/ports/',
      '^src/scheduler/',
      '^workers/(?!main\\.ts$)',
    ]),
    allowOnly('worker-entry-imports-compose', '^workers/main\\.ts$', [
      '^src/(core|ports|config|scheduler)/',
      '^src/compose(\\.ts$|/)',
      '^workers/',
    ]),
    // purser.yaml is read by the reader that places problems in policies, and its CEL is checked there too.
    allowOnly('config-imports-core-and-policy-only', '^src/config/', ['^src/core/', '^src/policy/', '^src/config/']),
    {
      name: 'adapters-are-built-in-compose-only',
      severity: 'error',
      comment: 'Adapters are built and joined in src/compose.ts and src/compose/; everybody else gets them as ports.',
      from: {
        path: '^(src|workers)/',
        pathNot: ['^src/compose(\\.ts$|/)', '^src/(fluence|signals|queue|sim|server)/'],
      },
      to: { path: '^src/(fluence|signals|queue|sim|server)/' },
    },
    {
      name: 'only-entries-import-compose',
      severity: 'error',
      comment: 'compose stands under the command line and the worker entry, above everything else.',
      from: { path: '^(src|workers)/', pathNot: ENTRIES },
      to: { path: '^src/compose(\\.ts$|/)' },
    },
    {
      name: 'nobody-imports-cli',
      severity: 'error',
      comment: 'The command line is the top: nothing below may need it.',
      from: { path: '^(src|workers)/', pathNot: '^src/cli/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'src-never-imports-workers',
      severity: 'error',
      comment: 'Workers are processes of their own; src starts them, it does not load them.',
      from: { path: '^src/' },
      to: { path: '^workers/' },
    },
    {
      name: 'product-never-imports-tests',
      severity: 'error',
      comment: 'What ships does not need tests, benchmarks or scripts.',
      from: { path: '^(src|workers)/' },
      to: { path: '^(test|bench|scripts)/' },
    },
    onlyIn('only-fluence-and-signals-import-undici', ['^src/fluence/', '^src/signals/'], ['undici']),
    onlyIn('only-queue-and-workers-import-bullmq', ['^src/queue/', '^workers/'], ['bullmq']),
    onlyIn('only-queue-imports-ioredis', ['^src/queue/'], ['ioredis']),
    onlyIn('only-policy-imports-croner-and-cel', ['^src/policy/'], ['croner', '@marcbachmann/cel-js']),
    onlyIn('only-sim-and-server-import-hono', ['^src/sim/', '^src/server/'], ['hono', '@hono/node-server']),
    onlyIn('only-sim-imports-highs', ['^src/sim/'], ['highs']),
    onlyIn('only-cli-imports-commander', ['^src/cli/'], ['commander']),
    {
      name: 'no-circles',
      severity: 'error',
      comment: 'Files that import each other are one file.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-development-packages',
      severity: 'error',
      comment: 'What ships imports only what package.json lists under dependencies.',
      from: { path: '^(src|workers)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], pathNot: '(^|node_modules/)@types/' },
    },
    {
      name: 'no-unresolved-imports',
      severity: 'error',
      comment: 'Every import leads to a file or a package that is there.',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '^dist/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
