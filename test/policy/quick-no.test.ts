// The quick no must be what the evaluator says itself, for every expression and VM.
import { Environment } from '@marcbachmann/cel-js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SelectContext } from '../../src/core/policy-types.js';
import type { Vm } from '../../src/core/types.js';
import { findQuickNo } from '../../src/policy/quick-no.js';

const environment = new Environment();
environment.registerVariable('vm', 'map');

function judge(text: string, name: string, policy: string): boolean | undefined {
  const { ast } = environment.parse(text);
  const context: SelectContext = { now: 0, account: 'main', policy };
  return findQuickNo(ast)?.({ name } as Vm, context);
}

describe('findQuickNo', () => {
  it.each([
    ['vm.name.startsWith("ci-")', 'ci-1', '', false],
    ['vm.name.startsWith("ci-")', 'db-1', '', true],
    ['vm.country == "FR" && vm.name.endsWith("-old")', 'db-1', '', true],
    ['vm.country == "FR" && vm.name.endsWith("-old")', 'db-old', '', false],
    ['vm.name.contains("b") && vm.policy == ""', 'db-1', 'web', true],
    ['vm.policy != ""', 'db-1', '', true],
    ['vm.policy != ""', 'db-1', 'web', false],
    ['vm.vcpu > 2 && (vm.tier > 1 && vm.name.matches("^ci-[0-9]+$"))', 'ci-x', '', true],
    ['vm.vcpu > 2 && (vm.tier > 1 && vm.name.matches("^ci-[0-9]+$"))', 'ci-7', '', false],
  ])('%s about %s of "%s" is forbidden: %s', (text, name, policy, forbidden) => {
    expect(judge(text, name, policy)).toBe(forbidden);
  });

  it.each([
    'vm.name.startsWith("ci-") || vm.vcpu > 2',
    '!vm.name.startsWith("ci-")',
    'vm.country == "FR"',
    'vm.name == vm.policy',
    'vm.name.startsWith(vm.policy)',
    'vm.vcpu > 2 ? vm.name == "a" : vm.name == "b"',
    'vm.name.size() == 3',
    '"ci-1".startsWith("ci-")',
  ])('says nothing about %s', (text) => {
    expect(judge(text, 'x', 'y')).toBeUndefined();
  });

  it('never forbids what the evaluator would let through', () => {
    const word = fc.stringMatching(/^[abc.-]{0,3}$/);
    const field = fc.constantFrom('vm.name', 'vm.policy');
    const test = fc
      .tuple(field, fc.constantFrom('startsWith', 'endsWith', 'contains', 'matches'), word)
      .map(([subject, method, operand]) => `${subject}.${method}("${operand}")`);
    const equality = fc
      .tuple(field, fc.constantFrom('==', '!='), word)
      .map(([subject, sign, operand]) => `${subject} ${sign} "${operand}"`);
    const { expression } = fc.letrec<{ expression: string }>((tie) => ({
      expression: fc.oneof(
        { maxDepth: 4 },
        test,
        equality,
        fc
          .tuple(tie('expression'), fc.constantFrom('&&', '&&', '||'), tie('expression'))
          .map(([left, sign, right]) => `(${left} ${sign} ${right})`),
        tie('expression').map((inner) => `!(${inner})`),
      ),
    }));
    let forbidden = 0;
    fc.assert(
      fc.property(expression, word, word, (text, name, policy) => {
        if (judge(text, name, policy) !== true) return;
        forbidden += 1;
        expect(environment.evaluate(text, { vm: { name, policy } })).toBe(false);
      }),
      { numRuns: 3_000 },
    );
    expect(forbidden).toBeGreaterThan(100);
  });
});
