// Disks and addresses as looks show them: late, taken away, given back, left behind. Each belongs to the purchase that made it.
import { describe, expect, it } from 'vitest';
import type { Books, Claim } from '../../../src/core/books.js';
import { wantAlways } from '../../../src/core/demand.js';
import { planAccount } from '../../../src/core/plan.js';
import { reckonSnapshot } from '../../../src/core/reckon/reckon.js';
import type { Part, Vm } from '../../../src/core/types.js';
import {
  CLOUD_ABILITIES,
  deletedIds,
  HOUR,
  INSTALLATION,
  intentId,
  makeBooks,
  makeClaim,
  makeFleet,
  makeNotes,
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
const policies = makePolicies({ fleets: [makeFleet({ demand: wantAlways(1) })] });
const INTENT = intentId('7k3f');
const NAME = `web-${INSTALLATION}${INTENT}00`;
const BORN = NOON - HOUR;
const hourly = (amount: bigint) => ({ amount, periodMillis: HOUR });

function look(books: Books, at: number, vms: readonly Vm[], leftovers: readonly Part[] = []) {
  const whole = makeSnapshot(vms, {}, { at, books, product: 'cloud', abilities: CLOUD_ABILITIES });
  const observed = { ...whole, inventory: { ...whole.inventory, leftovers } };
  const { snapshot, ledger } = reckonSnapshot(observed, policies, settings);
  return { books: snapshot.books, ledger, plan: planAccount({ snapshot, policies, settings }) };
}

const disk = (over: Partial<Part> = {}): Part =>
  makePart('d1', { name: `${NAME}-b`, createdAt: BORN, attachedTo: ['v1'], price: hourly(2_750n), ...over });
const vm = (over: Partial<Vm> = {}): Vm =>
  makeVm('v1', {
    name: NAME,
    createdAt: BORN,
    price: hourly(12_790n),
    paidUntil: NOON + 40 * MINUTE,
    parts: [disk()],
    ...over,
  });
const ended = vm({ status: 'terminated', statusText: 'terminated', parts: [] });

function open(over: Partial<Claim> = {}): Books {
  const claim = makeClaim('v1', { vmName: NAME, intent: INTENT, claimedAt: BORN, vmCreatedAt: BORN, ...over });
  return makeBooks({ claims: [claim], notes: makeNotes({ lastCompleteLook: { at: BORN, vms: 1 } }) });
}
const unseen = { seenAt: undefined, activeAt: undefined, vmCreatedAt: undefined };

describe('a disk that was made for a VM', () => {
  it('is left behind, where the VM ended before it was ever listed with it', () => {
    const first = look(open(unseen), BORN + MINUTE, [vm({ status: 'new', statusText: 'new', parts: [] })]);
    const second = look(first.books, BORN + 2 * MINUTE, [ended], [disk({ attachedTo: [] })]);
    expect(second.books.notes.leftParts?.map(({ id }) => id)).toEqual(['d1']);
  });

  it('is its own again where the VM runs after all, and stays when a person takes it then', () => {
    const part = { kind: 'boot-disk', id: 'd1', name: `${NAME}-b`, price: hourly(2_750n), made: 'for-it' } as const;
    let { books } = look(open({ parts: [{ ...part, paidUntil: NOON + 30 * MINUTE }] }), NOON, [ended]);
    expect(books.notes.leftParts).toHaveLength(1);
    ({ books } = look(books, NOON + MINUTE, [vm()]));
    expect([books.notes.leftParts, books.claims[0]?.parts?.map(({ made }) => made)]).toEqual([undefined, ['for-it']]);
    const { plan } = look(books, NOON + 2 * MINUTE, [vm({ parts: [] })], [disk({ attachedTo: [] })]);
    expect(deletedIds(plan)).toEqual([]);
  });

  it('goes with it, as does an address that is listed a look later', () => {
    const ip = makePart('i1', { kind: 'public-ip', name: `${NAME}-i`, createdAt: BORN, attachedTo: ['v1'] });
    let { books } = look(open(unseen), BORN + MINUTE, [vm()]);
    ({ books } = look(books, BORN + 2 * MINUTE, [vm({ parts: [disk(), ip] })]));
    expect(books.claims[0]!.parts!.map(({ made }) => made)).toEqual(['for-it', 'for-it']);
  });
});

describe('a charge of a disk whose VM is being deleted', () => {
  const part = { kind: 'boot-disk', id: 'd1', name: `${NAME}-b`, price: hourly(2_750n), made: 'for-it' } as const;
  const events = (boundary: number) => {
    const deletion = { intent: INTENT, calledAt: NOON };
    const books = open({ parts: [{ ...part, paidUntil: boundary }], state: 'doomed', deletion });
    return look(books, NOON + MINUTE, [vm({ parts: [disk({ paidUntil: boundary + HOUR })] })]).ledger;
  };

  it('is a missed boundary, or an ordinary one that came before the deletion began', () => {
    expect(events(NOON + MINUTE / 2)).toMatchObject([{ event: 'missed-boundary', part: 'boot-disk', money: 2_750n }]);
    expect(events(NOON - MINUTE / 2)).toMatchObject([{ event: 'charged', part: 'boot-disk', money: 2_750n }]);
  });
});

describe('a charge of what an ended VM left', () => {
  const part = { kind: 'boot-disk', id: 'd1', name: `${NAME}-b`, price: hourly(2_750n), made: 'for-it' } as const;
  const events = (paidUntil: number) => {
    const { books } = look(open({ parts: [{ ...part, paidUntil }] }), NOON, [ended]);
    const free = disk({ attachedTo: [], paidUntil: paidUntil + HOUR });
    return look(books, NOON + 2 * MINUTE, [ended], [free]).ledger.map(({ event }) => event);
  };

  it('is a missed boundary, where its end was seen before', () => {
    expect(events(NOON + MINUTE)).toContain('missed-boundary');
  });

  it('is an ordinary one, where the charge came before anybody could see the end', () => {
    expect(events(NOON - MINUTE)).toContain('charged');
    expect(events(NOON - MINUTE)).not.toContain('missed-boundary');
  });
});
