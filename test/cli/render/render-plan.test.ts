import { expect, test } from 'vitest';
import { mergePlanIds, renderNextDeadline, renderPlan } from '../../../src/cli/render/render-plan.js';
import type { Hold, Refusal } from '../../../src/core/plan-types.js';
import {
  NOW,
  OFFICE_NAMES,
  PLAIN,
  PRICE,
  at,
  charge,
  deletion,
  deploy,
  emptyPlan,
  fleet,
  fridayPlan,
  hold,
  hugePlan,
  other,
  parkOffice,
  reap,
  refOf,
} from './sample-plans.js';

const refusal: Refusal = {
  account: 'main',
  policy: 'reap-ci',
  rail: 'deletes.perPlan',
  text: '12 of 20 are idle, 6 may go at once',
  targets: Array.from({ length: 12 }, (_, index) => refOf(`ci-build-${index}`)),
  approve: 'plan-9a1b2c',
};

test('a plan is drawn as the docs draw it', () => {
  expect(renderPlan([fridayPlan()], PLAIN)).toMatchInlineSnapshot(`
    "main (marketplace, rolling 24 h)   Fri 2026-11-20 19:10Z   18 VMs seen 4 s ago   act

    web         wanted 4   running 3    parked 0
      + deploy 1   FR cpu-2-ram-4gb-storage-25gb               0.306980 now
                   below-replicas: the provider terminated web-a17k3f2x02 at 18:52Z
      - delete web-a17k3f2x02   record only, frees its reserve of 0.306980
    office      wanted 2   running 10   parked 8   10 from Mon 07:00Z (window "day")
      ~ hold 8     paid until Sat 06:50Z; deletion starts 06:44Z, free to take back until then
                   next wanted Mon 07:00Z; letting go avoids 16 charges: 4.911680
    reap-ci     3 match   1 idle   1 busy   1 unknown
      - delete ci-build-07   due now, boundary 19:15Z   avoids 0.306980 a day
                   idle 52m of 30m: /busy = false in 52 of 52 samples
      ~ hold ci-build-09     busy: /busy = true 20 s ago; renews 21:05Z
      ~ hold ci-build-11     unknown: no answer since 18:41Z; kept, renews 23:30Z

    Not Purser's: 1 VM (db-1, protected)      Unclaimed: none
    Rails: deletions 1 of 10, deploys 1 of 40

    1 to deploy, 2 to delete, 10 held.  Pay now 0.306980, avoid 0.306980.
    plan-6f2c91   run it: purser apply    one VM: purser explain ci-build-11"
  `);
});

test('on a narrow terminal lines break between words, beneath the reasons', () => {
  const output = renderPlan([fridayPlan()], { ...PLAIN, width: 72 });
  expect(output).toMatchInlineSnapshot(`
    "main (marketplace, rolling 24 h)   Fri 2026-11-20 19:10Z
      18 VMs seen 4 s ago   act

    web         wanted 4   running 3    parked 0
      + deploy 1   FR cpu-2-ram-4gb-storage-25gb               0.306980 now
                   below-replicas: the provider terminated web-a17k3f2x02 at
                   18:52Z
      - delete web-a17k3f2x02   record only, frees its reserve of 0.306980
    office      wanted 2   running 10   parked 8
                10 from Mon 07:00Z (window "day")
      ~ hold 8     paid until Sat 06:50Z; deletion starts 06:44Z, free to
                   take back until then
                   next wanted Mon 07:00Z; letting go avoids 16 charges:
                   4.911680
    reap-ci     3 match   1 idle   1 busy   1 unknown
      - delete ci-build-07   due now, boundary 19:15Z
                   avoids 0.306980 a day
                   idle 52m of 30m: /busy = false in 52 of 52 samples
      ~ hold ci-build-09     busy: /busy = true 20 s ago; renews 21:05Z
      ~ hold ci-build-11     unknown: no answer since 18:41Z; kept, renews
                   23:30Z

    Not Purser's: 1 VM (db-1, protected)      Unclaimed: none
    Rails: deletions 1 of 10, deploys 1 of 40

    1 to deploy, 2 to delete, 10 held.  Pay now 0.306980, avoid 0.306980.
    plan-6f2c91   run it: purser apply    one VM: purser explain ci-build-11"
  `);
  expect(Math.max(...output.split('\n').map((line) => line.length))).toBeLessThanOrEqual(72);
});

test('ten thousand VMs stay short: equal holds share a line, long lists end with how many more', () => {
  const output = renderPlan([hugePlan()], PLAIN);
  expect(output).toMatchInlineSnapshot(`
    "main (marketplace, 24 h)   Fri 2026-11-20 19:10Z   11194 VMs seen 4 s ago   act

    web         wanted 4   running 204   parked 200
      ~ hold 200   paid until Sat 00:06Z to 03:25Z; deletions start 00:00Z, free to take back until then
    reap-ci     10000 match   1000 idle   9000 busy   0 unknown
      - delete 1000  due now, boundaries 19:15Z to 19:39Z   avoids 306.980000 a day
                   idle: ci-build-00000, ci-build-00001, ci-build-00002 and 997 more
      ~ hold 9000    busy: ci-build-01000, ci-build-01001, ci-build-01002 and 8997 more

    Not Purser's: 990 VMs (db-0, db-1, db-2 and 987 more)      Unclaimed: none
    Rails: deletions 1000 of 4000, deploys 0 of 40

    0 to deploy, 1000 to delete, 9200 held.  Pay now 0.000000, avoid 306.980000.
    plan-6f2c91   run it: purser apply    one VM: purser explain ci-build-01000"
  `);
});

test('nothing to do reads well and says when to look again', () => {
  const plan = emptyPlan({
    fleets: [fleet('web'), fleet('night', { wanted: 0, running: 0, window: 'night', mode: 'observe' })],
    seen: { vms: 4, at: NOW - 4000, state: 'complete' },
    nextWakeAt: at('2026-11-20T20:10'),
    charges: [charge('web-1', '2026-11-21T17:55'), charge('web-2', '2026-11-21T17:55')],
  });
  expect(renderPlan([plan], PLAIN)).toMatchInlineSnapshot(`
    "main (marketplace, 24 h, all charged at 17:55Z)   Fri 2026-11-20 19:10Z   4 VMs seen 4 s ago   act

    web         wanted 4   running 4   parked 0
    night       wanted 0   running 0   parked 0   window "night"   observes only

    Not Purser's: none      Unclaimed: none
    Rails: deletions 0 of 10, deploys 0 of 40

    Nothing to do.  Next look matters at Fri 20:10Z.
    plan-6f2c91"
  `);
});

test('an account without policies says so', () => {
  expect(renderPlan([emptyPlan()], PLAIN)).toMatchInlineSnapshot(`
    "main (marketplace, 24 h)   Fri 2026-11-20 19:10Z   0 VMs seen 4 s ago   act

    No policies for this account.

    Not Purser's: none      Unclaimed: none
    Rails: deletions 0 of 10, deploys 0 of 40

    Nothing to do.
    plan-6f2c91"
  `);
});

test('no accounts at all point to init', () => {
  expect(renderPlan([], PLAIN)).toBe(
    'No accounts to plan for. purser.yaml names them; purser init writes a first one.',
  );
});

test('what stops a whole account comes first, with its cure', () => {
  const wide = { policy: undefined };
  const plan = emptyPlan({
    holds: [
      hold('frozen', undefined, { ...wide, text: 'since 18:00Z: maintenance until Monday' }),
      hold('observing', undefined, { ...wide, text: 'the account is new' }),
      hold('recovering', undefined, { ...wide, text: '2 of 3 looks' }),
      hold('untrusted-inventory', undefined, {
        ...wide,
        text: 'the list shrank from 18 to 3 VMs',
        until: NOW + 600_000,
      }),
      hold('untrusted-clock', undefined, { ...wide, text: 'the clocks differ by 9h' }),
      hold('no-balance', undefined, { ...wide, text: 'the account is empty', until: NOW + 900_000 }),
    ],
    fleets: [fleet('web', { running: 3 })],
    seen: { vms: 3, at: NOW - 4000, state: 'partial' },
    totals: { deploy: 0, delete: 0, hold: 6, costNow: 0n, savesNow: 0n },
  });
  expect(renderPlan([plan], PLAIN)).toMatchInlineSnapshot(`
    "main (marketplace, 24 h)   Fri 2026-11-20 19:10Z   3 VMs seen 4 s ago (an incomplete list)   act

    ! frozen: since 18:00Z: maintenance until Monday
      nothing is deleted or bought until: purser thaw
    ! observing: the account is new
      planned and told, nothing is carried out; to act: mode: act for this account in purser.yaml
    ! recovering: 2 of 3 looks
      nothing is deleted or bought meanwhile; once the list is right: purser doctor --recover
    ! untrusted-inventory: the list shrank from 18 to 3 VMs; next try 19:20Z
      nothing is deleted or bought until complete lists agree; look: purser doctor
    ! untrusted-clock: the clocks differ by 9h
      nothing is deleted or bought until the clocks agree; look: purser doctor
    ! no-balance: the account is empty; next try 19:25Z
      top up the account in the Fluence console; deletions go on

    web         wanted 4   running 3   parked 0

    Not Purser's: none      Unclaimed: none
    Rails: deletions 0 of 10, deploys 0 of 40

    What is to be done can't be told for main, 6 held.
    plan-6f2c91"
  `);
});

test('a reason that gives its cure already is not told it twice', () => {
  const text = 'frozen by hand: odd bill; `purser thaw` ends it';
  const plan = emptyPlan({ holds: [hold('frozen', undefined, { policy: undefined, text })] });
  expect(renderPlan([plan], PLAIN).split('\n').slice(1, 4)).toEqual(['', `! ${text}`, '']);
});

test('a record says once that it is one', () => {
  const text = 'the provider terminated it: record only, frees its reserve of 0.306980';
  const record = deletion('web-1', { recordOnly: true, saves: 0n, reason: { code: 'record-only', text } });
  expect(renderPlan([emptyPlan({ actions: [record] })], PLAIN)).toContain(`\n  - delete web-1   ${text}\n`);
});

test('a foreign VM that a reap looks after stands with the reap, not once more below', () => {
  const plan = emptyPlan({
    actions: [deletion('ci-1')],
    holds: [hold('busy', 'ci-2', { text: '/busy = true' })],
    reaps: [reap('reap-ci', { matched: 2, idle: 1, busy: 1 })],
    others: [other('ci-1'), other('ci-2'), other('db-1')],
  });
  expect(renderPlan([plan], PLAIN)).toContain("\nNot Purser's: 1 VM (db-1)      Unclaimed: none\n");
});

test('refusals say which rail, which VMs and what to do', () => {
  const plan = emptyPlan({
    refused: [
      refusal,
      {
        ...refusal,
        policy: 'web',
        rail: 'deploys.perHour',
        text: '50 wanted, 40 an hour',
        targets: [],
        approve: undefined,
      },
    ],
    reaps: [reap('reap-ci', { matched: 20, idle: 12, busy: 8 })],
  });
  expect(renderPlan([plan], PLAIN)).toMatchInlineSnapshot(`
    "main (marketplace, 24 h)   Fri 2026-11-20 19:10Z   0 VMs seen 4 s ago   act

    reap-ci     20 match   12 idle   8 busy   0 unknown

    Refused by a rail
      x reap-ci    deletes.perPlan: 12 of 20 are idle, 6 may go at once
                   ci-build-0, ci-build-1, ci-build-2 and 9 more
                   if it is what you want: purser approve plan-9a1b2c
      x web        deploys.perHour: 50 wanted, 40 an hour
                   goes on by itself as the hour passes; its size: rails.deploys.perHour in purser.yaml

    Not Purser's: none      Unclaimed: none
    Rails: deletions 0 of 10, deploys 0 of 40

    Nothing to do, 2 refused.
    plan-6f2c91"
  `);
});

test('unclaimed VMs and those known by name alone are told with their cost and their way out', () => {
  const plan = emptyPlan({
    fleets: [fleet('web')],
    others: [
      other('db-1', { protected: true }),
      other('db-2'),
      other('old-a1aaaaaa00', { kind: 'unclaimed', policy: 'old' }),
      other('old-a1aaaaaa01', { kind: 'unclaimed', policy: 'old' }),
      other('web-a1bbbbbb00', { kind: 'known-by-name', policy: 'web' }),
    ],
    holds: [
      hold('unclaimed', 'old-a1aaaaaa00', { policy: 'old', text: 'its policy is gone' }),
      hold('protected', 'db-1', { policy: undefined, text: 'by purser.yaml' }),
    ],
  });
  expect(renderPlan([plan], PLAIN)).toMatchInlineSnapshot(`
    "main (marketplace, 24 h)   Fri 2026-11-20 19:10Z   0 VMs seen 4 s ago   act

    web         wanted 4   running 4   parked 0

    Not Purser's: 2 VMs (db-1 protected, db-2)
    Unclaimed: 2 VMs (old-a1aaaaaa00, old-a1aaaaaa01), 0.613960 at each round of boundaries
      their policy is gone, so they are kept: purser adopt VM --policy NAME, or purser retire old
    Known by name alone: 1 VM (web-a1bbbbbb00), 0.306980 at its boundary
      counted, never deleted: purser adopt VM --policy NAME
    Rails: deletions 0 of 10, deploys 0 of 40

    Nothing to do.
    plan-6f2c91    one VM: purser explain old-a1aaaaaa00"
  `);
});

test('unclaimed VMs of several policies name the command for each of these', () => {
  const others = ['kontor', 'web'].map((policy) => other(`${policy}-1`, { kind: 'unclaimed', policy }));
  expect(renderPlan([emptyPlan({ others })], PLAIN)).toContain('or purser retire kontor; purser retire web\n');
});

test('every kind of line of a policy stands in its own column', () => {
  const office = { policy: 'office' };
  const plan = emptyPlan({
    actions: [
      deploy({
        policy: 'office',
        count: 12,
        cost: 12n * PRICE,
        reason: { code: 'below-replicas', text: '0 of 12 wanted' },
      }),
      deletion('office-a1m2n3p409', {
        policy: 'office',
        reaped: false,
        reason: { code: 'surplus', text: 'window "day" closed 19:00Z' },
      }),
      {
        kind: 'rename',
        id: 'r1',
        account: 'main',
        policy: 'office',
        reason: { code: 'unnamed', text: 'new VMs share the name of their intent' },
        vms: [
          { id: '0x1', from: 'office-a1qqqqqq', to: 'office-a1qqqqqq00' },
          { id: '0x2', from: 'office-a1qqqqqq', to: 'office-a1qqqqqq01' },
        ],
      },
    ],
    holds: [
      hold('backing-off', undefined, { ...office, text: 'no offer was found 2 times', until: at('2026-11-20T19:14') }),
      ...parkOffice().slice(0, 2),
      hold('parked', 'office-a1m2n3p407', {
        ...office,
        text: 'surplus',
        boundary: at('2026-11-21T09:00'),
        until: at('2026-11-21T08:54'),
      }),
      hold('too-young', 'office-a1m2n3p405', { ...office, text: '4m of 30m' }),
      hold('too-young', 'office-a1m2n3p406', { ...office, text: '4m of 30m' }),
      hold('idle-until-deadline', 'office-a1m2n3p408', {
        ...office,
        text: 'idle 40m of 30m',
        boundary: at('2026-11-21T09:00'),
        until: at('2026-11-21T08:54'),
      }),
    ],
    fleets: [
      fleet('office', {
        wanted: 12,
        running: 10,
        launching: 2,
        parked: 3,
        doomed: 1,
        elsewhere: 2,
        window: 'day',
        next: { at: at('2026-11-20T20:00'), wanted: 13, window: 'sale' },
      }),
    ],
    totals: { deploy: 12, delete: 1, hold: 7, costNow: 12n * PRICE, savesNow: PRICE },
  });
  expect(renderPlan([plan], PLAIN)).toMatchInlineSnapshot(`
    "main (marketplace, 24 h)   Fri 2026-11-20 19:10Z   0 VMs seen 4 s ago   act

    office      wanted 12   running 10   parked 3   launching 2   being deleted 1   in other accounts 2   window "day", 13 from 20:00Z (window "sale")
      + deploy 12  FR cpu-2-ram-4gb-storage-25gb                     3.683760 now
                   below-replicas: 0 of 12 wanted
      - delete office-a1m2n3p409   due now, boundary 19:15Z   avoids 0.306980 a day
                   surplus: window "day" closed 19:00Z
      ~ name 2     office-a1qqqqqq00, office-a1qqqqqq01
                   unnamed: new VMs share the name of their intent
      ~ hold       backing-off: no offer was found 2 times; looked at again 19:14Z
      ~ hold 2     paid until Sat 06:50Z; deletion starts 06:44Z, free to take back until then
      ~ hold office-a1m2n3p407     paid until Sat 09:00Z; deletion starts 08:54Z, free to take back until then
                   1 of 3 parked next wanted 20:00Z
      ~ hold 2     too-young: 4m of 30m
                   office-a1m2n3p405, office-a1m2n3p406
      ~ hold office-a1m2n3p408     idle-until-deadline: idle 40m of 30m; deletion starts Sat 08:54Z; paid until 09:00Z

    Not Purser's: none      Unclaimed: none
    Rails: deletions 0 of 10, deploys 0 of 40

    12 to deploy, 1 to delete, 2 to name, 7 held.  Pay now 3.683760, avoid 0.306980.
    plan-6f2c91   run it: purser apply    one VM: purser explain office-a1m2n3p400"
  `);
});

test('an observing account shows what it would do and that nothing is carried out', () => {
  const plan = emptyPlan({
    mode: 'observe',
    actions: [deploy()],
    fleets: [fleet('web', { running: 3 })],
    totals: { deploy: 1, delete: 0, hold: 0, costNow: PRICE, savesNow: 0n },
  });
  expect(renderPlan([plan], PLAIN).split('\n').slice(-2)).toEqual([
    '1 to deploy, 0 to delete, 0 held.  Pay now 0.306980, avoid 0.000000.',
    'plan-6f2c91   observing: nothing is carried out',
  ]);
});

test('what was planned for paths is run with the same paths', () => {
  const output = renderPlan([fridayPlan()], PLAIN, { paths: ['tries', "'two words'"] });
  expect(output).toContain("plan-6f2c91   run it: purser apply tries 'two words'    one VM");
});

test('several accounts share the totals and get an id of their own', () => {
  const cloud = emptyPlan({ id: 'plan-000001', account: 'spare', product: 'cloud', fleets: [fleet('jobs')] });
  const output = renderPlan([fridayPlan(), cloud], PLAIN);
  expect(output).toContain('\n\nspare (cloud, 1 h)   Fri 2026-11-20 19:10Z   0 VMs seen 4 s ago   act\n\njobs ');
  const id = mergePlanIds([fridayPlan(), cloud]);
  expect(id).toMatch(/^plan-[0-9a-f]{6}$/);
  expect(mergePlanIds([cloud, fridayPlan()])).not.toBe(id);
  expect(output.split('\n').at(-1)).toBe(`${id}   run it: purser apply    one VM: purser explain ci-build-11`);
});

test('colours change nothing but colour', () => {
  const coloured = renderPlan([fridayPlan()], { ...PLAIN, colours: true });
  expect(coloured).toContain('  \u001b[32m+ deploy 1\u001b[39m   FR');
  expect(coloured).toContain('  \u001b[31m- delete ci-build-07\u001b[39m   due now');
  expect(coloured).toContain('  \u001b[33m~ hold 8\u001b[39m     paid until');
  expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(renderPlan([fridayPlan()], PLAIN));
});

test('a name with an escape sequence never reaches the terminal', () => {
  const plan = emptyPlan({ actions: [deletion('ci\u001b[2Jevil')], reaps: [reap('reap-ci')] });
  expect(renderPlan([plan], PLAIN)).not.toContain('\u001b');
});

test('parked VMs of which only some are wanted again say how many, without a guess about money', () => {
  const plan = emptyPlan({
    holds: parkOffice(),
    fleets: [fleet('office', { wanted: 2, parked: 8, next: { at: at('2026-11-23T07:00'), wanted: 5, window: 'day' } })],
  });
  expect(renderPlan([plan], PLAIN)).toContain('\n               3 of 8 parked next wanted Mon 07:00Z\n');
});

test('parked VMs wanted again within a period avoid no charge, and none is promised', () => {
  const plan = emptyPlan({
    holds: parkOffice(),
    fleets: [
      fleet('office', { wanted: 2, parked: 8, next: { at: at('2026-11-21T18:00'), wanted: 10, window: 'day' } }),
    ],
  });
  expect(renderPlan([plan], PLAIN)).toContain('\n               next wanted Sat 18:00Z\n');
});

test('the next deadline closes an apply', () => {
  expect(renderNextDeadline([fridayPlan(), emptyPlan()], PLAIN)).toBe(
    'Next deadline Sat 06:44Z: by then run purser apply, or let purser up run.',
  );
  expect(renderNextDeadline([fridayPlan(), emptyPlan()], PLAIN, true)).toBe(
    'Next deadline Sat 06:44Z: purser up, which runs, keeps it.',
  );
  expect(renderNextDeadline([emptyPlan()], PLAIN)).toBe('No deletion waits for a deadline.');
});

test('the sample has the VMs that the drawing counts', () => {
  expect(OFFICE_NAMES).toHaveLength(8);
  expect(fridayPlan().holds).toHaveLength(fridayPlan().totals.hold);
});

test('what a reap matches adds up: those that are not asked are told too', () => {
  const text = renderPlan(
    [emptyPlan({ reaps: [reap('reap-ci', { matched: 5, idle: 1, busy: 1, unknown: 1 })] })],
    PLAIN,
  );
  expect(text).toMatch(/reap-ci +5 match +1 idle +1 busy +1 unknown +2 not asked/);
});

test('what passes a limit that shrank, or was approved, does not read as a broken rail', () => {
  const rails = { ...emptyPlan().rails, deletionsInOneHour: 13, deletionsInOneHourLimit: 4 };
  expect(renderPlan([emptyPlan({ rails })], PLAIN)).toContain('13 in the fullest hour (limit now 4)');
  const within = { ...rails, deletionsInOneHour: 3 };
  expect(renderPlan([emptyPlan({ rails: within })], PLAIN)).toContain('in one hour 3 of 4');
});

test('says of what share a limit of deletions is made', () => {
  const deletionsLimitShare = { percent: 34, of: 7 };
  const rails = { deletions: 0, deletionsLimit: 2, deletionsLimitShare, deploys: 0, deploysLimit: 40 };
  expect(renderPlan([emptyPlan({ rails })], PLAIN)).toContain('Rails: deletions 0 of 2 (34 % of 7), deploys 0 of 40\n');
});

test('members that a hard budget lets go say so, apart from those that nobody wants', () => {
  const parked = (name: string, budget?: string) =>
    hold('parked', name, {
      policy: 'web',
      text: 'not wanted',
      boundary: NOW + 240_000,
      until: NOW + 60_000,
      ...(budget === undefined ? {} : { budget }),
    });
  const of = (...holds: Hold[]) => renderPlan([emptyPlan({ fleets: [fleet('web')], holds })], PLAIN).match(/hold .+/g);
  expect(of(parked('web-1', 'team'))).toEqual([
    "hold web-1   hard budget team doesn't renew it; paid until 19:14Z; deletion starts 19:11Z, free to take back until then",
  ]);
  expect(of(parked('web-1', 'team'), parked('web-2', 'team'), parked('web-3'))).toHaveLength(2);
});
