// What a budget document compiles to.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { makeVm } from '../core/samples.js';
import { checkText, NOW, writeBudget, writeFleet } from './policy-texts.js';

const shipped = readFileSync(new URL('../../policies/monthly-budget.yaml', import.meta.url), 'utf8');

describe('compileBudget', () => {
  it('makes of the shipped budget what it says', () => {
    const { set, problems } = checkText(shipped);
    expect(problems).toEqual([]);
    const [team] = set!.budgets!;
    expect(team).toMatchObject({
      name: 'team',
      mode: 'act',
      scope: { accounts: ['main'], policies: undefined, select: undefined },
      limit: 175_000_000n,
      per: 'month',
      timezone: 'Europe/Paris',
      steps: [
        { atPercent: 80, of: 'expected', do: 'notify' },
        { atPercent: 95, of: 'expected', do: 'stop-growth' },
        { atPercent: 95, of: 'spent', do: 'stop-buying' },
        { atPercent: 100, of: 'expected', do: 'shrink' },
      ],
      hard: false,
      resume: 'auto',
    });
    const period = team!.periodAt(NOW);
    expect(period).toEqual({ from: Date.parse('2026-10-31T23:00Z'), to: Date.parse('2026-11-30T23:00Z') });
  });

  it('fills in the defaults, and has no budgets where none is written', () => {
    const [budget] = checkText('kind: budget\nname: b\nlimit: .5/day').set!.budgets!;
    expect(budget).toMatchObject({ limit: 500_000n, per: 'day', timezone: 'UTC', steps: [], hard: false });
    expect(checkText(writeFleet()).set).not.toHaveProperty('budgets');
  });

  it('selects what CEL says, and what it can not judge', () => {
    const text = `${writeBudget({ scope: 'scope: {select: vm.country == "FR"}' })}`;
    const { select } = checkText(text).set!.budgets![0]!.scope;
    const context = { now: NOW, account: 'main', policy: '' };
    expect(select!(makeVm('a'), context)).toBe(true);
    const inGermany = { country: 'DE', city: undefined, cityIndex: undefined, tier: undefined, certifications: [] };
    expect(select!(makeVm('a', { place: inGermany }), context)).toBe(false);
    expect(select!(makeVm('a', { place: undefined }), context)).toBe(true);
  });

  it.each([
    ['another limit', { limit: 'limit: 176/month' }],
    ['another zone', { zone: 'timezone: UTC' }],
    ['another scope', { scope: 'scope: {select: vm.country == "FR"}' }],
    ['another step', { steps: 'steps: [{at: 80%, of: spent, do: notify}]' }],
    ['hard', { more: 'hard: true' }],
  ])('is another policy with %s', (_, parts) => {
    const hashOf = (written: string): string | undefined => checkText(written).policyHashes['team'];
    expect(hashOf(writeBudget(parts))).not.toBe(hashOf(writeBudget()));
    expect(hashOf(writeBudget({ more: 'description: the same' }))).toBe(hashOf(writeBudget()));
  });
});
