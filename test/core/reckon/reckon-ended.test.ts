// Many members that end in one look: doubted until a second look, a tick later.
import { describe, expect, it } from 'vitest';
import type { Books, Claim } from '../../../src/core/books.js';
import { planAccount } from '../../../src/core/plan.js';
import type { Plan, Snapshot } from '../../../src/core/plan-types.js';
import { wantAlways } from '../../../src/core/demand.js';
import { reckonSnapshot } from '../../../src/core/reckon/reckon.js';
import type { Millis } from '../../../src/core/types.js';
import { Driver } from '../driver.js';
import {
  CLOUD_ABILITIES,
  DAY,
  deletedIds,
  demandOf,
  deployedCount,
  holdCodes,
  HOUR,
  makeBooks,
  makeClaim,
  makeFleet,
  makeNotes,
  makePolicies,
  makeSettings,
  makeSnapshot,
  makeVm,
  MINUTE,
  NO_RAILS,
  NOON,
  PRICE,
} from '../samples.js';
import { World } from '../world.js';

const TICK: Millis = 30_000;
const idsOf = (count: number) => Array.from({ length: count }, (_, index) => `m${index}`);

function booksOf(count: number, over: Partial<Claim> = {}): Books {
  const claims = idsOf(count).map((id) => makeClaim(id, over));
  return makeBooks({ claims, notes: makeNotes({ lastCompleteLook: { at: NOON - MINUTE, vms: count } }) });
}

/** Looks so long after noon at the members, of which those named have ended. */
function look(
  books: Books,
  after: Millis,
  ended: readonly string[],
  over: Partial<Snapshot> = {},
): { readonly plan: Plan; readonly books: Books } {
  const vms = books.claims.map(({ vmId }) => makeVm(vmId, ended.includes(vmId) ? { status: 'terminated' } : {}));
  const policies = makePolicies({ fleets: [makeFleet({ demand: demandOf([[0, books.claims.length]]) })] });
  const settings = makeSettings({ rails: NO_RAILS, tickMillis: TICK });
  const { snapshot } = reckonSnapshot(makeSnapshot(vms, {}, { at: NOON + after, books, ...over }), policies, settings);
  return { plan: planAccount({ snapshot, policies, settings }), books: snapshot.books };
}

describe('members that end in one look', () => {
  it.each([
    ['one of one', 1, 1, false],
    ['one of two', 2, 1, false],
    ['two of two', 2, 2, true],
    ['two of three', 3, 2, false],
    ['three of three', 3, 3, true],
    ['three of nine', 9, 3, false],
    ['four of nine', 9, 4, true],
  ] as const)('are doubted or not when they are %s', (_what, all, ended, isDoubted) => {
    const { plan } = look(booksOf(all), 0, idsOf(ended));
    expect(holdCodes(plan).includes('ended-together')).toBe(isDoubted);
    expect(deletedIds(plan)).toEqual([]);
    expect(deployedCount(plan)).toBe(isDoubted ? 0 : ended);
  });

  it('are doubted in the same way where ended VMs leave no record, and then replaced without any deletion', () => {
    const abilities = CLOUD_ABILITIES;
    const first = look(booksOf(6), 0, idsOf(6), { abilities });
    expect(holdCodes(first.plan)).toContain('ended-together');
    expect([deployedCount(first.plan), first.books.claims.length]).toEqual([0, 6]);
    const second = look(first.books, TICK, idsOf(6), { abilities });
    expect(holdCodes(second.plan)).not.toContain('ended-together');
    expect(deletedIds(second.plan)).toEqual([]);
    expect([deployedCount(second.plan), second.books.claims.length]).toEqual([6, 6]);
    const third = look(second.books, 5 * MINUTE, idsOf(6), { abilities });
    expect(look(third.books, 10 * MINUTE, idsOf(6), { abilities }).books.claims).toEqual([]);
  });

  it('are replaced at the second look that shows them so, one tick later and not before', () => {
    const first = look(booksOf(6), 0, idsOf(6));
    expect(first.plan.actions).toEqual([]);
    expect(first.plan.nextWakeAt).toBe(NOON + TICK);
    const early = look(first.books, TICK - 1, idsOf(6));
    expect(early.plan.actions).toEqual([]);
    expect(early.plan.nextWakeAt).toBe(NOON + TICK);
    const second = look(early.books, TICK, idsOf(6));
    expect(holdCodes(second.plan)).toEqual([]);
    expect([deletedIds(second.plan), deployedCount(second.plan)]).toEqual([[], 6]);
    const third = look(second.books, 5 * MINUTE, idsOf(6));
    expect(deletedIds(third.plan)).toEqual([]);
    expect(deletedIds(look(third.books, 10 * MINUTE, idsOf(6)).plan)).toEqual(idsOf(6));
  });

  it.each([
    ['eight members at two looks', 8, 2],
    ['the one member of a fleet at one look', 1, 1],
    ['eight members for nine minutes', 8, 18],
  ])('and ran all the while are never deleted: %s', (_what, wanted, looksWrong) => {
    const world = new World(NOON, { price: PRICE });
    let isWrong = false;
    const ended = { status: 'terminated', statusText: 'Terminated' } as const;
    const driver = new Driver({
      world,
      policies: { fleets: [makeFleet({ demand: wantAlways(wanted) })] },
      settings: { tickMillis: TICK, ratePerSecond: 10, concurrency: 4 },
      distort: (vms) => (isWrong ? vms.map((vm) => ({ ...vm, ...ended })) : vms),
    });
    const look = (looks: number): void => {
      for (let count = 0; count < looks; count += 1) {
        world.advance(world.now + TICK);
        driver.step();
      }
    };
    look(5);
    expect(world.countUp()).toBe(wanted);
    isWrong = true;
    look(looksWrong);
    isWrong = false;
    look(40);
    expect(world.removals).toEqual([]);
    expect(driver.books.claims.filter(({ state }) => state === 'member').length).toBe(wanted);
    world.advance(NOON + 2 * DAY);
    driver.run(NOON + 2 * DAY + HOUR);
    expect(world.countKept('web')).toBe(wanted);
  });

  it('are nothing at all when the second look shows them running', () => {
    const second = look(look(booksOf(6), 0, idsOf(6)).books, TICK, []);
    expect(second.plan.actions).toEqual([]);
    expect(second.books.notes.endedDoubt).toBeUndefined();
    expect(second.books.claims.every(({ endedSince }) => endedSince === undefined)).toBe(true);
    expect(look(second.books, 2 * TICK, idsOf(6)).plan.actions).toEqual([]);
  });

  it('are not confirmed by looks that show others ended in turn', () => {
    const [odd, even] = [0, 1].map((rest) => idsOf(8).filter((_, index) => index % 2 === rest));
    let books = booksOf(8);
    for (let tick = 0; tick < 6; tick += 1) {
      const next = look(books, tick * TICK, tick % 2 === 0 ? odd! : even!);
      expect(next.plan.actions).toEqual([]);
      ({ books } = next);
    }
  });

  it('do not hide a few more that end at the second look', () => {
    const second = look(look(booksOf(30), 0, idsOf(12)).books, TICK, idsOf(14));
    expect(deployedCount(second.plan)).toBe(14);
  });

  it('are counted without those that never ran, that are doomed, and that ended before', () => {
    const books = booksOf(6);
    const claims = books.claims.map((claim, index) =>
      index < 2 ? { ...claim, activeAt: undefined } : index < 4 ? { ...claim, endedSince: NOON - MINUTE } : claim,
    );
    expect(look({ ...books, claims }, 0, idsOf(5)).books.notes.endedDoubt).toBeUndefined();
    expect(look({ ...books, claims }, 0, idsOf(6)).books.notes.endedDoubt?.text).toContain('2 of 2 members');
  });
});
