import { describe, expect, it } from 'vitest';
import { demoToJson, sumUpDemo, type DemoFacts } from '../../../src/cli/demo/sum-up.js';
import type { JudgedBooks } from '../../../src/compose/demo-scenes.js';
import { wantAlways } from '../../../src/core/demand.js';
import { DAY, demandOf, HOUR, makeFleet, makeOffer, NOON } from '../../core/samples.js';
import { makeEntry } from '../../queue/books-samples.js';

const iso = (at: number): string => new Date(at).toISOString();

function makeVm(id: string, over: Partial<JudgedBooks['vms'][number]> = {}): JudgedBooks['vms'][number] {
  return { id, foreign: false, endedAt: null, deleteCalledAt: null, names: [`web-${id}`], ...over };
}

const charge = (vmId: string, at: number) => ({ vmId, at: iso(at), amount: '0.306980' });

function makeFacts(books: Partial<JudgedBooks>, over: Partial<DemoFacts> = {}): DemoFacts {
  return {
    product: 'marketplace',
    books: { creates: [], vms: [], charges: [], deletes: [], ...books },
    ledger: [],
    fleets: [makeFleet({ demand: wantAlways(1) })],
    offers: [makeOffer()],
    intended: new Map(),
    workersKilled: 1,
    from: NOON,
    to: NOON + 2 * DAY,
    periodMillis: DAY,
    ...over,
  };
}

describe('what the demo adds up', () => {
  it('is what our own VMs were charged; those of others are not ours', () => {
    const charges = [charge('a', NOON), charge('a', NOON + DAY), charge('x', NOON)];
    const vms = [makeVm('a'), makeVm('x', { foreign: true, names: ['ci-1'] })];
    expect(sumUpDemo(makeFacts({ vms, charges }))).toMatchObject({ deploys: 1, periods: 2, spent: 613_960n });
  });

  it('stands beside what a follower at once and the fewest periods would have paid', () => {
    const demand = demandOf([
      [NOON, 1],
      [NOON + HOUR, 0],
      [NOON + 2 * HOUR, 1],
      [NOON + 3 * HOUR, 0],
    ]);
    const { immediate, lowerBound } = sumUpDemo(makeFacts({}, { fleets: [makeFleet({ demand })] }));
    expect(immediate).toEqual({ periods: 2, spent: 613_960n });
    expect(lowerBound).toEqual({ periods: 1, spent: 306_980n });
  });

  it('counts a boundary as missed when a VM was charged after its deletion was called for', () => {
    const vms = [makeVm('a', { deleteCalledAt: iso(NOON + HOUR) }), makeVm('b', { deleteCalledAt: iso(NOON + HOUR) })];
    const charges = [charge('a', NOON), charge('b', NOON), charge('b', NOON + 2 * HOUR)];
    expect(sumUpDemo(makeFacts({ vms, charges })).missedBoundaries).toBe(1);
  });

  it('sums up the disks and addresses of a VM with it, which are no periods of it, and may be charged too late themselves', () => {
    const vms = [makeVm('a', { deleteCalledAt: iso(NOON + HOUR) })];
    const part = { deleteCalledAt: iso(NOON + 2 * HOUR) };
    const charges = [charge('a', NOON), { ...charge('a', NOON + 2 * HOUR), part }];
    const summary = sumUpDemo(makeFacts({ vms, charges }, { product: 'cloud' }));
    expect(summary).toMatchObject({ product: 'cloud', periods: 1, spent: 613_960n, missedBoundaries: 0 });
    const late = { ...charge('a', NOON + 3 * HOUR), part };
    expect(sumUpDemo(makeFacts({ vms, charges: [...charges, late] })).missedBoundaries).toBe(1);
  });

  it('counts what the ledger tells as missed, too', () => {
    const ledger = [makeEntry(NOON, { event: 'missed-boundary' })];
    expect(sumUpDemo(makeFacts({}, { ledger })).missedBoundaries).toBe(1);
  });

  it('counts VMs beyond what their purchase was meant to make as doubled, also one that nobody meant', () => {
    const creates = [
      { name: 'web-1', vmIds: ['a', 'b'] },
      { name: 'web-1', vmIds: ['c', 'd'] },
      { name: 'web-2', vmIds: ['e'] },
      { name: 'web-3', vmIds: ['f'] },
    ];
    const intended = new Map([
      ['web-1', 2],
      ['web-2', 1],
    ]);
    expect(sumUpDemo(makeFacts({ creates }, { intended })).doubled).toBe(3);
  });

  it('counts a termination as healed only when its fleet brought another one up afterwards', () => {
    const ended = makeEntry(NOON + HOUR, { event: 'terminated', policy: 'web' });
    const up = (at: number, policy: string) => makeEntry(at, { event: 'active', policy });
    const healed = (...ledger: DemoFacts['ledger']) => sumUpDemo(makeFacts({}, { ledger })).healed;
    expect(healed(up(NOON, 'web'), ended)).toBe(0);
    expect(healed(ended, up(NOON + 2 * HOUR, 'farm'))).toBe(0);
    expect(healed(ended, up(NOON + 2 * HOUR, 'web'))).toBe(1);
  });

  it('counts deletions by VM, and those of the reap apart', () => {
    const vms = [makeVm('a'), makeVm('b')];
    const deletes = [{ vmId: 'a' }, { vmId: 'a' }, { vmId: 'b' }];
    const ledger = [
      makeEntry(NOON, { event: 'deleted', policy: 'reap-ci' }),
      makeEntry(NOON, { event: 'deleted', policy: 'web' }),
      makeEntry(NOON, { event: 'taken-back', policy: 'web' }),
    ];
    expect(sumUpDemo(makeFacts({ vms, deletes }, { ledger }))).toMatchObject({ deletes: 2, reaped: 1, takenBack: 1 });
  });

  it('is written as JSON with money as decimal text', () => {
    const json = demoToJson(sumUpDemo(makeFacts({ vms: [makeVm('a')], charges: [charge('a', NOON)] })));
    expect(json).toEqual({
      product: 'marketplace',
      virtualHours: 48,
      deploys: 1,
      deletes: 0,
      takenBack: 0,
      reaped: 0,
      healed: 0,
      workersKilled: 1,
      missedBoundaries: 0,
      doubled: 0,
      spent: '0.306980',
      periods: 1,
      immediate: { spent: '0.613960', periods: 2 },
      lowerBound: { spent: '0.613960', periods: 2 },
    });
  });
});
