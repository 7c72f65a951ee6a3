import { describe, expect, it } from 'vitest';
import type { LaunchSamples } from '../../src/core/launch-times.js';
import {
  deployedCount,
  demandOf,
  makeClaim,
  makeFleet,
  makeIntent,
  makeDeploy,
  makeNotes,
  makeOffer,
  makeSnapshot,
  makeVm,
  makeWhere,
  MINUTE,
  NOON,
  planOf,
  SIZE,
  daily,
} from './samples.js';

function samplesOf(place: string, minutes: number): LaunchSamples {
  return { configuration: SIZE, place, millis: Array.from({ length: 5 }, () => minutes * MINUTE) };
}

const LAUNCHES = [samplesOf('FR', 4), samplesOf('DE', 30)];
const FR = makeOffer();
const DE = makeOffer({ place: { ...FR.place, country: 'DE' }, price: daily(300_000n) });
const where = makeWhere({ countries: ['FR', 'DE'] });

function opensIn(minutes: number, wanted: number, over = {}) {
  const demand = demandOf([[NOON + minutes * MINUTE, wanted]]);
  return makeFleet({ demand, readyBy: 'start', where, ...over });
}

function planAhead(minutes: number, offers = [FR], wanted = 1, over = {}) {
  const notes = makeNotes({ launchMillis: [MINUTE], launches: LAUNCHES });
  return planOf(makeSnapshot([], { notes }, { offers }), { fleets: [opensIn(minutes, wanted, over)] });
}

describe('readyBy: start', () => {
  it('buys the p95 earlier of what would be bought, and no sooner', () => {
    expect(deployedCount(planAhead(4))).toBe(1);
    expect(deployedCount(planAhead(5))).toBe(0);
  });

  it('goes by the offer that is preferred, wherever it stands', () => {
    // The cheapest is the slow one.
    expect(deployedCount(planAhead(30, [FR, DE]))).toBe(1);
    expect(deployedCount(planAhead(30, [FR, { ...DE, capacity: 0 }]))).toBe(0);
  });

  it('goes by the slowest of all that are needed', () => {
    const little = { ...FR, price: daily(1n), capacity: 2 };
    expect(deployedCount(planAhead(20, [little, DE], 2))).toBe(0);
    expect(deployedCount(planAhead(20, [little, DE], 3))).toBe(3);
    const spread = { by: 'country', max: 1 } as const;
    expect(deployedCount(planAhead(20, [{ ...little, capacity: 9 }, DE], 2, { spread }))).toBe(2);
  });

  it('wakes for the purchase, and says by what it is known when that is', () => {
    const plan = planAhead(10);
    expect(plan.nextWakeAt).toBe(NOON + 6 * MINUTE);
    expect(plan.fleets[0]).toMatchObject({
      buysFrom: NOON + 6 * MINUTE,
      launch: { p95Millis: 4 * MINUTE, samples: 5 },
    });
    const [deploy] = planAhead(4).actions;
    expect(deploy!.reason.text).toBe(
      `0 of 1 wanted from 12:04Z: a launch takes 4m, 95 of 100 at most 4m (5 of ${SIZE} in FR)`,
    );
  });

  it('goes by the account where the market is unknown or nothing fits', () => {
    const notes = makeNotes({ launchMillis: [MINUTE], launches: LAUNCHES });
    for (const offers of [undefined, []]) {
      const plan = planOf(makeSnapshot([], { notes }, { offers }), { fleets: [opensIn(10, 1)] });
      expect(plan.fleets[0]!.launch).toMatchObject({ of: 'account', p95Millis: MINUTE });
    }
  });
});

describe('the launch time-out', () => {
  it('is that of what was ordered: a slow place is given longer', () => {
    const notes = makeNotes({ launchMillis: [MINUTE], launches: LAUNCHES });
    const launching = { status: 'launching', statusText: 'Launching' } as const;
    const claimedAt = NOON - 30 * MINUTE;
    const plan = (country: string) => {
      const offer = { ...makeDeploy(1).offer, country };
      const intent = makeIntent('pay4kp', { deploy: makeDeploy(1, { offer, vmIds: ['v1'] }), createdAt: claimedAt });
      const claim = makeClaim('v1', { intent: intent.id, claimedAt, activeAt: undefined });
      const vm = makeVm('v1', { ...launching, place: { ...FR.place, country } });
      return planOf(makeSnapshot([vm], { notes, claims: [claim], intents: [intent] }), {
        fleets: [makeFleet({ where })],
      });
    };
    // Four times 4 min have passed, four times 30 min have not.
    expect(deployedCount(plan('FR'))).toBe(1);
    expect(deployedCount(plan('DE'))).toBe(0);
  });
});
