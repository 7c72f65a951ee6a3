// Deletions that wait in the queue and are not wanted any more: they are let go at the next look, for members and for reaped
// VMs alike; what is doomed goes on, and a look that can't be believed decides nothing.
import { describe, expect, it } from 'vitest';
import { applyChanges } from '../../src/core/apply-commit.js';
import type { Books, Claim } from '../../src/core/books.js';
import { buildCommit } from '../../src/core/build-commit.js';
import { planAccount } from '../../src/core/plan.js';
import type { Snapshot } from '../../src/core/plan-types.js';
import type { AccountSettings, FleetPolicy, PolicySet, ReapPolicy } from '../../src/core/policy-types.js';
import { reckonSnapshot } from '../../src/core/reckon/reckon.js';
import type { Vm } from '../../src/core/types.js';
import {
  demandOf,
  HOUR,
  makeBooks,
  makeClaim,
  makeDeploy,
  makeEvidence,
  makeFleet,
  makeIntent,
  makeNotes,
  makePolicies,
  makeReap,
  makeRun,
  makeSettings,
  makeSnapshot,
  makeVm,
  MINUTE,
  NO_RAILS,
  NOON,
} from './samples.js';

const soon = NOON + 2 * MINUTE;
const unwanted = makeFleet({ demand: demandOf([]) });
const member = makeVm('1', { paidUntil: soon });
const foreign = makeVm('2', { name: 'ci-2', paidUntil: soon });
const evidence = [makeEvidence('2', [makeRun('yes', NOON - HOUR, NOON)])];

interface Scene {
  readonly vms?: readonly Vm[];
  readonly fleets?: readonly FleetPolicy[];
  readonly reaps?: readonly ReapPolicy[];
  readonly isProtected?: PolicySet['isProtected'];
  readonly settings?: Partial<AccountSettings>;
  readonly snapshot?: Partial<Snapshot>;
}

/** One look, and what it writes. */
function look(books: Books, scene: Scene = {}): Books {
  const { vms = [member, foreign], fleets = [unwanted], reaps = [makeReap()], isProtected = () => false } = scene;
  const policies = makePolicies({ fleets, reaps, isProtected });
  const settings = makeSettings({ rails: NO_RAILS, ...scene.settings });
  const observed = makeSnapshot(vms, {}, { books, ...scene.snapshot });
  const reckoned = reckonSnapshot(observed, policies, settings);
  const plan = planAccount({ snapshot: reckoned.snapshot, policies, settings });
  let drawn = 0;
  const drawBody = () => `zz${'0123456789'[books.intents.length % 10]!}${'abcdefgh'[(drawn += 1) % 8]!}`;
  const { commit } = buildCommit({ plan, settings, drawBody, ...reckoned });
  const applied = applyChanges(books, commit.changes);
  expect(applied.failed).toEqual([]);
  return applied.books;
}

const queued = look(makeBooks({ claims: [makeClaim('1', { paidUntil: soon })], evidence, notes: makeNotes() }));
const statesOf = (books: Books) => books.claims.map(({ vmId, state }) => `${vmId} ${state}`);
const intentsOf = (books: Books) => books.intents.map(({ policy, state }) => `${policy} ${state}`);
const frozen = { freeze: { since: NOON, why: '' }, protect: [], approvals: [] };

describe('a deletion that waits in the queue', () => {
  it('waits on while the plan still wants it', () => {
    expect(statesOf(queued)).toEqual(['1 parked', '2 parked']);
    expect(intentsOf(queued)).toEqual(['web planned', 'reap-ci planned']);
    const again = look(queued);
    expect(statesOf(again)).toEqual(statesOf(queued));
    expect(intentsOf(again)).toEqual(intentsOf(queued));
  });

  it.each<[string, Scene, Partial<Books>]>([
    ['an expression protects the VMs', { isProtected: () => true }, {}],
    [
      'the policies only observe',
      { fleets: [{ ...unwanted, mode: 'observe' }], reaps: [makeReap({ mode: 'observe' })] },
      {},
    ],
    ['the policies are paused', { fleets: [{ ...unwanted, mode: 'pause' }], reaps: [makeReap({ mode: 'pause' })] }, {}],
    ['the account only observes', { settings: { mode: 'observe' } }, {}],
    ['the account is paused', { settings: { mode: 'pause' } }, {}],
    ['somebody froze it', {}, { handles: frozen }],
    [
      'the VMs are wanted again, and busy',
      { fleets: [makeFleet({ demand: demandOf([[0, 1]]) })] },
      { evidence: [makeEvidence('2', [makeRun('no', NOON - MINUTE, NOON)])] },
    ],
  ])('is let go when %s, of a fleet and of a reap alike', (_what, scene, over) => {
    const books = look({ ...queued, ...over }, scene);
    expect(statesOf(books)).toEqual(['1 member']);
    expect(intentsOf(books)).toEqual(['web refused', 'reap-ci refused']);
    for (const intent of books.intents) {
      expect(intent).toMatchObject({ closedAt: NOON, delete: { targets: [{ outcome: { result: 'kept' } }] } });
    }
  });

  it('is let go by itself where another of its call is still wanted', () => {
    const both = [makeVm('1', { paidUntil: soon }), makeVm('3', { paidUntil: soon })];
    const claims = both.map(({ id }) => makeClaim(id, { paidUntil: soon }));
    const first = look(makeBooks({ claims, notes: makeNotes() }), { vms: both });
    const books = look(first, { vms: both, isProtected: ({ id }) => id === '3' });
    expect(statesOf(books)).toEqual(['1 parked', '3 member']);
    expect(books.intents[0]!.state).toBe('planned');
    expect(books.intents[0]!.delete!.targets.map(({ outcome }) => outcome?.result)).toEqual([undefined, 'kept']);
    expect(look(books, { vms: both, isProtected: ({ id }) => id === '3' }).claims).toEqual(books.claims);
  });

  it('is left to `apply`, which asked a person, by whoever only observes because nobody said the mode', () => {
    const untold = { mode: 'observe', isModeTold: false } as const;
    const books = look(queued, { settings: untold, isProtected: () => true });
    expect([statesOf(books), intentsOf(books)]).toEqual([statesOf(queued), intentsOf(queued)]);
    expect(intentsOf(look(queued, { settings: { ...untold, isModeTold: true } }))).toEqual([
      'web refused',
      'reap-ci refused',
    ]);
  });

  it('bears the settings of the look that planned it, and is confirmed by a look under other settings', () => {
    const hashes = (books: Books) => books.intents.map(({ settingsHash }) => settingsHash);
    expect(hashes(queued)).toEqual([undefined, undefined]);
    const edited = look(queued, { settings: { settingsHash: 'today' } });
    expect(hashes(edited)).toEqual(['today', 'today']);
    expect(intentsOf(edited)).toEqual(intentsOf(queued));
    const planned = look(makeBooks({ claims: [makeClaim('1', { paidUntil: soon })], notes: makeNotes() }), {
      settings: { settingsHash: 'today' },
    });
    expect(hashes(planned)).toEqual(['today']);
  });

  it('is confirmed once a minute by looks that want it, and by none that can not be believed', () => {
    const at = (books: Books, millis: number, more: Partial<Snapshot> = {}) =>
      look(books, { snapshot: { at: NOON + millis, ...more } }).intents[0]!.wantedAt;
    expect(at(queued, 59_000)).toBeUndefined();
    expect(at(queued, 60_000)).toBe(NOON + 60_000);
    expect(at(queued, 60_000, { clock: { skewMillis: 0, jumpMillis: 1e6 } })).toBeUndefined();
  });

  it('is let go where no deadline drives it and the VM waits for one now', () => {
    const untimed = queued.intents.map((intent) => ({
      ...intent,
      delete: { targets: intent.delete!.targets.map((target) => ({ ...target, deadline: undefined })) },
    }));
    const later = makeVm('1', { paidUntil: NOON + 5 * HOUR });
    const books = look({ ...queued, intents: untimed }, { vms: [later, foreign] });
    expect(books.intents[0]).toMatchObject({
      state: 'refused',
      delete: { targets: [{ outcome: { result: 'kept' } }] },
    });
  });

  it('goes on once it is doomed, whoever protects the VM then', () => {
    const doomed = queued.claims.map((claim): Claim => {
      const intent = queued.intents.find(({ delete: deletion }) => deletion!.targets[0]!.vmId === claim.vmId)!.id;
      return { ...claim, state: 'doomed', deletion: { intent, calledAt: NOON } };
    });
    const intents = queued.intents.map((intent) => ({ ...intent, state: 'calling' as const, calledAt: NOON }));
    for (const state of [intents, queued.intents]) {
      const books = look({ ...queued, claims: doomed, intents: state }, { isProtected: () => true });
      expect(statesOf(books)).toEqual(['1 doomed', '2 doomed']);
      expect(books.intents.map((intent) => intent.state)).toEqual(state.map((intent) => intent.state));
    }
  });

  it.each<[string, Scene]>([
    ['failed', { vms: [], snapshot: { inventory: { ...makeSnapshot([]).inventory, state: 'failed' } } }],
    ['came with a clock that jumped', { snapshot: { clock: { skewMillis: 0, jumpMillis: 1e6 } } }],
  ])('is not judged by a look that %s', (_what, scene) => {
    expect(statesOf(look(queued, scene))).toEqual(statesOf(queued));
  });
});

describe('a purchase or a name that waits in the queue', () => {
  const waiting = [
    makeIntent('k3f9x2', {
      state: 'planned',
      createdAt: NOON,
      calledAt: undefined,
      deploy: makeDeploy(1),
      settingsHash: 'yesterday',
    }),
    makeIntent('m4g8x2', {
      kind: 'rename',
      state: 'planned',
      createdAt: NOON,
      calledAt: undefined,
      rename: { targets: [] },
      settingsHash: 'yesterday',
    }),
  ];
  const statesUnder = (settings: Partial<AccountSettings>) =>
    look(makeBooks({ intents: waiting, notes: makeNotes() }), { vms: [], fleets: [], reaps: [], settings }).intents.map(
      ({ state }) => state,
    );

  it('is closed by a look under other settings, and planned anew if it is still wanted', () => {
    expect(statesUnder({ settingsHash: 'yesterday' })).toEqual(['planned', 'planned']);
    expect(statesUnder({ settingsHash: 'today' })).toEqual(['refused', 'refused']);
    expect(statesUnder({ settingsHash: 'today', mode: 'observe', isModeTold: false })).toEqual(['planned', 'planned']);
  });
});
