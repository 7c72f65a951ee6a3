import { expect, test } from 'vitest';
import { problemsToJson, renderProblems } from '../../../src/cli/render/render-problems.js';
import { PLAIN } from './sample-plans.js';

const error = {
  file: 'policies/web.yaml',
  line: 3,
  column: 1,
  path: 'replica',
  code: 'unknown-key',
  message: '"replica" is not a key of a fleet',
  hint: 'did you mean "replicas"?',
};
const warning = {
  file: 'policies/office.yaml',
  line: 7,
  column: 3,
  path: '',
  code: 'warning-timezone',
  message: 'no schedule.timezone: UTC is used',
  hint: '',
};

test('problems stand where they are, with what would be right beneath, warnings apart', () => {
  expect(renderProblems(['office'], [warning, error], PLAIN)).toMatchInlineSnapshot(`
    "policies/web.yaml:3:1  replica: "replica" is not a key of a fleet
        did you mean "replicas"?

    Warnings
    policies/office.yaml:7:3  no schedule.timezone: UTC is used

    1 error, 1 warning; nothing was changed."
  `);
});

test('policies without errors are valid, with or without warnings', () => {
  expect(renderProblems(['web'], [], PLAIN)).toBe('1 policy valid.');
  expect(renderProblems(['web', 'office'], [warning], PLAIN).split('\n').at(-1)).toBe('2 policies valid, 1 warning.');
});

test('thousands of problems end with how many more there are', () => {
  const many = Array.from({ length: 5000 }, (_, index) => ({ ...error, line: index + 1, hint: '' }));
  const lines = renderProblems([], many, PLAIN).split('\n');
  expect(lines).toHaveLength(103);
  expect(lines[100]).toBe('... and 4900 more (all of them: --json)');
  expect(lines[102]).toBe('5000 errors; nothing was changed.');
});

test('the JSON is valid only without errors, and has every problem', () => {
  expect(problemsToJson(['web'], [warning])).toEqual({ valid: true, policies: ['web'], problems: [warning] });
  expect(problemsToJson([], [warning, error])).toEqual({ valid: false, policies: [], problems: [warning, error] });
});
