import { expect, test } from 'vitest';
import { buildStatusReport } from '../../../src/cli/render/build-status-report.js';
import { renderStatus } from '../../../src/cli/render/render-status.js';
import type { Hold } from '../../../src/core/plan-types.js';
import { NOW, PLAIN, PRICE, emptyPlan, entry, fleet, fridayPlan, hold, other, refOf } from './sample-plans.js';
import { gather, paidFor } from './sample-status.js';

test('a scheduler without workers is a problem, and one without Redis configuration is not', () => {
  const status = buildStatusReport(
    gather({
      processes: [{ role: 'scheduler', startedAt: NOW - 5000 }],
      redis: { appendOnly: undefined, evictionPolicy: undefined },
    }),
  );
  expect(status.problems.map((problem) => problem.text)).toEqual([
    'no worker runs: what is planned is not carried out',
  ]);
});

test('what needs a person comes with the command that helps, many alike in one line', () => {
  const plan = emptyPlan({
    holds: [
      hold('no-balance', undefined, { policy: undefined, text: 'the account is empty' }),
      hold('cannot-target', undefined, { policy: 'web', text: 'where.tier can not be asked of the API' }),
      ...['1', '2', '3', '4'].map((index) =>
        hold('signal-unknown', `ci-build-${index}`, { text: `no answer for ${index}h` }),
      ),
      hold('busy', 'ci-build-9', { text: '/busy = true' }),
      hold('observing', undefined, { policy: 'web', text: 'would deploy 1 in FR; mode: observe' }),
      hold('frozen', 'ci-build-8', { text: 'would delete it (idle); frozen' }),
    ],
    refused: [
      {
        account: 'main',
        policy: 'reap-ci',
        rail: 'deletes.perPlan',
        text: '12 of 20 are idle, 6 may go at once',
        targets: [refOf('ci-1')],
        approve: 'plan-9a1b2c',
      },
    ],
    others: [other('old-1', { kind: 'unclaimed', policy: 'old' })],
    fleets: [fleet('web')],
  });
  const ledger = [entry('missed-boundary', { policy: 'office', vmName: 'office-1', money: PRICE, text: 'missed' })];
  const status = buildStatusReport(gather({ plans: [plan], ledger, paid: paidFor({ missed: PRICE }) }));
  const output = renderStatus(status, PLAIN);
  expect(output.slice(output.indexOf('NEEDS YOU'))).toMatchInlineSnapshot(`
    "NEEDS YOU
    ! main no-balance: the account is empty                                      top up the account in the Fluence console; deletions go on
    ! web cannot-target: where.tier can not be asked of the API                  purser offers
    ! reap-ci refused by deletes.perPlan: 12 of 20 are idle, 6 may go at once    purser approve plan-9a1b2c
    ! 4 of reap-ci unknown: ci-build-1, ci-build-2, ci-build-3, ci-build-4       purser explain ci-build-1
    ! 1 VM unclaimed, 0.306980 at each boundary: old-1                           purser adopt old-1 --policy NAME, or purser retire old
    ! 1 boundary missed in the last 24 h, 0.306980 paid for nothing: office-1    purser explain office-1

    LAST 24 H  0 bought, 0 taken back, 0 records removed, 1 boundary missed, 0.306980 paid, 0.306980 of it for nothing"
  `);
});

test('an unknown signal is told when it is as old as its policy says, and since when', () => {
  const unknown = (name: string, over: Partial<Hold>) =>
    hold('signal-unknown', name, { text: 'unknown: connection refused; kept', ...over });
  const plan = emptyPlan({
    holds: [
      unknown('ci-1', { since: NOW - 29 * 60_000, tellFrom: NOW + 91 * 60_000 }),
      unknown('ci-2', { since: NOW - 3 * 3_600_000, tellFrom: NOW - 3_600_000 }),
    ],
  });
  expect(buildStatusReport(gather({ plans: [plan] })).needsYou).toMatchObject([
    { vms: ['ci-2'], text: 'ci-2 signal unknown for 3 h: connection refused', remedy: 'purser explain ci-2' },
  ]);
});

test('a charge that is not seen yet is told an hour after its boundary', () => {
  const pending = (name: string, minutes: number) =>
    hold('charge-pending', name, { text: 'its boundary has passed', boundary: NOW - minutes * 60_000 });
  const plan = emptyPlan({ holds: [pending('web-1', 59), pending('web-2', 60)] });
  expect(buildStatusReport(gather({ plans: [plan] })).needsYou.map(({ vms }) => vms)).toEqual([['web-2']]);
});

test('a purchase that backs off, a boundary that will be missed, and files that are not in force need a person', () => {
  const plan = emptyPlan({
    holds: [
      hold('backing-off', undefined, { policy: 'web', text: 'attempt 1 failed (no such image); tried again 19:14Z' }),
      hold('no-time-to-delete', 'ci-1', { text: 'too many deletions share the boundary 19:15Z' }),
    ],
  });
  const files = { text: 'policies/ is not what generation 17 says: web changed', remedy: 'purser apply' };
  const needs = [{ account: 'main', policy: undefined, vms: [], code: 'files-not-in-force', ...files }];
  expect(buildStatusReport(gather({ plans: [plan], needs })).needsYou).toMatchObject([
    files,
    { text: 'web backing-off: attempt 1 failed (no such image); tried again 19:14Z', remedy: 'purser plan' },
    { code: 'no-time-to-delete', remedy: 'purser explain ci-1' },
  ]);
});

test('where nobody said a mode every policy is shown as observing, and how to change that is told', () => {
  const accounts = gather().accounts.map((account) => ({ ...account, mode: 'observe' as const, isModeTold: false }));
  const report = buildStatusReport(gather({ processes: [], accounts, plans: [fridayPlan()] }));
  expect(report.policies.map(({ policy, mode }) => [policy, mode])).toEqual([
    ['web', 'observe'],
    ['office', 'observe'],
    ['reap-ci', 'observe'],
    ['other', undefined],
  ]);
  expect(report.needsYou[0]).toMatchObject({
    text: 'main only observes, because nobody said its mode: `purser up` buys and deletes nothing',
    remedy: 'mode: act below accounts.main in purser.yaml',
  });
});

test("a scheduler's own mode counts while one runs", () => {
  const accounts = gather().accounts.map((account) => ({ ...account, mode: 'observe' as const, isModeTold: false }));
  const report = buildStatusReport(gather({ accounts }));
  expect(report.policies[0]).toMatchObject({ policy: 'web', mode: 'act' });
  expect(report.needsYou.map(({ code }) => code)).not.toContain('observing');
});

test('after a thaw nothing of an older plan says frozen any more', () => {
  const plan = emptyPlan({
    fleets: [fleet('web')],
    holds: [
      hold('frozen', undefined, { policy: undefined, text: 'frozen by hand' }),
      hold('frozen', undefined, { policy: 'web', text: 'would deploy 1' }),
    ],
  });
  const shown = renderStatus(buildStatusReport(gather({ plans: [plan] })), PLAIN);
  expect(shown).not.toContain('frozen:');
  expect(shown).not.toContain('NEEDS YOU');
  expect(shown).toContain('OK: not frozen');
});

test('VMs of several policies that are gone are let go by a command for each', () => {
  const gone = (...policies: string[]) =>
    emptyPlan({ others: policies.map((policy) => other(`${policy}-1`, { kind: 'unclaimed', policy })) });
  const remedyOf = (...policies: string[]) =>
    buildStatusReport(gather({ plans: [gone(...policies)] })).needsYou.map(({ remedy }) => remedy);
  expect(remedyOf('kontor', 'web', 'web')).toEqual([
    'purser adopt VM --policy NAME, or purser retire kontor; purser retire web',
  ]);
  expect(remedyOf('a', 'b', 'c', 'd')).toEqual([
    'purser adopt VM --policy NAME, or purser retire NAME for each of a, b, c, d',
  ]);
});
