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

const backingOff: Hold = { ...noOffer, reason: { code: 'backing-off', text: 'attempt 1 failed' } };
const MINUTE = 60_000;

/** What is told of such holds at such minutes. */
function tellAt(story: readonly (readonly [number, Hold | undefined])[]): readonly string[] {
  const { hear } = createNeedsTeller();
  return story.flatMap(([minutes, hold]) =>
    hear([emptyPlan({ holds: hold === undefined ? [] : [hold] })], NOW + minutes * MINUTE, facts),
  );
}

describe('a trouble', () => {
  it('is told once, however long it lasts, when it is over for some minutes, and again when it comes back', () => {
    const begun = "! web      needs you: web no-offer: 2 can't be had under maxPrice   purser offers";
    expect(
      tellAt([
        [0, noOffer],
        [1, noOffer],
        [2, undefined],
        [6, undefined],
        [7, undefined],
        [8, undefined],
        [9, noOffer],
      ]),
    ).toEqual([
      `Wed 06:45:00Z  ${begun}`,
      "Wed 06:52:00Z  . web      over since 06:47Z: web no-offer: 2 can't be had under maxPrice",
      `Wed 06:54:00Z  ${begun}`,
    ]);
  });

  it('is not over, and not told again, when it is away for less', () => {
    const alternating = Array.from({ length: 30 }, (_, index) => [2 * index, index % 2 ? undefined : noOffer] as const);
    expect(tellAt(alternating)).toHaveLength(1);
  });

  it('is not over because its account has no plan', () => {
    const { hear } = createNeedsTeller();
    hear([emptyPlan({ holds: [noOffer] })], NOW, facts);
    expect(hear([], NOW + 60 * MINUTE, facts)).toEqual([]);
    expect(hear([emptyPlan({ holds: [noOffer] })], NOW + 61 * MINUTE, facts)).toEqual([]);
  });
});

describe('a back-off', () => {
  it('is not told when the next try succeeds', () => {
    expect(
      tellAt([
        [0, backingOff],
        [1, undefined],
        [30, undefined],
      ]),
    ).toEqual([]);
  });

  it('is told once when it lasts, tries between', () => {
    const told = tellAt([
      [0, backingOff],
      [1, undefined],
      [3, backingOff],
      [5, backingOff],
      [7, undefined],
      [9, { ...backingOff, reason: { code: 'backing-off', text: 'attempt 3 failed' } }],
      [17, undefined],
      [23, undefined],
    ]);
    expect(told).toEqual([
      'Wed 06:50:00Z  ! web      needs you: web backing-off: attempt 1 failed   purser plan',
      'Wed 07:08:00Z  . web      over since 07:02Z: web backing-off: attempt 1 failed',
    ]);
  });
});
