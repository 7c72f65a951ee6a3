// Everything that can be wrong with a test file, told at its exact place.
import { describe, expect, it } from 'vitest';
import { isError } from '../../../src/policy/problems.js';
import { listPlaces, readMarks } from '../marked-text.js';
import { BUDGETED, compileText } from './run-text.js';

const HEAD = 'tests:\n  - name: it\n    at: 2026-11-20T19:10Z\n';
const RIGHT = 'expect: {nothing: true}';

function write(given: string, expected = RIGHT): string {
  return `${HEAD}    given: ${given}\n    ${expected}\n`;
}

function wish(expected: string, given = '{vms: [{policy: web, count: 2}, {name: ci-1}]}'): string {
  return write(given, `expect: ${expected}`);
}

/** What is wrong, and the text with marks (marked-text.ts). */
const CASES: readonly (readonly [string, string])[] = [
  ['broken YAML', 'tests: [x\n<<yaml-broken>>'],
  ['an empty file', '<<file-empty>>'],
  ['a list', '<<type-wrong>>- name: x'],
  ['a file with no tests', '<<key-missing>>timezone: UTC'],
  ['an empty list of tests', 'tests: <<value-wrong>>[]'],
  ['an unknown key on top', `<<key-unknown>>test: []\n${HEAD}    ${RIGHT}`],
  ['a misspelt list of tests, once', '<<key-unknown>>tets: []'],
  ['an unknown key of a test', `${HEAD}    <<key-unknown>>expects: {}\n`],
  ['an unknown key of given', write('{<<key-unknown>>vm: []}')],
  ['an unknown key of a VM', write('{vms: [{name: x, <<key-unknown>>paid: 06:50}]}')],
  ['an unknown key of expect', wish('{<<key-unknown>>deletes: ci-1}')],
  ['a key of another list', wish('{delete: {<<key-unknown>>until: 06:50}}')],
  ['a policy instead of a test', '<<key-missing>><<key-unknown>>kind: fleet\n<<key-unknown>>name: web'],
  ['a missing name', `tests:\n  - <<key-missing>>at: 2026-11-20T19:10Z\n    ${RIGHT}`],
  ['a missing instant', `tests:\n  - <<key-missing>>name: it\n    ${RIGHT}`],
  ['a missing expectation', 'tests:\n  - <<key-missing>>name: it\n    at: 2026-11-20T19:10Z'],
  ['an expectation of nothing at all', wish('<<value-wrong>>{}')],
  ['an instant that is none', `tests:\n  - name: it\n    at: <<instant-wrong>>soon\n    ${RIGHT}`],
  ['a plan at a relative instant', `tests:\n  - name: it\n    at: <<instant-wrong>>in 5m\n    ${RIGHT}`],
  ['a day that the calendar lacks', `tests:\n  - name: it\n    at: <<instant-wrong>>2026-11-31T10:00\n    ${RIGHT}`],
  ['a number as an instant', `tests:\n  - name: it\n    at: <<type-wrong>>2026\n    ${RIGHT}`],
  ['an instant of a VM that is none', write('{vms: [{name: x, paidUntil: <<instant-wrong>>soon}]}')],
  ['a VM that is made tomorrow', write('{vms: [{name: x, createdAt: <<instant-future>>in 5m}]}')],
  ['an age twice', write('{vms: [{name: x, age: 5m, <<age-twice>>createdAt: 5m ago}]}')],
  ['an age without a unit', write('{vms: [{name: x, age: <<type-wrong>>5}]}')],
  ['a time zone that is none', `timezone: <<timezone-unknown>>Europe/Pari\n${HEAD}    ${RIGHT}`],
  ['a VM twice', write('{vms: [{name: x}, {name: <<vm-twice>>x}]}')],
  ['a VM twice over a count', write('{vms: [{policy: web, count: 2}, {name: <<vm-twice>>web-2, policy: web}]}')],
  ['a VM without a name', write('{vms: [<<vm-nameless>>{count: 2}]}')],
  ['no VM at all', write('{vms: [{name: x, count: <<value-wrong>>0}]}')],
  ['a state of what is no member', write('{vms: [{name: x, <<vm-key>>state: parked}]}')],
  ['a state that is none', write('{vms: [{policy: web, state: <<value-wrong>>park}]}')],
  ['a status that is none', write('{vms: [{policy: web, status: <<value-wrong>>running}]}')],
  ['a policy that is not in the file', write('{vms: [{policy: <<policy-unknown>>wep}]}')],
  ['a reap as an owner', write('{vms: [{policy: <<policy-unknown>>reap-ci}]}')],
  ['an unknown country', write('{vms: [{name: x, country: <<country-unknown>>UK}]}')],
  ['a country in small letters', write('{vms: [{name: x, country: <<value-wrong>>fr}]}')],
  [
    'an unknown country of an offer',
    write('{offers: [{country: <<country-unknown>>XX, configuration: cpu-2-ram-4gb-storage-25gb, price: 1/day}]}'),
  ],
  ['a price without its unit', write('{vms: [{name: x, price: <<type-wrong>>0.30}]}')],
  ['a price in dollars', write('{vms: [{name: x, price: <<value-wrong>>$0.30/day}]}')],
  [
    'an offer without a price',
    write('{offers: [<<key-missing>>{country: FR, configuration: cpu-2-ram-4gb-storage-25gb}]}'),
  ],
  ['a configuration that is none', write('{vms: [{name: x, configuration: <<value-wrong>>large}]}')],
  ['a port without its protocol', write('{vms: [{name: x, ports: [<<type-wrong>>80]}]}')],
  ['an answer that is none', write('{vms: [{name: x, idle: <<value-wrong>>maybe}]}')],
  ['an answer without a duration', write('{vms: [{name: x, idle: <<value-wrong>>yes for ever}]}')],
  ['an answer of a list without a duration', write('{vms: [{name: x, idle: [no, <<value-wrong>>yes for long]}]}')],
  ['an answer since tomorrow', write('{vms: [{name: x, idle: <<instant-future>>yes since in 5m}]}')],
  ['an answer for a reap that there is not', write('{vms: [{name: x, idle: {<<policy-unknown>>reap-di: no}}]}')],
  [
    'the same wrong answer of many alike, once',
    write('{vms: [{name: x, count: 9, idle: <<value-wrong>>yes for ever}]}'),
  ],
  ['a policy that stood and is not there', write('{stoodSince: {<<policy-unknown>>wep: 5m ago}}')],
  ['a purchase tomorrow', write('{bought: [{policy: web, count: 1, at: <<instant-future>>in 5m}]}')],
  ['a deletion of nobody', write('{deleted: [{policy: <<policy-unknown>>wob, count: 1, at: 5m ago}]}')],
  ['a protect that reads what there is not', write('{protect: ["vm.<<cel-type>>nam == 1"]}')],
  ['a protect that is broken', write("{protect: ['vm.name ==<<cel-broken>>']}")],
  ['a rail that there is not', write('{rails: {<<key-unknown>>delete: {}}}')],
  ['a VM of expect that is not given', wish('{delete: <<vm-unknown>>ci-2}')],
  ['each VM of a list that is not given', wish('{hold: {vm: [ci-1, <<vm-unknown>>ci-2, <<vm-unknown>>web-3]}}')],
  ['a VM where none is given', wish('{delete: <<vm-unknown>>ci-2}', '{}')],
  ['a policy of expect that there is not', wish('{deploy: <<policy-unknown>>wep}')],
  ['a policy of an entry that there is not', wish('{hold: {policy: <<policy-unknown>>wep}}')],
  ['a wanted number of nobody', wish('{wanted: {<<policy-unknown>>wep: 3}}')],
  ['a fleet that is a reap', wish('{fleets: {<<policy-unknown>>reap-ci: {wanted: 3}}}')],
  ['a reap that is a fleet', wish('{reaps: {<<policy-unknown>>web: {matched: 3}}}')],
  ['a reason that there is not', wish('{delete: {reason: <<value-wrong>>surpluss}}')],
  ['a rail of expect that there is not', wish('{refuse: {rail: <<value-wrong>>deletes.perDay}}')],
  [
    'money with seven decimals',
    wish('{totals: {costNow: "<<value-wrong>>0.3069801"}}'.replace('"<<value-wrong>>', '<<value-wrong>>"')),
  ],
  ['money with a unit', wish('{delete: {saves: <<value-wrong>>0.30/day}}')],
  ['negative money', wish('{totals: {costNow: <<value-wrong>>-1}}')],
  ['a count that differs from the names', wish('{delete: {vm: [ci-1, web-1], count: <<count-differs>>3}}')],
  ['nothing, and something', wish('{nothing: true, <<expect-contradicts>>delete: ci-1}')],
  ['nothing: false', wish('{nothing: <<value-wrong>>false}')],
  ['only of no list', wish('{only: <<value-wrong>>deletes}')],
  ['only: false', wish('{only: <<value-wrong>>false}')],
  ['an instant of expect that is none', wish('{hold: {until: <<instant-wrong>>24:00}}')],
  ['two tests of one name', `${HEAD}    ${RIGHT}\n  - name: <<name-twice>>it\n    at: 2026-11-20T19:10Z\n    ${RIGHT}`],
  [
    'more VMs than fit',
    `${HEAD}    given: {vms: [{policy: web, count: 100000}]}\n    ${RIGHT}\n  - <<vms-too-many>>name: b\n    at: 2026-11-20T19:10Z\n    given: {vms: [{name: x}]}\n    ${RIGHT}`,
  ],
];

/** The same beside the budgets `team` and `few`. */
const BUDGET_CASES: readonly (readonly [string, string])[] = [
  ['what was charged to a budget that there is not', write('{spent: {<<policy-unknown>>teem: 150.00}}')],
  ['what was charged to a fleet', write('{spent: {<<policy-unknown>>web: 150.00}}')],
  ['money without digits', write('{spent: {team: <<value-wrong>>much}}')],
  ['money with seven decimals', write('{spent: {team: <<value-wrong>>"1.2345678"}}')],
  ['money in a list', write('{spent: {team: <<type-wrong>>[1]}}')],
  ['steps of a budget that there is not', write('{held: {<<policy-unknown>>teem: {steps: [shrink]}}}')],
  ['a held budget without its steps', write('{held: {<<key-missing>>team: {had: {web: 4}}}}')],
  ['a step that there is not', write('{held: {team: {steps: [<<value-wrong>>grow]}}}')],
  ['a step that this budget lacks', write('{held: {few: {steps: [notify, <<step-unknown>>shrink]}}}')],
  [
    'numbers of a step that does not hold',
    write('{held: {team: {steps: [shrink], <<step-missing>>had: {web: 4}, shrunk: {web: 2}}}}'),
  ],
  [
    'the number of a fleet that there is not',
    write('{held: {team: {steps: [stop-growth], had: {<<policy-unknown>>wep: 4}}}}'),
  ],
  ['a number that is none', write('{held: {team: {steps: [shrink], shrunk: {web: <<type-wrong>>few}}}}')],
  ['an expected budget that there is not', wish('{budgets: {<<policy-unknown>>teem: {spent: 1}}}')],
  ['an expected budget that is a fleet', wish('{budgets: {<<policy-unknown>>web: {spent: 1}}}')],
  ['a figure that there is not', wish('{budgets: {team: {<<key-unknown>>limit: 1}}}')],
  ['a figure that is no money', wish('{budgets: {team: {expected: <<value-wrong>>lots}}}')],
  ['an expected step that there is not', wish('{budgets: {team: {steps: [<<value-wrong>>grow]}}}')],
  ['steps as a word', wish('{budgets: {team: {steps: <<value-wrong>>shrink}}}')],
  ['an expectation of nothing about a budget', wish('{budgets: {team: <<value-wrong>>{}}}')],
  ['a held fleet that there is not', wish('{budgets: {team: {held: {<<policy-unknown>>wep: 2}}}}')],
  ['a budget as an owner', write('{vms: [{policy: <<policy-unknown>>team}]}')],
];

describe('a test file', () => {
  it.each(CASES)('places %s', (_, marked) => {
    const { text, expected } = readMarks(marked);
    const { problems } = compileText(text);
    expect(listPlaces(problems)).toEqual(listPlaces(expected));
    expect(problems.every(isError)).toBe(true);
  });

  it.each(BUDGET_CASES)('places, of budgets, %s', (_, marked) => {
    const { text, expected } = readMarks(marked);
    const { problems } = compileText(text, BUDGETED);
    expect(listPlaces(problems)).toEqual(listPlaces(expected));
    expect(problems.every(isError)).toBe(true);
  });

  it('tells all slips of all tests at once, and runs the others', () => {
    const { text, expected } = readMarks(
      `${HEAD}    given: {vms: [{policy: <<policy-unknown>>wep, paidUntil: <<instant-wrong>>soon}]}\n    expect: {delete: <<vm-unknown>>x}\n` +
        `  - name: second\n    at: <<instant-wrong>>soon\n    given: {vms: [{policy: <<policy-unknown>>wob}]}\n    ${RIGHT}\n` +
        `  - name: third\n    at: 2026-11-20T19:10Z\n    ${RIGHT}\n`,
    );
    const { problems, tests } = compileText(text);
    expect(listPlaces(problems)).toEqual(listPlaces(expected));
    expect(tests.map(({ name }) => name)).toEqual(['third']);
  });

  it('says what would be right', () => {
    const hintsOf = (text: string): readonly string[] => compileText(text).problems.map(({ hint }) => hint);
    expect(hintsOf(write('{vms: [{policy: wep}]}'))).toEqual(['Did you mean `web`?']);
    expect(hintsOf(wish('{delete: ci-2}'))).toEqual(['Did you mean `ci-1`?']);
    expect(hintsOf(wish('{delete: zzzzzzzz}'))).toEqual(['Given are: web-1, web-2, ci-1.']);
    expect(hintsOf(wish('{delete: {reason: surpluss}}'))).toEqual(['Did you mean `surplus`?']);
    expect(hintsOf(wish('{only: delet}'))).toEqual(['Did you mean `delete`?']);
    expect(hintsOf(write('{spent: {team: 1}}'))).toEqual(['There is no budget in them.']);
    expect(hintsOf(`timezone: Europe/Pari\n${HEAD}    ${RIGHT}`)).toEqual(['Did you mean `Europe/Paris`?']);
  });

  it('tells a slip in what all tests suppose once, at its own place', () => {
    const text = `given: {vms: [{policy: wep}]}\n${HEAD}    ${RIGHT}\n  - name: b\n    at: 2026-11-20T19:10Z\n    ${RIGHT}\n`;
    expect(compileText(text).problems.map(({ line, path }) => [line, path])).toEqual([[1, 'given.vms[0].policy']]);
  });
});
