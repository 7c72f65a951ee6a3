// Purchases after a look: those that fail, and those whose VMs never work, back off and are given up.
import { describe, expect, it } from 'vitest';
import type { Books } from '../../../src/core/books.js';
import { wantAlways } from '../../../src/core/demand.js';
import { planAccount } from '../../../src/core/plan.js';
import { reckonSnapshot } from '../../../src/core/reckon/reckon.js';
import type { Vm } from '../../../src/core/types.js';
import { Driver, type DriverOptions } from '../driver.js';
import {
  DAY,
  HOUR,
  intentId,
  makeBooks,
  makeClaim,
  makeDeploy,
  makeFleet,
  makeIntent,
  makeOffer,
  makePolicies,
  makeSettings,
  makeSnapshot,
  makeVm,
  MINUTE,
  NOON,
  PRICE,
} from '../samples.js';
import { BASE_NAME, booksWith, ID, intentOf } from './lost-purchase.js';
import { World } from '../world.js';

const policies = makePolicies({ fleets: [makeFleet()] });
/** A VM that was just bought. */
const fresh = { claimedAt: NOON, seenAt: undefined, activeAt: undefined, paidUntil: undefined } as const;

function after(books: Books, minute: number, vms: readonly Vm[] = []): Books {
  const at = NOON + minute * MINUTE;
  return reckonSnapshot(makeSnapshot(vms, {}, { at, books }), policies, makeSettings()).snapshot.books;
}

describe('failed creates', () => {
  /** Books after so many failures in a row, each as soon as the last back-off allowed. */
  function fail(times: number, code = 'api-refused'): { readonly books: Books; readonly waits: readonly number[] } {
    let books = makeBooks();
    const waits: number[] = [];
    let minute = 0;
    for (let time = 0; time < times; time += 1) {
      const error = { code, text: 'No suitable offer found' };
      const id = intentId(`${code === 'api-refused' ? 'b' : 'd'}bb${time}`);
      const createdAt = NOON + minute * MINUTE;
      const closed = makeIntent(id, { state: 'failed', deploy: makeDeploy(1), error, createdAt, closedAt: createdAt });
      books = after({ ...books, intents: [...books.intents, closed] }, minute);
      const wait = (books.notes.backOffs['web']!.until - NOON) / MINUTE - minute;
      waits.push(wait);
      minute += wait;
    }
    return { books, waits };
  }

  it('back off 1, 2, 4 ... 60 minutes', () => {
    expect(fail(8).waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
    expect(fail(5).books.notes.backOffs['web']).toMatchObject({ attempts: 5, text: 'No suitable offer found' });
  });

  it('for lack of a secret wait 8 minutes at most, and are no step towards giving up', () => {
    const { books, waits } = fail(9, 'secret-missing');
    expect(waits).toEqual([1, 2, 4, 8, 8, 8, 8, 8, 8]);
    const next = { code: 'api-refused', text: 'again' };
    const at = NOON + 60 * MINUTE;
    const failed = makeIntent(intentId('cccc'), { state: 'failed', deploy: makeDeploy(1), error: next, createdAt: at });
    const later = after({ ...books, intents: [...books.intents, { ...failed, closedAt: at }] }, 60);
    expect(later.notes.backOffs['web']).toMatchObject({ attempts: 1, text: 'again' });
    expect(later.notes.backOffs['web']).not.toHaveProperty('lacksSecret');
  });

  it('are counted once each', () => {
    const { books } = fail(1);
    expect(after(books, 1).notes.backOffs['web']!.attempts).toBe(1);
  });

  it('start over when the offers changed', () => {
    const { books } = fail(3);
    const error = { code: 'api-refused', text: 'again' };
    const next = makeIntent(intentId('cccc'), { state: 'failed', deploy: makeDeploy(1), error, closedAt: NOON });
    const snapshot = makeSnapshot(
      [],
      {},
      { at: NOON + HOUR, books: { ...books, intents: [next] }, offers: [makeOffer({ capacity: 0 })] },
    );
    expect(reckonSnapshot(snapshot, policies, makeSettings()).snapshot.books.notes.backOffs['web']!.attempts).toBe(1);
  });

  it('are forgotten after one that succeeded', () => {
    const { books } = fail(3);
    const createdAt = NOON + 8 * MINUTE;
    const done = makeIntent(ID, { state: 'done', deploy: makeDeploy(1), createdAt, closedAt: createdAt });
    const bought = { ...books, intents: [...books.intents, done], claims: [makeClaim('1', { ...fresh, intent: ID })] };
    const launching = after(bought, 9, [makeVm('1', { status: 'launching', name: BASE_NAME, createdAt })]);
    expect(launching.notes.backOffs['web']!.attempts).toBe(3);
    expect(after(launching, 10, [makeVm('1', { name: BASE_NAME, createdAt })]).notes.backOffs).toEqual({});
  });

  it('that were decided on together are one attempt, and one of them that succeeded does not undo it', () => {
    const batch = ['aaaa', 'bbbb', 'cccc', 'dddd', 'eeee', 'ffff', 'gggg'].map((body, index) =>
      makeIntent(intentId(body), {
        state: index === 0 || index === 6 ? 'done' : 'failed',
        deploy: makeDeploy(1),
        error: index === 0 || index === 6 ? undefined : { code: 'api-no-offer', text: 'No capacity' },
        createdAt: NOON,
        closedAt: NOON,
      }),
    );
    const backOff = after(makeBooks({ intents: batch }), 0).notes.backOffs['web'];
    expect(backOff).toMatchObject({ attempts: 1, until: NOON + MINUTE, text: 'No capacity' });
  });

  it('for lack of balance stand although one of the same batch was paid, until a later one is', () => {
    const error = { code: 'api-no-balance', text: 'Not enough funds' };
    const failed = makeIntent(intentId('aaaa'), { state: 'failed', deploy: makeDeploy(1), error, closedAt: NOON });
    const paid = (body: string, createdAt: number) =>
      makeIntent(intentId(body), { state: 'done', deploy: makeDeploy(1), createdAt, closedAt: createdAt });
    const refused = after(makeBooks({ intents: [failed, paid('bbbb', failed.createdAt)] }), 0);
    expect(refused.notes.noBalance).toMatchObject({ since: NOON });
    const later = { ...refused, intents: [...refused.intents, paid('cccc', NOON + 15 * MINUTE)] };
    expect(after(later, 30).notes.noBalance).toBeUndefined();
  });

  it('for lack of balance stop the account for a quarter of an hour', () => {
    const error = { code: 'api-no-balance', text: 'Not enough funds' };
    const books = after(booksWith({ state: 'failed', error, closedAt: NOON }), 0);
    expect(books.notes.noBalance).toEqual({ since: NOON, retryAt: NOON + 15 * MINUTE, text: 'Not enough funds' });
    expect(books.notes.backOffs).toEqual({});
  });

  it('are no failures when refused by a gate or lapsed', () => {
    for (const state of ['refused', 'lapsed'] as const) {
      expect(after(booksWith({ state, closedAt: NOON }), 0).notes.backOffs).toEqual({});
    }
  });
});

describe('a purchase that is not what was ordered', () => {
  const misfit = (over: Partial<Vm> = {}) =>
    makeVm('1', { name: BASE_NAME, createdAt: NOON, place: { ...makeOffer().place, country: 'PL' }, ...over });
  const bought = {
    ...booksWith({ state: 'done', closedAt: NOON }),
    claims: [makeClaim('1', { ...fresh, intent: ID })],
  };

  it('backs off like a failure', () => {
    const { notes } = after(bought, 1, [misfit()]);
    expect(notes.backOffs['web']).toMatchObject({ attempts: 1, until: NOON + 2 * MINUTE });
    expect(notes.backOffs['web']!.text).toContain('PL');
  });

  it('is judged only when it is up', () => {
    const hidden = misfit({ status: 'launching', place: undefined });
    const books = after(bought, 1, [hidden]);
    expect(intentOf(books)?.reckoned).toBe(false);
    expect(after(books, 2, [misfit()]).notes.backOffs['web']?.attempts).toBe(1);
  });

  it('is one failure, however often it is looked at', () => {
    let books: Books = bought;
    for (const minute of [1, 2, 3]) books = after(books, minute, [misfit()]);
    expect(books.notes.backOffs['web']!.attempts).toBe(1);
  });
});

describe('a purchase whose VMs never work', () => {
  /** A look a minute over a day at a market where no launch ends; gives how many were bought for the one that is wanted. */
  function buyInVain(befall: (world: World) => void, over: Partial<DriverOptions> = {}): number {
    const world = new World(NOON, { price: PRICE, launchMillis: 30 * DAY });
    const driver = new Driver({
      world,
      policies: { fleets: [makeFleet({ demand: wantAlways(1) })] },
      settings: { rails: makeSettings().rails, tickMillis: 30_000, ratePerSecond: 10, concurrency: 4 },
      ...over,
    });
    while (world.now < NOON + DAY) {
      driver.step();
      world.advance(world.now + MINUTE);
      befall(world);
    }
    expect(driver.plans.at(-1)!.holds.map(({ reason }) => reason.code)).toContain('gave-up');
    return world.charges.length;
  }

  it('since they end while they launch is given up after five attempts', () => {
    const bought = buyInVain((world) => {
      for (const { id, goneAt } of world.machines.values()) if (goneAt === undefined) world.terminate(id);
    });
    expect(bought).toBe(5);
  });

  it('since the list never shows them is given up after five attempts', () => {
    expect(buyInVain(() => undefined, { distort: () => [] })).toBe(5);
  });

  it('since they launch for ever is given up after five attempts', () => {
    expect(buyInVain(() => undefined)).toBe(5);
  });

  const bought = (claims: readonly string[]): Books => ({
    ...booksWith({ state: 'done', closedAt: NOON }),
    claims: claims.map((id) => makeClaim(id, { ...fresh, intent: ID })),
  });
  const named = (id: string, over: Partial<Vm> = {}) => makeVm(id, { name: BASE_NAME, createdAt: NOON, ...over });

  it('is none when one of them works', () => {
    const books = after(bought(['1', '2']), 1, [named('1', { status: 'failed' }), named('2', { status: 'launching' })]);
    expect(intentOf(books)?.reckoned).toBe(false);
    const later = after(books, 3, [named('1', { status: 'failed' }), named('2')]);
    expect([intentOf(later)?.reckoned, later.notes.backOffs]).toEqual([true, {}]);
  });

  it('is neither a failure nor a success when nothing is left to judge', () => {
    const backOffs = { web: { attempts: 2, until: NOON, text: '', policyHash: '', offersHash: '' } };
    const books = bought([]);
    const later = after({ ...books, notes: { ...books.notes, backOffs } }, 1);
    expect([intentOf(later)?.reckoned, later.notes.backOffs]).toEqual([true, backOffs]);
  });
});

describe('an answer that names a VM which is not of its purchase', () => {
  const answered = (minutesAgo: number): Books => {
    const at = NOON - minutesAgo * MINUTE;
    const deploy = makeDeploy(1, { vmName: BASE_NAME, vmIds: ['db'] });
    const times = { createdAt: at, calledAt: at, closedAt: at };
    const claim = makeClaim('db', { ...fresh, vmName: BASE_NAME, intent: ID, claimedAt: at });
    return makeBooks({ claims: [claim], intents: [makeIntent(ID, { state: 'done', deploy, ...times })] });
  };
  const due = { paidUntil: NOON + 3 * MINUTE };
  const purchased = makeVm('new', { name: BASE_NAME, createdAt: NOON - 20 * MINUTE });

  it.each([
    ['stood before it', makeVm('db', { name: BASE_NAME, createdAt: NOON - 300 * DAY, ...due })],
    ['bears another name', makeVm('db', { name: 'db-1', createdAt: NOON - 20 * MINUTE, ...due })],
  ])('gives no right to delete it: it %s', (_what, stranger) => {
    const snapshot = makeSnapshot([stranger, purchased], {}, { books: answered(20) });
    const reckoned = reckonSnapshot(snapshot, policies, makeSettings());
    const plan = planAccount({ snapshot: reckoned.snapshot, policies, settings: makeSettings() });
    expect(plan.actions).toEqual([]);
    expect(reckoned.ledger).toMatchObject([{ event: 'note', text: expect.stringContaining('left alone') }]);
    expect(reckoned.snapshot.books).toMatchObject({ claims: [], intents: [{ state: 'unknown' }] });
    const next = after(reckoned.snapshot.books, 1, [stranger, purchased]);
    expect(next.claims.map(({ vmId, origin }) => [vmId, origin])).toEqual([['new', 'bought']]);
    expect(intentOf(next)?.state).toBe('done');
  });

  it('is a failed attempt when nothing of it turns up, so that buying ends', () => {
    const stranger = makeVm('db', { name: 'db-1' });
    let books = answered(20);
    for (const minute of [0, 1, 2, 3]) books = after(books, minute, [stranger]);
    expect(intentOf(books)?.state).toBe('lapsed');
    expect(books.notes.backOffs['web']).toMatchObject({ attempts: 1, text: expect.stringContaining('db-1') });
  });

  it.each([
    ['without a name or an age', { name: '', createdAt: undefined }],
    ['with something added to its name', { name: `x-${BASE_NAME}-1`, createdAt: NOON - 21 * MINUTE }],
  ])('is none where the list tells too little to say so: %s', (_what, over) => {
    expect(after(answered(20), 0, [makeVm('db', over)]).claims).toMatchObject([{ vmId: 'db', seenAt: NOON }]);
  });
});
