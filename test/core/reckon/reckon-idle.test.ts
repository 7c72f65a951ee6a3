// Since when what serves nobody was seen so, over several looks, and what a person's hand makes of it.
import { describe, expect, it } from 'vitest';
import type { Books } from '../../../src/core/books.js';
import { planAccount } from '../../../src/core/plan.js';
import { reckonSnapshot } from '../../../src/core/reckon/reckon.js';
import type { Part, Vm } from '../../../src/core/types.js';
import {
  CLOUD_ABILITIES,
  deletedIds,
  holdCodes,
  HOUR,
  INSTALLATION,
  intentId,
  makeBooks,
  makeClaim,
  makeIntent,
  makeNotes,
  makeOrphans,
  makePart,
  makePolicies,
  makeSettings,
  makeSnapshot,
  makeVm,
  MINUTE,
  NO_RAILS,
  NOON,
} from '../samples.js';

const settings = makeSettings({ product: 'cloud', periodMillis: HOUR, rails: NO_RAILS });
const NAME = `web-${INSTALLATION}${intentId('7k3f')}00`;
const tidy = makeOrphans({ select: undefined, minAgeMillis: 5 * MINUTE, deleteAt: 'now' });

function look(books: Books, at: number, vms: readonly Vm[], leftovers?: readonly Part[], policy = tidy) {
  const policies = makePolicies({ orphans: [policy] });
  const whole = makeSnapshot(vms, {}, { at, books, product: 'cloud', abilities: CLOUD_ABILITIES });
  const inventory = { ...whole.inventory, ...(leftovers === undefined ? {} : { leftovers }) };
  const { snapshot } = reckonSnapshot({ ...whole, inventory }, policies, settings);
  const notes = { ...snapshot.books.notes, lastCompleteLook: { at, vms: vms.length } };
  return { books: { ...snapshot.books, notes }, plan: planAccount({ snapshot, policies, settings }) };
}

const free = makePart('d1', { name: `${NAME}-0`, attachedTo: [], paidUntil: NOON + 50 * MINUTE });
const running = makeVm('v1', { name: NAME, parts: [] });
const ended = makeVm('v1', { name: NAME, status: 'terminated', statusText: 'terminated', parts: [] });

describe('a disk that bears our name and is attached to nothing', () => {
  it('is old from the first look that showed it so', () => {
    const first = look(makeBooks(), NOON, [], [free]);
    expect(first.books.notes.idleSince).toEqual([{ id: 'd1', since: NOON }]);
    expect(holdCodes(first.plan, 'd1')).toEqual(['too-young']);
    const second = look(first.books, NOON + 6 * MINUTE, [], [free]);
    expect(second.books.notes.idleSince).toEqual([{ id: 'd1', since: NOON }]);
    expect(deletedIds(second.plan)).toEqual(['d1']);
  });

  it('begins anew when it was attached in between', () => {
    const first = look(makeBooks(), NOON, [], [free]);
    const used = look(first.books, NOON + MINUTE, [running], []);
    const again = look(used.books, NOON + 6 * MINUTE, [], [free]);
    expect(again.books.notes.idleSince).toEqual([{ id: 'd1', since: NOON + 6 * MINUTE }]);
  });

  it('stays as it was known while a listing tells no leftovers', () => {
    const first = look(makeBooks(), NOON, [], [free]);
    const mute = look(first.books, NOON + MINUTE, []);
    expect(mute.books.notes.idleSince).toEqual([{ id: 'd1', since: NOON }]);
  });
});

describe('a disk that somebody took from our VM while that ran', () => {
  const first = look(makeBooks(), NOON, [running], [free]);
  const later = look(first.books, NOON + 6 * MINUTE, [ended], [free]);

  it('is held, and stays so after the end of the VM', () => {
    expect(holdCodes(look(first.books, NOON + 6 * MINUTE, [running], [free]).plan, 'd1')).toEqual(['taken-by-hand']);
    expect(holdCodes(later.plan, 'd1')).toEqual(['taken-by-hand']);
    expect(later.plan.holds.map(({ reason }) => reason.text).join()).toContain(`took it from ${NAME}`);
  });

  it('is known by the books, where the VM has another name by now', () => {
    const part = { ...free, kind: 'data-disk', made: 'for-it' } as const;
    const books = makeBooks({ claims: [makeClaim('v1', { vmName: NAME, parts: [part], activeAt: NOON - HOUR })] });
    const renamed = { ...running, name: 'kim-s-machine' };
    expect(look(books, NOON, [renamed], [free]).books.notes.takenParts).toMatchObject({ d1: { vmId: 'v1' } });
  });

  it('goes by a policy that names it', () => {
    const named = { ...tidy, select: ({ id }: { id: string }) => id === 'd1' };
    expect(deletedIds(look(later.books, NOON + 7 * MINUTE, [], [free], named).plan)).toEqual(['d1']);
  });

  it.each(['unknown', 'launching'] as const)('is known though its VM is %s at that look', (status) => {
    const seen = look(makeBooks(), NOON, [{ ...running, status, statusText: status }], [free]);
    expect(holdCodes(look(seen.books, NOON + 6 * MINUTE, [running], [free]).plan, 'd1')).toEqual(['taken-by-hand']);
  });

  it('stays so while it serves another VM, and after that', () => {
    const other = makeVm('v9', { name: 'kims', parts: [{ ...free, attachedTo: ['v9'] }] });
    const used = look(later.books, NOON + 7 * MINUTE, [other], []);
    const left = look(used.books, NOON + 8 * MINUTE, [], [free]);
    expect(holdCodes(look(left.books, NOON + 14 * MINUTE, [], [free]).plan, 'd1')).toEqual(['taken-by-hand']);
  });

  it("is its VM's own again when it goes back there", () => {
    const back = look(first.books, NOON + MINUTE, [{ ...running, parts: [{ ...free, attachedTo: ['v1'] }] }], []);
    expect(back.books.notes.takenParts).toBeUndefined();
  });
});

describe('a disk that was made for a member', () => {
  const part = { ...free, kind: 'data-disk', made: 'for-it' } as const;
  const named = { ...running, name: 'kim-s-machine', createdAt: NOON - HOUR };
  const open = () =>
    makeBooks({
      claims: [makeClaim('v1', { vmName: named.name, parts: [part], activeAt: NOON - HOUR })],
      notes: makeNotes({ lastCompleteLook: { at: NOON - MINUTE, vms: 1 } }),
    });

  it('and that somebody moved straight to another VM is remembered as taken', () => {
    const other = makeVm('v9', { name: 'kims', parts: [{ ...free, attachedTo: ['v9'] }] });
    const moved = look(open(), NOON, [named, other], []);
    expect(moved.books.notes.takenParts).toEqual({ d1: { vmId: 'v1', vmName: 'kim-s-machine', wasAttached: true } });
    const left = look(moved.books, NOON + MINUTE, [named], [free]);
    expect(holdCodes(look(left.books, NOON + 8 * MINUTE, [named], [free]).plan, 'd1')).toEqual(['taken-by-hand']);
  });

  it.each(['launching', 'unknown', 'failed'] as const)(
    'and that somebody took while that was %s stays when its VM ends, and is told as taken',
    (status) => {
      const odd = { ...named, status, statusText: status, parts: [] };
      const seen = look(open(), NOON, [odd], [free]);
      const again = look(seen.books, NOON + MINUTE, [odd], [free]);
      const over = { ...named, status: 'terminated', statusText: 'terminated', parts: [] } as const;
      const ended = look(again.books, NOON + 2 * MINUTE, [over], [free]);
      expect(ended.books.notes.leftParts).toBeUndefined();
      expect(holdCodes(look(ended.books, NOON + 9 * MINUTE, [], [free]).plan, 'd1')).toEqual(['taken-by-hand']);
    },
  );

  it('and was never seen attached goes after it, though it was free while that came up', () => {
    const claim = makeClaim('v1', { vmName: NAME, intent: intentId('7k3f'), seenAt: undefined, activeAt: undefined });
    const books = makeBooks({
      claims: [{ ...claim, claimedAt: NOON - MINUTE }],
      notes: makeNotes({ lastCompleteLook: { at: NOON - MINUTE, vms: 1 } }),
    });
    const disk = { ...free, createdAt: NOON - MINUTE };
    const coming = { ...running, status: 'launching', statusText: 'launching', createdAt: NOON - MINUTE } as const;
    const seen = look(books, NOON, [coming], [disk]);
    const failed = look(seen.books, NOON + MINUTE, [{ ...coming, status: 'terminated', statusText: 'over' }], [disk]);
    expect(failed.books.notes.leftParts?.map(({ id }) => id)).toEqual(['d1']);
  });

  it('and that somebody attached elsewhere after the end of its VM is too', () => {
    const gone = look(open(), NOON, [{ ...named, status: 'terminated', statusText: 'terminated', parts: [] }], [free]);
    expect(gone.books.notes.leftParts).toHaveLength(1);
    const other = makeVm('v9', { name: 'kims', parts: [{ ...free, attachedTo: ['v9'] }] });
    const used = look(gone.books, NOON + MINUTE, [other], []);
    expect(used.books.notes).toMatchObject({ takenParts: { d1: { vmId: 'v1' } } });
  });
});

describe('a VM that has ended, on the marketplace', () => {
  it('counts the looks that showed it so, one an instant, three at most', () => {
    const counts: (number | undefined)[] = [];
    let books = makeBooks();
    for (const minute of [0, 0, 1, 2, 3]) {
      const at = NOON + minute * MINUTE;
      const { snapshot } = reckonSnapshot(makeSnapshot([ended], {}, { at, books }), makePolicies(), makeSettings());
      books = { ...snapshot.books, notes: { ...snapshot.books.notes, lastCompleteLook: { at, vms: 1 } } };
      counts.push(books.notes.idleSince?.[0]?.looks);
    }
    expect(counts).toEqual([1, 1, 2, 3, 3]);
  });

  it('is forgotten when it leaves the list, which tells no parts either: notes must not grow with every VM that ended', () => {
    const lookAt = (at: number, vms: readonly Vm[], books: Books): Books =>
      reckonSnapshot(makeSnapshot(vms, {}, { at, books }), makePolicies(), makeSettings()).snapshot.books;
    const seen = lookAt(NOON, [ended, makeVm('v2')], makeBooks());
    expect(seen.notes.idleSince?.map(({ id }) => id)).toEqual(['v1']);
    expect(lookAt(NOON + MINUTE, [makeVm('v2')], seen).notes.idleSince).toBeUndefined();
  });
});

describe('a disk that a policy had removed because it served nobody', () => {
  const outcome = { result: 'accepted', text: '' } as const;
  const target = {
    kind: 'data-disk',
    partId: 'd1',
    name: 'old',
    boundary: NOON + 50 * MINUTE,
    saves: 7n,
    outcome,
  } as const;
  const { deploy: _, ...anIntent } = makeIntent(intentId('aaaa'));
  const removal = {
    ...anIntent,
    kind: 'remove-parts',
    policy: 'tidy',
    state: 'done',
    calledAt: NOON + MINUTE,
    closedAt: NOON + MINUTE,
    removeParts: { targets: [{ ...target, reason: 'orphan' }] },
  } as const;
  const before = makeBooks({ intents: [removal], notes: makeNotes({ idleSince: [{ id: 'd1', since: NOON }] }) });
  const tellAt = (at: number, vms: readonly Vm[], leftovers: readonly Part[], books = before) => {
    const whole = makeSnapshot(vms, {}, { at, books, product: 'cloud', abilities: CLOUD_ABILITIES });
    const reckoned = reckonSnapshot(
      { ...whole, inventory: { ...whole.inventory, leftovers } },
      makePolicies({ orphans: [tidy] }),
      settings,
    );
    return { books: reckoned.snapshot.books, told: reckoned.ledger.filter(({ event }) => event === 'part-removed') };
  };
  const other = makeVm('v9');

  it('is told as gone once, with what that avoided', () => {
    const { books, told } = tellAt(NOON + 2 * MINUTE, [other], []);
    expect(told).toMatchObject([
      {
        policy: 'tidy',
        vmId: 'd1',
        vmName: 'old',
        money: 7n,
        text: 'old is gone 1m after the call, 48m before its boundary',
      },
    ]);
    expect(tellAt(NOON + 3 * MINUTE, [other], [], books).told).toEqual([]);
  });

  it('avoided nothing when it went after its boundary', () => {
    expect(tellAt(NOON + HOUR, [other], []).told).toMatchObject([
      { money: undefined, text: 'old is gone 59m after the call' },
    ]);
  });

  it('is not told as gone while it is listed, before the call, or once it serves a VM', () => {
    expect(tellAt(NOON + 2 * MINUTE, [other], [free]).told).toEqual([]);
    expect(tellAt(NOON + 30_000, [other], []).told).toEqual([]);
    const user = makeVm('v9', { parts: [{ ...free, attachedTo: ['v9'] }] });
    expect(tellAt(NOON + 2 * MINUTE, [user], []).told).toEqual([]);
  });
});
