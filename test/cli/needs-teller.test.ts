// What `up` tells of troubles that only a person can mend: once when one begins, once when it is over.
import { describe, expect, it } from 'vitest';
import { createNeedsTeller } from '../../src/cli/needs-teller.js';
import type { Hold } from '../../src/core/plan-types.js';
import { at, emptyPlan } from './render/sample-plans.js';

const facts = { colours: false };
const NOW = at('2026-11-18T06:45');
const noOffer: Hold = {
  account: 'main',
  policy: 'web',
  vm: undefined,
  reason: { code: 'no-offer', text: "2 can't be had under maxPrice" },
  until: undefined,
  boundary: undefined,
  charge: undefined,
  since: undefined,
};

describe('a trouble', () => {
  it('is told once, however long it lasts, and again when it comes back', () => {
    const { hear } = createNeedsTeller();
    const troubled = [emptyPlan({ holds: [noOffer] })];
    const calm = [emptyPlan({ holds: [] })];
    expect(hear(troubled, NOW, facts)).toEqual([
      "Wed 06:45:00Z  ! web      needs you: web no-offer: 2 can't be had under maxPrice   purser offers",
    ]);
    expect(hear(troubled, NOW + 30_000, facts)).toEqual([]);
    expect(hear(calm, NOW + 60_000, facts)).toEqual([
      "Wed 06:46:00Z  . web      over: web no-offer: 2 can't be had under maxPrice",
    ]);
    expect(hear(calm, NOW + 90_000, facts)).toEqual([]);
    expect(hear(troubled, NOW + 120_000, facts)).toHaveLength(1);
  });

  it('is not over because its account has no plan', () => {
    const { hear } = createNeedsTeller();
    hear([emptyPlan({ holds: [noOffer] })], NOW, facts);
    expect(hear([], NOW, facts)).toEqual([]);
    expect(hear([emptyPlan({ holds: [noOffer] })], NOW, facts)).toEqual([]);
  });
});
