import { expect, test } from 'vitest';
import { buildStatusReport } from '../../../src/cli/render/build-status-report.js';
import { renderStatus } from '../../../src/cli/render/render-status.js';
import type { StatusSources } from '../../../src/cli/render/status-report.js';
import { NOW, PLAIN, PRICE, at, charge, emptyPlan, fleet, other } from './sample-plans.js';
import { gather } from './sample-status.js';

test('charges of one policy and minute are one group that is avoidable until the first of its deadlines', () => {
  const sold = { policy: 'office', fate: 'delete' as const, why: 'parked', code: 'parked' as const };
  const plan = emptyPlan({
    charges: [
      charge('b', '2026-11-21T06:50:30', {
        ...sold,
        why: 'surplus; deletion starts 06:44Z',
        avoidableUntil: at('2026-11-21T06:44'),
      }),
      charge('a', '2026-11-21T06:50:10', { ...sold, avoidableUntil: at('2026-11-21T06:43') }),
      charge('c', '2026-11-21T06:50:10', { policy: 'office' }),
    ],
  });
  expect(buildStatusReport(gather({ plans: [plan] })).charges).toEqual([
    {
      account: 'main',
      at: at('2026-11-21T06:50:10'),
      policy: 'office',
      vms: ['b', 'a'],
      counts: { vms: 2, disks: 0, ips: 0 },
      cost: 2n * PRICE,
      fate: 'delete',
      avoidableUntil: at('2026-11-21T06:43'),
      why: 'parked',
    },
    {
      account: 'main',
      at: at('2026-11-21T06:50:10'),
      policy: 'office',
      vms: ['c'],
      counts: { vms: 1, disks: 0, ips: 0 },
      cost: PRICE,
      fate: 'renew',
      avoidableUntil: undefined,
      why: 'wanted',
    },
  ]);
});

test('while it is frozen, or only observes, no charge is said to be avoided', () => {
  const parked = {
    policy: 'office',
    fate: 'delete' as const,
    code: 'parked' as const,
    avoidableUntil: at('2026-11-21T06:44'),
  };
  const plan = emptyPlan({ fleets: [fleet('office')], charges: [charge('a', '2026-11-21T06:50', parked)] });
  const show = (over: Partial<StatusSources>) =>
    renderStatus(buildStatusReport(gather({ plans: [plan], ...over })), PLAIN);
  expect(show({})).toContain('Sat 06:44Z: will be');
  expect(show({ frozen: { since: NOW, why: '' } })).toContain('Sat 06:44Z: once thawed');
  expect(show({ plans: [{ ...plan, mode: 'observe' }] })).toContain('no: the account has mode: observe');
  expect(show({ plans: [{ ...plan, fleets: [fleet('office', { mode: 'observe' })] }] })).toContain(
    'no: its policy has mode: observe',
  );
});

test('charges say why in whole words: of nobody, unclaimed, protected, or not idle for long enough', () => {
  const plan = emptyPlan({
    others: [other('foreign-1'), other('old-1', { kind: 'unclaimed' }), other('db-1', { protected: true })],
    charges: [
      ...['foreign-1', 'old-1', 'db-1'].map((name) =>
        charge(name, '2026-11-20T20:00', { policy: undefined, fate: 'not-ours' }),
      ),
      charge('ci-1', '2026-11-20T20:00', {
        code: 'not-idle-long-enough',
        why: 'idle 0ms of 2m: /busy = false in 1 of 1 samples',
      }),
    ],
  });
  expect(buildStatusReport(gather({ plans: [plan] })).charges.map(({ vms, why }) => [vms[0], why])).toEqual([
    ['foreign-1', "not Purser's"],
    ['old-1', 'unclaimed'],
    ['db-1', 'protected'],
    ['ci-1', 'idle, but not for long enough yet'],
  ]);
});

test('disks and addresses are counted apart from the VMs that have them', () => {
  const of = (name: string, kind?: 'boot-disk' | 'data-disk' | 'public-ip') =>
    charge(name, '2026-11-21T06:50', {
      policy: 'web',
      ...(kind === undefined ? {} : { part: { kind, id: `${name}-${kind}` } }),
    });
  const tell = (charges: readonly ReturnType<typeof of>[]) =>
    renderStatus(buildStatusReport(gather({ plans: [emptyPlan({ charges })] })), PLAIN);
  const whole = [
    of('a'),
    of('b'),
    of('a', 'boot-disk'),
    of('a', 'data-disk'),
    of('b', 'boot-disk'),
    of('a', 'public-ip'),
  ];
  expect(tell(whole)).toContain('2 VMs, 3 disks, 1 IP of web');
  expect(tell([of('a', 'boot-disk'), of('a', 'public-ip')])).toContain('1 disk, 1 IP of web');
  expect(tell([of('a', 'public-ip')])).toContain('a public IP ');
});

test('what is charged every hour is two lines: the next one, and all that follow with their sum', () => {
  const hours = ['19:15', '20:15', '21:15', '22:15'];
  const charges = hours.flatMap((hour) => [
    charge('web-1', `2026-11-20T${hour}`, { policy: 'web', fate: 'renew', why: 'wanted' }),
    ...(hour === '22:15' ? [] : [charge('db-1', `2026-11-20T${hour}`, { policy: undefined, fate: 'not-ours' })]),
  ]);
  const lines = renderStatus(buildStatusReport(gather({ plans: [emptyPlan({ charges })] })), PLAIN).split('\n');
  const from = lines.findIndex((line) => line.startsWith('COMING CHARGES'));
  const table = lines.slice(from + 1, lines.indexOf('', from));
  expect(table.map((line) => line.split(/ {2,}/).slice(0, 3))).toEqual([
    ['Fri 19:15Z', 'web-1', '0.306980'],
    ['Fri 19:15Z', 'db-1', '0.306980'],
    ['to Fri 22:15Z', 'web-1, 3 times more', '0.920940'],
    ['to Fri 21:15Z', 'db-1, 2 times more', '0.613960'],
  ]);
});
