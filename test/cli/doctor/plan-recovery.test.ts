import { expect, it } from 'vitest';
import { planRecovery } from '../../../src/cli/doctor/plan-recovery.js';
import { applyChanges } from '../../../src/core/apply-commit.js';
import type { Notes } from '../../../src/core/books.js';
import { wantAlways } from '../../../src/core/demand.js';
import { planAccount } from '../../../src/core/plan.js';
import { reckonSnapshot } from '../../../src/core/reckon/reckon.js';
import {
  deployedCount,
  holdCodes,
  makeBooks,
  makeFleet,
  makeNotes,
  makePolicies,
  makeSettings,
  makeSnapshot,
  MINUTE,
  NOON,
} from '../../core/samples.js';

const policies = makePolicies({ fleets: [makeFleet({ demand: wantAlways(1) })] });
const settings = makeSettings();

/** What is planned so long after noon, when the store had been lost five seconds before noon and was recovered at noon. */
function planAfter(millis: number, recovering: Notes['recovering']) {
  const books = makeBooks({ notes: makeNotes({ recovering }) });
  const { changes } = planRecovery(books, makeSnapshot([], books).inventory, policies, settings);
  const recovered = makeSnapshot([], applyChanges(books, changes).books, { at: NOON + millis });
  const { snapshot } = reckonSnapshot(recovered, policies, settings);
  return planAccount({ snapshot, policies, settings });
}

it('recovering a lost store by hand buys nothing before its ten minutes have passed: a purchase may be on its way', () => {
  const lost = { since: NOON - 5_000, looks: 3, isLost: true } as const;
  const soon = planAfter(0, lost);
  expect([deployedCount(soon), holdCodes(soon)]).toEqual([0, ['create-pending']]);
  expect(soon.nextWakeAt).toBe(NOON + 10 * MINUTE - 5_000);
  expect(deployedCount(planAfter(10 * MINUTE - 5_001, lost))).toBe(0);
  expect(deployedCount(planAfter(10 * MINUTE - 5_000, lost))).toBe(1);
});

it('recovering a store that is only new buys at once', () => {
  expect(deployedCount(planAfter(0, { since: NOON - 5_000, looks: 3 }))).toBe(1);
});
