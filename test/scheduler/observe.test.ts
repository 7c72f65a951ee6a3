import { describe, expect, it } from 'vitest';
import { createClockWatch, createMarketReader, observeAccount } from '../../src/scheduler/observe.js';
import { HOUR, makeBooks, makeOffer, makeVm, MINUTE, NOON } from '../core/samples.js';
import { createMemoryEngine, makeInventory, makeRecord, type MemoryEngine } from './memory-engine.js';

const image = {
  slug: 'ubuntu-24-04-x64',
  name: 'Ubuntu 24.04',
  url: 'https://images.example/x.img',
  distribution: 'Ubuntu',
  username: 'ubuntu',
};

function observe(engine: MemoryEngine, record = makeRecord()) {
  return observeAccount(engine, engine.accounts.get('main')!, createClockWatch(engine.clock), record);
}

describe('a snapshot of one account', () => {
  it('holds listing, books, clocks and since when each policy stands, and nothing of the market', async () => {
    const engine = createMemoryEngine();
    engine.cloud.inventory = makeInventory({ vms: [makeVm('a')] });
    const record = makeRecord({ policies: { web: { hash: 'w', since: NOON - HOUR } } });
    const snapshot = await observe(engine, record);
    expect(snapshot).toMatchObject({
      account: 'main',
      product: 'marketplace',
      at: NOON,
      inventory: engine.cloud.inventory,
      offers: undefined,
      images: undefined,
      clock: { skewMillis: 0, jumpMillis: 0 },
      stoodSince: { web: NOON - HOUR },
      frozenBy: undefined,
    });
    expect(engine.cloud.calls).toEqual({ listVms: 1, listOffers: 0, listImages: 0 });
  });

  it('is dated when all was read: the listing lies before it', async () => {
    const engine = createMemoryEngine();
    engine.cloud.listVms = () => {
      engine.clock.step(7_000);
      return Promise.resolve(engine.cloud.inventory);
    };
    expect((await observe(engine)).at).toBe(NOON + 7_000);
  });

  it('passes on a listing that is only partly there, as it is', async () => {
    const engine = createMemoryEngine();
    engine.cloud.inventory = makeInventory({ state: 'partial', vms: [makeVm('a')], problems: ['page 2: 502'] });
    const snapshot = await observe(engine);
    expect(snapshot.inventory).toEqual(engine.cloud.inventory);
  });

  it('joins what the store and what the state directory protect', async () => {
    const engine = createMemoryEngine();
    const handles = { freeze: undefined, protect: ['0xstore'], approvals: [] };
    engine.state.books.set('main', makeBooks({ handles }));
    engine.protectedHere = ['0xhere'];
    expect((await observe(engine)).books.handles.protect).toEqual(['0xstore', '0xhere']);
  });

  it('says what froze this process', async () => {
    const engine = createMemoryEngine();
    engine.frozenBy = 'PURSER_FREEZE=1';
    expect((await observe(engine)).frozenBy).toBe('PURSER_FREEZE=1');
  });
});

describe('the watch over the clock', () => {
  it('finds no jump where both clocks went on alike, however long', () => {
    const { clock } = createMemoryEngine();
    const watch = createClockWatch(clock);
    expect(watch.readJump()).toBe(0);
    clock.step(9 * HOUR);
    expect(watch.readJump()).toBe(0);
  });

  it('tells a jump once, with its sign', () => {
    const { clock } = createMemoryEngine();
    const watch = createClockWatch(clock);
    watch.readJump();
    clock.step(30_000);
    clock.jump(-5 * MINUTE);
    expect(watch.readJump()).toBe(-5 * MINUTE);
    clock.step(30_000);
    expect(watch.readJump()).toBe(0);
    clock.jump(HOUR);
    expect(watch.readJump()).toBe(HOUR);
  });

  it('takes no notice where a driver steps the time', () => {
    const { clock } = createMemoryEngine();
    const watch = createClockWatch({ ...clock, isStepped: true });
    watch.readJump();
    clock.jump(HOUR);
    expect(watch.readJump()).toBe(0);
  });
});

describe('reading the market', () => {
  it('reads offers each time, and images once an hour', async () => {
    const engine = createMemoryEngine();
    const account = engine.accounts.get('main')!;
    engine.cloud.offers = [makeOffer()];
    engine.cloud.images = [image];
    const market = createMarketReader(engine);
    for (const step of [0, 30 * MINUTE, 29 * MINUTE]) {
      engine.clock.step(step);
      expect(await market.readOffers(account, [25])).toEqual([makeOffer()]);
      expect(await market.readImages(account)).toEqual([image]);
    }
    expect(engine.cloud.calls).toMatchObject({ listOffers: 3, listImages: 1 });
    engine.clock.step(MINUTE);
    await market.readImages(account);
    expect(engine.cloud.calls.listImages).toBe(2);
  });

  it('has no offers where they could not be read, and says so', async () => {
    const engine = createMemoryEngine();
    engine.cloud.offers = new Error('502');
    expect(await createMarketReader(engine).readOffers(engine.accounts.get('main')!, [25])).toBeUndefined();
    expect(engine.logged).toEqual(['warn: The market could not be read']);
  });

  it('stays with the images that it knows when they cannot be read again', async () => {
    const engine = createMemoryEngine();
    const account = engine.accounts.get('main')!;
    const market = createMarketReader(engine);
    engine.cloud.images = new Error('502');
    expect(await market.readImages(account)).toBeUndefined();
    engine.cloud.images = [image];
    await market.readImages(account);
    engine.clock.step(2 * HOUR);
    engine.cloud.images = new Error('502');
    expect(await market.readImages(account)).toEqual([image]);
  });
});
