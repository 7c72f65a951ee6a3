// When a machine with a disk and an IP is let go, by the minute: whoever nobody wants at a boundary has its deletion begun by its
// deadline and isn't paid again, whoever is wanted there stays. The world's own books judge; demand is known beforehand.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeBaseLead, expectLandingMillis } from '../../src/core/billing-clock.js';
import { expectPartsMillis } from '../../src/core/parts.js';
import { Driver } from './driver.js';
import { PartsWorld } from './parts-world.js';
import { CLOUD_ABILITIES, demandOf, HOUR, makeFleet, makeOffer, MINUTE, NOON } from './samples.js';

const PRICE = { amount: 12_790n, periodMillis: HOUR };
/** With a disk and an IP. */
const WHOLE = { amount: 18_290n, periodMillis: HOUR };
const TICK = 30_000;
const LAST = NOON + 5 * HOUR;
const SLOW = 240_000;

interface Given {
  readonly ahead: number;
  readonly ipAhead: number;
  /** How long deletions were measured to take; none: nothing is measured yet. */
  readonly measured: number | undefined;
  /** In minutes after the first purchase, when the wish turns from one machine to none and back. */
  readonly edges: readonly number[];
}

/** How many are wanted at an instant. */
type Wish = (at: number) => number;

function openScene({ ahead, ipAhead, measured, edges }: Given): {
  world: PartsWorld;
  driver: Driver;
  wish: Wish;
  edges: number[];
} {
  const world = new PartsWorld(
    NOON,
    { price: PRICE, offers: [makeOffer({ price: WHOLE })], launchMillis: MINUTE },
    { removalMillis: 0, aheadMillis: ahead, ipAheadMillis: ipAhead },
  );
  const turns = [...new Set(edges)].sort((a, b) => a - b).map((minute) => NOON + minute * MINUTE);
  const steps: [number, number][] = [[NOON - HOUR, 1], ...turns.map((at, index): [number, number] => [at, index % 2])];
  steps.push([LAST, 0]);
  const fleet = makeFleet({
    demand: demandOf(steps),
    where: { ...makeFleet().where, maxPrice: { amount: 10n ** 6n, periodMillis: HOUR } },
  });
  const driver = new Driver({
    world,
    policies: { fleets: [fleet] },
    settings: { product: 'cloud', tickMillis: TICK },
    abilities: CLOUD_ABILITIES,
    lookEvery: TICK,
  });
  const deletionMillis = measured === undefined ? [] : new Array<number>(200).fill(measured);
  driver.books = { ...driver.books, notes: { ...driver.books.notes, deletionMillis } };
  const wish: Wish = (at) => steps.findLast(([from]) => from <= at)![1];
  return { world, driver, wish, edges: [...turns, LAST] };
}

function judge(given: Given): readonly string[] {
  const { world, driver, wish, edges } = openScene(given);
  /** What the last plan before each coming charge said of it. */
  const promises = new Map<string, boolean>();
  driver.run(LAST + 2 * HOUR, ({ charges }) => {
    for (const { at, vm, part, fate } of charges)
      promises.set(`${part?.id ?? vm.id} ${at}`, fate === 'delete' || fate === 'deleting');
  });
  const deletionMillis = given.measured === undefined ? [] : new Array<number>(200).fill(given.measured);
  const lead = Math.min(computeBaseLead({ deletionMillis, tickMillis: TICK, skewMillis: 0 }), HOUR / 4);
  const landing = expectLandingMillis(deletionMillis, lead);
  const parts = expectPartsMillis(TICK);
  const isWantedWithin = (from: number, to: number): boolean =>
    wish(from) > 0 || edges.some((at) => at > from && at <= to && wish(at) > 0);
  /** A wish that begins when the deletion of what nobody uses would be under way already, and could still be served. */
  const findRise = (from: number, to: number): number | undefined =>
    wish(from) > 0 ? undefined : edges.find((at) => at > from && at < to - landing - TICK && wish(at) > 0);
  const told = (at: number): string => `${(at - NOON) / MINUTE}m`;
  const faults: string[] = [];
  for (const { at, id } of [...world.charges.map(({ at, vmId }) => ({ at, id: vmId })), ...world.partCharges])
    if (promises.get(`${id} ${at}`) === true) faults.push(`${id} was to be gone before ${told(at)} and was charged`);
  const removals = new Map(world.removals.map((removal) => [removal.vmId, removal]));
  const lives = new Map<string, number[]>();
  for (const { at, vmId } of world.charges) lives.set(vmId, [...(lives.get(vmId) ?? []), at]);
  for (const [vmId, [bought, ...renewals]] of lives) {
    const removal = removals.get(vmId);
    const end = removal?.at ?? Infinity;
    // Its boundaries as long as it was there: those that were paid, and the one that it was let go for.
    const boundaries = [...renewals, ...(removal?.paidUntil === undefined ? [] : [removal.paidUntil])];
    for (const boundary of new Set(boundaries)) {
      if (wish(boundary) > 0) {
        if (end < boundary) faults.push(`wanted at ${told(boundary)} and deleted at ${told(end)}`);
        continue;
      }
      const rise = findRise(boundary - lead - parts, boundary);
      const latest = rise === undefined ? lead : landing;
      if (end > boundary - latest) faults.push(`not wanted at ${told(boundary)}, deletion began ${told(end)}`);
      if (rise === undefined) continue;
      const over = edges.find((at) => at > rise && wish(at) === 0)!;
      // What comes due with it, or before it, must be gone by then, too.
      const first = boundary - Math.max(0, given.ahead, given.ipAhead);
      if (end < Math.min(over, first - landing - parts - TICK))
        faults.push(`kept for the wish of ${told(rise)} to ${told(over)}, deletion began ${told(end)}`);
    }
    for (const { at } of world.partCharges.filter((charge) => charge.vmId === vmId)) {
      const previous = renewals.findLast((renewal) => renewal <= at) ?? bought! + MINUTE;
      const own = previous + (renewals.includes(previous) || previous <= at ? HOUR : 0);
      // Paid for an hour just now, since it was wanted then: too late for what comes due right afterwards.
      if (at - previous <= lead + parts + TICK && wish(previous) > 0) continue;
      const isWanted = isWantedWithin(Math.min(at, own), Math.max(at, own));
      if (!isWanted && findRise(at - lead - parts, at) === undefined)
        faults.push(`part paid at ${told(at)}, VM let go ${told(end)}`);
    }
  }
  return faults;
}

const minutes = fc
  .tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: -9, max: 9 }))
  .map(([hour, offset]) => 61 + hour * 60 + offset);
const scenes = fc.record<Given>({
  ahead: fc.integer({ min: -12, max: 40 }).map((quarter) => quarter * 15_000),
  ipAhead: fc.integer({ min: -12, max: 40 }).map((quarter) => quarter * 15_000),
  measured: fc.constantFrom(undefined, 1, 45_000, 300_000),
  edges: fc.array(minutes, { minLength: 1, maxLength: 5 }),
});

describe('A machine whose parts have boundaries of their own', () => {
  it.each<[string, Given]>([
    [
      'between the boundary of its disk and its own, which comes a little later: its deadline is its own',
      { ahead: 15_000, ipAhead: 0, measured: undefined, edges: [61] },
    ],
    [
      'between its own boundary and that of its disk, which comes a minute later: it stays',
      { ahead: -MINUTE, ipAhead: -MINUTE, measured: undefined, edges: [62] },
    ],
    [
      'before its boundary, having begun again after its deadline: it serves that wish',
      { ahead: 0, ipAhead: 0, measured: undefined, edges: [40, 58, 59] },
    ],
    [
      'shortly before the boundary of its disk, having begun again after its deadline: it serves that wish too',
      { ahead: 15_000, ipAhead: 0, measured: undefined, edges: [40, 59, 60] },
    ],
  ])('that is wanted until an instant %s', (_what, given) => {
    expect(judge(given)).toEqual([]);
  });

  it(
    'has its deletion begun by the deadline of each boundary at which nobody wants it, and stays where somebody does',
    () => {
      fc.assert(
        fc.property(scenes, (given) => {
          expect(judge(given)).toEqual([]);
        }),
        {
          numRuns: 80,
          examples: [
            [{ ahead: 90_000, ipAhead: 225_000, measured: undefined, edges: [61, 241, 68, 245, 246] }],
            [{ ahead: 180_000, ipAhead: -90_000, measured: 300_000, edges: [60, 54, 61] }],
          ],
        },
      );
    },
    SLOW,
  );
});
