import { expect, test } from 'vitest';
import { DAY_MILLIS } from '../../../src/core/money.js';
import { buildStatusReport } from '../../../src/cli/render/build-status-report.js';
import { buildPolicyRows } from '../../../src/cli/render/policy-rows.js';
import type { Plan } from '../../../src/core/plan-types.js';
import type { FleetSavings } from '../../../src/cli/render/describe-savings.js';
import { renderStatus } from '../../../src/cli/render/render-status.js';
import { statusToJson } from '../../../src/cli/render/status-to-json.js';
import {
  NOW,
  PLAIN,
  PRICE,
  at,
  charge,
  deploy,
  emptyPlan,
  entry,
  fleet,
  hold,
  hugePlan,
  other,
  reap,
} from './sample-plans.js';
import { gather, paidFor } from './sample-status.js';

const PAID_YESTERDAY = paidFor({ wanted: 18n * PRICE });
const YESTERDAY = [
  entry('bought', {}),
  ...Array.from({ length: 8 }, () => entry('taken-back', { policy: 'office' })),
  entry('record-removed', { money: PRICE }),
  ...Array.from({ length: 18 }, () => entry('charged', { money: PRICE })),
];

test('a healthy status is drawn as the docs draw it', () => {
  expect(renderStatus(buildStatusReport(gather({ ledger: YESTERDAY, paid: PAID_YESTERDAY })), PLAIN))
    .toMatchInlineSnapshot(`
    "Purser up 12 d, installation a1, 2 workers, last look 4 s ago, next tick in 26 s
    OK: not frozen, API 212 ms, clock +0.3 s, policies generation 17, Redis AOF on

    POLICY   MODE  WANTED  RUNNING  PARKED   PER DAY  NEXT CHANGE
    web      act        4        3       0  0.920940  launching 1
    office   act        2       10       8  3.069800  Sat 06:44Z delete 8
    reap-ci  act        -        3       -  0.920940  deleting ci-build-07 before 19:15Z
    other    -          -        1       -  0.306980  db-1 protected
    Parked VMs are among those that run: not wanted, but paid for until their boundary.

    COMING CHARGES  WHAT             COST  AVOIDABLE UNTIL
    Fri 19:15Z      ci-build-07  0.306980  deleting now
    Fri 21:05Z      ci-build-09  0.306980  no: busy
    Sat 06:50Z      8 of office  2.455840  Sat 06:44Z: will be

    NEEDS YOU
    ! ci-build-11 unknown: no answer since 18:41Z; kept    purser explain ci-build-11

    LAST 24 H  1 bought, 8 taken back, 1 record removed, 0 boundaries missed, 5.525640 paid, 0.000000 of it for nothing"
  `);
});

test('everything that is wrong is told first, each with its mend', () => {
  const status = buildStatusReport(
    gather({
      processes: [],
      nextTickAt: undefined,
      frozen: { since: NOW - 3_600_000, why: 'billing looks odd' },
      accounts: [
        {
          account: 'main',
          mode: 'act',
          isModeTold: true,
          lastLookAt: NOW - 3_000_000,
          latencyMillis: undefined,
          skewMillis: -9 * 3_600_000,
          apiDown: { since: NOW - 3_000_000, code: 'api-unavailable', text: '502 Bad Gateway' },
        },
      ],
      generation: undefined,
      redis: { appendOnly: false, evictionPolicy: 'allkeys-lru' },
      plans: [],
      problems: [
        {
          code: 'policy-unreadable',
          text: 'policies/ cannot be read, generation 17 stays',
          since: NOW - 60_000,
          remedy: 'purser validate',
        },
      ],
    }),
  );
  expect(renderStatus(status, { ...PLAIN, width: 80 })).toMatchInlineSnapshot(`
    "Purser is not running, installation a1, 0 workers, last look 50 m ago
    NOT OK
    ! frozen: billing looks odd (since 18:10Z, 60 m)
        purser thaw
    ! no policies are in force
        purser apply
    ! no scheduler runs: nothing is bought, and nothing deleted before its boundary
        purser up
    ! the API of main is down: 502 Bad Gateway (since 18:20Z, 50 m)
        purser doctor
    ! the clocks of main and of this machine differ by 9 h
        set the clock of this machine
    ! Redis AOF is off: a restart of Redis loses the books
        set appendonly yes in Redis
    ! Redis may throw books away (maxmemory-policy allkeys-lru)
        set maxmemory-policy noeviction in Redis
    ! policies/ cannot be read, generation 17 stays (since 19:09Z, 60 s)
        purser validate

    No policies and no VMs.

    LAST 24 H  0 bought, 0 taken back, 0 records removed, 0 boundaries missed,
      0.000000 paid, 0.000000 of it for nothing"
  `);
});

test('what changes next is the most pressing thing that is known of a policy', () => {
  const next = { at: at('2026-11-23T07:00'), wanted: 10, window: 'day' };
  const plan = emptyPlan({
    actions: [deploy({ policy: 'heal', reason: { code: 'replacement', text: 'failed' } })],
    fleets: [
      fleet('heal'),
      fleet('starting', { launching: 2 }),
      fleet('waiting', { next }),
      fleet('steady'),
      fleet('shared', { running: 0, elsewhere: 3 }),
      fleet('stuck'),
      fleet('jammed'),
    ],
    holds: [
      hold('backing-off', undefined, { policy: 'stuck', text: 'no offer', until: at('2026-11-20T19:14') }),
      hold('no-offer', undefined, { policy: 'jammed', text: "2 can't be had", until: undefined }),
      hold('busy', 'ci-1', { text: '/busy = true' }),
    ],
    reaps: [reap('reap-ci', { mode: 'observe' })],
    others: [other('db-1', { protected: true }), other('db-2'), other('db-3'), other('ci-1')],
  });
  const rows = buildStatusReport(gather({ plans: [plan] })).policies;
  expect(rows.at(-1)).toMatchObject({ running: 3, perDay: 3n * PRICE });
  expect(rows.map(({ policy, next: change }) => [policy, change])).toEqual([
    ['heal', { at: undefined, text: 'healing: launching 1' }],
    ['starting', { at: undefined, text: 'launching 2' }],
    ['waiting', { at: next.at, text: 'wants 10' }],
    ['steady', undefined],
    ['shared', { at: undefined, text: '3 in other accounts' }],
    ['stuck', { at: at('2026-11-20T19:14'), text: 'backing-off' }],
    ['jammed', { at: undefined, text: 'held: no-offer' }],
    ['reap-ci', undefined],
    ['other', { at: undefined, text: '1 protected, 2 foreign' }],
  ]);
});

test('a fleet that a budget holds says so where it would never want more', () => {
  const held = [{ policy: 'web', most: 0, wanted: 4, wantedNow: 0 }];
  const textsOf = (mode: string) => {
    const budgets = [{ budget: 'team', mode, held }] as unknown as NonNullable<Plan['budgets']>;
    return buildPolicyRows([emptyPlan({ fleets: [fleet('web'), fleet('app')], budgets })]).map(
      ({ next }) => next?.text,
    );
  };
  expect(textsOf('act')).toEqual(['at most 0: budget team', undefined]);
  expect(textsOf('observe')).toEqual([undefined, undefined]);
});

test('many charges end with a sum, and a huge account stays short', () => {
  const charges = Array.from({ length: 500 }, (_, index) =>
    charge(`ci-${index}`, '2026-11-20T20:00', { at: NOW + index * 60_000 }),
  );
  const status = buildStatusReport(gather({ plans: [{ ...hugePlan(), charges }] }));
  const lines = renderStatus(status, PLAIN).split('\n');
  expect(lines.length).toBeLessThan(30);
  expect(lines.find((line) => line.includes('488 more'))).toBe('until Sat 03:29Z  488 more  149.806240  all: --json');
});

test('what was done on the last day is read from the ledger, and what was paid from the sums that spend reads', () => {
  const status = buildStatusReport(
    gather({
      ledger: [
        entry('bought', {}),
        entry('charged', { money: PRICE }),
        entry('missed-boundary', { money: PRICE }),
        entry('late-create', { money: PRICE }),
        entry('charged', { money: PRICE }),
        entry('deleted', { money: PRICE }),
        entry('record-removed', { money: PRICE }),
      ],
      paid: paidFor({ wanted: 10n * PRICE, parked: 1n, idle: 20n, missed: 300n, foreign: 4_000n }),
    }),
  );
  expect(status.lastDay).toEqual({
    bought: 1,
    takenBack: 0,
    deleted: 1,
    recordsRemoved: 1,
    missedBoundaries: 1,
    paid: 10n * PRICE + 4_321n,
    unseenCharges: 0,
    forNothing: 321n,
    foreign: 4_000n,
    cutShort: 0n,
  });
  expect(renderStatus(status, PLAIN)).toContain(
    '3.074121 paid, 0.000321 of it for nothing, 0.004000 for VMs of no policy',
  );
  expect(statusToJson(status).lastDay).toMatchObject({ paid: '3.074121', forNothing: '0.000321', foreign: '0.004000' });
});

test('what schedules save is one line a fleet beneath the policies, and a field of its row', () => {
  const savingsOf = (policy: string, needed: number): FleetSavings => ({
    policy,
    periodMillis: DAY_MILLIS,
    span: { from: NOW, to: NOW + 7 * DAY_MILLIS },
    savings: { always: 70, needed, paid: needed, peak: 10, quiet: [], useless: [], hints: [], lines: [] },
    maxPrice: { amount: 500_000n, periodMillis: DAY_MILLIS },
  });
  const status = buildStatusReport(gather({ savings: [savingsOf('office', 54), savingsOf('web', 70)] }));
  const text = renderStatus(status, PLAIN);
  expect(text).toContain(
    'paid for until their boundary.\n' +
      'office: schedule saves 16 of 70 charges a week\n' +
      'web: schedule saves no charge: no gap is longer than 24h\n\nCOMING CHARGES',
  );
  const rows = statusToJson(status).policies.map(({ policy, schedule }) => [policy, schedule?.saved]);
  expect(rows).toEqual([
    ['web', 0],
    ['office', 16],
    ['reap-ci', undefined],
    ['other', undefined],
  ]);
});

test('what was bought and not seen paid yet is said beside what was paid', () => {
  const text = renderStatus(buildStatusReport(gather({ ledger: [entry('bought', { vmId: 'vm-1' })] })), PLAIN);
  expect(text).toContain('0.000000 paid (and 1 VM not listed as paid yet)');
});

test('the JSON says the same in ISO instants and decimal strings', () => {
  const document: unknown = JSON.parse(
    JSON.stringify(
      statusToJson(
        buildStatusReport(gather({ frozen: { since: NOW, why: 'test' }, ledger: YESTERDAY, paid: PAID_YESTERDAY })),
      ),
    ),
  );
  expect(document).toMatchObject({
    at: '2026-11-20T19:10:00Z',
    running: true,
    installation: 'a1',
    workers: 2,
    lastLookAt: '2026-11-20T19:09:56Z',
    nextTickAt: '2026-11-20T19:10:26Z',
    frozen: true,
    freeze: { since: '2026-11-20T19:10:00Z', why: 'test' },
    generation: 17,
    redis: { appendOnly: true, evictionPolicy: 'noeviction' },
    accounts: [
      { account: 'main', mode: 'act', lastLookAt: '2026-11-20T19:09:56Z', latencyMillis: 212, skewMillis: 300 },
    ],
    policies: [
      { policy: 'web', wanted: 4, perDay: '0.920940', next: { text: 'launching 1' } },
      { policy: 'office', next: { at: '2026-11-21T06:44:00Z', text: 'delete 8' } },
      { policy: 'reap-ci', running: 3 },
      { policy: 'other', running: 1 },
    ],
    charges: [
      { at: '2026-11-20T19:15:00Z', vms: ['ci-build-07'], cost: '0.306980', fate: 'deleting' },
      { at: '2026-11-20T21:05:00Z', fate: 'renew', why: 'busy' },
      { at: '2026-11-21T06:50:00Z', cost: '2.455840', avoidableUntil: '2026-11-21T06:44:00Z' },
    ],
    needsYou: [
      { code: 'frozen', vms: [], text: 'frozen: test', since: '2026-11-20T19:10:00Z', remedy: 'purser thaw' },
      { code: 'signal-unknown', vms: ['ci-build-11'], remedy: 'purser explain ci-build-11' },
    ],
    problems: [],
    lastDay: { bought: 1, takenBack: 8, paid: '5.525640', forNothing: '0.000000' },
  });
});

test('an alarm on needsYou of the JSON goes off for a dead scheduler, a freeze and a dead API, and for nothing else', () => {
  const readNeeds = (over: Parameters<typeof gather>[0]) =>
    statusToJson(buildStatusReport(gather({ plans: [], ...over }))).needsYou;
  const [account] = gather().accounts;
  const apiDown = { since: NOW - 60_000, code: 'api-unavailable', text: '502 Bad Gateway' };
  expect(readNeeds({})).toEqual([]);
  expect(readNeeds({ processes: [] })).toMatchObject([{ code: 'no-scheduler', vms: [], remedy: 'purser up' }]);
  expect(readNeeds({ frozen: { since: NOW, why: '' } })).toMatchObject([{ code: 'frozen', text: 'frozen' }]);
  expect(readNeeds({ accounts: [{ ...account!, apiDown }] })).toMatchObject([
    { code: 'api-unavailable', account: 'main', since: '2026-11-20T19:09:00Z', remedy: 'purser doctor' },
  ]);
});

test('what is wrong is told once on the page', () => {
  const page = renderStatus(buildStatusReport(gather({ processes: [] })), PLAIN);
  expect(page.split('no scheduler runs')).toHaveLength(2);
});

test('a reap says what its signals say, and all that it matches adds up', () => {
  const plan = emptyPlan({ reaps: [reap('reap-ci', { matched: 5, idle: 1, busy: 1, unknown: 1 })] });
  expect(buildStatusReport(gather({ plans: [plan] })).policies[0]?.next?.text).toBe(
    '1 idle, 1 busy, 1 unknown, 2 not asked',
  );
});

test('what was left of the period of a member that ended by itself is told apart: it was wanted when it was paid', () => {
  const ledger = [entry('charged', { money: PRICE }), entry('terminated', { money: PRICE / 2n })];
  const status = buildStatusReport(gather({ ledger, paid: paidFor({ wanted: PRICE }) }));
  expect(status.lastDay).toMatchObject({ paid: PRICE, forNothing: 0n, cutShort: PRICE / 2n });
  expect(renderStatus(status, PLAIN)).toContain('0.153490 lost with VMs that ended by themselves');
});

test('deletions that follow soon after the next one are told beside it', () => {
  const times = ['20:09:10', '20:09:40', '20:13:00'].map((time) => `2026-11-20T${time}`);
  const holds = [...times, '2026-11-21T20:13:00'].map((until, index) =>
    hold('parked', `web-${index}`, { policy: 'web', text: 'parked', until: at(until) }),
  );
  const plan = emptyPlan({ fleets: [fleet('web', {})], holds });
  expect(buildStatusReport(gather({ plans: [plan] })).policies[0]?.next).toEqual({
    at: at('2026-11-20T20:09:10'),
    text: 'delete 2, 1 more soon after',
  });
});

test('an account for which nothing is done is not well, though all processes run', () => {
  const doubt = hold('untrusted-inventory', undefined, { policy: undefined, text: 'the list shows 0 VMs' });
  const plan = emptyPlan({ holds: [doubt], fleets: [fleet('web', { running: 0, launching: 0, unseen: 2 })] });
  const page = renderStatus(buildStatusReport(gather({ plans: [plan] })), PLAIN);
  expect(page).toMatch(/NOT OK\n! nothing is bought or deleted in main: see NEEDS YOU\n/);
  expect(page).toMatch(/^web .* 2 not listed$/m);
  expect(page).not.toContain('launching');
  const calm = renderStatus(buildStatusReport(gather({ plans: [emptyPlan()] })), PLAIN);
  expect(calm).toMatch(/^OK: /m);
});

test('what a disk was charged says nothing of whether its VM was', () => {
  const bought = entry('bought', { vmId: 'v1', vmName: 'web-1' });
  const disk = entry('charged', { vmId: 'v1', vmName: 'web-1', part: 'boot-disk', money: 2n });
  const vm = entry('charged', { vmId: 'v1', vmName: 'web-1', money: 3n });
  expect(buildStatusReport(gather({ ledger: [bought, disk] })).lastDay).toMatchObject({ unseenCharges: 1 });
  expect(buildStatusReport(gather({ ledger: [bought, disk, vm] })).lastDay).toMatchObject({ unseenCharges: 0 });
});

test('nothing is told of an API and an hour that nobody can ask, and a coming deletion needs somebody who runs', () => {
  const gone = {
    code: 'clock-unreachable',
    text: "No sandbox's clock can be read.",
    since: undefined,
    remedy: undefined,
  };
  const told = renderStatus(buildStatusReport(gather({ problems: [gone], processes: [] })), PLAIN);
  expect(told).toMatch(/^Purser is not running, installation a1, 0 workers, last look at Fri 19:09Z$/m);
  expect(told).toMatch(/^Otherwise: not frozen, policies generation 17, Redis AOF on$/m);
  expect(told).toContain('Sat 06:44Z: if `up` runs');
  const well = renderStatus(buildStatusReport(gather()), PLAIN);
  expect(well).toContain('API 212 ms, clock +0.3 s');
  expect(well).toContain('Sat 06:44Z: will be');
});
