// When nothing may be bought although it is missing, and how much of it the rails let through.
import { describe, expect, it } from 'vitest';
import type { BackOff, Books, Intent } from '../../../src/core/books.js';
import type { Plan, Snapshot } from '../../../src/core/plan-types.js';
import type { AccountSettings, FleetPolicy } from '../../../src/core/policy-types.js';
import { hashOffersFor } from '../../../src/core/rules/buy-missing.js';
import {
  daily,
  DAY,
  deployedCount,
  demandOf,
  HOUR,
  INSTALLATION,
  intentId,
  makeClaim,
  makeDeploy,
  makeFleet,
  makeIntent,
  makeNotes,
  makeOffer,
  makeSettings,
  makeSnapshot,
  makeVm,
  MINUTE,
  NOON,
  planOf,
  PRICE,
} from '../samples.js';

const DEPLOYS = makeSettings().rails.deploys;
const offer = makeOffer({ capacity: 1000 });

interface Scene {
  readonly wanted?: number;
  readonly books?: Partial<Books>;
  readonly snapshot?: Partial<Snapshot>;
  readonly fleet?: Partial<FleetPolicy>;
  readonly deploys?: Partial<AccountSettings['rails']['deploys']>;
}

function planScene({ wanted = 3, books = {}, snapshot = {}, fleet = {}, deploys = {} }: Scene): Plan {
  const rails = { ...makeSettings().rails, deploys: { ...DEPLOYS, ...deploys } };
  const fleets = [makeFleet({ demand: demandOf([[0, wanted]]), ...fleet })];
  return planOf(makeSnapshot([], books, { offers: [offer], ...snapshot }), { fleets, settings: { rails } });
}

const codes = (plan: Plan) => plan.holds.map((hold) => hold.reason.code);
const purchase = (count: number, age: number, over: Partial<Intent> = {}) =>
  makeIntent(
    intentId(
      `a${String(age / MINUTE)
        .padStart(3, '0')
        .slice(0, 3)}`,
    ),
    { createdAt: NOON - age, deploy: makeDeploy(count), ...over },
  );

describe('a fleet that lacks members', () => {
  it('buys what is missing, and says what that costs', () => {
    const plan = planScene({});
    expect(deployedCount(plan)).toBe(3);
    expect(plan.totals).toMatchObject({ deploy: 3, costNow: 3n * PRICE.amount });
    expect(plan.actions[0]!.reason).toEqual({ code: 'below-replicas', text: '0 of 3 wanted' });
  });

  it('says whom it replaces', () => {
    const ended = makeVm('1', { status: 'terminated' });
    const plan = planOf(makeSnapshot([ended], { claims: [makeClaim('1')] }));
    const deploy = plan.actions.find((action) => action.kind === 'deploy');
    expect(deploy?.reason.code).toBe('replacement');
    expect(deploy?.reason.text).toContain('the provider terminated vm-1');
  });

  const backOff = (over: Partial<BackOff>): Partial<Books> => {
    const offersHash = hashOffersFor(makeFleet(), [offer]);
    const entry = {
      attempts: 2,
      until: NOON + MINUTE,
      text: 'why',
      policyHash: String(NOON - 10 * DAY),
      offersHash,
      ...over,
    };
    return { notes: makeNotes({ backOffs: { web: entry } }) };
  };
  const noBalance = (retryAt: number) => ({
    notes: makeNotes({ noBalance: { since: NOON - HOUR, retryAt, text: 'Not enough' } }),
  });
  const image = (name: string) => ({ vm: { ...makeFleet().vm, image: name } });
  const keys = (...names: readonly string[]) => ({ vm: { ...makeFleet().vm, sshKeys: names } });
  const opsKey = { name: 'ops', fingerprint: 'SHA256:x', algorithm: undefined, publicKey: 'ssh-ed25519 AAAA' };
  const ubuntu = { slug: 'ubuntu', name: 'Ubuntu', distribution: undefined, url: 'https://x', username: undefined };

  it.each([
    ['the market was not read', { snapshot: { offers: undefined } }, 'offers-unknown'],
    ['nothing is on offer', { snapshot: { offers: [] } }, 'no-offer'],
    ['it backs off', { books: backOff({}) }, 'backing-off'],
    ['its back-off is over', { books: backOff({ until: NOON }) }, undefined],
    ['it gave up', { books: backOff({ attempts: 5, until: NOON }) }, 'gave-up'],
    ['its worker lacks a secret', { books: backOff({ attempts: 9, lacksSecret: true }) }, 'secret-missing'],
    ['the secret may be there by now', { books: backOff({ attempts: 9, lacksSecret: true, until: NOON }) }, undefined],
    ['its policy changed since', { books: backOff({ attempts: 5, policyHash: '1' }) }, undefined],
    ['its offers changed since', { books: backOff({ attempts: 5, offersHash: '1' }) }, undefined],
    ['the balance was refused', { books: noBalance(NOON + 1) }, 'no-balance'],
    ['the balance may be tried again', { books: noBalance(NOON) }, undefined],
    ['its image is unknown', { fleet: image('ubuntu') }, 'image-unknown'],
    ['the images were not read', { fleet: image('ubuntu'), snapshot: { images: undefined } }, 'image-unknown'],
    ['its image is known', { fleet: image('ubuntu'), snapshot: { images: [ubuntu] } }, undefined],
    ['its key is unknown', { snapshot: { keys: [] } }, 'key-unknown'],
    ['its key is known', { snapshot: { keys: [opsKey] } }, undefined],
    ['its key is known by its id', { fleet: keys('0A1B'), snapshot: { keys: [{ ...opsKey, id: '0a1b' }] } }, undefined],
    ['its keys were not read', { snapshot: { keys: undefined } }, undefined],
    ['its key is written out', { fleet: keys('ssh-ed25519 AAAAC3 me'), snapshot: { keys: [] } }, undefined],
    ['it only observes', { fleet: { mode: 'observe' } }, 'observing'],
    ['it is paused', { fleet: { mode: 'pause' } }, 'paused'],
  ] as const)('and %s', (_what, scene, code) => {
    const plan = planScene(scene);
    expect(deployedCount(plan)).toBe(code === undefined ? 3 : 0);
    if (code !== undefined) expect(codes(plan)).toContain(code);
  });

  it('wakes when its back-off ends', () => {
    expect(planScene({ books: backOff({}) }).nextWakeAt).toBe(NOON + MINUTE);
  });

  it('leaves scarce offers to the fleet of higher priority', () => {
    const fleets = [
      makeFleet({ name: 'low', priority: 1, demand: demandOf([[0, 2]]) }),
      makeFleet({ name: 'top', priority: 2, demand: demandOf([[0, 2]]) }),
    ];
    const plan = planOf(makeSnapshot([], {}, { offers: [makeOffer({ capacity: 3 })] }), { fleets });
    expect(plan.actions.map((action) => [action.policy, action.kind === 'deploy' && action.count])).toEqual([
      ['top', 2],
      ['low', 1],
    ]);
  });
});

describe('the rails of buying', () => {
  it.each([
    [
      'twice what is wanted, plus two, an hour and fleet',
      { wanted: 3, books: { intents: [purchase(6, 59 * MINUTE)] } },
      2,
      'deploys.perFleet',
    ],
    [
      'nothing of what is older than an hour',
      { wanted: 3, books: { intents: [purchase(6, 60 * MINUTE)] } },
      3,
      undefined,
    ],
    [
      'nothing of what failed',
      { wanted: 3, books: { intents: [purchase(8, 0, { state: 'failed', reckoned: true })] } },
      3,
      undefined,
    ],
    ['so many an hour', { wanted: 30, deploys: { perHour: 20 } }, 20, 'deploys.perHour'],
    [
      'so many a day',
      { wanted: 9, deploys: { perDay: 5 }, books: { intents: [purchase(2, 5 * HOUR)] } },
      3,
      'deploys.perDay',
    ],
    ['so much money a day', { wanted: 9, deploys: { moneyPerDay: 4n * PRICE.amount + 1n } }, 4, 'deploys.moneyPerDay'],
    [
      'no money that is spent already',
      { wanted: 9, deploys: { moneyPerDay: PRICE.amount }, books: { intents: [purchase(2, HOUR)] } },
      0,
      'deploys.moneyPerDay',
    ],
  ] as const)('let through %s', (_what, scene, count, rail) => {
    const plan = planScene(scene);
    expect(deployedCount(plan)).toBe(count);
    expect(plan.refused.map((refusal) => refusal.rail)).toEqual(rail === undefined ? [] : [rail]);
  });

  it('say in words what they allow, one and many', () => {
    const textOf = (perHour: number): string => planScene({ wanted: 30, deploys: { perHour } }).refused[0]!.text;
    expect(textOf(1)).toContain('29 of 30 not bought: the rail allows 1 purchase in one hour;');
    expect(textOf(20)).toContain('10 of 30 not bought: the rail allows 20 purchases in one hour;');
  });

  it('measure an hour by its highest wish, so that a wish that fell breaks nothing', () => {
    const fallen = demandOf([
      [0, 4],
      [NOON - 10 * MINUTE, 0],
      [NOON, 1],
    ]);
    const plan = planScene({ fleet: { demand: fallen }, books: { intents: [purchase(4, 50 * MINUTE)] } });
    expect(deployedCount(plan)).toBe(1);
  });
});

describe('after a rename', () => {
  const old = { policy: 'old', state: 'unknown' as const, deploy: makeDeploy(2) };
  it('an open create of the old name counts for the heir', () => {
    const intents = [makeIntent(intentId('aaaa'), old)];
    expect(deployedCount(planScene({ books: { intents }, fleet: { formerly: ['old'] } }))).toBe(1);
    expect(deployedCount(planScene({ books: { intents } }))).toBe(3);
  });

  it('two heirs buy nothing while members of the old name are there', () => {
    const fleets = ['one', 'two'].map((name) => makeFleet({ name, formerly: ['old'] }));
    const claims = [makeClaim('1', { policy: 'old' })];
    const plan = planOf(makeSnapshot([makeVm('1')], { claims }), { fleets });
    expect(deployedCount(plan)).toBe(0);
    expect(codes(plan).filter((code) => code === 'two-claimants').length).toBe(2);
    expect(deployedCount(planOf(makeSnapshot([], {}), { fleets }))).toBe(2);
  });
});

describe('VMs that are known by name alone', () => {
  it('count, are never deleted, and nothing is bought in their place', () => {
    const named = makeVm('1', { name: `web-${INSTALLATION}${intentId('aaaa')}00`, paidUntil: NOON + MINUTE });
    const plan = planOf(makeSnapshot([named]));
    expect(plan.actions).toEqual([]);
    expect(codes(plan)).toEqual(['known-by-name']);
    expect(planOf(makeSnapshot([named]), { fleets: [makeFleet({ demand: demandOf([]) })] }).actions).toEqual([]);
    const elsewhere = makeVm('1', { name: `web-b2${intentId('aaaa')}00`, price: daily(1n) });
    expect(deployedCount(planOf(makeSnapshot([elsewhere])))).toBe(1);
  });
});
