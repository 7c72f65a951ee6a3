// A fleet over two accounts: each is planned by itself, and counts what stands in the other.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyChanges } from '../../src/core/apply-commit.js';
import type { Books, Claim } from '../../src/core/books.js';
import { buildCommit } from '../../src/core/build-commit.js';
import { wantAlways } from '../../src/core/demand.js';
import { planAccount } from '../../src/core/plan.js';
import type { Peer, Plan, Snapshot } from '../../src/core/plan-types.js';
import type { AccountSettings, FleetPolicy } from '../../src/core/policy-types.js';
import { reckonSnapshot } from '../../src/core/reckon/reckon.js';
import type { Offer, Price, Vm } from '../../src/core/types.js';
import {
  DAY,
  daily,
  HOUR,
  makeBooks,
  makeClaim,
  makeDeploy,
  makeFleet,
  makeIntent,
  makeNotes,
  makeOffer,
  makePolicies,
  makeSettings,
  makeSnapshot,
  makeVm,
  makeWhere,
  MINUTE,
  NO_RAILS,
  NOON,
} from './samples.js';

const hourly = (amount: bigint): Price => ({ amount, periodMillis: HOUR });
const shared = (wanted: number, over: Partial<FleetPolicy> = {}): FleetPolicy =>
  makeFleet({ accounts: ['main', 'spare'], demand: wantAlways(wanted), ...over });
const seen = (over: Partial<Parameters<typeof makeNotes>[0]> = {}) =>
  makeNotes({ lastCompleteLook: { at: NOON - MINUTE / 2, vms: 9 }, ...over });

const main = makeSettings({ rails: NO_RAILS });
const spare = makeSettings({ name: 'spare', product: 'cloud', periodMillis: HOUR, rails: NO_RAILS });

function makePeer(over: Partial<Peer> = {}): Peer {
  const books = makeBooks({ account: 'spare', notes: seen() });
  return { settings: spare, books, offers: [makeOffer()], images: [], ...over };
}

interface Scene {
  readonly wanted: number;
  readonly peer?: Peer | undefined;
  readonly vms?: readonly Vm[];
  readonly claims?: readonly Claim[];
  readonly offers?: readonly Offer[];
  readonly fleet?: Partial<FleetPolicy>;
  readonly settings?: AccountSettings;
}

function plan({ wanted, peer = makePeer(), vms = [], claims = [], offers, fleet, settings = main }: Scene): Plan {
  const books = makeBooks({ claims, notes: seen() });
  const market = offers === undefined ? {} : { offers };
  const snapshot = makeSnapshot(vms, {}, { books, peers: [peer], ...market });
  return planAccount({ snapshot, policies: makePolicies({ fleets: [shared(wanted, fleet)] }), settings });
}

const bought = ({ actions }: Plan): number =>
  actions.reduce((sum, action) => sum + (action.kind === 'deploy' ? action.count : 0), 0);
const codes = ({ holds }: Plan): readonly string[] => holds.map(({ reason }) => reason.code);
const claimsOf = (count: number, over: Partial<Claim> = {}): readonly Claim[] =>
  Array.from({ length: count }, (_, index) => makeClaim(`s${index}`, over));

describe('missing members of a fleet over several accounts', () => {
  it.each([
    ['the hour is cheaper than the day’s 24th part', daily(240_000n), hourly(9_999n), 0],
    ['both cost the same, and this one is named first', daily(240_000n), hourly(10_000n), 2],
    ['the day is cheaper by a millionth', daily(239_999n), hourly(10_000n), 2],
  ] as const)('are bought where they are cheapest, compared exactly: %s', (_what, here, there, count) => {
    const offers = [makeOffer({ price: here })];
    const peer = makePeer({ offers: [makeOffer({ price: there })] });
    const planned = plan({ wanted: 2, offers, peer });
    expect(bought(planned)).toBe(count);
    expect(codes(planned).includes('bought-elsewhere')).toBe(count === 0);
  });

  it('are split where the cheapest has no room for all', () => {
    const peer = makePeer({ offers: [makeOffer({ price: hourly(1_000n), capacity: 3 })] });
    const planned = plan({ wanted: 5, peer });
    expect(bought(planned)).toBe(2);
    expect(planned.holds.find(({ reason }) => reason.code === 'bought-elsewhere')!.reason.text).toContain('3 of 5');
  });

  it('are counted with those of the other account, with its open purchases, and with what is parked there', () => {
    const open = makeIntent('k3f9x2', { account: 'spare', state: 'unknown', deploy: makeDeploy(2) });
    const claims = [...claimsOf(2), makeClaim('p', { state: 'parked' })];
    const peer = makePeer({ books: makeBooks({ account: 'spare', claims, intents: [open], notes: seen() }) });
    expect(bought(plan({ wanted: 5, peer }))).toBe(0);
    expect(bought(plan({ wanted: 6, peer }))).toBe(1);
  });

  it('do not count what ended there, or is being deleted', () => {
    const claims = [
      makeClaim('gone', { endedSince: NOON - HOUR }),
      makeClaim('going', { state: 'doomed', deletion: { intent: 'k3f9x2', calledAt: NOON - MINUTE } }),
    ];
    expect(bought(plan({ wanted: 2, peer: makePeer({ books: makeBooks({ claims, notes: seen() }) }) }))).toBe(2);
  });

  it.each([
    ['a market that could not be read', { offers: undefined }],
    ['an account that only observes', { settings: makeSettings({ ...spare, mode: 'observe' }) }],
    ['a balance that was refused', { notes: { noBalance: { since: NOON, retryAt: NOON + HOUR, text: 'empty' } } }],
    ['a look that is long ago', { notes: { lastCompleteLook: { at: NOON - HOUR, vms: 2 } } }],
  ] as const)('are bought here when the cheaper account has %s, and its members count all the same', (_what, facts) => {
    const { notes = {}, ...over } = facts as Partial<Peer> & { notes?: Parameters<typeof makeNotes>[0] };
    const books = makeBooks({ claims: claimsOf(2), notes: seen(notes) });
    const peer = makePeer({ offers: [makeOffer({ price: hourly(1n) })], books, ...over });
    expect(bought(plan({ wanted: 3, peer }))).toBe(1);
  });

  it.each([
    ['was never seen', { lastCompleteLook: undefined }],
    ['lost its books', { recovering: { since: NOON, looks: 3 } }],
    ['has a key that is not believed', { keyDoubt: { since: NOON, text: 'another key' } }],
  ] as const)('are not bought at all while an account %s: nobody knows how many it has', (_what, notes) => {
    const planned = plan({ wanted: 3, peer: makePeer({ books: makeBooks({ notes: seen(notes) }) }) });
    expect(bought(planned)).toBe(0);
    expect(codes(planned)).toContain('account-unread');
  });

  it('keep to the rails of each account', () => {
    const rails = { ...NO_RAILS, deploys: { ...NO_RAILS.deploys, perHour: 1 } };
    const peer = makePeer({ settings: { ...spare, rails }, offers: [makeOffer({ price: hourly(1n) })] });
    expect(bought(plan({ wanted: 3, peer }))).toBe(2);
  });

  it('never fill a place twice', () => {
    const fleet = { spread: { by: 'country', max: 2 } as const };
    const peer = makePeer({ offers: [makeOffer({ price: hourly(1_000n), capacity: 1 })] });
    expect(bought(plan({ wanted: 4, peer, fleet }))).toBe(0);
    const order = makeIntent('k3f9x2', { account: 'spare', deploy: makeDeploy(2) });
    const books = makeBooks({ claims: claimsOf(2, { intent: order.id }), intents: [order], notes: seen() });
    expect(bought(plan({ wanted: 4, peer: makePeer({ books }), fleet }))).toBe(0);
  });
});

describe('surplus of a fleet over several accounts', () => {
  const vms = [makeVm('a'), makeVm('b')];
  const claims = [makeClaim('a'), makeClaim('b')];
  const parked = ({ marks }: Plan) => marks.filter(({ to }) => to === 'parked').map(({ vmId }) => vmId);

  it('is parked where it is dearest, by each account for itself', () => {
    const dear = claimsOf(1, { price: hourly(400_000n) });
    const peer = makePeer({ books: makeBooks({ claims: dear, notes: seen() }) });
    expect(parked(plan({ wanted: 2, vms, claims, peer }))).toEqual([]);
    expect(parked(plan({ wanted: 1, vms, claims, peer }))).toHaveLength(1);
  });

  it('is what is parked in the other account already, if that is the dearest', () => {
    const there = claimsOf(1, { state: 'parked', price: hourly(400_000n) });
    const peer = makePeer({ books: makeBooks({ claims: there, notes: seen() }) });
    expect(parked(plan({ wanted: 2, vms, claims, peer }))).toEqual([]);
  });

  it('is let go here when the other account can not be read: that one keeps what it has', () => {
    const books = makeBooks({
      claims: claimsOf(1, { price: hourly(400_000n) }),
      notes: seen({ lastCompleteLook: { at: NOON - DAY, vms: 1 } }),
    });
    expect(parked(plan({ wanted: 2, vms, claims, peer: makePeer({ books }) }))).toHaveLength(1);
  });
});

describe('two accounts that are looked at in any order', () => {
  interface World {
    books: Record<'main' | 'spare', Books>;
    prices: Record<'main' | 'spare', bigint>;
    bodies: number;
  }
  const settingsOf = { main, spare };
  type Name = keyof typeof settingsOf;
  const BODY = '0123456789abcdefghjkmnpqrstvwxyz';

  /** All members and open purchases of both. */
  function countAll({ books }: World): number {
    return (['main', 'spare'] as const).reduce((sum, name) => {
      const { claims, intents } = books[name];
      const open = intents.filter(({ state }) => state === 'planned');
      return sum + claims.length + open.reduce((count, { deploy }) => count + (deploy?.count ?? 0), 0);
    }, 0);
  }

  function look(world: World, name: Name, at: number, wanted: number): void {
    const other: Name = name === 'main' ? 'spare' : 'main';
    const offersOf = (which: Name) => [makeOffer({ price: hourly(world.prices[which]) })];
    const own = world.books[name];
    const vms = own.claims.map(({ vmId, vmName }) => makeVm(vmId, { name: vmName, paidUntil: NOON + 30 * DAY }));
    const peer: Peer = { settings: settingsOf[other], books: world.books[other], offers: offersOf(other), images: [] };
    const over: Partial<Snapshot> = { account: name, at, books: own, peers: [peer], offers: offersOf(name) };
    const policies = makePolicies({ fleets: [shared(wanted, { where: makeWhere({ maxPrice: hourly(9_000n) }) })] });
    const settings = settingsOf[name];
    const { snapshot, changes, ledger } = reckonSnapshot(makeSnapshot(vms, {}, over), policies, settings);
    const made = planAccount({ snapshot, policies, settings });
    const drawBody = (): string => {
      world.bodies += 1;
      return `k${BODY[world.bodies >> 5]}${BODY[world.bodies & 31]}0`;
    };
    const { commit } = buildCommit({ plan: made, snapshot, settings, changes, ledger, drawBody });
    world.books[name] = applyChanges(own, commit.changes).books;
  }

  /** The worker of one account answers all its purchases. */
  function answer(world: World, name: Name, at: number): void {
    const { claims, intents, ...rest } = world.books[name];
    const added = intents
      .filter(({ state, deploy }) => state === 'planned' && deploy !== undefined)
      .flatMap(({ id, deploy }) =>
        Array.from({ length: deploy!.count }, (_, index) =>
          makeClaim(`${id}-${index}`, { intent: id, claimedAt: at, seenAt: at, paidUntil: NOON + 30 * DAY }),
        ),
      );
    const closed = intents.map((intent) =>
      intent.state === 'planned' ? { ...intent, state: 'done' as const, closedAt: at, reckoned: true } : intent,
    );
    world.books[name] = { ...rest, claims: [...claims, ...added], intents: closed };
  }

  it('never buy more than is wanted of both together, and come to it in the end', () => {
    const step = fc.record({
      name: fc.constantFrom<Name>('main', 'spare'),
      does: fc.constantFrom('look', 'look', 'answer'),
      price: fc.bigInt(1n, 9_000n),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), fc.integer({ min: 0, max: 12 }), (steps, wanted) => {
        const start = (account: Name) => makeBooks({ account, notes: seen() });
        const world: World = {
          books: { main: start('main'), spare: start('spare') },
          prices: { main: 5_000n, spare: 5_000n },
          bodies: 0,
        };
        let at = NOON;
        for (const { name, does, price } of steps) {
          at += 5_000;
          world.prices[name] = price;
          if (does === 'look') look(world, name, at, wanted);
          else answer(world, name, at);
          expect(countAll(world)).toBeLessThanOrEqual(wanted);
        }
        for (let round = 0; round < 3; round += 1) {
          for (const name of ['main', 'spare'] as const) {
            look(world, name, (at += 5_000), wanted);
            answer(world, name, at);
          }
        }
        expect(countAll(world)).toBe(wanted);
      }),
      { numRuns: 150 },
    );
  });
});
