// Lint rules, type-checked. Formatting is Prettier's, module borders are dependency-cruiser's, sizes are the tidy test's;
// here stands what needs types: lost promises, forgotten cases, and clocks or chance where they must not be.
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const CLOCKS_AND_CHANCE = [
  { selector: "MemberExpression[object.name='Date'][property.name='now']", message: 'The clock is a port: ask it.' },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'The clock is a port: ask it.' },
  { selector: "CallExpression[callee.name='Date']", message: 'The clock is a port: ask it.' },
  {
    selector: "MemberExpression[object.name='Math'][property.name='random']",
    message: 'Draw from node:crypto in an adapter, or from a seeded generator in src/sim.',
  },
];

/** What the functional core may not reach, though it needs no import for it. */
const AMBIENT = ['process', 'performance', 'fetch', 'console', 'crypto', 'Buffer', 'setTimeout', 'setInterval'].concat([
  'setImmediate',
  'queueMicrotask',
  'globalThis',
  'require',
]);

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', 'reports/', '.purser/', 'node_modules/']),
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/no-deprecated': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Named exports: one word for one thing.' },
      ],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['src/**/*.ts', 'workers/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Named exports: one word for one thing.' },
        ...CLOCKS_AND_CHANCE,
      ],
    },
  },
  {
    // The one adapter that reads the wall clock.
    files: ['src/**/system-clock.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['src/core/**/*.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...AMBIENT.map((name) => ({ name, message: 'src/core is pure: no I/O, no clock, no chance.' })),
      ],
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['node:*'], message: 'src/core is pure: no I/O, no clock, no chance.' }] },
      ],
    },
  },
  {
    files: ['*.config.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts', 'scripts/**/*.ts'],
    rules: {
      // Tests read JSON answers and hand doubles around; expect() itself says whether a shape is right.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/require-await': 'off',
      'no-console': 'off',
    },
  },
);
