import { beforeEach, describe, expect, it } from 'vitest';
import { isFinalRefusal, passGate, retryLater, waitForToken } from '../../workers/call-gate.js';
import type { Intent } from '../../src/core/books.js';
import type { AccountSettings } from '../../src/core/policy-types.js';
import type { CallPermit, CallRequest } from '../../src/ports/store.js';
import { DAY, makeIntent, MINUTE, NOON } from '../core/samples.js';
import { createMemoryEngine, type MemoryEngine } from '../scheduler/memory-engine.js';

let engine: MemoryEngine;
/** What the ports were asked for, in order. */
let asked: string[];
let permit: CallPermit;
/** The waits that takeToken answers with, one after the other; then 0. */
let waits: number[];
let request: CallRequest | undefined;
let abort: AbortController;

beforeEach(() => {
  asked = [];
  waits = [];
  request = undefined;
  abort = new AbortController();
  permit = { granted: true, doomed: ['a'], notDoomed: ['b'], protect: ['db-1'] };
  const memory = createMemoryEngine();
  const store = {
    ...memory.store,
    takeToken: () => (asked.push('token'), Promise.resolve(waits.shift() ?? 0)),
    beginCall: (call: CallRequest) => (asked.push('permit'), (request = call), Promise.resolve(permit)),
  };
  engine = Object.assign(memory, { store });
});

const account = () => engine.accounts.get('main')!;
const intent = makeIntent('k3f9x2', { kind: 'delete', generation: 4 });

function pass() {
  return passGate(engine, account(), intent, { attempt: 'attempt-1', abort: abort.signal, doom: ['a', 'b'] });
}

describe('the gate before a call', () => {
  it('asks for a token first and for the permit then, in the intent’s own words', async () => {
    engine.protectedHere = ['db-2'];
    const gate = await pass();
    expect(asked).toEqual(['token', 'permit']);
    expect(gate).toMatchObject({ open: true, doomed: ['a'], notDoomed: ['b'], protect: ['db-1', 'db-2'] });
    expect(request).toMatchObject({
      account: 'main',
      intent: 'k3f9x2',
      generation: 4,
      attempt: 'attempt-1',
      now: NOON,
    });
    expect(request!.doom).toEqual(['a', 'b']);
  });

  it('waits until there is a token', async () => {
    waits = [1, 1];
    await pass();
    expect(asked).toEqual(['token', 'token', 'token', 'permit']);
  });

  it('asks for no permit once it was told to stop', async () => {
    abort.abort();
    expect(await pass()).toMatchObject({ open: false, why: 'stopped' });
    expect(asked).toEqual([]);
  });

  it('stops waiting for a token when it is told to', async () => {
    waits = [3_600_000];
    const waiting = waitForToken(engine, account(), abort.signal);
    abort.abort();
    expect(await waiting).toBe(false);
  });

  it('stays closed while this process is frozen, and asks for no permit', async () => {
    engine.frozenBy = 'the file freeze';
    expect(await pass()).toMatchObject({ open: false, why: 'frozen-here' });
    expect(asked).toEqual(['token']);
  });

  it('lets no purchase through that was planned more than five minutes ago', async () => {
    const deploy = makeIntent('k3f9x2', { kind: 'deploy', state: 'planned', createdAt: NOON });
    const passDeploy = () => passGate(engine, account(), deploy, { attempt: 'one', abort: abort.signal, doom: [] });
    engine.clock.step(5 * MINUTE);
    expect(await passDeploy()).toMatchObject({ open: true });
    engine.clock.step(1);
    expect(await passDeploy()).toMatchObject({ open: false, why: 'outdated' });
  });

  it('counts these five minutes in real time where a sandbox runs fast', async () => {
    Object.assign(engine, { clock: { ...engine.clock, speed: () => 600 } });
    const deploy = makeIntent('k3f9x2', { kind: 'deploy', state: 'planned', createdAt: NOON - 2 * DAY });
    const gate = await passGate(engine, account(), deploy, { attempt: 'one', abort: abort.signal, doom: [] });
    expect(gate).toMatchObject({ open: true });
  });

  it('stays closed while the account is paused', async () => {
    const paused = { ...account(), settings: { ...account().settings, mode: 'pause' as const } };
    const gate = await passGate(engine, paused, intent, { attempt: 'one', abort: abort.signal, doom: [] });
    expect(gate).toMatchObject({ open: false, why: 'paused' });
  });

  it('stays closed while the account only observes because a person said so; `apply` acts for one that nobody told', async () => {
    const passIn = (settings: Partial<AccountSettings>) => {
      const observing = { ...account(), settings: { ...account().settings, mode: 'observe' as const, ...settings } };
      return passGate(engine, observing, intent, { attempt: 'one', abort: abort.signal, doom: [] });
    };
    expect(await passIn({})).toMatchObject({ open: false, why: 'observing' });
    expect(await passIn({ isModeTold: true })).toMatchObject({ open: false, why: 'observing' });
    expect(await passIn({ isModeTold: false })).toMatchObject({ open: true });
  });

  it('stays closed for what was planned under other settings, says so once, and lets what was begun go on', async () => {
    const edited = { ...account(), settings: { ...account().settings, settingsHash: 'today' } };
    const passWith = (over: Partial<Intent>) =>
      passGate(engine, edited, { ...intent, ...over }, { attempt: 'one', abort: abort.signal, doom: [] });
    const closed = await passWith({ state: 'planned', settingsHash: 'yesterday' });
    expect(closed).toMatchObject({ open: false, why: 'other-settings' });
    expect(closed.open || retryLater(closed)).toMatchObject({ result: 'retry', afterMillis: 2_000 });
    expect(await passWith({ state: 'planned', settingsHash: 'yesterday' })).toMatchObject({ open: false });
    expect(engine.logged).toEqual([
      'warn: Work that was planned under other settings (mode, protect, rails) waits until a look confirms it',
    ]);
    expect(await passWith({ state: 'planned', settingsHash: 'today' })).toMatchObject({ open: true });
    expect(await passWith({ state: 'calling', settingsHash: 'yesterday' })).toMatchObject({ open: true });
  });

  it('stays closed for work of a generation older than one that was in force here: the store went back', async () => {
    engine.memory.noteGeneration({ number: 4, hash: 'h' });
    expect(await pass()).toMatchObject({ open: true });
    engine.memory.noteGeneration({ number: 5, hash: 'i' });
    expect(await pass()).toMatchObject({ open: false, why: 'generation-changed' });
  });

  it('says why the store refused, and when to ask again', async () => {
    permit = { granted: false, why: 'in-flight', retryAfterMillis: 1_234 };
    expect(await pass()).toEqual({ open: false, why: 'in-flight', retryAfterMillis: 1_234 });
  });
});

describe('a permit', () => {
  async function passOpen() {
    const gate = await pass();
    if (!gate.open) throw new Error('the gate is closed');
    return gate;
  }

  it('holds for three seconds', async () => {
    const gate = await passOpen();
    engine.clock.step(2_999);
    expect(gate.isStillOpen()).toBe(true);
    engine.clock.step(1);
    expect(gate.isStillOpen()).toBe(false);
  });

  it('is counted from before it was asked for: an answer that came late is worth nothing', async () => {
    const { store } = engine;
    const late = { ...store, beginCall: (call: CallRequest) => (engine.clock.step(3_000), store.beginCall(call)) };
    Object.assign(engine, { store: late });
    expect((await passOpen()).isStillOpen()).toBe(false);
  });

  it('goes by the monotonic clock: the wall clock may jump', async () => {
    const gate = await passOpen();
    engine.clock.jump(-3_600_000);
    engine.clock.step(3_000);
    expect(gate.isStillOpen()).toBe(false);
  });

  it('ends with a freeze, and with the process', async () => {
    const gate = await passOpen();
    engine.frozenBy = 'PURSER_FREEZE=1';
    expect(gate.isStillOpen()).toBe(false);
    engine.frozenBy = undefined;
    expect(gate.isStillOpen()).toBe(true);
    abort.abort();
    expect(gate.isStillOpen()).toBe(false);
  });
});

describe('a closed gate', () => {
  it.each([
    ['frozen', true],
    ['frozen-here', true],
    ['generation-changed', true],
    ['outdated', true],
    ['paused', true],
    ['observing', true],
    ['other-settings', false],
    ['in-flight', false],
    ['unknown', false],
    ['closed', false],
    ['absent', false],
    ['stopped', false],
  ] as const)('%s refuses the intent for good: %s', (why, isFinal) => {
    expect(isFinalRefusal({ open: false, why, retryAfterMillis: undefined })).toBe(isFinal);
  });
});
