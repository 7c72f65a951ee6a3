// Members that are of no use as they are: ended, misfits, stuck launches; and the names of new ones.
import { describe, expect, it } from 'vitest';
import type { Claim, Intent } from '../../../src/core/books.js';
import { buildMemberName } from '../../../src/core/names.js';
import type { Plan } from '../../../src/core/plan-types.js';
import type { Vm } from '../../../src/core/types.js';
import {
  DAY,
  deletedIds,
  deployedCount,
  ENDED,
  holdCodes,
  HOUR,
  INSTALLATION,
  intentId,
  makeClaim,
  makeDeploy,
  makeFleet,
  makeIntent,
  makeNotes,
  makeOffer,
  makeSnapshot,
  makeVm,
  MINUTE,
  NOON,
  planOf,
} from '../samples.js';

const ID = intentId('aaaa');
const BASE = `web-${INSTALLATION}${ID}`;
const order = makeIntent(ID, { state: 'done', reckoned: true, deploy: makeDeploy(1) });
const elsewhere = { ...makeOffer().place, country: 'PL' };

function planFor(
  vm: Partial<Vm>,
  claim: Partial<Claim> = {},
  over: { intents?: readonly Intent[]; protect?: readonly string[]; mode?: 'act' | 'observe' } = {},
): Plan {
  const seen = makeVm('1', { name: `${BASE}00`, ...vm });
  const { intents = [order], protect = [], mode = 'act' } = over;
  const books = {
    claims: [makeClaim('1', { intent: ID, vmName: seen.name, ...claim })],
    intents,
    handles: { freeze: undefined, protect, approvals: [] },
  };
  return planOf(makeSnapshot([seen], books), { fleets: [makeFleet({ mode })] });
}

describe('an ended member', () => {
  it.each(['terminated', 'stopped', 'failed', 'insufficient-funds'] as const)(
    'that is %s is replaced at once, and leaves its record',
    (status) => {
      const plan = planFor({ status, paidUntil: NOON + DAY }, ENDED);
      expect(deletedIds(plan)).toEqual(['1']);
      expect(plan.actions[0]).toMatchObject({ recordOnly: true, saves: 0n, railExempt: true });
      expect(plan.actions[0]!.reason.text).toContain('frees its reserve of 0.306980');
      expect(deployedCount(plan)).toBe(1);
    },
  );

  it.each([
    ['for nine minutes', { endedSince: NOON - 9 * MINUTE, endedLooks: 3 }, NOON + MINUTE],
    ['at two looks', { endedSince: NOON - HOUR, endedLooks: 2 }, NOON + 30_000],
    ['at this look', { endedSince: NOON, endedLooks: 1 }, NOON + 10 * MINUTE],
  ])('that was seen to have ended only %s is replaced, and keeps its record', (_what, claim, until) => {
    const plan = planFor({ status: 'terminated' }, claim);
    expect([deletedIds(plan), deployedCount(plan)]).toEqual([[], 1]);
    expect(plan.holds).toMatchObject([{ vm: { id: '1' }, reason: { code: 'record-only' }, until }]);
    expect(plan.nextWakeAt).toBe(until);
  });

  it('keeps its record while it is protected', () => {
    const plan = planFor({ status: 'terminated' }, ENDED, { protect: ['1'] });
    expect(deletedIds(plan)).toEqual([]);
    expect(holdCodes(plan, '1')).toContain('protected');
  });
});

describe('a misfit', () => {
  const fresh = { activeAt: NOON - MINUTE };

  it('is judged when it comes up, not for ever: a price rise replaces no fleet', () => {
    const plan = planFor({ place: elsewhere }, { activeAt: NOON - DAY });
    expect([plan.marks, deployedCount(plan), deletedIds(plan)]).toEqual([[], 0, []]);
  });

  it('is parked and replaced, and goes at its boundary', () => {
    const plan = planFor({ place: elsewhere }, fresh);
    expect(plan.marks).toMatchObject([{ vmId: '1', to: 'parked', reason: { code: 'mismatched' } }]);
    expect(deployedCount(plan)).toBe(1);
    expect(deletedIds(plan)).toEqual([]);
    expect(deletedIds(planFor({ place: elsewhere, paidUntil: NOON + MINUTE }, fresh))).toEqual(['1']);
  });

  it('is judged by what was ordered, never by a policy that was edited', () => {
    expect(planFor({ place: elsewhere }, fresh, { intents: [] }).marks).toEqual([]);
    expect(planFor({ place: elsewhere }, { origin: 'adopted' }).marks).toEqual([]);
  });

  it('stays parked when the order is forgotten', () => {
    const plan = planFor({ place: elsewhere }, { state: 'parked', unwanted: 'mismatched' }, { intents: [] });
    expect([plan.marks, deployedCount(plan)]).toEqual([[], 1]);
  });

  it('of a fleet that observes is only told', () => {
    const plan = planFor({ place: elsewhere }, fresh, { mode: 'observe' });
    expect([plan.marks, plan.actions]).toEqual([[], []]);
  });

  it.each([
    ['protected', { place: elsewhere }, { protect: ['1'] }, 'protected'],
    ['of an unknown boundary', { place: elsewhere, paidUntil: undefined }, {}, 'boundary-unknown'],
  ] as const)('that is %s is kept', (_what, vm, over, code) => {
    const plan = planFor(vm, fresh, over);
    expect(deletedIds(plan)).toEqual([]);
    expect(holdCodes(plan, '1')).toContain(code);
  });
});

describe('a launch', () => {
  it('that was up once and shows launching again is a restart: neither deleted nor replaced', () => {
    const plan = planFor(
      { status: 'launching', paidUntil: undefined },
      { claimedAt: NOON - DAY, activeAt: NOON - DAY },
    );
    expect([deletedIds(plan), deployedCount(plan)]).toEqual([[], 0]);
  });

  const since = (minutes: number) => ({ claimedAt: NOON - minutes * MINUTE, activeAt: undefined });
  it.each([
    ['within a quarter of an hour counts', 15, undefined, 0, []],
    ['longer than that, unpaid, goes at once', 15.1, undefined, 1, ['1']],
    ['longer than that, paid, waits for its boundary', 15.1, NOON + DAY, 1, []],
  ] as const)('%s', (_what, minutes, paidUntil, bought, deleted) => {
    const plan = planFor({ status: 'launching', paidUntil }, since(minutes));
    expect(deployedCount(plan)).toBe(bought);
    expect(deletedIds(plan)).toEqual(deleted);
  });

  it('may take four times what launches take', () => {
    const notes = makeNotes({ launchMillis: [10 * MINUTE] });
    const seen = makeVm('1', { status: 'new', name: `${BASE}00` });
    const planAfter = (minutes: number) =>
      planOf(makeSnapshot([seen], { notes, claims: [makeClaim('1', { intent: ID, ...since(minutes) })] }));
    expect(deployedCount(planAfter(40))).toBe(0);
    expect(deployedCount(planAfter(41))).toBe(1);
  });
});

describe('odd members', () => {
  it.each([
    ['of unknown status', { status: 'unknown' }, 'status-unknown'],
    ['of small balance', { status: 'small-balance' }, 'small-balance'],
    ['that await their charge', { paidUntil: NOON - 1 }, 'charge-pending'],
    ['of unknown boundary', { paidUntil: undefined }, 'boundary-unknown'],
  ] as const)('%s are kept, counted and told', (_what, vm, code) => {
    const plan = planFor(vm);
    expect(plan.actions).toEqual([]);
    expect(holdCodes(plan, '1')).toEqual([code]);
  });
});

describe('new members', () => {
  const unnamed = (count: number, over: Partial<Vm> = {}) =>
    Array.from({ length: count }, (_, index) => makeVm(String(index), { name: BASE, ...over }));
  const renames = (
    vms: readonly Vm[],
    claims = vms.map((vm) => makeClaim(vm.id, { intent: ID, vmName: vm.name })),
    intents: readonly Intent[] = [],
  ) =>
    planOf(makeSnapshot(vms, { claims, intents })).actions.flatMap((action) =>
      action.kind === 'rename' ? [action.vms] : [],
    );

  it('get names of their own, all in one call, leaving out those that are taken', () => {
    const taken = makeVm('9', { name: buildMemberName('web', INSTALLATION, ID, 1) });
    const [vms] = renames([...unnamed(3), taken]);
    expect(vms!.map(({ to }) => to)).toEqual([0, 2, 3].map((index) => buildMemberName('web', INSTALLATION, ID, index)));
  });

  it('keep the name of the fleet that bought them', () => {
    const vms = [makeVm('1', { name: `old-${INSTALLATION}${ID}` })];
    expect(renames(vms)[0]![0]!.to).toBe(buildMemberName('old', INSTALLATION, ID, 0));
  });

  it('are left alone when they ended, are doomed, or are being renamed', () => {
    expect(renames(unnamed(1, { status: 'terminated' }))).toEqual([]);
    expect(renames(unnamed(1), [makeClaim('0', { intent: ID, state: 'doomed' })])).toEqual([]);
    const open = makeIntent(intentId('bbbb'), {
      kind: 'rename',
      state: 'planned',
      rename: { targets: [{ vmId: '0', from: BASE, to: 'x' }] },
    });
    expect(renames(unnamed(1), undefined, [open])).toEqual([]);
  });

  describe('a member that a hand renamed', () => {
    it('gets a name back that leads to its purchase, once it is up', () => {
      const [batch] = renames(unnamed(1, { name: 'mine' }));
      expect(batch).toEqual([{ id: '0', from: 'mine', to: buildMemberName('web', INSTALLATION, ID, 0) }]);
      expect(renames(unnamed(1, { name: 'mine', status: 'launching', paidUntil: undefined }))).toEqual([]);
    });

    it('is let be for a while when the new name was refused', () => {
      const refused = makeIntent(intentId('bbbb'), {
        kind: 'rename',
        state: 'failed',
        closedAt: NOON - 30_000,
        rename: { targets: [{ vmId: '0', from: 'mine', to: 'x' }] },
      });
      expect(renames(unnamed(1, { name: 'mine' }), undefined, [refused])).toEqual([]);
      const older = { ...refused, closedAt: NOON - 61_000 };
      expect(renames(unnamed(1, { name: 'mine' }), undefined, [older])).toHaveLength(1);
    });

    it('keeps its name when it was adopted', () => {
      expect(renames(unnamed(1, { name: 'mine' }), [makeClaim('0', { origin: 'adopted' })])).toEqual([]);
    });
  });
});

describe('a doomed member', () => {
  const doomed = (agoMillis: number, over: Partial<Claim> = {}) =>
    planFor(
      {},
      {
        state: 'doomed',
        unwanted: 'surplus',
        deletion: { intent: intentId('cccc'), calledAt: NOON - agoMillis },
        ...over,
      },
    );

  it('is called for again when its deletion should have landed', () => {
    expect(holdCodes(doomed(MINUTE - 1), '1')).toEqual(['deleting']);
    const again = doomed(MINUTE);
    expect(again.actions.find((action) => action.kind === 'delete')).toMatchObject({
      reason: { code: 'deletion-retry' },
      railExempt: true,
    });
  });

  it('is given from the last call on, not from the first', () => {
    const target = {
      vmId: '1',
      vmName: 'x',
      boundary: NOON + HOUR,
      price: undefined,
      recordOnly: false,
      railExempt: false,
      reaped: false,
      publicIp: undefined,
    };
    const retry = makeIntent(intentId('cccc'), {
      kind: 'delete',
      calledAt: NOON - 30_000,
      closedAt: NOON,
      delete: { targets: [{ ...target, reason: 'deletion-retry', outcome: { result: 'accepted', text: '' } }] },
    });
    const over = { state: 'doomed', deletion: { intent: retry.id, calledAt: NOON - HOUR } } as const;
    expect(deletedIds(planFor({}, over, { intents: [order, retry] }))).toEqual([]);
    expect(deletedIds(planFor({}, over, { intents: [order] }))).toEqual(['1']);
  });

  it('does not count, and its place is bought anew', () => {
    expect(deployedCount(doomed(0))).toBe(1);
  });
});
