// Budgets that are wrong in one way, each with the problems written where they should be found.
import { writeBudget, writeFleet, writeReap } from './policy-texts.js';

const steps = (...lines: readonly string[]): string =>
  writeBudget({ steps: ['steps:', ...lines.map((line) => `  - ${line}`)].join('\n') });

/** What is wrong, and the text with marks (marked-text.ts). */
export const budgetCases: readonly (readonly [string, string])[] = [
  ['a budget without a limit', writeBudget({ limit: '' }).replace('kind', '<<key-missing>>kind')],
  ['a limit that is a number', writeBudget({ limit: 'limit: <<price-without-unit>>175' })],
  ['a limit without unit', writeBudget({ limit: 'limit: <<price-without-unit>>"175 USDC"' })],
  ['a limit a year', writeBudget({ limit: 'limit: <<price-form>>175/year' })],
  ['a limit an hour', writeBudget({ limit: 'limit: <<price-form>>0.2/hour' })],
  ['a limit with a sign', writeBudget({ limit: 'limit: <<price-form>>$175/month' })],
  ['a limit with a short unit', writeBudget({ limit: 'limit: <<price-form>>175/mo' })],
  ['a limit below nothing', writeBudget({ limit: 'limit: <<value-wrong>>-5/month' })],
  ['a limit of nothing', writeBudget({ limit: 'limit: <<value-wrong>>0/month' })],
  ['a limit with too many decimals', writeBudget({ limit: 'limit: <<value-wrong>>1.0000001/month' })],
  ['a limit that is a list', writeBudget({ limit: 'limit: <<type-wrong>>[175/month]' })],
  ['a budget without a zone', writeBudget({ zone: '' }).replace('kind', '<<warning-zone-default>>kind')],
  ['a budget in an unknown zone', writeBudget({ zone: 'timezone: <<zone-unknown>>Europe/Pariss' })],
  ['a budget in an offset', writeBudget({ zone: 'timezone: <<zone-unknown>>"+01:00"' })],
  ['steps that are a mapping', writeBudget({ steps: 'steps: <<type-wrong>>{at: 80%}' })],
  ['a step without at', steps('<<key-missing>>{of: spent, do: notify}')],
  ['a step without a percent sign', steps('{at: <<percent-wrong>>80, of: spent, do: notify}')],
  ['a step of a quoted number', steps('{at: <<percent-wrong>>"80", of: spent, do: notify}')],
  ['a step between two percents', steps('{at: <<percent-wrong>>99.5%, of: spent, do: notify}')],
  ['a step over 200 percent', steps('{at: <<percent-wrong>>201%, of: spent, do: notify}')],
  ['a step at nothing', steps('{at: <<percent-wrong>>0%, of: spent, do: notify}')],
  ['a step below nothing', steps('{at: <<value-wrong>>-5%, of: spent, do: notify}')],
  ['a step of something else', steps('{at: 80%, of: <<value-wrong>>forecast, do: notify}')],
  ['a step that does something else', steps('{at: 80%, of: spent, do: <<value-wrong>>delete}')],
  ['an unknown key of a step', steps('{at: 80%, of: spent, do: notify, <<key-unknown>>who: me}')],
  [
    'steps out of order',
    steps('{at: 95%, of: expected, do: stop-growth}', '{at: <<step-order>>80%, of: expected, do: notify}'),
  ],
  ['a step twice', steps('{at: 80%, of: spent, do: notify}', '<<step-twice>>{at: 80%, of: spent, do: notify}')],
  [
    'a step that holds already',
    steps('{at: 80%, of: spent, do: stop-buying}', '<<step-twice>>{at: 90%, of: spent, do: stop-buying}'),
  ],
  [
    'two notices, which are right, and the same of another figure',
    steps(
      '{at: 80%, of: spent, do: notify}',
      '{at: 90%, of: spent, do: notify}',
      '{at: 90%, of: expected, do: stop-buying}',
      '{at: 90%, of: spent, do: stop-buying}',
    ),
  ],
  ['hard with a text', writeBudget({ more: 'hard: <<type-wrong>>"true"' })],
  ['an unknown way to resume', writeBudget({ more: 'resume: <<value-wrong>>never' })],
  ['an account beside the scope', writeBudget({ more: '<<key-unknown>>account: main' })],
  ['an empty scope', writeBudget({ scope: 'scope: <<value-wrong>>{}' })],
  ['a scope of an unknown account', writeBudget({ scope: 'scope: {accounts: [<<account-unknown>>mian]}' })],
  ['a scope of an unknown policy', writeBudget({ scope: 'scope: {policies: [<<policy-unknown>>web]}' })],
  [
    'a scope of a reap',
    `${writeReap()}\n---\n${writeBudget({ scope: 'scope: {policies: [<<policy-unknown>>reap-ci]}' })}`,
  ],
  [
    'a scope that names a fleet twice',
    `${writeFleet()}\n---\n${writeBudget({ scope: 'scope: {policies: <<value-twice>>[web, web]}' })}`,
  ],
  ['a scope of CEL that does not parse', writeBudget({ scope: 'scope: {select: vm.name ==<<cel-broken>>= 1}' })],
  ['a scope of CEL of another type', writeBudget({ scope: 'scope: {select: <<cel-type>>vm.name}' })],
  ['a scope of CEL about everything', writeBudget({ scope: 'scope: {select: <<warning-select-constant>>"true"}' })],
  ['two budgets of one name', `${writeBudget()}\n---\n${writeBudget({ name: 'name: <<name-twice>>team' })}`],
  ['a budget named as a fleet', `${writeFleet()}\n---\n${writeBudget({ name: 'name: <<name-twice>>web' })}`],
  [
    'a limit below what floors may cost',
    `${writeFleet()}\n---\n${writeBudget({ limit: 'limit: <<warning-budget-small>>95/month' })}`,
  ],
  ['a limit that pays floors at any price', `${writeFleet()}\n---\n${writeBudget({ limit: 'limit: 96/month' })}`],
  [
    'a limit below floors of fleets that it does not count',
    `${writeFleet()}\n---\n${writeFleet({ name: 'name: ops', more: 'floor: 0' })}\n---\n${writeBudget({ limit: 'limit: 1/month', scope: 'scope: {policies: [ops]}' })}`,
  ],
];
