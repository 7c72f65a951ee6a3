// Every problem that a policy can have, found at its exact place.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPolicies } from '../../src/policy/check-policies.js';
import { isError } from '../../src/policy/problems.js';
import { budgetCases } from './budget-cases.js';
import { fleetCases } from './fleet-cases.js';
import { listPlaces, readMarks } from './marked-text.js';
import { checkText, OPTIONS, writeFleet } from './policy-texts.js';
import { scheduleCases } from './schedule-cases.js';

describe('checkPolicies', () => {
  it.each([...fleetCases, ...scheduleCases, ...budgetCases])('places %s', (_, marked) => {
    const { text, expected } = readMarks(marked);
    const { problems, set } = checkText(text);
    expect(listPlaces(problems)).toEqual(listPlaces(expected));
    expect(set === undefined).toBe(problems.some(isError));
  });

  it('names file, path, what is wrong and what would be right', () => {
    const { problems } = checkText(writeFleet({ replicas: 'replica: 4' }));
    expect(problems).toEqual([
      {
        file: 'p.yaml',
        line: 3,
        column: 1,
        path: 'replica',
        code: 'key-unknown',
        message: '`replica` is not a key of a fleet.',
        hint: 'Did you mean `replicas`?',
        meant: 'replicas',
      },
    ]);
  });

  it.each([
    ['replicas: "3"', 'Write it without quotes: 3.'],
    ['replicas: "3.5"', ''],
    ['replicas: three', ''],
  ])('says of %s what would be right', (replicas, hint) => {
    expect(checkText(writeFleet({ replicas })).problems).toMatchObject([{ code: 'type-wrong', hint }]);
  });

  it('says of a value of a later version that it is not built yet, not that it is unknown', () => {
    const { problems } = checkText(writeFleet({ more: 'approval: required' }));
    expect(problems).toMatchObject([
      { message: '`required` is not built yet.', hint: 'Until then write none, or leave it out.' },
    ]);
  });

  it.each([
    ['$0.50/day', '0.50/day'],
    ['0.50 USDC/day', '0.50/day'],
    ['$ 2 / h', '2/hour'],
    ['3 USD per day', '3/day'],
  ])('says how the price %s is written', (written, right) => {
    const { problems } = checkText(writeFleet({ where: `where: {minimum: {vcpu: 2}, maxPrice: "${written}"}` }));
    expect(problems).toMatchObject([{ code: 'price-form', hint: `Write ${right}.` }]);
  });

  it('speaks of an hour, and of a minute', () => {
    const messageOf = (cron: string): string => {
      const window = `{name: a, from: "${cron}", to: "0 8 * * *", replicas: 2}`;
      return checkText(writeFleet({ more: `schedule: {timezone: UTC, windows: [${window}]}` })).problems[0]!.message;
    };
    expect(messageOf('0 25 * * *')).toBe('`25` is not an hour.');
    expect(messageOf('61 5 * * *')).toBe('`61` is not a minute.');
  });

  it('says where a misplaced key belongs', () => {
    const { problems } = checkText(writeFleet({ more: 'maxPrice: 1/day' }));
    expect(problems.map(({ hint }) => hint)).toEqual(['`maxPrice` belongs under `where`.']);
  });

  it('tells the problems of all files at once, in the order of files and lines', () => {
    const { problems } = checkPolicies(
      [
        { path: 'b.yaml', text: writeFleet({ name: 'name: b', replicas: 'replicas: x' }) },
        { path: 'a.yaml', text: `kind: nothing\n---\n${writeFleet({ name: 'name: a', more: 'floor: 9\nmode: no' })}` },
      ],
      OPTIONS,
    );
    expect(problems.map(({ file, line, code }) => `${file}:${line} ${code}`)).toEqual([
      'a.yaml:1 kind-unknown',
      'a.yaml:8 floor-too-high',
      'a.yaml:9 value-wrong',
      'b.yaml:3 type-wrong',
    ]);
  });

  it('goes on with other documents when one is broken YAML', () => {
    const { problems } = checkText(`kind: [fleet\n---\n${writeFleet({ replicas: 'replicas: x' })}`);
    expect(problems.map(({ code }) => code)).toEqual(['yaml-broken', 'type-wrong']);
  });

  it('takes a list of accounts for a fleet; a list of one is that one', () => {
    const several = { accounts: ['main', 'spare'], defaultAccount: undefined };
    const [fleet] = checkText(writeFleet({ more: 'account: [spare, main]' }), several).set!.fleets;
    expect(fleet).toMatchObject({ account: 'spare', accounts: ['spare', 'main'] });
    expect(checkText(writeFleet({ more: 'account: [main]' }), several).set!.fleets[0]).not.toHaveProperty('accounts');
  });

  it('places each account of a list that there is not, with the nearest that there is', () => {
    const several = { accounts: ['main', 'spare'], defaultAccount: undefined };
    const { problems } = checkText(writeFleet({ more: 'account: [mian, spare, other]' }), several);
    expect(problems.map(({ code, line, column, path, hint }) => [code, line, column, path, hint])).toEqual([
      ['account-unknown', 6, 11, 'account[0]', 'Did you mean `main`?'],
      ['account-unknown', 6, 24, 'account[2]', 'purser.yaml has: main, spare.'],
    ]);
  });

  it.each([
    ['nothing', 'account: []'],
    ['one account twice', 'account: [main, main]'],
    ['something else', 'account: [{name: main}]'],
  ])('refuses a list of %s', (_what, more) => {
    const { problems, set } = checkText(writeFleet({ more }), { accounts: ['main'] });
    expect(set).toBeUndefined();
    expect(problems[0]?.path).toMatch(/^account/);
  });

  it('asks for an account when there are several and none is the default', () => {
    const several = { accounts: ['main', 'other'], defaultAccount: undefined };
    expect(checkText(writeFleet(), several).problems.map(({ code }) => code)).toEqual(['account-missing']);
    expect(checkText(writeFleet({ more: 'account: other' }), several).set?.fleets[0]?.account).toBe('other');
    expect(checkText(writeFleet({ more: 'account: any' }), { accounts: [] }).set?.fleets[0]?.account).toBe('any');
  });

  it('refuses protect expressions that are wrong, and protects what it does not know', () => {
    expect(checkText(writeFleet(), { protect: ['vm.nmae == "x"'] }).problems).toMatchObject([
      { file: 'purser.yaml', path: 'protect[0]' },
    ]);
  });

  it('survives alias bombs, bracket towers and documents of other kinds quickly', () => {
    const bomb = Array.from({ length: 30 }, (_, index) =>
      index === 0 ? 'a0: &a0 [1,1,1,1,1,1,1,1,1]' : `a${index}: &a${index} [${`*a${index - 1},`.repeat(3)}]`,
    ).join('\n');
    const flood = `a: &a 1\nb: [${'*a,'.repeat(50_000)}]`;
    const towers = [
      '['.repeat(200_000),
      '{a: '.repeat(50_000),
      '- '.repeat(100_000),
      Array.from({ length: 1000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
    ];
    const codes = [bomb, flood, ...towers].map((text) => checkText(text).problems.map(({ code }) => code));
    expect(codes).toEqual([
      ['yaml-too-many-aliases'],
      ['yaml-too-many-aliases'],
      ...towers.map(() => ['yaml-too-deep']),
    ]);
  });

  it('never throws and never accepts rubbish, whatever the text is', () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        fc.string(),
        fc.double(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('any')),
        fc.dictionary(
          fc.constantFrom(
            'kind',
            'name',
            'replicas',
            'schedule',
            'windows',
            'where',
            'vm',
            'idle',
            'all',
            'http',
            'url',
            'from',
            'to',
            'for',
            'scope',
            'limit',
            'steps',
            'at',
            'x',
            '__proto__',
          ),
          tie('any'),
        ),
      ),
    })).any;
    fc.assert(
      fc.property(value, fc.constantFrom('fleet', 'reap', 'holidays', 'budget'), (rubbish, kind) => {
        const document =
          typeof rubbish === 'object' && rubbish !== null && !Array.isArray(rubbish) ? { ...rubbish, kind } : rubbish;
        const { set, problems } = checkText(JSON.stringify(document));
        expect(set).toBeUndefined();
        expect(problems.every(({ line, column }) => line >= 1 && column >= 1)).toBe(true);
      }),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => void checkText(text)),
      { numRuns: 300 },
    );
  });
});
