// What must hold of disks and IPs in every world: nobody else's goes, each of ours once, none is paid after its VM was let go, and
// none is left, whatever befalls the workers in between.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Abilities } from '../../src/core/abilities.js';
import type { Intent } from '../../src/core/books.js';
import { Driver, type Fault } from './driver.js';
import { PartsWorld } from './parts-world.js';
import { demandOf, HOUR, makeFleet, makeOffer, MINUTE, NOON } from './samples.js';

const PRICE = { amount: 12_790n, periodMillis: HOUR };
/** With a disk and an IP. */
const WHOLE = { amount: 18_290n, periodMillis: HOUR };
const CLOUD: Abilities = {
  createsPerCall: 1,
  renamesPerCall: 1,
  deletesPerCall: 1,
  partsPerCall: 100,
  periodMillis: HOUR,
  deletesEndedVms: false,
};
const END = NOON + 5 * HOUR;
const RUNS = { numRuns: 40 };
const SLOW = 120_000;

interface Scene {
  readonly world: PartsWorld;
  readonly driver: Driver;
}

function listPause({ from, to }: { readonly from: number; readonly to: number }, wanted: number): [number, number][] {
  return [
    [NOON + from, 0],
    [NOON + to, wanted],
  ];
}

/** So many are wanted until the instant, then none; none in the pause either. */
function openScene(
  facts: {
    readonly wanted: number;
    readonly until: number;
    readonly ahead: number;
    readonly deletion: number;
    readonly pause?: { readonly from: number; readonly to: number };
    /** When another is wanted besides, since the beginning. */
    readonly growth?: readonly number[];
  },
  fault: (intent: Intent) => Fault = () => 'none',
): Scene {
  const world = new PartsWorld(
    NOON,
    {
      price: PRICE,
      offers: [makeOffer({ price: WHOLE, capacity: 1e5 })],
      launchMillis: MINUTE,
      deletionMillis: facts.deletion,
    },
    { removalMillis: 5_000, aheadMillis: facts.ahead },
  );
  const demand = demandOf([
    [NOON - HOUR, facts.wanted],
    ...(facts.growth ?? []).map((at, index): [number, number] => [NOON + at, facts.wanted + index + 1]),
    ...(facts.pause === undefined ? [] : listPause(facts.pause, facts.wanted)),
    [NOON + facts.until, 0],
  ]);
  const fleet = makeFleet({
    demand,
    where: { ...makeFleet().where, maxPrice: { amount: 10n ** 6n, periodMillis: HOUR } },
  });
  const settings = { product: 'cloud', tickMillis: 30_000 } as const;
  const driver = new Driver({
    world,
    policies: { fleets: [fleet] },
    settings,
    abilities: CLOUD,
    fault,
    lookEvery: 30_000,
  });
  return { world, driver };
}

const facts = fc.record({
  wanted: fc.integer({ min: 1, max: 4 }),
  until: fc.integer({ min: 5 * MINUTE, max: 2 * HOUR }),
  /** The parts' boundaries come so long before their VM's, or after it. */
  ahead: fc.integer({ min: -10 * MINUTE, max: 40 * MINUTE }),
  deletion: fc.integer({ min: 0, max: 40_000 }),
});

describe('disks and IPs of members', () => {
  it(
    'go after their VMs, each once, none paid for after its VM was let go',
    () => {
      fc.assert(
        fc.property(facts, (given) => {
          const { world, driver } = openScene(given);
          driver.run(END);
          expect([...world.disks.keys(), ...world.machines.keys()]).toEqual([]);
          expect(world.partRemovals).toHaveLength(2 * given.wanted);
          // Wanted at its own boundary, and not any more at its VM's a moment later: that is paid, and told.
          const late = world.partCharges.filter(({ at, hadEnded }) => hadEnded && at >= NOON + given.until);
          expect(late).toEqual([]);
          expect(driver.books.notes.leftParts).toBeUndefined();
          const missed = world.partCharges.filter(({ hadEnded }) => hadEnded);
          expect(driver.ledger.filter(({ event }) => event === 'missed-boundary')).toHaveLength(missed.length);
          // All of them are let go within one period of the last wish.
          const paid = [...world.partCharges, ...world.charges].map(({ at }) => at);
          expect(Math.max(...paid)).toBeLessThanOrEqual(NOON + given.until + 10 * MINUTE);
        }),
        RUNS,
      );
    },
    SLOW,
  );

  it(
    'are charged in the ledger as often as in the books of the world',
    () => {
      fc.assert(
        fc.property(facts, (given) => {
          const { world, driver } = openScene(given);
          driver.run(END);
          const told = driver.ledger.filter(({ event }) => event === 'charged' || event === 'missed-boundary');
          const paid = told.reduce((sum, { money }) => sum + (money ?? 0n), 0n);
          const firsts = BigInt(world.partRemovals.length) * 2_750n;
          const later = BigInt(world.partCharges.length) * 2_750n;
          expect(paid).toBe(BigInt(world.charges.length) * PRICE.amount + firsts + later);
        }),
        RUNS,
      );
    },
    SLOW,
  );

  const pauses = fc.record({
    hour: fc.nat(1),
    from: fc.integer({ min: 5, max: 30 }),
    minutes: fc.integer({ min: 1, max: 20 }),
  });

  it(
    'let no VM go whose own hour is paid until it is wanted again: a disk is cheaper than a machine',
    () => {
      fc.assert(
        fc.property(facts, pauses, (given, { hour, from, minutes }) => {
          const start = hour * HOUR + from * MINUTE;
          const pause = { from: start, to: start + minutes * MINUTE };
          const { world, driver } = openScene({ ...given, until: 3 * HOUR, pause });
          driver.run(END);
          expect(new Set(world.charges.map(({ vmId }) => vmId)).size).toBe(given.wanted);
          expect([...world.disks.keys(), ...world.machines.keys()]).toEqual([]);
        }),
        RUNS,
      );
    },
    SLOW,
  );

  it(
    'go only where no other is bought while they would have been paid, however they were bought one after the other',
    () => {
      const gaps = fc.record({ from: fc.integer({ min: 1, max: 35 }), length: fc.integer({ min: 1, max: 50 }) });
      const growths = fc.array(fc.integer({ min: 1, max: 14 }), { maxLength: 3 });
      fc.assert(
        fc.property(facts, growths, gaps, (given, minutes, { from, length }) => {
          const growth = minutes.sort((a, b) => a - b).map((minute) => minute * MINUTE);
          const start = (15 + from) * MINUTE;
          const pause = { from: start, to: start + length * MINUTE };
          const { world, driver } = openScene({ ...given, wanted: 1, until: 3 * HOUR, pause, growth });
          driver.run(END);
          const bought = new Map<string, number>();
          for (const { at, vmId } of world.charges) if (!bought.has(vmId)) bought.set(vmId, at);
          for (const { at, paidUntil } of world.removals) {
            // What is bought a launch's length before it is wanted, at a look, may be bought a little earlier.
            const inVain = [...bought.values()].filter(
              (t) => t > at && paidUntil !== undefined && t < paidUntil - 2 * MINUTE,
            );
            expect(inVain).toEqual([]);
          }
        }),
        { numRuns: 200 },
      );
    },
    SLOW,
  );

  const faults = fc.array(fc.constantFrom<Fault>('none', 'idle', 'dies', 'mute', 'lost', 'void', 'fails'), {
    minLength: 1,
    maxLength: 12,
  });

  it(
    'all go in the end, each once, whatever befalls the workers',
    () => {
      fc.assert(
        fc.property(facts, faults, (given, list) => {
          let worked = 0;
          const { world, driver } = openScene(given, ({ kind }) => {
            if (kind !== 'delete' && kind !== 'remove-parts') return 'none';
            worked += 1;
            return list[worked - 1] ?? 'none';
          });
          driver.run(END + HOUR);
          expect([...world.disks.keys(), ...world.machines.keys()]).toEqual([]);
          const removed = world.partRemovals.map(({ id }) => id);
          expect(new Set(removed).size).toBe(removed.length);
          expect(world.attachedAsked).toEqual([]);
        }),
        RUNS,
      );
    },
    SLOW,
  );
});

describe('what people made', () => {
  it(
    'is never removed: attached to a member, taken from an ended one, or free',
    () => {
      const hands = fc.array(
        fc.record({ at: fc.integer({ min: 2, max: 150 }), what: fc.constantFrom('add', 'take', 'free') }),
        {
          maxLength: 8,
        },
      );
      fc.assert(
        fc.property(facts, hands, (given, list) => {
          const { world, driver } = openScene(given);
          const theirs = new Set<string>();
          world.addDisk('theirs', { isForeign: true });
          for (const { at, what } of [...list].sort((a, b) => a.at - b.at)) {
            driver.run(NOON + at * MINUTE);
            const vmId = [...world.machines.values()].find(({ status }) => status === 'active')?.id;
            if (what === 'free' || vmId === undefined) theirs.add(world.addDisk('theirs', { isForeign: true }));
            else if (what === 'add') theirs.add(world.addDisk('archive', { isForeign: true, vmId }));
            else {
              const left = world.listLeftovers().find(({ status }) => status === 'ready');
              if (left === undefined) continue;
              world.attach(left.id, vmId);
              theirs.add(left.id);
            }
          }
          driver.run(END + HOUR);
          expect(world.partRemovals.filter(({ id }) => theirs.has(id))).toEqual([]);
          expect([...theirs].filter((id) => !world.disks.has(id))).toEqual([]);
          expect(world.attachedAsked).toEqual([]);
        }),
        RUNS,
      );
    },
    SLOW,
  );
});
