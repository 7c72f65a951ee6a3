// Ids are the same in any letter case, wherever people or the API spell them.
import { describe, expect, it } from 'vitest';
import { isProtectedByHand, readProtectHandles } from '../../src/core/ownership.js';
import { planAccount } from '../../src/core/plan.js';
import { reckonSnapshot } from '../../src/core/reckon/reckon.js';
import { canonicalId, isSameId, spellAsInBooks } from '../../src/core/vm-id.js';
import {
  deletedIds,
  demandOf,
  makeClaim,
  makeFleet,
  makePolicies,
  makeSettings,
  makeSnapshot,
  makeVm,
  MINUTE,
  NOON,
} from './samples.js';

const ID = '0x311edB209b61EaA8c3e67c6B96D03288DB5Bc020';
const LOWER = ID.toLowerCase();
const UPPER = `0x${ID.slice(2).toUpperCase()}`;
const policies = makePolicies({ fleets: [makeFleet({ demand: demandOf([]) })] });

function planSpelt(listed: string, claimed: string, protect: readonly string[] = []) {
  const paidUntil = NOON + 2 * MINUTE;
  const handles = { freeze: undefined, protect, approvals: [] };
  const books = { claims: [makeClaim(claimed, { paidUntil })], handles };
  const snapshot = makeSnapshot([makeVm(listed, { paidUntil })], books);
  const settings = makeSettings();
  const reckoned = reckonSnapshot(snapshot, policies, settings);
  return planAccount({ snapshot: reckoned.snapshot, policies, settings });
}

describe('an id', () => {
  it('is the same in any letter case, a name is not', () => {
    expect([LOWER, UPPER].every((other) => isSameId(ID, other))).toBe(true);
    expect(isSameId('6FA459EA-EE8A-3CA4-894E-DB77E160355E', '6fa459ea-ee8a-3ca4-894e-db77e160355e')).toBe(true);
    expect(isSameId('Web-1', 'web-1')).toBe(false);
    expect(canonicalId('CI-0x12')).toBe('CI-0x12');
  });

  it('protects, however the handle spells it', () => {
    for (const handle of [ID, LOWER, UPPER]) {
      expect(isProtectedByHand({ id: ID, name: 'a' }, readProtectHandles([handle]))).toBe(true);
      expect(deletedIds(planSpelt(ID, ID, [handle]))).toEqual([]);
    }
    expect(isProtectedByHand({ id: ID, name: 'Db' }, readProtectHandles(['db']))).toBe(false);
    expect(deletedIds(planSpelt(ID, ID, ['db']))).toEqual([ID]);
  });

  it('joins a listing with books that spell it otherwise: no stranger, nothing bought, called by the spelling of the books', () => {
    const plan = planSpelt(LOWER, ID);
    expect(plan.others).toEqual([]);
    expect(deletedIds(plan)).toEqual([ID]);
  });

  it('stays as the listing spells it where the books know no other', () => {
    const { inventory } = makeSnapshot([makeVm(ID)]);
    expect(spellAsInBooks(inventory, { claims: [] })).toBe(inventory);
    expect(spellAsInBooks(inventory, { claims: [makeClaim(ID)] })).toBe(inventory);
    expect(spellAsInBooks(inventory, { claims: [makeClaim('0x1')] }).vms[0]!.id).toBe(ID);
  });
});
