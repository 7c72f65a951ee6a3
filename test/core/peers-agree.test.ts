// Two accounts plan one fleet, each by its own look and the other's books: together they let go what is too many and buy what
// is missing, once, also where books tell less than a listing.
import { describe, expect, it } from 'vitest';
import type { Claim, Notes } from '../../src/core/books.js';
import { wantAlways } from '../../src/core/demand.js';
import { planAccount } from '../../src/core/plan.js';
import type { Peer, Plan } from '../../src/core/plan-types.js';
import type { FleetPolicy, PolicySet } from '../../src/core/policy-types.js';
import { reckonSnapshot } from '../../src/core/reckon/reckon.js';
import type { Vm } from '../../src/core/types.js';
import { compileExpression } from '../../src/policy/expression.js';
import {
  daily,
  deletedIds,
  deployedCount,
  HOUR,
  INSTALLATION,
  intentId,
  makeBooks,
  makeClaim,
  makeFleet,
  makeNotes,
  makeOffer,
  makePolicies,
  makeSettings,
  makeSnapshot,
  makeVm,
  makeWhere,
  MINUTE,
  NO_RAILS,
  NOON,
} from './samples.js';

type Name = 'main' | 'spare';
const NAMES: readonly Name[] = ['main', 'spare'];
const settings = { main: makeSettings({ rails: NO_RAILS }), spare: makeSettings({ name: 'spare', rails: NO_RAILS }) };
/** Within their deadlines. */
const SOON = NOON + 3 * MINUTE;

interface Side {
  readonly claims?: readonly Claim[];
  /** Default: as the claims say. */
  readonly vms?: readonly Vm[];
  readonly notes?: Partial<Notes>;
  readonly price?: bigint;
}

function listVms({ claims = [], vms }: Side): readonly Vm[] {
  return vms ?? claims.map(({ vmId, vmName, paidUntil, price }) => makeVm(vmId, { name: vmName, paidUntil, price }));
}

/** Reckoned and planned by one of them. */
function plan(
  name: Name,
  sides: Record<Name, Side>,
  wanted: number,
  isProtected?: PolicySet['isProtected'],
  over: Partial<FleetPolicy> = {},
): Plan {
  const other: Name = name === 'main' ? 'spare' : 'main';
  const fleet = makeFleet({ accounts: NAMES, demand: wantAlways(wanted), ...over });
  const policies = makePolicies({ fleets: [fleet], ...(isProtected === undefined ? {} : { isProtected }) });
  const look = (account: Name) => {
    const { claims = [], notes, price = 300_000n } = sides[account];
    const lastCompleteLook = { at: NOON - MINUTE / 2, vms: listVms(sides[account]).length };
    const books = makeBooks({ account, claims, notes: makeNotes({ lastCompleteLook, ...notes }) });
    const offers = [makeOffer({ price: daily(price) })];
    return makeSnapshot(listVms(sides[account]), {}, { account, books, offers });
  };
  const there = reckonSnapshot(look(other), policies, settings[other]).snapshot;
  const peer: Peer = { settings: settings[other], books: there.books, offers: there.offers, images: [] };
  const { snapshot } = reckonSnapshot({ ...look(name), peers: [peer] }, policies, settings[name]);
  return planAccount({ snapshot, policies, settings: settings[name] });
}

/** As `protect` in purser.yaml: what can't be judged counts as protected. */
function protectBy(text: string): PolicySet['isProtected'] {
  const compiled = compileExpression(text);
  if (!('expression' in compiled)) throw new Error(text);
  return (vm, facts) => compiled.expression.evaluate(vm, facts).answer !== 'no';
}

/** What the marks of a plan make of a claim. */
function mark(claim: Claim, { marks }: Plan): Claim {
  const isParked = marks.some(({ vmId, to }) => vmId === claim.vmId && to === 'parked');
  return isParked ? { ...claim, state: 'parked', unwanted: 'surplus' } : claim;
}

describe.each(['mismatched', 'launch-timeout'] as const)('a misfit (%s) that waits for its boundary', (unwanted) => {
  const misfit = makeClaim('m', { state: 'parked', unwanted, paidUntil: NOON + 20 * HOUR, activeAt: undefined });
  const vms = [makeVm('m', { status: 'launching', paidUntil: NOON + 20 * HOUR })];

  it('is replaced, once, in the cheaper account', () => {
    const sides = { main: { price: 100_000n }, spare: { claims: [misfit], vms, price: 200_000n } };
    expect(deployedCount(plan('spare', sides, 1)) + deployedCount(plan('main', sides, 1))).toBe(1);
  });

  it('and its replacement cost no healthy member its life', () => {
    const healthy = makeClaim('a', { paidUntil: SOON });
    const replacement = makeClaim('r', { paidUntil: NOON + 23 * HOUR });
    const there = [...vms, makeVm('r', { paidUntil: NOON + 23 * HOUR })];
    const sides = { main: { claims: [healthy] }, spare: { claims: [misfit, replacement], vms: there } };
    expect(deletedIds(plan('main', sides, 2))).toEqual([]);
  });
});

describe('one too many, due in both accounts at once', () => {
  const [a, b] = [makeClaim('a', { paidUntil: SOON }), makeClaim('b', { paidUntil: SOON })];

  it.each(['vm.country == "DE"', 'vm.ageHours > 1000.0', 'vm.vcpu >= 64', 'vm.storageGb > 100'])(
    'goes once, whatever `protect` asks that books do not tell: %s',
    (text) => {
      const isProtected = protectBy(text);
      const first = plan('main', { main: { claims: [a] }, spare: { claims: [b] } }, 1, isProtected);
      const second = plan('spare', { main: { claims: [mark(a, first)] }, spare: { claims: [b] } }, 1, isProtected);
      expect([...deletedIds(first), ...deletedIds(second)]).toEqual(['a']);
    },
  );

  it('goes once, where one of them starts again and only its own account sees that', () => {
    const z = makeClaim('z', { paidUntil: SOON });
    const vms = [makeVm('z', { status: 'launching', statusText: 'Launching', paidUntil: SOON })];
    const first = plan('main', { main: { claims: [z], vms }, spare: { claims: [b] } }, 1);
    const second = plan('spare', { main: { claims: [mark(z, first)], vms }, spare: { claims: [b] } }, 1);
    expect([...deletedIds(first), ...deletedIds(second)]).toEqual(['z']);
  });

  it('goes, though the other account misses its own', () => {
    const missing = makeClaim('s', {
      paidUntil: SOON,
      price: daily(400_000n),
      missing: { since: NOON - MINUTE, looks: 1 },
    });
    const sides = { main: { claims: [a] }, spare: { claims: [missing], vms: [] } };
    expect([...deletedIds(plan('main', sides, 1)), ...deletedIds(plan('spare', sides, 1))]).toEqual(['a']);
  });
});

describe('one too many, of which one is in a status that nobody knows', () => {
  it.each(['member', 'parked'] as const)('is the other one (%s)', (state) => {
    const doubtful = makeClaim('d', { paidUntil: SOON, price: daily(400_000n), state });
    const vms = [makeVm('d', { status: 'unknown', statusText: 'Dreaming', paidUntil: SOON, price: daily(400_000n) })];
    const a = makeClaim('a', { paidUntil: SOON });
    const sides = { main: { claims: [a] }, spare: { claims: [doubtful], vms } };
    expect([...deletedIds(plan('main', sides, 1)), ...deletedIds(plan('spare', sides, 1))]).toEqual(['a']);
  });
});

describe('members whose end their own account doubts', () => {
  it.each([2, 3])('are not replaced by the other at the first look (%i)', (count) => {
    const claims = Array.from({ length: count }, (_, index) => makeClaim(`m${index}`, { paidUntil: NOON + 9 * HOUR }));
    const vms = claims.map(({ vmId, vmName }) =>
      makeVm(vmId, { name: vmName, status: 'stopped', statusText: 'Stopped' }),
    );
    const sides = { main: { claims, vms }, spare: { price: 100_000n } };
    expect([deployedCount(plan('main', sides, count)), deployedCount(plan('spare', sides, count))]).toEqual([0, 0]);
  });
});

describe('a member above maxPrice in one account', () => {
  const where = makeWhere({ aboveMaxPrice: 'replace' });
  const dear = makeClaim('d', { price: daily(900_000n), paidUntil: NOON + 9 * MINUTE });
  const count = (sides: Record<Name, Side>) =>
    NAMES.map((name) => deployedCount(plan(name, sides, 1, undefined, { where })));

  it('is bought anew once, in the account that is cheaper, whichever has it', () => {
    for (const [main, spare] of [
      [100_000n, 200_000n],
      [200_000n, 100_000n],
    ] as const) {
      const here = count({ main: { claims: [dear], price: main }, spare: { price: spare } });
      const there = count({ main: { price: main }, spare: { claims: [dear], price: spare } });
      expect(here.reduce((sum, each) => sum + each, 0)).toBe(1);
      expect(there.reduce((sum, each) => sum + each, 0)).toBe(1);
      expect([here, there]).toEqual(
        main < spare
          ? [
              [1, 0],
              [1, 0],
            ]
          : [
              [0, 1],
              [0, 1],
            ],
      );
    }
  });

  it('stays while no account has another within maxPrice', () => {
    const sides = { main: { claims: [dear], price: 850_000n }, spare: { price: 850_000n } };
    expect(count(sides)).toEqual([0, 0]);
    expect(deletedIds(plan('main', sides, 1, undefined, { where }))).toEqual([]);
  });

  it('goes as replaced once its successor is up in the other one, which stays', () => {
    const old = { ...dear, paidUntil: SOON };
    const fresh = makeClaim('f', { paidUntil: NOON + 23 * HOUR, claimedAt: NOON - 4 * MINUTE });
    const sides = { main: { claims: [old] }, spare: { claims: [fresh] } };
    const plans = NAMES.map((name) => plan(name, sides, 1, undefined, { where }));
    expect(plans.map((each) => [deletedIds(each), deployedCount(each)])).toEqual([
      [['d'], 0],
      [[], 0],
    ]);
    expect(plans[0]!.actions[0]!.reason).toMatchObject({ code: 'replaced', text: expect.stringContaining('by vm-f') });
  });
});

describe('a replaced misfit that a list lacks', () => {
  it.each(['mismatched', 'launch-timeout'] as const)('costs its replacement no life (%s)', (unwanted) => {
    const facts = { state: 'parked', unwanted, paidUntil: NOON + 20 * HOUR, activeAt: undefined } as const;
    const gone = makeClaim('m', { ...facts, missing: { since: NOON - MINUTE, looks: 1 } });
    const r = makeClaim('r', { paidUntil: SOON });
    const vms = [makeVm('r', { paidUntil: SOON })];
    const sides = { main: { claims: [gone, r], vms }, spare: { price: 100_000n } };
    const plans = [plan('main', sides, 1), plan('spare', sides, 1)];
    expect(plans.map((each) => [deletedIds(each), deployedCount(each)])).toEqual([
      [[], 0],
      [[], 0],
    ]);
  });
});

describe('what an account protects by what only it sees', () => {
  it.each(['"8443/tcp" in vm.ports', 'vm.status == "small-balance"', 'vm.publicIp == "203.0.113.7"'])(
    'stays, and the other account lets its own go: %s',
    (text) => {
      const isProtected = protectBy(text);
      const a = makeClaim('a', { paidUntil: SOON });
      const b = makeClaim('b', { paidUntil: SOON, price: daily(400_000n) });
      const special = {
        ports: [{ port: 8443, protocol: 'tcp' }],
        status: 'small-balance',
        publicIp: '203.0.113.7',
      } as const;
      const vms = [makeVm('b', { paidUntil: SOON, price: daily(400_000n), ...special })];
      const sides = { main: { claims: [a] }, spare: { claims: [b], vms } };
      const gone = [
        ...deletedIds(plan('main', sides, 1, isProtected)),
        ...deletedIds(plan('spare', sides, 1, isProtected)),
      ];
      expect(gone).toEqual(['a']);
    },
  );
});

describe('a VM that never came up and is protected', () => {
  const stuck = makeClaim('m', { activeAt: undefined, claimedAt: NOON - 5 * HOUR, paidUntil: NOON + 20 * HOUR });
  const vms = [makeVm('m', { status: 'launching', statusText: 'Launching', paidUntil: NOON + 20 * HOUR })];
  const isProtected: PolicySet['isProtected'] = ({ id }) => id === 'm';
  const a = makeClaim('a', { paidUntil: SOON });

  it.each([
    ['its own account', 200_000n, 100_000n],
    ['the other', 100_000n, 200_000n],
  ])('serves nobody in either account: its replacement is bought once, in %s', (_where, main, spare) => {
    const sides = { main: { claims: [a], price: main }, spare: { claims: [stuck], vms, price: spare } };
    const bought = [plan('main', sides, 2, isProtected), plan('spare', sides, 2, isProtected)].map(deployedCount);
    expect(bought.sort()).toEqual([0, 1]);
  });

  it('and its replacement cost no healthy member its life', () => {
    const r = makeClaim('r', { paidUntil: NOON + 23 * HOUR });
    const there = [...vms, makeVm('r', { paidUntil: NOON + 23 * HOUR })];
    const sides = { main: { claims: [a] }, spare: { claims: [stuck, r], vms: there } };
    expect(deletedIds(plan('main', sides, 2, isProtected))).toEqual([]);
    expect(deletedIds(plan('spare', sides, 2, isProtected))).toEqual([]);
  });
});

describe('a VM that is known by its name alone', () => {
  it.each(['terminated', 'failed', 'stopped'] as const)('and is %s takes no place of a member', (status) => {
    const vms = [makeVm('n', { name: `web-${INSTALLATION}${intentId('aaaa')}00`, status, statusText: status })];
    const sides = { main: { claims: [makeClaim('a', { paidUntil: SOON })] }, spare: { vms } };
    const plans = [plan('main', sides, 1), plan('spare', sides, 1)];
    expect(plans.map((each) => [deletedIds(each), deployedCount(each)])).toEqual([
      [[], 0],
      [[], 0],
    ]);
  });
});

describe('one account under two names', () => {
  const names = [0, 1].map((index) => `web-${INSTALLATION}${intentId('aaaa')}0${index}`);
  const claims = names.map((vmName, index) => makeClaim(`v${index}`, { vmName, paidUntil: SOON }));

  it.each([0, 1, 2, 3])('buys nothing and lets nothing go while %i are wanted, and says why', (wanted) => {
    const vms = names.map((name, index) => makeVm(`v${index}`, { name, paidUntil: SOON }));
    const sides = { main: { claims, vms }, spare: { vms } };
    for (const account of ['main', 'spare'] as const) {
      const made = plan(account, sides, wanted);
      expect([deletedIds(made), deployedCount(made), made.marks]).toEqual([[], 0, []]);
      const texts = made.holds.map(({ reason }) => reason.text).join();
      expect(texts).toContain('one account under two names');
    }
  });
});

describe('nothing is bought in the other account', () => {
  it('in place of a member that is known by its name alone', () => {
    const vms = [makeVm('n', { name: `web-${INSTALLATION}${intentId('aaaa')}00` })];
    const sides = { main: { vms }, spare: { price: 100_000n } };
    expect([deployedCount(plan('main', sides, 1)), deployedCount(plan('spare', sides, 1))]).toEqual([0, 0]);
  });

  it('while a purchase from before lost books may still turn up here', () => {
    const sides = { main: { notes: { buysFrom: NOON + 8 * MINUTE } }, spare: {} };
    const there = plan('spare', sides, 1);
    expect(deployedCount(there)).toBe(0);
    expect(there.holds.map(({ reason }) => reason.code)).toContain('account-unread');
  });
});
