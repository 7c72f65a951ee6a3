// What a plan tells about one traced VM beyond the rules of its policies: protection by hand, and what stops the account.
import { expect, it } from 'vitest';
import { planAccount } from '../../src/core/plan.js';
import type { Snapshot } from '../../src/core/plan-types.js';
import { makeClaim, makeFleet, makePolicies, makeSettings, makeSnapshot, makeVm } from './samples.js';

const traceOf = (over: Partial<Snapshot>, protect: readonly string[] = []) => {
  const handles = { freeze: undefined, protect, approvals: [] };
  const snapshot = makeSnapshot([makeVm('1')], { claims: [makeClaim('1')], handles }, over);
  const policies = makePolicies({ fleets: [makeFleet()] });
  return planAccount({ snapshot, policies, settings: makeSettings(), traced: '1' }).trace;
};

it('tells that a member is protected by hand, though no rule wants it gone', () => {
  expect(traceOf({}, ['1'])).toContainEqual(
    expect.objectContaining({ rule: 'protect', says: 'keep', won: true, text: expect.stringContaining('protected') }),
  );
  expect(traceOf({}).map(({ rule }) => rule)).not.toContain('protect');
});

it('tells that the account is frozen, and in the words of whoever froze it', () => {
  expect(traceOf({ frozenBy: '/state/freeze' })).toContainEqual(
    expect.objectContaining({ rule: 'gates', says: 'keep', text: 'frozen by /state/freeze; `purser thaw` ends it' }),
  );
});
