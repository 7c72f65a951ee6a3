// Writing a plan down: batches, ids, claims of what is deleted, and what each change expects of the store.
import { describe, expect, it } from 'vitest';
import type { Abilities } from '../../src/core/abilities.js';
import { applyChanges } from '../../src/core/apply-commit.js';
import type { Books, Claim } from '../../src/core/books.js';
import { buildCommit, type BuiltCommit } from '../../src/core/build-commit.js';
import { ALPHABET, isIntentIdOf, parseMemberName } from '../../src/core/names.js';
import { reckonSnapshot } from '../../src/core/reckon/reckon.js';
import { planAccount } from '../../src/core/plan.js';
import type { FleetPolicy, ReapPolicy } from '../../src/core/policy-types.js';
import type { Vm } from '../../src/core/types.js';
import {
  CLOUD_ABILITIES,
  demandOf,
  ENDED,
  HOUR,
  INSTALLATION,
  intentId,
  makeBooks,
  makeClaim,
  makeEvidence,
  makeFleet,
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

interface Scene {
  readonly vms: readonly Vm[];
  readonly books?: Partial<Books>;
  readonly fleets?: readonly FleetPolicy[];
  readonly reaps?: readonly ReapPolicy[];
  readonly draws?: readonly string[];
  readonly abilities?: Abilities;
}

function commitOf(scene: Scene): BuiltCommit & { readonly books: Books } {
  const { vms, books = {}, fleets = [], reaps = [], draws = [], abilities } = scene;
  const policies = makePolicies({ fleets, reaps });
  const settings = makeSettings({ rails: NO_RAILS });
  const observed = makeSnapshot(vms, books, abilities === undefined ? {} : { abilities });
  const { snapshot, changes, ledger } = reckonSnapshot(observed, policies, settings);
  const plan = planAccount({ snapshot, policies, settings });
  let drawn = 0;
  const drawBody = () =>
    draws[drawn++] ?? `z${[2, 1, 0].map((place) => ALPHABET[Math.floor(drawn / 32 ** place) % 32]).join('')}`;
  const built = buildCommit({ plan, snapshot, settings, changes, ledger, drawBody });
  const applied = applyChanges(observed.books, built.commit.changes);
  expect(applied.failed).toEqual([]);
  return { ...built, books: applied.books };
}

const soon = NOON + 2 * MINUTE;
const idsOf = (count: number) => Array.from({ length: count }, (_, index) => `vm-${String(index).padStart(4, '0')}`);
const unwanted = makeFleet({ demand: demandOf([]) });

describe('deletions', () => {
  it('that are due at one look go in batches of a hundred, the earliest boundary first', () => {
    const boundaryOf = (index: number) => soon + (index < 230 ? 0 : 1_000);
    const vms = idsOf(250).map((id, index) => makeVm(id, { paidUntil: boundaryOf(index) }));
    const claims = vms.map((vm) => makeClaim(vm.id, { paidUntil: vm.paidUntil }));
    const { intents } = commitOf({ vms, books: { claims }, fleets: [unwanted] });
    expect(intents.map((intent) => intent.delete!.targets.length)).toEqual([100, 100, 50]);
    const targets = intents.flatMap((intent) => intent.delete!.targets);
    expect(targets.map(({ vmId }) => vmId).sort()).toEqual(idsOf(250));
    const boundaries = targets.map(({ boundary }) => boundary!);
    expect(boundaries).toEqual([...boundaries].sort((a, b) => a - b));
  });

  it('have their targets parked under the same commit, so that the gate may doom them', () => {
    const vms = [makeVm('1', { paidUntil: soon }), makeVm('2', { paidUntil: soon })];
    const claims = [makeClaim('1', { paidUntil: soon }), makeClaim('2', { paidUntil: soon, state: 'parked' })];
    const { books, commit } = commitOf({ vms, books: { claims }, fleets: [unwanted] });
    expect(books.claims.map(({ state, unwanted: why }) => [state, why])).toEqual([
      ['parked', 'surplus'],
      ['parked', 'surplus'],
    ]);
    const expects = commit.changes.flatMap((change) => (change.kind === 'claim' ? [change.expect] : []));
    expect(expects).toEqual(['member', 'parked']);
  });

  it('keep records and running VMs apart', () => {
    const vms = [makeVm('1', { paidUntil: soon }), makeVm('2', { status: 'terminated', paidUntil: soon })];
    const claims = [makeClaim('1', { paidUntil: soon }), makeClaim('2', { ...ENDED, paidUntil: soon })];
    const { intents } = commitOf({ vms, books: { claims }, fleets: [unwanted] });
    expect(intents.map((intent) => intent.delete!.targets.map((target) => target.recordOnly))).toEqual([
      [true],
      [false],
    ]);
  });

  it('of a foreign VM write a claim of the reap, and drop it when it is not due any more', () => {
    const vm = makeVm('1', { name: 'ci-1', paidUntil: soon });
    const evidence = [makeEvidence('1', [makeRun('yes', NOON - HOUR, NOON)])];
    const { books } = commitOf({ vms: [vm], books: { evidence }, reaps: [makeReap()] });
    expect(books.claims).toMatchObject([{ vmId: '1', origin: 'reaped', policy: 'reap-ci', state: 'parked' }]);
    const closed = books.intents.map((intent) => ({ ...intent, state: 'refused' as const, closedAt: NOON }));
    const busy = [makeEvidence('1', [makeRun('no', NOON - MINUTE, NOON)])];
    const later = commitOf({ vms: [vm], books: { ...books, intents: closed, evidence: busy }, reaps: [makeReap()] });
    expect(later.books.claims).toEqual([]);
    const waiting = commitOf({ vms: [vm], books: { ...books, evidence: busy }, reaps: [makeReap()] });
    expect(waiting.books.claims).toEqual([]);
    const calling = books.intents.map((intent) => ({ ...intent, state: 'calling' as const, calledAt: NOON }));
    const begun = commitOf({ vms: [vm], books: { ...books, intents: calling, evidence: busy }, reaps: [makeReap()] });
    expect(begun.books.claims.length).toBe(1);
  });

  it('of a foreign VM that were refused are planned by its evidence anew, and ask it again before the call', () => {
    const vm = makeVm('1', { name: 'ci-1', paidUntil: soon });
    const evidence = [makeEvidence('1', [makeRun('yes', NOON - HOUR, NOON)])];
    const first = commitOf({ vms: [vm], books: { evidence }, reaps: [makeReap()] });
    const outcome = { result: 'failed' as const, text: 'refused' };
    const intents = first.books.intents.map((intent) => {
      const targets = intent.delete!.targets.map((target) => ({ ...target, outcome }));
      return { ...intent, state: 'done' as const, closedAt: NOON - MINUTE, delete: { targets } };
    });
    const again = commitOf({ vms: [vm], books: { ...first.books, intents }, reaps: [makeReap()], draws: ['yyyy'] });
    expect(again.intents[0]!.delete!.targets).toMatchObject([{ reaped: true, reason: 'idle' }]);
    const busy = [makeEvidence('1', [makeRun('no', NOON - MINUTE, NOON)])];
    const kept = commitOf({ vms: [vm], books: { ...first.books, intents, evidence: busy }, reaps: [makeReap()] });
    expect([kept.intents, kept.books.claims]).toEqual([[], []]);
  });

  it('of a foreign VM keep its claim while they wait in the queue and are still wanted', () => {
    const vm = makeVm('1', { name: 'ci-1', paidUntil: soon });
    const evidence = [makeEvidence('1', [makeRun('yes', NOON - HOUR, NOON)])];
    const first = commitOf({ vms: [vm], books: { evidence }, reaps: [makeReap()] });
    const again = commitOf({ vms: [vm], books: first.books, reaps: [makeReap()] });
    expect(again.books.claims.length).toBe(1);
    expect(again.intents).toEqual([]);
  });

  it('of what was bought and is not what was ordered leave it parked when they are let go: it takes nobody’s place', () => {
    const place = { country: 'DE', city: 'FRA', cityIndex: 1, tier: 4, certifications: [] };
    const vms = [makeVm('wrong', { place, paidUntil: soon }), makeVm('right')];
    const claims = [
      makeClaim('wrong', { state: 'parked', unwanted: 'mismatched', paidUntil: soon }),
      makeClaim('right'),
    ];
    const fleets = [makeFleet()];
    const queued = commitOf({ vms, books: { claims }, fleets });
    expect(queued.intents[0]!.delete!.targets).toMatchObject([{ vmId: 'wrong', reason: 'mismatched' }]);
    const handles = { freeze: { since: NOON, why: '' }, protect: [], approvals: [] };
    const frozen = commitOf({ vms, books: { ...queued.books, handles }, fleets, draws: ['yyyy'] });
    expect(frozen.books.intents[0]!.state).toBe('refused');
    expect(frozen.books.claims).toMatchObject([{ state: 'parked', unwanted: 'mismatched' }, { state: 'member' }]);
  });

  it('that are called for again keep their first call and name the new intent', () => {
    const deletion = { intent: 'x', calledAt: NOON - HOUR };
    const doomed: Claim = makeClaim('1', { state: 'doomed', unwanted: 'surplus', deletion });
    const { books, intents } = commitOf({ vms: [makeVm('1')], books: { claims: [doomed] }, fleets: [unwanted] });
    expect(intents[0]!.delete!.targets[0]!.reason).toBe('deletion-retry');
    expect(books.claims[0]).toMatchObject({
      state: 'doomed',
      unwanted: 'surplus',
      deletion: { intent: intents[0]!.id, calledAt: NOON - HOUR },
    });
  });
});

describe('a product that does one thing at a time', () => {
  const abilities = CLOUD_ABILITIES;

  it('gets an intent for each VM that is bought, under the name that the VM keeps', () => {
    const { intents } = commitOf({ vms: [], abilities, fleets: [makeFleet({ demand: demandOf([[0, 3]]) })] });
    expect(intents.map(({ kind, deploy }) => [kind, deploy?.count])).toEqual([
      ['deploy', 1],
      ['deploy', 1],
      ['deploy', 1],
    ]);
    for (const { id, deploy } of intents)
      expect(parseMemberName(deploy!.vmName, INSTALLATION)).toEqual({ fleet: 'web', intent: id, index: 0 });
  });

  it('gets an intent for each deletion, the earliest boundary first', () => {
    const vms = ['a', 'b', 'c'].map((id, index) => makeVm(id, { paidUntil: soon - index }));
    const claims = vms.map((vm) => makeClaim(vm.id));
    const { intents, books } = commitOf({ vms, abilities, books: { claims }, fleets: [unwanted] });
    expect(intents.map((intent) => intent.delete!.targets.map(({ vmId }) => vmId))).toEqual([['c'], ['b'], ['a']]);
    expect(books.claims.map((claim) => claim.state)).toEqual(['parked', 'parked', 'parked']);
  });

  it('gets an intent for each new name', () => {
    const name = `web-${INSTALLATION}${intentId('aaaa')}`;
    const vms = ['a', 'b'].map((id) => makeVm(id, { name }));
    const claims = vms.map((vm) => makeClaim(vm.id, { intent: intentId('aaaa') }));
    const { intents } = commitOf({
      vms,
      abilities,
      books: { claims },
      fleets: [makeFleet({ demand: demandOf([[0, 2]]) })],
    });
    expect(intents.map((intent) => intent.rename?.targets.length)).toEqual([1, 1]);
  });
});

describe('ids of intents', () => {
  it('are ours, unused, and never all digits', () => {
    const digits = ALPHABET.slice(0, 10);
    const numeric = [...digits].flatMap((a) => [...digits].map((b) => `00${a}${b}`));
    const vms = idsOf(300).map((id) => makeVm(id, { paidUntil: soon }));
    const claims = vms.map((vm) => makeClaim(vm.id, { paidUntil: soon, policy: vm.id }));
    const fleets = vms.map((vm) => makeFleet({ name: vm.id, demand: demandOf([]) }));
    const { intents } = commitOf({ vms, books: { claims }, fleets, draws: [...numeric, ...numeric] });
    expect(intents.length).toBe(300);
    expect(new Set(intents.map(({ id }) => id)).size).toBe(300);
    for (const { id } of intents) {
      expect(isIntentIdOf(id, INSTALLATION)).toBe(true);
      expect(id).not.toMatch(/^\d+$/);
    }
  });
});

describe('an id', () => {
  it('that a member or a name still bears is drawn for nothing else, though its intent was forgotten', () => {
    const [claimed, named] = [intentId('k3f9'), intentId('m4g8')];
    const vms = [makeVm('1'), makeVm('2', { name: `web-${INSTALLATION}${named}` })];
    const books = { claims: [makeClaim('1', { intent: claimed })] };
    const fleets = [makeFleet({ demand: demandOf([[0, 3]]) })];
    const { intents } = commitOf({ vms, books, fleets, draws: ['k3f9', 'm4g8', 'n5h7'] });
    expect(intents.flatMap(({ id, deploy }) => (deploy === undefined ? [] : [id]))).toEqual([intentId('n5h7')]);
  });
});

describe('deploys', () => {
  it('are written down with the name that their VMs will bear', () => {
    const { intents, commit } = commitOf({ vms: [], fleets: [makeFleet({ demand: demandOf([[0, 3]]) })] });
    const [intent] = intents;
    expect(intent).toMatchObject({ kind: 'deploy', state: 'planned', calledAt: undefined, generation: 1 });
    expect(intent!.deploy).toMatchObject({ count: 3, vmIds: [] });
    expect(parseMemberName(intent!.deploy!.vmName, INSTALLATION)).toEqual({
      fleet: 'web',
      intent: intent!.id,
      index: undefined,
    });
    expect(commit.ledger.map((entry) => entry.event)).toEqual(['intent']);
  });
});

describe('marks', () => {
  it('park and take back, each once, and say so', () => {
    const vms = [makeVm('1'), makeVm('2')];
    const members = [makeClaim('1'), makeClaim('2')];
    const parked = commitOf({ vms, books: { claims: members }, fleets: [makeFleet({ demand: demandOf([[0, 1]]) })] });
    expect(parked.books.claims.map((claim) => claim.state)).toEqual(['parked', 'member']);
    expect(parked.commit.ledger.map((entry) => entry.event)).toEqual(['parked']);
    const back = commitOf({ vms, books: parked.books, fleets: [makeFleet({ demand: demandOf([[0, 2]]) })] });
    expect(back.books.claims.map((claim) => [claim.state, claim.unwanted])).toEqual([
      ['member', undefined],
      ['member', undefined],
    ]);
    expect(back.commit.ledger.map((entry) => entry.event)).toEqual(['taken-back']);
  });

  it('join with what the look itself changed about the same claim', () => {
    const fresh = makeClaim('1', { seenAt: undefined, activeAt: undefined });
    const { commit } = commitOf({ vms: [makeVm('1')], books: makeBooks({ claims: [fresh] }), fleets: [unwanted] });
    const changes = commit.changes.filter((change) => change.kind === 'claim');
    expect(changes).toMatchObject([{ expect: 'member', claim: { state: 'parked', seenAt: NOON } }]);
  });
});
