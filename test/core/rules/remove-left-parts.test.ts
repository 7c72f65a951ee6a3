import { describe, expect, it } from 'vitest';
import type { Intent, PartTarget } from '../../../src/core/books.js';
import type { LeftPart } from '../../../src/core/part-books.js';
import type { PolicySet } from '../../../src/core/policy-types.js';
import type { Part, Vm } from '../../../src/core/types.js';
import {
  deletedIds,
  holdCodes,
  HOUR,
  makeFleet,
  makeIntent,
  makeNotes,
  makePart,
  makeSnapshot,
  makeVm,
  MINUTE,
  NOON,
  planOf,
} from '../samples.js';

function makeLeft(over: Partial<LeftPart> = {}): LeftPart {
  return {
    kind: 'boot-disk',
    id: 'd1',
    name: 'web-b',
    price: { amount: 2_750n, periodMillis: HOUR },
    paidUntil: NOON + 30 * MINUTE,
    made: 'for-it',
    vmId: 'v1',
    vmName: 'web-1',
    vmCreatedAt: NOON - HOUR,
    policy: 'web',
    intent: 'abc',
    since: NOON - MINUTE,
    isBegun: false,
    ...over,
  };
}

interface Given {
  readonly left?: Partial<LeftPart>;
  /** null: leftovers aren't told. */
  readonly parts?: readonly Part[] | null;
  readonly vms?: readonly Vm[];
  readonly intents?: readonly Intent[];
  readonly protect?: readonly string[];
  readonly fleets?: readonly ReturnType<typeof makeFleet>[];
  readonly policies?: Partial<PolicySet>;
  readonly frozenBy?: string;
}

function plan({ left = {}, parts, vms = [], intents = [], protect = [], fleets, policies = {}, frozenBy }: Given) {
  const notes = makeNotes({ leftParts: [makeLeft(left)] });
  const handles = { freeze: undefined, protect, approvals: [] };
  const snapshot = makeSnapshot(vms, { notes, handles, intents }, { frozenBy });
  const leftovers = parts === null ? {} : { leftovers: parts ?? [makePart('d1')] };
  const seen = { ...snapshot, inventory: { ...snapshot.inventory, ...leftovers } };
  return planOf(seen, {
    fleets: fleets ?? [makeFleet({ demand: () => [{ at: 0, wanted: 0, window: undefined }] })],
    policies,
  });
}

const target: PartTarget = {
  kind: 'boot-disk',
  partId: 'd1',
  name: 'web-b',
  boundary: undefined,
  reason: 'left-behind',
};

function removal(over: Partial<Intent>, outcome?: PartTarget['outcome']): Intent {
  const targets = [{ ...target, ...(outcome === undefined ? {} : { outcome }) }];
  return makeIntent('abcdef', { kind: 'remove-parts', removeParts: { targets }, ...over });
}

describe('what an ended VM left behind', () => {
  it('is removed at once, outside the caps, with what that saves', () => {
    expect(plan({}).actions).toMatchObject([
      {
        kind: 'delete',
        part: 'boot-disk',
        vm: { id: 'd1' },
        saves: 2_750n,
        railExempt: true,
        reason: { code: 'left-behind' },
      },
    ]);
  });

  it('goes though its policy is gone or observes, when its VM was deleted by us', () => {
    expect(deletedIds(plan({ left: { isBegun: true }, fleets: [] }))).toEqual(['d1']);
    expect(deletedIds(plan({ left: { isBegun: true }, fleets: [makeFleet({ mode: 'observe' })] }))).toEqual(['d1']);
  });

  it.each<[string, Given, string]>([
    ['leftovers are not told', { parts: null }, 'in-use'],
    ['it is not among them yet', { parts: [] }, 'in-use'],
    ['somebody uses it', { parts: [makePart('d1', { attachedTo: ['v2'] })] }, 'in-use'],
    ['its use is not told', { parts: [makePart('d1', { attachedTo: undefined })] }, 'in-use'],
    ['a VM that is there shows it', { vms: [makeVm('v2', { parts: [makePart('d1')] })] }, 'in-use'],
    ['the service does not allow it', { parts: [makePart('d1', { mayBeDeleted: false })] }, 'in-use'],
    ['nobody tells whose it is', { left: { made: 'untold' } }, 'in-use'],
    ['it is on its way out', { parts: [makePart('d1', { status: 'removing' })] }, 'deleting'],
    ['its removal waits in the queue', { intents: [removal({ state: 'planned', calledAt: undefined })] }, 'deleting'],
    [
      'its removal was accepted just now',
      { intents: [removal({ calledAt: NOON - 5_000, closedAt: NOON - 5_000 }, { result: 'accepted', text: '' })] },
      'deleting',
    ],
    [
      'its removal was refused just now',
      { intents: [removal({ calledAt: NOON - 5_000, closedAt: NOON - 5_000 }, { result: 'failed', text: '' })] },
      'deleting',
    ],
    ['its VM is protected by hand', { protect: ['web-1'] }, 'protected'],
    ['it is protected by hand', { left: { isBegun: true }, protect: ['d1'] }, 'protected'],
    ['`protect` may mean its VM', { policies: { isProtected: ({ id }) => id === 'v1' } }, 'protected'],
    ['its policy is gone and the provider ended its VM', { fleets: [] }, 'unclaimed'],
    ['its policy observes and the provider ended its VM', { fleets: [makeFleet({ mode: 'observe' })] }, 'observing'],
    ['all is frozen', { frozenBy: 'a file' }, 'frozen'],
  ])('stays while %s', (_, given, code) => {
    const made = plan(given);
    expect(deletedIds(made)).toEqual([]);
    expect(holdCodes(made, 'd1')).toContain(code);
  });

  it('is called for again when a minute after an accepted call it is still there', () => {
    const called = { calledAt: NOON - MINUTE, closedAt: NOON - MINUTE };
    expect(deletedIds(plan({ intents: [removal(called, { result: 'accepted', text: '' })] }))).toEqual(['d1']);
  });
});
