import { describe, expect, it } from 'vitest';
import type { Books } from '../../../src/core/books.js';
import type { FleetPolicy, Orphan, OrphansPolicy } from '../../../src/core/policy-types.js';
import type { Part, Vm } from '../../../src/core/types.js';
import {
  deletedIds,
  holdCodes,
  HOUR,
  INSTALLATION,
  intentId,
  makeClaim,
  makeFleet,
  makeNotes,
  makeOrphans,
  makePart,
  makeSnapshot,
  makeVm,
  MINUTE,
  NO_RAILS,
  NOON,
  planOf,
} from '../samples.js';

const OWN = `web-${INSTALLATION}${intentId('7k3f')}00-b`;
/** Its deletion is due. */
const DUE = NOON + 3 * MINUTE;
const since = NOON - 2 * HOUR;

interface Given {
  readonly parts?: readonly Part[] | undefined;
  readonly vms?: readonly Vm[];
  readonly policies?: readonly OrphansPolicy[];
  readonly books?: Partial<Books>;
  readonly since?: number;
  readonly looks?: number;
  readonly protect?: readonly string[];
  readonly rails?: typeof NO_RAILS;
  readonly isProtected?: () => boolean;
  readonly fleets?: readonly FleetPolicy[];
}

function plan(given: Given) {
  const { vms = [], policies = [makeOrphans()], books = {}, protect = [], rails = NO_RAILS } = given;
  const parts = 'parts' in given ? given.parts : [];
  const ids = [...(parts ?? []), ...vms].map(({ id }) => ({
    id,
    since: given.since ?? since,
    looks: given.looks ?? 3,
  }));
  const handles = { freeze: undefined, protect, approvals: [] };
  const snapshot = makeSnapshot(vms, { notes: makeNotes({ idleSince: ids }), handles, ...books });
  const inventory = { ...snapshot.inventory, ...(parts === undefined ? {} : { leftovers: parts }) };
  const { isProtected, fleets = [] } = given;
  const facts = { orphans: policies, ...(isProtected === undefined ? {} : { isProtected }) };
  return planOf({ ...snapshot, inventory }, { fleets, policies: facts, settings: { rails } });
}

function disk(over: Partial<Part> = {}): Part {
  return makePart('d1', { paidUntil: DUE, ...over });
}

describe('a part that is attached to nothing', () => {
  it('is removed in time before its own boundary, with what that saves', () => {
    expect(plan({ parts: [disk()] }).actions).toMatchObject([
      { kind: 'delete', part: 'boot-disk', vm: { id: 'd1' }, boundary: DUE, saves: 2_750n, reason: { code: 'orphan' } },
    ]);
  });

  it('waits for its deadline, and is told with it', () => {
    const { actions, holds, charges, orphans } = plan({ parts: [disk({ paidUntil: NOON + 50 * MINUTE })] });
    expect(actions).toEqual([]);
    expect(holds).toMatchObject([{ reason: { code: 'orphan' }, boundary: NOON + 50 * MINUTE, charge: 2_750n }]);
    expect(charges).toMatchObject([{ part: { kind: 'boot-disk', id: 'd1' }, cost: 2_750n, fate: 'delete' }]);
    expect(orphans).toMatchObject([{ policy: 'tidy', parts: 1, vms: 0, perDay: 66_000n }]);
  });

  it('goes at once where the policy says so, even without a boundary', () => {
    const policies = [makeOrphans({ deleteAt: 'now' })];
    expect(deletedIds(plan({ parts: [disk({ paidUntil: undefined })], policies }))).toEqual(['d1']);
  });

  it.each<[string, Given, string]>([
    [
      'was seen free for too short a time, however old it is',
      { parts: [disk()], since: NOON - 30 * MINUTE },
      'too-young',
    ],
    ['is protected by its name', { parts: [disk({ name: 'keep' })], protect: ['keep'] }, 'protected'],
    ['is not told as attached to nothing', { parts: [disk({ attachedTo: undefined })] }, 'in-use'],
    ['is attached to something', { parts: [disk({ attachedTo: ['v9'] })] }, 'in-use'],
    ['is listed with a VM that is there', { parts: [disk()], vms: [makeVm('v1', { parts: [disk()] })] }, 'in-use'],
    ['may not be removed now', { parts: [disk({ mayBeDeleted: false })] }, 'in-use'],
    ['is on its way out', { parts: [disk({ status: 'removing' })] }, 'deleting'],
    ['has no boundary', { parts: [disk({ paidUntil: undefined })] }, 'boundary-unknown'],
    ['waits for its charge', { parts: [disk({ paidUntil: NOON - MINUTE })] }, 'charge-pending'],
    [
      'is looked for by a policy that observes',
      { parts: [disk()], policies: [makeOrphans({ mode: 'observe' })] },
      'observing',
    ],
  ])('stays when it %s', (_, given, code) => {
    const made = plan(given);
    expect(deletedIds(made)).toEqual([]);
    expect(holdCodes(made, 'd1')).toContain(code);
  });

  it('needs `select` when this installation did not make it', () => {
    const parts = [disk(), makePart('d2', { paidUntil: DUE, name: OWN })];
    expect(deletedIds(plan({ parts, policies: [makeOrphans({ select: undefined })] }))).toEqual(['d2']);
    const named = makeOrphans({ select: ({ id }: Orphan) => id === 'd1' });
    expect(deletedIds(plan({ parts, policies: [named] }))).toEqual(['d1']);
  });

  it.each([
    ['of a fleet that is gone', { policy: 'gone', made: 'for-it' }],
    ['that may not have been made for its VM', { policy: 'web', made: 'untold' }],
  ] as const)('that an ended VM left, %s, needs `select` too', (_what, over) => {
    const facts = { kind: 'boot-disk', id: 'd1', name: OWN, price: undefined, paidUntil: DUE } as const;
    const of = { vmId: 'v1', vmName: 'x', vmCreatedAt: undefined, intent: undefined, since, isBegun: false };
    const notes = makeNotes({ leftParts: [{ ...facts, ...of, ...over }], idleSince: [{ id: 'd1', since }] });
    const given = (select: OrphansPolicy['select']) => ({
      parts: [disk({ name: OWN })],
      policies: [makeOrphans({ select })],
      books: { notes },
    });
    expect(deletedIds(plan(given(undefined)))).toEqual([]);
    expect(deletedIds(plan(given(({ id }) => id === 'd1')))).toEqual(['d1']);
    // What `protect` may mean, and what a fleet that only observes left, no `select` reaches.
    const protecting = { ...given(() => true), isProtected: () => true };
    expect(deletedIds(plan(protecting))).toEqual([]);
    const observing = { ...given(() => true), fleets: [makeFleet({ mode: 'observe' })] };
    expect(deletedIds(plan(observing))).toEqual(over.policy === 'web' ? [] : ['d1']);
  });

  it('is deleted under the rails: too many at once need an approval', () => {
    const parts = Array.from({ length: 8 }, (_, index) => makePart(`d${index}`, { paidUntil: DUE }));
    const rails = {
      ...NO_RAILS,
      deletes: { perPlan: { count: 3, percent: 100 }, perHour: { count: 3, percent: 100 } },
    };
    const refused = plan({ parts, rails });
    expect(deletedIds(refused)).toEqual([]);
    expect(refused.refused).toMatchObject([{ policy: 'tidy', rail: 'deletes.perPlan' }]);
    expect(refused.refused[0]!.targets).toHaveLength(8);
  });

  it("is one policy's where two mean it, and nobody's where all leftovers are not told", () => {
    const policies = [makeOrphans(), makeOrphans({ name: 'tidy2' })];
    expect(plan({ parts: [disk()], policies }).actions).toHaveLength(1);
    expect(plan({ parts: undefined }).actions).toEqual([]);
  });
});

describe('an ended VM of the marketplace that locks its reserve', () => {
  const ended = makeVm('v1', { name: 'old', status: 'terminated', statusText: 'Terminated', paidUntil: undefined });

  it('has its record deleted, once its end is beyond doubt', () => {
    expect(plan({ vms: [ended] }).actions).toMatchObject([
      { kind: 'delete', vm: { id: 'v1' }, recordOnly: true, saves: 0n, reason: { code: 'orphan' } },
    ]);
    expect(plan({ vms: [ended] }).orphans).toMatchObject([{ vms: 1, locked: 306_980n }]);
  });

  it.each<[string, Given]>([
    ['runs', { vms: [makeVm('v1')] }],
    ['locks nothing', { vms: [{ ...ended, reserved: 0n }] }],
    ['ended a moment ago', { vms: [ended], since: NOON - MINUTE }],
    [
      'ended less than ten minutes ago',
      { vms: [ended], since: NOON - 9 * MINUTE, policies: [makeOrphans({ minAgeMillis: 0 })] },
    ],
    ['was shown so by two looks', { vms: [ended], looks: 2 }],
    ['is protected', { vms: [ended], protect: ['old'] }],
    ['bears our name and is not in the books', { vms: [{ ...ended, name: OWN.slice(0, -2) }] }],
    ['is foreign, and nothing selects it', { vms: [ended], policies: [makeOrphans({ select: undefined })] }],
    [
      'is doomed already',
      { vms: [ended], books: { claims: [makeClaim('v1', { state: 'doomed', origin: 'reaped' })] } },
    ],
  ])('is left alone when it %s', (_, given) => {
    expect(plan(given).actions.filter(({ reason }) => reason.code === 'orphan')).toEqual([]);
  });

  it('of a policy that is gone needs no select: this installation bought it', () => {
    const claim = makeClaim('v1', { policy: 'gone' });
    const policies = [makeOrphans({ select: undefined })];
    const books = { claims: [claim], notes: makeNotes({ idleSince: [{ id: 'v1', since, looks: 3 }] }) };
    expect(deletedIds(plan({ vms: [ended], policies, books }))).toEqual(['v1']);
  });
});
