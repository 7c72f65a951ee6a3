// Against the definition: at each instant the most that was wanted within so long before it.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lengthenSteps } from '../../src/core/lengthen-steps.js';
import type { DemandStep } from '../../src/core/policy-types.js';

const stepsOf = (pairs: readonly (readonly [gap: number, wanted: number])[]): readonly DemandStep[] => {
  let at = 0;
  return pairs.map(([gap, wanted]) => ({ at: (at += gap), wanted, window: undefined }));
};

function findWanted(steps: readonly DemandStep[], at: number): number {
  return steps.findLast((step) => step.at <= at)!.wanted;
}

it('holds at each instant the most that was wanted within so long before it', () => {
  const pairs = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.nat(4)), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(pairs, fc.nat(20), (given, longer) => {
      const steps = stepsOf(given);
      const held = lengthenSteps(steps, longer);
      const first = steps[0]!.at;
      for (let at = first; at <= steps.at(-1)!.at + longer + 2; at += 1) {
        let most = findWanted(steps, at);
        // Who ended so long before it is held no more: the first whole instant that counts is the one after.
        for (let before = Math.max(first, at - longer + 1); before < at; before += 1)
          most = Math.max(most, findWanted(steps, before));
        if (longer > 0 && at - longer >= first) most = Math.max(most, findWanted(steps, at - longer));
        expect(findWanted(held, at)).toBe(most);
      }
      expect(held.map(({ at }) => at)).toEqual([...new Set(held.map(({ at }) => at))].sort((a, b) => a - b));
    }),
  );
});

it('changes nothing where nothing is held longer', () => {
  const steps = stepsOf([
    [0, 1],
    [5, 3],
    [5, 0],
  ]);
  expect(lengthenSteps(steps, 0)).toBe(steps);
  expect(lengthenSteps(steps, 2).map(({ at, wanted }) => [at, wanted])).toEqual([
    [0, 1],
    [5, 3],
    [12, 0],
  ]);
});
