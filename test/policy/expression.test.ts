// CEL over VMs: what matches, what is unknown, what is refused, and how fast.
import { describe, expect, it } from 'vitest';
import type { Vm } from '../../src/core/types.js';
import { compileExpression } from '../../src/policy/expression.js';
import { diagnoseSelect } from '../../src/policy/compile-reap.js';
import { checkText, NOW, writeFleet, writeReap } from './policy-texts.js';

const HOUR = 3_600_000;
const context = { now: NOW, account: 'main', policy: '' };
const known: Vm = {
  id: '0x1',
  name: 'ci-build-07',
  status: 'active',
  statusText: 'Active',
  price: { amount: 306_980n, periodMillis: 24 * HOUR },
  paidUntil: NOW + 3 * HOUR,
  createdAt: NOW - 48 * HOUR,
  place: { country: 'FR', city: 'PAR', cityIndex: 1, tier: 4, certifications: [] },
  configuration: 'cpu-2-ram-4gb-storage-25gb',
  vcpu: 2,
  ramGb: 4,
  storageGb: 25,
  hardware: {},
  image: undefined,
  publicIp: '192.0.2.7',
  ports: [{ port: 80, protocol: 'tcp' }],
  reserved: undefined,
  spent: undefined,
};
const bare: Vm = {
  ...known,
  price: undefined,
  paidUntil: undefined,
  createdAt: undefined,
  place: undefined,
  configuration: undefined,
  vcpu: undefined,
  ramGb: undefined,
  storageGb: undefined,
  publicIp: undefined,
  ports: [],
};

function answer(text: string, vm: Vm = known): string {
  const compiled = compileExpression(text);
  if ('problem' in compiled) throw new Error(compiled.problem.message);
  return compiled.expression.evaluate(vm, context).answer;
}

describe('compileExpression', () => {
  it.each([
    'vm.id == "0x1" && vm.status == "active" && vm.account == "main" && vm.policy == ""',
    'vm.name.startsWith("ci-") && vm.country in ["FR", "DE"]',
    'vm.city == "PAR" && vm.tier == 4',
    'vm.configuration.contains("cpu-2")',
    'vm.vcpu >= 2 && vm.vcpu == 2 && vm.vcpu in [1, 2] && vm.ramGb < 4.5 && vm.storageGb == 25',
    'vm.pricePerDay > 0.3 && vm.pricePerDay < 1 && vm.pricePerDay * 30 < 10.0 && 2 * vm.pricePerDay < 1',
    'vm.ageHours == 48.0 && vm.ageHours == 48 && vm.ageHours / 24 >= 2',
    'now - vm.createdAt > duration("47h") && vm.paidUntil > now',
    'vm.createdAt < timestamp("2026-11-19T00:00:00Z")',
    '"80/tcp" in vm.ports && vm.ports.exists(port, port.endsWith("/tcp"))',
    'vm.publicIp.matches("^192[.]0[.]2[.]")',
    'has(vm.country) && vm.country != "DE"',
  ])('matches a VM by %s', (text) => {
    expect(answer(text)).toBe('yes');
  });

  it.each([
    'vm.country != "FR"',
    '!(vm.country == "FR")',
    '!(vm.country in ["DE"])',
    'vm.vcpu < 100',
    'vm.pricePerDay >= 0.0',
    'vm.ageHours >= 0.0',
    'vm.paidUntil > now || vm.createdAt < now',
    'vm.tier != 4 ? true : true',
    'vm.publicIp != "192.0.2.7"',
    'vm.city.size() >= 0',
    '["FR"].exists(country, country != vm.country)',
    'vm.name == "ci-build-07" && vm.configuration != "x"',
  ])('never matches by %s when that is not known', (text) => {
    expect(answer(text, bare)).toBe('unknown');
  });

  it('matches when the known part alone decides, and says no when it alone forbids', () => {
    expect(answer('vm.name.startsWith("ci-") || vm.country == "DE"', bare)).toBe('yes');
    expect(answer('vm.country == "DE" || vm.name.startsWith("ci-")', bare)).toBe('yes');
    expect(answer('vm.country == "FR" && vm.name == "x"', bare)).toBe('no');
  });

  it('lets an expression ask whether something is known', () => {
    expect(answer('has(vm.country)', bare)).toBe('no');
    expect(answer('has(vm.country) && vm.country != "FR"', bare)).toBe('no');
    expect(answer('has(vm.tier) || vm.country != "FR"', bare)).toBe('unknown');
  });

  it.each([
    'vm.id == "0x311edb209b61eaa8c3e67c6b96d03288db5bc020"',
    "vm.id == '0X311EDB209B61EAA8C3E67C6B96D03288DB5BC020'",
    'vm.id in ["0x1", "0x311edB209b61EaA8c3e67c6B96D03288DB5Bc020"]',
    'vm.id.startsWith("0x311EdB")',
  ])('knows a VM by its id in any letter case: %s', (text) => {
    expect(answer(text, { ...known, id: '0x311edB209b61EaA8c3e67c6B96D03288DB5Bc020' })).toBe('yes');
    expect(answer(text, { ...known, id: '0x400edB209b61EaA8c3e67c6B96D03288DB5Bc020' })).toBe('no');
  });

  it('leaves a name that looks like an id as it was written', () => {
    expect(answer('vm.name == "0xAB"', { ...known, name: '0xAB' })).toBe('yes');
  });

  it('treats a size that is not whole as unknown', () => {
    expect(answer('vm.ramGb <= 1', { ...known, ramGb: 0.5 })).toBe('unknown');
  });

  it('answers unknown with the reason when evaluating fails', () => {
    const compiled = compileExpression('1 / (vm.vcpu - 2) > 0');
    expect('expression' in compiled && compiled.expression.evaluate(known, context)).toEqual({
      answer: 'unknown',
      error: 'division by zero',
    });
  });

  it('keeps nothing of one VM for the next', () => {
    const compiled = compileExpression('vm.country == "FR"');
    if ('problem' in compiled) throw new Error(compiled.problem.message);
    const { evaluate } = compiled.expression;
    expect([evaluate(known, context).answer, evaluate(bare, context).answer, evaluate(known, context).answer]).toEqual([
      'yes',
      'unknown',
      'yes',
    ]);
  });

  it.each([
    ['vm.contry == "FR"', 3, 'Did you mean `vm.country`?'],
    ['name == "x"', 0, 'Did you mean `vm.name`?'],
    ['vm.name.startWith("ci")', 0, 'Did you mean `startsWith`?'],
    ['vm.name = "x"', 8, 'Compare with ==.'],
    ['vm.country == null', 0, 'Ask has(vm.x) whether something is known.'],
    ['vm.__proto__ == "x"', 3, 'vm has: id, name,'],
    ['vm.constructor == "x"', 3, 'vm has: id, name,'],
  ])('refuses %s and says what would be right', (text, offset, hint) => {
    const compiled = compileExpression(text);
    if ('expression' in compiled) throw new Error('it was accepted');
    expect(compiled.problem.offset).toBe(offset);
    expect(compiled.problem.hint).toContain(hint);
  });

  it('refuses expressions that are larger than anybody needs', () => {
    for (const text of [
      '('.repeat(200) + 'true' + ')'.repeat(200),
      `vm.name in [${'"a",'.repeat(600)}"b"]`,
      Array.from({ length: 1500 }, () => 'true').join(' && '),
    ])
      expect(compileExpression(text)).toHaveProperty('problem');
  });

  it('goes through a hundred thousand VMs with ten expressions', () => {
    const texts = [
      'vm.name.startsWith("ci-") && vm.country in ["FR", "DE"]',
      'vm.vcpu >= 4',
      'vm.pricePerDay < 0.5',
      'vm.ageHours > 24',
      'vm.name.matches("^ci-[0-9]+$")',
      'vm.country != "FR"',
      '"80/tcp" in vm.ports',
      'vm.policy == ""',
      'vm.status == "active"',
      'vm.tier == 4',
    ];
    const expressions = texts
      .map((text) => compileExpression(text))
      .flatMap((compiled) => ('expression' in compiled ? [compiled.expression] : []));
    const vms = Array.from({ length: 100_000 }, (_, index) => ({
      ...(index % 10 === 0 ? bare : known),
      name: `ci-${index}`,
    }));
    let yes = 0;
    for (const { evaluate } of expressions) for (const vm of vms) if (evaluate(vm, context).answer === 'yes') yes += 1;
    expect(yes).toBeGreaterThan(500_000);
  });
});

describe('a compiled reap', () => {
  const { set } = checkText(`${writeReap({ select: 'select: vm.country != "DE"' })}\n---\n${writeFleet()}`, {
    protect: ['vm.country == "DE"'],
  });
  const { select } = set!.reaps[0]!;

  it('selects only on a plain yes, and can say why not', () => {
    expect([select(known, context), select(bare, context)]).toEqual([true, false]);
    expect(diagnoseSelect(select, bare, context)).toEqual({ answer: 'unknown', error: undefined });
  });

  it('stands beside a protection that covers what it does not know', () => {
    expect([set!.isProtected(known, context), set!.isProtected(bare, context)]).toEqual([false, true]);
  });
});
