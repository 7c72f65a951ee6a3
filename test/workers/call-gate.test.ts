import { beforeEach, describe, expect, it } from 'vitest';
import { describeWait, isFinalRefusal, passGate } from '../../workers/call-gate.js';
import type { DeleteTarget, Intent } from '../../src/core/books.js';
import type { AccountSettings } from '../../src/core/policy-types.js';
import type { CallPermit, CallRequest } from '../../src/ports/store.js';
import type { Traffic, Turn, TurnWish } from '../../src/ports/traffic.js';
import { noteKeys } from '../../src/scheduler/engine.js';
import { DAY, makeIntent, MINUTE, NOON } from '../core/samples.js';
import { createMemoryEngine, type MemoryEngine } from '../scheduler/memory-engine.js';

let engine: MemoryEngine;
/** What the ports were asked for, in order. */
let asked: string[];
let permit: CallPermit;
/** What the traffic answers. */
let turn: Turn;
let wish: TurnWish | undefined;
let request: CallRequest | undefined;
let abort: AbortController;

beforeEach(() => {
  asked = [];
  turn = { granted: true, isTrial: false };
  request = undefined;
  abort = new AbortController();
  permit = { granted: true, doomed: ['a'], notDoomed: ['b'], protect: ['db-1'] };
  const memory = createMemoryEngine();
  const store = {
    ...memory.store,
    beginCall: (call: CallRequest) => (asked.push('permit'), (request = call), Promise.resolve(permit)),
  };
  const traffic: Traffic = {
    take: (id, wished) => (asked.push(`turn ${id}`), (wish = wished), Promise.resolve(turn)),
    end: (id, { service }) => (asked.push(`end ${id} ${service}`), Promise.resolve()),
    read: () => Promise.reject(new Error('not asked here')),
  };
  const accounts = new Map([['main', { ...memory.accounts.get('main')!, traffic }]]);
  engine = Object.assign(memory, { store, accounts });
});

const account = () => engine.accounts.get('main')!;
const intent = makeIntent('k3f9x2', { kind: 'delete', generation: 4 });

function pass() {
  return passGate(engine, account(), intent, { attempt: 'attempt-1', abort: abort.signal, doom: ['a', 'b'] });
}

describe('the gate before a call', () => {
  it('takes a turn first and asks for the permit then, in the intent’s own words', async () => {
    engine.protectedHere = ['db-2'];
    const gate = await pass();
    expect(asked).toEqual(['turn attempt-1', 'permit']);
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

  it('asks for no permit without a turn, and the job comes back soon, however long the service asked to be left alone', async () => {
    turn = { granted: false, why: 'told-to-wait', waitMillis: 3_600_000 };
    const gate = await pass();
    expect(gate).toMatchObject({ open: false, why: 'told-to-wait' });
    expect(asked).toEqual(['turn attempt-1']);
    expect(!gate.open && describeWait(gate)).toMatchObject({ result: 'retry', afterMillis: 10_000 });
  });

  it('is urgent for a deletion before a boundary, and for nothing else', async () => {
    const target = { vmId: 'a', vmName: 'a', recordOnly: false } as DeleteTarget;
    const passFor = (targets: readonly DeleteTarget[]) =>
      passGate(engine, account(), { ...intent, delete: { targets } }, { attempt: 'b', abort: abort.signal, doom: [] });
    await passFor([target]);
    expect(wish).toMatchObject({ isUrgent: true });
    await passFor([{ ...target, recordOnly: true }]);
    expect(wish).toMatchObject({ isUrgent: false });
  });

  it('stays closed while this process is frozen, and asks for no permit', async () => {
    engine.frozenBy = 'the file freeze';
    expect(await pass()).toMatchObject({ open: false, why: 'frozen-here' });
    expect(asked).toEqual(['turn attempt-1', 'end attempt-1 unused']);
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
    expect(closed.open || describeWait(closed)).toMatchObject({ result: 'retry', afterMillis: 2_000 });
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

  it('stays closed for a key that no look has proven, also if it is replaced behind the permit', async () => {
    let mark = 'proven';
    engine.cloud.keyMark = () => mark;
    await engine.store.writeNote(noteKeys.provenKey('main'), 'proven');
    const gate = await pass();
    expect(gate.open && gate.isStillOpen()).toBe(true);
    mark = 'another';
    expect(gate.open && gate.isStillOpen()).toBe(false);
    const closed = await pass();
    expect(closed).toMatchObject({ open: false, why: 'key-replaced' });
    expect(!closed.open && describeWait(closed)).toMatchObject({ result: 'retry' });
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
