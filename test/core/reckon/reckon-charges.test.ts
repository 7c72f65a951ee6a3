// What a look shows as charged, and for what: by sums where they are told, else by boundaries, and against a market's own books.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyChanges, listChargeRecords } from '../../../src/core/apply-commit.js';
import type { Books, Claim } from '../../../src/core/books.js';
import type { ChargeRecord } from '../../../src/core/charge-records.js';
import type { PolicySet } from '../../../src/core/policy-types.js';
import { reckonSnapshot } from '../../../src/core/reckon/reckon.js';
import type { Part, Product, Vm } from '../../../src/core/types.js';
import { Driver } from '../driver.js';
import {
  CLOUD_ABILITIES,
  DAY,
  demandOf,
  HOUR,
  INSTALLATION,
  intentId,
  makeBooks,
  makeClaim,
  makeEvidence,
  makeFleet,
  makeIntent,
  makeNotes,
  makePart,
  makePolicies,
  makeReap,
  makeRun,
  makeSettings,
  makeSnapshot,
  makeVm,
  MINUTE,
  NOON,
  PRICE,
} from '../samples.js';
import { World } from '../world.js';

const BOUNDARY = NOON + 6 * HOUR;
const HOURLY = { amount: 20_000n, periodMillis: HOUR };

interface Seen {
  readonly at: number;
  readonly vms?: readonly Vm[];
  readonly leftovers?: readonly Part[];
}

/** Plays looks one after the other; what each showed as charged. */
function play(
  books: Books,
  looks: readonly Seen[],
  policies: Partial<PolicySet> = {},
  product: Product = 'marketplace',
): readonly ChargeRecord[][] {
  let now = books;
  return looks.map(({ at, vms = [], leftovers }) => {
    const seen = makeSnapshot(vms, {}, { at, books: now, ...(leftovers && { abilities: CLOUD_ABILITIES }) });
    const snapshot = leftovers === undefined ? seen : { ...seen, inventory: { ...seen.inventory, leftovers } };
    const set = makePolicies({ fleets: [makeFleet()], ...policies });
    const { changes } = reckonSnapshot(snapshot, set, makeSettings({ product }));
    const applied = applyChanges(now, changes);
    expect(applied.failed).toEqual([]);
    now = applied.books;
    return [...listChargeRecords(changes)];
  });
}

const brief = (records: readonly ChargeRecord[]) => records.map(({ at, amount }) => [(at - NOON) / HOUR, amount]);
const booksOf = (...claims: readonly Claim[]): Books => makeBooks({ claims });

describe('a VM that no look has shown before', () => {
  const lastCompleteLook = { at: NOON - MINUTE, vms: 0 };

  it('was charged since it was bought, once at its purchase and at each boundary after', () => {
    const claim = makeClaim('1', { claimedAt: NOON - 50 * HOUR, seenAt: undefined, paidUntil: undefined });
    const vm = makeVm('1', { createdAt: undefined, paidUntil: NOON + 22.1 * HOUR, spent: 3n * PRICE.amount });
    const notes = makeNotes({ lastCompleteLook: { at: NOON - 50 * HOUR, vms: 0 } });
    const [first] = play(makeBooks({ claims: [claim], notes }), [{ at: NOON, vms: [vm] }]);
    expect(brief(first!)).toEqual([
      [-50, PRICE.amount],
      [-25.9, PRICE.amount],
      [-1.9, PRICE.amount],
    ]);
    expect(first![0]).toMatchObject({ policy: 'web', vmId: '1', vmName: 'vm-1', use: 'wanted', account: 'main' });
  });

  it('was charged on the cloud when it came up, not when it was bought: a launch may last beyond midnight', () => {
    const midnight = NOON + 12 * HOUR;
    const claim = makeClaim('1', {
      claimedAt: midnight - MINUTE,
      seenAt: undefined,
      paidUntil: undefined,
      price: HOURLY,
    });
    const up = {
      createdAt: midnight - MINUTE,
      price: HOURLY,
      paidUntil: midnight + 2 * MINUTE + HOUR,
      spent: undefined,
    };
    const looks = [{ at: midnight + 3 * MINUTE, vms: [makeVm('1', up)] }];
    expect(
      play(booksOf(claim), looks, {}, 'cloud')
        .flat()
        .map(({ at }) => at - midnight),
    ).toEqual([2 * MINUTE]);
    // The marketplace charges the purchase.
    expect(
      play(booksOf(claim), looks)
        .flat()
        .map(({ at }) => at - midnight),
    ).toEqual([-MINUTE]);
  });

  it('and is charged at its deployment is counted before it is active, and no second time when it is', () => {
    const claim = makeClaim('1', { claimedAt: NOON, seenAt: undefined, activeAt: undefined, paidUntil: undefined });
    const fresh = { createdAt: NOON, paidUntil: undefined, spent: PRICE.amount };
    const looks = [
      { at: NOON + MINUTE, vms: [makeVm('1', { ...fresh, status: 'new' as const })] },
      { at: NOON + 2 * MINUTE, vms: [makeVm('1', { ...fresh, paidUntil: NOON + 24 * HOUR })] },
    ];
    expect(play(booksOf(claim), looks).map(brief)).toEqual([[[0, PRICE.amount]], []]);
  });

  it('is foreign and counted from its making, where that was since the last look', () => {
    const vms = [makeVm('1', { createdAt: NOON - MINUTE })];
    const [found] = play(makeBooks({ notes: makeNotes({ lastCompleteLook }) }), [{ at: NOON, vms }]);
    expect(found).toMatchObject([{ use: 'foreign', policy: undefined, amount: PRICE.amount, at: NOON - MINUTE }]);
  });

  it('and stood there before Purser is counted from its next charge on', () => {
    const old = { createdAt: NOON - 18 * HOUR, spent: 7n * PRICE.amount };
    const paid = { ...old, paidUntil: BOUNDARY + DAY, spent: 8n * PRICE.amount };
    for (const notes of [makeNotes({ lastCompleteLook: undefined }), makeNotes({ lastCompleteLook })]) {
      const looks = [
        { at: NOON, vms: [makeVm('1', old)] },
        { at: BOUNDARY + MINUTE, vms: [makeVm('1', paid)] },
      ];
      expect(play(makeBooks({ notes }), looks).map(brief)).toEqual([[], [[6, PRICE.amount]]]);
    }
  });

  it('was bought before meters were kept, and goes on from what its claim knows', () => {
    const [found] = play(booksOf(makeClaim('1')), [
      { at: BOUNDARY + MINUTE, vms: [makeVm('1', { paidUntil: BOUNDARY + DAY })] },
    ]);
    expect(brief(found!)).toEqual([[6, PRICE.amount]]);
  });
});

describe('a VM that looks know', () => {
  const at = (hours: number, over: Partial<Vm>) => ({ at: NOON + hours * HOUR, vms: [makeVm('1', over)] });

  it('was charged by what its sum grew, however late the look, each boundary with its own instant', () => {
    const looks = [at(0, { spent: 5n }), at(54 + 1, { spent: 5n + 3n * PRICE.amount, paidUntil: BOUNDARY + 3 * DAY })];
    expect(brief(play(booksOf(makeClaim('1')), looks)[1]!)).toEqual([
      [6, PRICE.amount],
      [30, PRICE.amount],
      [54, PRICE.amount],
    ]);
  });

  it('was charged in full where its sum is no multiple of its price', () => {
    const looks = [at(0, { spent: 5n }), at(31, { spent: 6n + 2n * PRICE.amount, paidUntil: BOUNDARY + 2 * DAY })];
    const amounts = play(booksOf(makeClaim('1')), looks)[1]!.map(({ amount }) => amount);
    expect(amounts.reduce((sum, amount) => sum + amount)).toBe(1n + 2n * PRICE.amount);
  });

  it('was charged though its provider ended it since and its boundary is told no more', () => {
    const ended = { status: 'terminated', paidUntil: undefined, spent: 5n + PRICE.amount } as const;
    expect(brief(play(booksOf(makeClaim('1')), [at(0, { spent: 5n }), at(7, ended)])[1]!)).toEqual([[6, PRICE.amount]]);
  });

  it('was charged when its boundary moved though its sum lags behind, and not again when that catches up', () => {
    const moved = { paidUntil: BOUNDARY + DAY };
    const looks = [at(0, { spent: 5n }), at(7, { ...moved, spent: 5n }), at(8, { ...moved, spent: 5n + PRICE.amount })];
    expect(play(booksOf(makeClaim('1')), looks).map(brief)).toEqual([[], [[6, PRICE.amount]], []]);
  });

  it('was charged by boundaries where no sum is told, and not for one that is told late or for a while not at all', () => {
    const none = { spent: undefined };
    const looks = [
      at(0, none),
      at(1, { ...none, paidUntil: undefined }),
      at(2, none),
      at(31, { ...none, paidUntil: BOUNDARY + 2 * DAY }),
    ];
    expect(play(booksOf(makeClaim('1')), looks).map((found) => found.length)).toEqual([0, 0, 0, 2]);
  });

  it('that a list lacks for hours is not counted from its making when it is back', () => {
    const young = { createdAt: NOON - MINUTE, spent: PRICE.amount };
    const other = makeVm('2');
    const looks = [
      { at: NOON, vms: [makeVm('1', young), other] },
      ...[1, 5, 20].map((hours) => ({ at: NOON + hours * MINUTE, vms: [other] })),
      { at: NOON + 21 * MINUTE, vms: [makeVm('1', young), other] },
    ];
    const books = makeBooks({ notes: makeNotes({ lastCompleteLook: { at: NOON - 2 * MINUTE, vms: 0 } }) });
    expect(play(books, looks).map((found) => found.length)).toEqual([1, 0, 0, 0, 0]);
  });

  it('is forgotten a day after it left, and its meter with it', () => {
    let books = makeBooks();
    const known = [0, 1, 2, 27].map((hours) => {
      const vms = hours === 0 ? [makeVm('1'), makeVm('2')] : [makeVm('2')];
      const snapshot = makeSnapshot(vms, {}, { at: NOON + hours * HOUR, books });
      ({ books } = applyChanges(books, reckonSnapshot(snapshot, makePolicies(), makeSettings()).changes));
      return books.meters!.map(({ id }) => id);
    });
    expect(known).toEqual([['1', '2'], ['1', '2'], ['1', '2'], ['2']]);
  });

  it('in a listing that is not believed is read by the next one that is', () => {
    const snapshot = makeSnapshot([makeVm('1', { paidUntil: BOUNDARY + DAY })], booksOf(makeClaim('1')), {
      at: BOUNDARY,
    });
    const partial = { ...snapshot, inventory: { ...snapshot.inventory, state: 'partial' as const } };
    expect(listChargeRecords(reckonSnapshot(partial, makePolicies(), makeSettings()).changes)).toEqual([]);
  });
});

describe('what a charge was for', () => {
  const charged = makeVm('1', { paidUntil: BOUNDARY + DAY, spent: undefined });
  const failed = { vmId: '1', outcome: { result: 'failed', text: '' } } as never;
  const idle = makeEvidence('1', [makeRun('yes', NOON, BOUNDARY + MINUTE)]);
  const reaped = { origin: 'reaped', policy: 'reap-ci' } as const;
  const doomedAt = (hours: number): Partial<Claim> => ({
    state: 'doomed',
    deletion: { intent: 'x', calledAt: NOON + hours * HOUR },
  });
  const named = `web-${INSTALLATION}${intentId('abcd')}00`;

  it.each<[string, Partial<Books>, string | undefined, string]>([
    ['a member', { claims: [makeClaim('1')] }, 'web', 'wanted'],
    ['a member that serves nobody as it is', { claims: [makeClaim('1', { forPeers: 'misfit' })] }, 'web', 'idle'],
    ['a member whose policy is gone', { claims: [makeClaim('1', { policy: 'gone' })] }, 'gone', 'idle'],
    ['one that was parked', { claims: [makeClaim('1', { state: 'parked' })] }, 'web', 'parked'],
    ['one parked later', { claims: [makeClaim('1', { state: 'parked', stateSince: BOUNDARY + 1 })] }, 'web', 'wanted'],
    [
      'what was bought late',
      { claims: [makeClaim('1', { state: 'parked', origin: 'late', stateSince: BOUNDARY + 1 })] },
      'web',
      'parked',
    ],
    [
      'what is not as ordered',
      { claims: [makeClaim('1', { state: 'parked', unwanted: 'mismatched' })] },
      'web',
      'idle',
    ],
    [
      'one whose deletion failed',
      {
        claims: [makeClaim('1', { state: 'parked' })],
        intents: [makeIntent('x', { kind: 'delete', createdAt: NOON, delete: { targets: [failed] } })],
      },
      'web',
      'missed',
    ],
    ['one whose deletion had begun', { claims: [makeClaim('1', doomedAt(5))] }, 'web', 'missed'],
    ['one whose deletion began later', { claims: [makeClaim('1', doomedAt(6.01))] }, 'web', 'parked'],
    ['what a reap lets go', { claims: [makeClaim('1', { ...reaped, state: 'parked' })] }, 'reap-ci', 'idle'],
    [
      'what a reap had begun to delete',
      { claims: [makeClaim('1', { ...reaped, ...doomedAt(5) })] },
      'reap-ci',
      'missed',
    ],
    ['what a reap that only observes calls idle', { evidence: [idle] }, 'reap-ci', 'idle'],
    [
      'what it calls idle since a moment ago',
      { evidence: [makeEvidence('1', [makeRun('yes', BOUNDARY - MINUTE, BOUNDARY + MINUTE)])] },
      undefined,
      'foreign',
    ],
    ['what nobody knows', {}, undefined, 'foreign'],
  ])('%s', (_what, over, policy, use) => {
    const looks = [
      { at: NOON, vms: [makeVm('1', { spent: undefined })] },
      { at: BOUNDARY + MINUTE, vms: [charged] },
    ];
    const [first, last] = looks;
    let books = makeBooks(over);
    const set = makePolicies({ fleets: [makeFleet()], reaps: [makeReap({ mode: 'observe' })] });
    const before = reckonSnapshot(makeSnapshot(first!.vms, {}, { ...first!, books }), set, makeSettings()).changes;
    // Only the meters: how claims move on is others' business.
    books = applyChanges(
      books,
      before.filter(({ kind }) => kind === 'meter'),
    ).books;
    const { changes } = reckonSnapshot(makeSnapshot(last!.vms, {}, { ...last!, books }), set, makeSettings());
    expect(listChargeRecords(changes)).toMatchObject([{ at: BOUNDARY, use, amount: PRICE.amount }]);
    expect(listChargeRecords(changes)[0]!.policy).toBe(policy);
  });

  it('is wanted by the fleet that its name tells, where the books were lost', () => {
    const vms = [makeVm('1', { name: named, spent: undefined })];
    const later = [makeVm('1', { name: named, spent: undefined, paidUntil: BOUNDARY + DAY })];
    const found = play(makeBooks(), [
      { at: NOON, vms },
      { at: BOUNDARY + MINUTE, vms: later },
    ]);
    expect(found[1]).toMatchObject([{ policy: 'web', use: 'wanted' }]);
  });
});

describe('a VM that ended between two looks, where no record must be deleted', () => {
  const paidUntil = NOON + 30 * MINUTE;
  const hourly = { price: HOURLY, paidUntil, spent: undefined } as const;
  const over = (lastPaidAt: number | undefined, more: Partial<Vm> = {}): Vm =>
    makeVm('1', {
      ...hourly,
      status: 'terminated',
      paidUntil: undefined,
      ...(lastPaidAt === undefined ? {} : { lastPaidAt }),
      ...more,
    });
  const claim = makeClaim('1', { price: HOURLY, paidUntil });
  const doomed = { ...claim, state: 'doomed', deletion: { intent: 'x', calledAt: paidUntil - MINUTE } } as const;
  const listed = { at: NOON, vms: [makeVm('1', hourly)], leftovers: [] };
  const looks = (hours: number, vm: Vm) => [
    listed,
    { at: NOON + hours * HOUR, vms: [vm], leftovers: [] },
    { at: NOON + hours * HOUR + MINUTE, vms: [vm], leftovers: [] },
    { at: NOON + hours * HOUR + 2 * MINUTE, vms: [], leftovers: [] },
  ];

  it.each([
    ['at its boundary', paidUntil, [[0.5, 20_000n]]],
    ['a moment after it, as services do', paidUntil + 20_000, [[0.5, 20_000n]]],
    [
      'three times in a long absence',
      paidUntil + 2 * HOUR,
      [
        [0.5, 20_000n],
        [1.5, 20_000n],
        [2.5, 20_000n],
      ],
    ],
    ['before its boundary and not again', paidUntil - HOUR, []],
    ['so late the time before that this is no charge of its boundary', paidUntil - 1, []],
    ['at an instant that nobody tells', undefined, []],
    ['at an instant that lies years ahead', NOON + 9_000 * DAY, []],
  ])('was charged last %s: counted by its record, once', (_what, lastPaidAt, charges) => {
    const found = play(booksOf(claim), looks(4, over(lastPaidAt)));
    expect(found.map(brief)).toEqual([[], charges, [], []]);
  });

  it('is missed where its deletion had begun in time, and the ledger says so with the money', () => {
    expect(play(booksOf(doomed), looks(1, over(paidUntil)))[1]).toMatchObject([{ use: 'missed', policy: 'web' }]);
    const first = makeSnapshot(listed.vms, {}, { at: NOON, books: booksOf(doomed), abilities: CLOUD_ABILITIES });
    const { books } = applyChanges(
      first.books,
      reckonSnapshot(first, makePolicies({ fleets: [makeFleet()] }), makeSettings()).changes,
    );
    const at = NOON + HOUR;
    const second = makeSnapshot([over(paidUntil)], {}, { at, books, abilities: CLOUD_ABILITIES });
    const { ledger } = reckonSnapshot(second, makePolicies({ fleets: [makeFleet()] }), makeSettings());
    expect(ledger.map(({ event, money }) => [event, money])).toContainEqual(['missed-boundary', HOURLY.amount]);
  });

  it('and had been bought since the last look was charged from its making on', () => {
    const bought = makeClaim('1', {
      ...{ claimedAt: NOON, seenAt: undefined, activeAt: undefined },
      ...{ price: undefined, paidUntil: undefined },
    });
    const ended = over(NOON + 3 * MINUTE + HOUR, { createdAt: NOON });
    const found = play(booksOf(bought), [{ at: NOON + 2 * HOUR, vms: [ended], leftovers: [] }]);
    expect(found[0]!.map(({ amount }) => amount)).toEqual([HOURLY.amount, HOURLY.amount]);
  });

  it('and had ended before Purser looked at all was never charged since, however young it was', () => {
    const ended = over(NOON - 5 * MINUTE, { createdAt: NOON - 5 * MINUTE });
    const books = makeBooks({ notes: makeNotes({ lastCompleteLook: undefined }) });
    const twice = [0, 1].map((minutes) => ({ at: NOON + minutes * MINUTE, vms: [ended], leftovers: [] }));
    expect(play(books, twice).map(brief)).toEqual([[], []]);
  });
});

describe('disks and addresses', () => {
  const paidUntil = NOON + 30 * MINUTE;
  const disk = makePart('d1', { attachedTo: ['1'] });
  const next = { paidUntil: paidUntil + HOUR };
  const vmWith = (part: Part) =>
    makeVm('1', { price: HOURLY, paidUntil: NOON + 50 * MINUTE, spent: undefined, parts: [part] });
  const claimWith = (made: 'for-it' | 'by-others', over: Partial<Claim> = {}) => {
    const { kind, id, name, price } = disk;
    return makeClaim('1', {
      price: HOURLY,
      paidUntil: NOON + 50 * MINUTE,
      parts: [{ kind, id, name, price, paidUntil, made }],
      ...over,
    });
  };
  const later = NOON + 35 * MINUTE;
  const attached = [
    { at: NOON, vms: [vmWith(disk)], leftovers: [] },
    { at: later, vms: [vmWith({ ...disk, ...next })], leftovers: [] },
  ];

  it.each([
    ['its own machine', claimWith('for-it'), 'web', 'wanted'],
    ['what a person gave it', claimWith('by-others'), undefined, 'foreign'],
    [
      'a machine that is being deleted',
      claimWith('for-it', { state: 'doomed', deletion: { intent: 'x', calledAt: NOON } }),
      'web',
      'missed',
    ],
  ] as const)('are charged for %s', (_what, claim, policy, use) => {
    const [, found] = play(booksOf(claim), attached);
    expect(found).toEqual([
      {
        at: paidUntil,
        account: 'main',
        policy,
        use,
        vmId: '1',
        vmName: 'vm-1',
        part: { kind: 'boot-disk', id: 'd1' },
        amount: 2_750n,
      },
    ]);
  });

  it('that serve nobody are idle, and those that an ended VM of ours left are missed once its end was seen', () => {
    const free = makePart('d2');
    const looks = (part: Part) => [
      { at: NOON, leftovers: [part] },
      { at: later, leftovers: [{ ...part, ...next }] },
    ];
    expect(play(makeBooks(), looks(free))[1]).toMatchObject([
      { use: 'idle', policy: undefined, vmId: 'd2', vmName: 'part-d2' },
    ]);
    const { kind, id, name, price } = free;
    const of = {
      vmId: '1',
      vmName: 'web-1',
      vmCreatedAt: NOON - DAY,
      policy: 'web',
      intent: 'x',
      isBegun: true,
    } as const;
    const left = { kind, id, name, price, paidUntil, made: 'for-it', ...of } as const;
    for (const [since, use] of [
      [NOON, 'missed'],
      [paidUntil + 1, 'idle'],
    ] as const) {
      const notes = makeNotes({ leftParts: [{ ...left, since }] });
      expect(play(makeBooks({ notes }), looks(free))[1]).toMatchObject([
        { use, policy: 'web', vmId: '1', part: { id } },
      ]);
    }
  });

  it('that could not be read for a look are neither counted anew nor forgotten', () => {
    const unread = { ...disk, price: undefined, paidUntil: undefined, createdAt: undefined };
    const seen = (part: Part, minutes: number) => ({ at: NOON + minutes * MINUTE, vms: [vmWith(part)], leftovers: [] });
    const old = { ...disk, paidUntil: NOON + 10 * MINUTE };
    const looks = [seen(unread, 0), seen(old, 1), seen(unread, 5), seen({ ...old, paidUntil: NOON + 70 * MINUTE }, 11)];
    expect(play(booksOf(claimWith('by-others', { parts: [] })), looks).map(({ length }) => length)).toEqual([
      0, 0, 0, 1,
    ]);
  });
});

describe('all that is counted', () => {
  it('is what the market charged, VM by VM, whether or not it tells sums, and however seldom anybody looks', () => {
    const facts = fc.record({
      tellsSpent: fc.boolean(),
      billing: fc.constantFrom('rolling', 'fixed'),
      steps: fc.array(fc.tuple(fc.integer({ min: 1, max: 90 }), fc.nat(4)), { minLength: 1, maxLength: 6 }),
      launchMillis: fc.integer({ min: 0, max: 10 * MINUTE }),
      lookEvery: fc.integer({ min: 5 * MINUTE, max: 20 * HOUR }),
    });
    fc.assert(
      fc.property(facts, ({ tellsSpent, billing, steps, launchMillis, lookEvery }) => {
        const price = billing === 'fixed' ? PRICE : { amount: 19_650n, periodMillis: HOUR };
        const world = new World(NOON, { price, billing, launchMillis, tellsSpent });
        const demand = demandOf(steps.map(([hours, wanted]) => [NOON + hours * HOUR, wanted]));
        const driver = new Driver({ world, policies: { fleets: [makeFleet({ demand })] }, lookEvery });
        driver.run(NOON + 100 * HOUR);
        driver.step();
        const count = (ids: readonly string[]) =>
          Object.fromEntries([...new Set(ids)].sort().map((id) => [id, ids.filter((other) => other === id).length]));
        // Without sums nobody sees what is charged for a launch that never ended.
        const shown = new Set(driver.charges.map(({ vmId }) => vmId));
        const paid = world.charges.filter(({ vmId }) => tellsSpent || shown.has(vmId));
        expect(count(driver.charges.map(({ vmId }) => vmId))).toEqual(count(paid.map(({ vmId }) => vmId)));
        for (const { amount } of driver.charges) expect(amount).toBe(price.amount);
      }),
      { numRuns: 150 },
    );
  });
});
