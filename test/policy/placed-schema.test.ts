// The generic part: any YAML file against any schema, as purser.yaml and others use it.
import { describe, expect, it } from 'vitest';
import { findClosestWord } from '../../src/policy/closest-word.js';
import { validatePlaced } from '../../src/policy/placed-schema.js';
import { readPlacedYaml } from '../../src/policy/placed-yaml.js';
import { formatProblem } from '../../src/policy/problems.js';

const schema = {
  title: 'purser.yaml',
  type: 'object',
  additionalProperties: false,
  required: ['accounts'],
  properties: {
    tick: { type: 'string', pattern: '^[0-9]+s$', expects: 'a duration such as 30s' },
    accounts: {
      type: 'object',
      minProperties: 1,
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        properties: { mode: { enum: ['act', 'observe'] }, rate: { type: 'number', minimum: 0.1 } },
      },
    },
  },
};

function listProblems(text: string): string[] {
  const { documents, problems } = readPlacedYaml('purser.yaml', text);
  const all = [...problems, ...documents.flatMap((document) => validatePlaced(schema, document))];
  return all.map((problem) => `${formatProblem(problem)} (${problem.code})`);
}

describe('validatePlaced', () => {
  it('says in plain words what is wrong, where, and what would be right', () => {
    expect(listProblems('tick: 30\naccounts:\n  main: {mode: acts, rate: 0, rat: 1}\nacounts: {}')).toEqual([
      'purser.yaml:4:1 acounts: `acounts` is not a key of purser.yaml. Did you mean `accounts`? (key-unknown)',
      'purser.yaml:1:7 tick: `tick` must be a duration such as 30s, but is 30. (type-wrong)',
      'purser.yaml:3:31 accounts.main.rat: `rat` is not a key of `accounts.main`. Did you mean `rate`? (key-unknown)',
      'purser.yaml:3:16 accounts.main.mode: `accounts.main.mode` must be act or observe, but is "acts". Did you mean `act`? (value-wrong)',
      'purser.yaml:3:28 accounts.main.rate: `accounts.main.rate` must be at least 0.1, but is 0. (value-wrong)',
    ]);
    expect(listProblems('accounts: {}')).toEqual([
      'purser.yaml:1:11 accounts: `accounts` must be a mapping with at least 1 key, but is an empty mapping. (value-wrong)',
    ]);
    expect(listProblems('tick: 30s')).toEqual([
      'purser.yaml:1:1 accounts: `accounts` is missing in purser.yaml. Add `accounts`: a mapping. (key-missing)',
    ]);
    expect(listProblems('accounts: {main: {}}')).toEqual([]);
  });

  it('says of a quoted number that it needs no quotes', () => {
    expect(listProblems('accounts: {main: {rate: "2.5"}}')).toEqual([
      'purser.yaml:1:25 accounts.main.rate: `accounts.main.rate` must be a number, but is "2.5". Write it without quotes: 2.5. (type-wrong)',
    ]);
    expect(listProblems('accounts: {main: {rate: "2.5 a second"}}')[0]).toMatch(/is "2\.5 a second"\. \(type-wrong\)$/);
  });

  it('follows aliases to where a value stands', () => {
    expect(listProblems('accounts:\n  main: &a {rate: x}\n  other: *a')).toEqual([
      'purser.yaml:2:19 accounts.main.rate: `accounts.main.rate` must be a number, but is "x". (type-wrong)',
      'purser.yaml:2:19 accounts.other.rate: `accounts.other.rate` must be a number, but is "x". (type-wrong)',
    ]);
  });
});

describe('findClosestWord', () => {
  it('finds slips of the keyboard and of the case, and nothing far away', () => {
    const words = ['replicas', 'maxPrice', 'keepIfWantedWithin', 'name'];
    expect(
      ['replica', 'repilcas', 'maxprice', 'max_price', 'keep-if-wanted-within', 'nmae', 'colour', 'x'].map((word) =>
        findClosestWord(word, words),
      ),
    ).toEqual(['replicas', 'replicas', 'maxPrice', 'maxPrice', 'keepIfWantedWithin', 'name', undefined, undefined]);
  });
});
