import { describe, expect, it } from 'vitest';
import { wantAlways } from '../../src/core/demand.js';
import { lookAtAccount, type LookFacts } from '../../src/scheduler/look.js';
import { createTickMemory } from '../../src/scheduler/tick.js';
import {
  HOUR,
  INSTALLATION,
  intentId,
  makeBooks,
  makeClaim,
  makeFleet,
  makeNotes,
  makeOffer,
  makePolicies,
  makeWhere,
  makeVm,
  MINUTE,
  NOON,
} from '../core/samples.js';
import { createMemoryEngine, makeInventory, makeRecord, type MemoryEngine } from './memory-engine.js';

const record = makeRecord({ policies: { web: { hash: 'w', since: NOON - 240 * HOUR } } });

/** One member that runs; the fleet wants `wanted`. */
function openScene(wanted: number): MemoryEngine {
  const engine = createMemoryEngine({
    policies: makePolicies({ fleets: [makeFleet({ demand: wantAlways(wanted) })] }),
  });
  engine.state.books.set('main', makeBooks({ claims: [makeClaim('a')], notes: makeNotes() }));
  engine.cloud.inventory = makeInventory({ vms: [makeVm('a')] });
  engine.cloud.offers = [makeOffer()];
  return engine;
}

function look(engine: MemoryEngine, more: Partial<LookFacts> = {}) {
  const account = engine.accounts.get('main')!;
  return lookAtAccount(engine, account, { ...createTickMemory(engine), policies: engine.policies, record, ...more });
}

describe('a look at an account', () => {
  it('costs one listing while nothing is to be bought', async () => {
    const engine = openScene(1);
    const { plan } = await look(engine);
    expect(plan.actions).toEqual([]);
    expect(engine.cloud.calls).toEqual({ listVms: 1, listOffers: 0, listImages: 0 });
  });

  it('reads the market when something is to be bought, and plans with it', async () => {
    const engine = openScene(3);
    const { plan, observed } = await look(engine);
    expect(plan.actions).toMatchObject([{ kind: 'deploy', policy: 'web', count: 2 }]);
    expect(observed.offers).toEqual([makeOffer()]);
    expect(engine.cloud.calls).toEqual({ listVms: 1, listOffers: 1, listImages: 1 });
  });

  it('buys nothing and says why when the market cannot be read', async () => {
    const engine = openScene(3);
    engine.cloud.offers = new Error('502');
    const { plan } = await look(engine);
    expect(plan.actions).toEqual([]);
    expect(plan.holds.map((hold) => hold.reason.code)).toContain('offers-unknown');
  });

  it('asks for offers with the disks that the fleets want, each size once', async () => {
    const minimum = (storageGb: number) =>
      makeWhere({ configurations: undefined, minimum: { vcpu: 1, ramGb: 1, storageGb } });
    const fleets = [
      makeFleet({ where: minimum(40), demand: wantAlways(2) }),
      makeFleet({ name: 'api', where: minimum(0) }),
      makeFleet({ name: 'jobs', where: minimum(40) }),
      makeFleet({ name: 'other', account: 'spare', where: minimum(99) }),
    ];
    const engine = createMemoryEngine({ policies: makePolicies({ fleets }) });
    engine.state.books.set('main', makeBooks());
    await look(engine);
    expect(engine.cloud.offerQueries).toEqual([{ storageGb: [40, 25] }]);
  });

  it('reads the market for a record, although nothing is bought', async () => {
    const engine = openScene(1);
    const { observed } = await look(engine, { alwaysMarket: true });
    expect(observed.offers).toEqual([makeOffer()]);
  });

  it.each(['partial', 'failed'] as const)('plans neither deploys nor deletions with a %s listing', async (state) => {
    const engine = openScene(3);
    engine.cloud.inventory = makeInventory({ state, problems: ['page 2: 502'] });
    const { plan } = await look(engine);
    expect(plan.actions).toEqual([]);
    expect(plan.seen.state).toBe(state);
    expect(plan.holds.map((hold) => hold.reason.code)).toContain('untrusted-inventory');
  });

  it('plans nothing after a jump of the clock', async () => {
    const engine = openScene(3);
    const memory = createTickMemory(engine);
    expect((await look(engine, memory)).plan.actions).toHaveLength(1);
    engine.clock.jump(HOUR / 2);
    const { plan } = await look(engine, memory);
    expect(plan.actions).toEqual([]);
    expect(plan.holds.map((hold) => hold.reason.code)).toContain('untrusted-clock');
  });

  it('plans as if it were the instant that was named', async () => {
    const engine = openScene(1);
    const { plan } = await look(engine, { at: NOON + HOUR });
    expect(plan.at).toBe(NOON + HOUR);
  });

  it('keeps what was observed apart from what was reckoned', async () => {
    const engine = openScene(1);
    engine.state.books.set('main', makeBooks({ claims: [makeClaim('a', { paidUntil: undefined })] }));
    const { observed, reckoned } = await look(engine);
    expect(observed.books.claims[0]!.paidUntil).toBeUndefined();
    expect(reckoned.books.claims[0]!.paidUntil).toBe(makeVm('a').paidUntil);
  });

  it('writes nothing', async () => {
    const engine = openScene(3);
    const before = engine.state.books.get('main');
    await look(engine);
    expect(engine.state.books.get('main')).toBe(before);
    expect(engine.queue.jobs.size + engine.state.notes.size).toBe(0);
  });

  it('buys nothing for a store that was lost, though the list is empty, before three looks over ten minutes', async () => {
    const engine = createMemoryEngine({ policies: makePolicies({ fleets: [makeFleet()] }) });
    engine.cloud.offers = [makeOffer()];
    engine.memory.noteAccount('main');
    let notes = makeNotes({ lastCompleteLook: undefined });
    const lookAgain = async () => {
      engine.state.books.set('main', makeBooks({ notes }));
      const seen = await look(engine);
      ({ notes } = seen.reckoned.books);
      return seen.plan;
    };
    for (const minutes of [0, 1, 8, 0.9]) {
      engine.clock.step(minutes * MINUTE);
      const plan = await lookAgain();
      expect(plan.actions).toEqual([]);
      expect(plan.holds.map((hold) => hold.reason.code)).toContain('recovering');
    }
    expect(engine.cloud.calls.listVms).toBe(4);
    engine.clock.step(0.1 * MINUTE);
    expect((await lookAgain()).actions).toMatchObject([{ kind: 'deploy', count: 1 }]);
  });

  it('knows from another process that a store was lost', async () => {
    const engine = createMemoryEngine({ policies: makePolicies({ fleets: [makeFleet()] }) });
    engine.state.books.set('main', makeBooks({ notes: makeNotes({ lastCompleteLook: undefined }) }));
    engine.state.notes.set('store-lost', String(NOON));
    expect((await look(engine)).plan.actions).toEqual([]);
  });

  it('plans nothing with a generation older than one that was in force', async () => {
    const engine = openScene(3);
    engine.memory.noteGeneration({ number: 17, hash: 'x' });
    const { plan } = await look(engine);
    expect(plan.actions).toEqual([]);
    const texts = plan.holds.flatMap(({ reason }) => (reason.code === 'recovering' ? [reason.text] : []));
    expect(texts.join('\n')).toMatch(/went back from generation 17 to 1 .*`purser apply` confirms/);
  });

  it('does not wait for looks where VMs bear our names: their books must be recovered first', async () => {
    const engine = createMemoryEngine({ policies: makePolicies({ fleets: [makeFleet()] }) });
    engine.state.books.set('main', makeBooks({ notes: makeNotes({ lastCompleteLook: undefined }) }));
    engine.cloud.inventory = makeInventory({ vms: [makeVm('a', { name: `web-${INSTALLATION}${intentId('k3f9')}` })] });
    await look(engine);
    expect(engine.cloud.calls.listVms).toBe(1);
  });

  it('makes the three looks of a new store at once', async () => {
    const engine = createMemoryEngine({ policies: makePolicies({ fleets: [makeFleet()] }) });
    engine.state.books.set('main', makeBooks({ notes: makeNotes({ lastCompleteLook: undefined }) }));
    engine.cloud.offers = [makeOffer()];
    const { plan } = await look(engine);
    expect(engine.cloud.calls.listVms).toBe(3);
    expect(plan.actions).toMatchObject([{ kind: 'deploy', count: 1 }]);
  });
});
