import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load-config.js';
import { defaultSettings } from '../../../src/policy/tests/given-snapshot.js';
import { makeFolder } from '../../cli/commands/fake-context.js';
import { BUDGETED, differencesOf, runText } from './run-text.js';

const AT = Date.parse('2026-11-20T19:10Z');
const HOUR = 3_600_000;
const OFFER = '{country: FR, configuration: cpu-2-ram-4gb-storage-25gb, price: 0.306980/day}';

/** The snapshot of a test that expects anything. */
function suppose(given: string, head = '') {
  return runText(given, '{totals: {}}'.replace('{}', '{deploy: 0}'), { head }).test.supposed;
}

function vmsOf(given: string, head = '') {
  return suppose(given, head).snapshot.inventory.vms.map(({ createdAt, paidUntil }) => [
    createdAt === undefined ? undefined : (AT - createdAt) / HOUR,
    paidUntil === undefined ? undefined : (paidUntil - AT) / HOUR,
  ]);
}

describe('what a test supposes', () => {
  it('has the settings that an account has by default', () => {
    const { rails, tickMillis, accounts } = loadConfig({ options: {}, env: {}, cwd: makeFolder() });
    const [{ ratePerSecond, concurrency } = { ratePerSecond: 0, concurrency: 0 }] = accounts;
    expect(defaultSettings).toEqual({ rails, tickMillis, ratePerSecond, concurrency });
  });

  it.each([
    ['half a period old where nothing is said', '{name: x}', 12, 12],
    ['made a whole number of periods before its boundary', '{name: x, paidUntil: in 5h}', 19, 5],
    ['also where that is days ahead', '{name: x, paidUntil: in 53h}', 19, 53],
    ['charged a whole number of periods after it was made', '{name: x, age: 50h}', 50, 22],
    ['made when it is said', '{name: x, createdAt: 3h ago, paidUntil: in 1h}', 3, 1],
    ['past its boundary where that is said', '{name: x, paidUntil: 1h ago}', 25, -1],
    ['of an unknown boundary', '{name: x, paidUntil: unknown}', 12, undefined],
    ['not paid yet while it launches', '{name: x, status: launching}', 1 / 60, undefined],
  ])('is %s', (_, vm, age, ahead) => expect(vmsOf(`{vms: [${vm}]}`)).toEqual([[age, ahead]]));

  it('counts by hours on the cloud', () => {
    expect(vmsOf('{vms: [{name: x}]}', 'product: cloud')).toEqual([[0.5, 0.5]]);
  });

  it('names VMs by their policies, and numbers those that are alike', () => {
    const { vms } = suppose('{vms: [{policy: web, count: 2}, {name: ci, count: 2}, {policy: web}, {name: db}]}');
    expect([...vms.keys()]).toEqual(['web-1', 'web-2', 'ci-1', 'ci-2', 'web-3', 'db']);
  });

  it('takes place, configuration and price from the fleet and the offers where nothing is said', () => {
    const { snapshot } = suppose(
      `{offers: [${OFFER}], vms: [{policy: web}, {policy: web, country: DE}, {name: x, price: 1/hour}]}`,
    );
    expect(snapshot.inventory.vms).toMatchObject([
      { place: { country: 'FR' }, configuration: 'cpu-2-ram-4gb-storage-25gb', price: { amount: 306_980n }, vcpu: 2 },
      { place: { country: 'DE' }, price: undefined },
      { place: { country: 'FR' }, price: { amount: 1_000_000n, periodMillis: HOUR } },
    ]);
  });

  it('lets what all tests suppose be replaced key by key', () => {
    const head = `given: {offers: [${OFFER}], vms: [{policy: web, count: 4}]}`;
    expect(runText('{vms: []}', '{deploy: {count: 4}}', { head }).differences).toEqual([]);
    expect(runText('{}', '{nothing: true}', { head }).differences).toEqual([]);
  });

  it.each([
    ['an account that observes', '{mode: observe, offers: [OFFER]}', '{nothing: true, hold: {reason: observing}}'],
    ['a freeze', '{frozen: true}', '{nothing: true, hold: {reason: frozen}}'],
    ['no freeze', '{frozen: false, offers: [OFFER]}', '{deploy: {count: 4}}'],
    ['a market that was not read', '{}', '{nothing: true, hold: {policy: web, reason: offers-unknown}}'],
    ['a market without anything', '{offers: []}', '{nothing: true, hold: {policy: web, reason: no-offer}}'],
    [
      'an image that is not there',
      '{offers: [OFFER], images: [debian-12]}',
      '{nothing: true, hold: {policy: web, reason: image-unknown}}',
    ],
    [
      'a key that is not there',
      '{offers: [OFFER], sshKeys: [kim]}',
      '{nothing: true, hold: {policy: web, reason: key-unknown}}',
    ],
    ['a list that failed', '{list: failed}', '{nothing: true, hold: {reason: untrusted-inventory}}'],
    ['a list that is half', '{list: partial, offers: [OFFER]}', '{nothing: true, hold: {reason: untrusted-inventory}}'],
    [
      'purchases of the last hour',
      '{offers: [OFFER], bought: [{policy: web, count: 9, at: 5m ago}]}',
      '{refuse: {rail: deploys.perFleet}, deploy: {count: 1}}',
    ],
    [
      'deletions of the last hour',
      '{rails: {deletes: {perHour: {count: 4}}}, deleted: [{policy: reap-ci, count: 4, at: 5m ago}], vms: [{policy: web, count: 4}, {name: ci-1, idle: yes for 1h, paidUntil: 19:12}]}',
      '{only: true, refuse: {rail: deletes.perHour}}',
    ],
    [
      'another tick',
      '{tick: 5m, vms: [{policy: web, count: 4}, {name: ci-1, idle: yes for 1h, paidUntil: 20:00}]}',
      '{hold: {vm: ci-1, until: 19:51}}',
    ],
    [
      'measured deletions',
      '{deletionTime: 4m, vms: [{policy: web, count: 4}, {name: ci-1, idle: yes for 1h, paidUntil: 20:00}]}',
      '{hold: {vm: ci-1, until: 19:54}}',
    ],
    [
      'a doomed one',
      '{vms: [{policy: web, count: 4}, {policy: web, state: doomed, since: 20s ago}]}',
      '{nothing: true, fleets: {web: {doomed: 1}}}',
    ],
    [
      'one that the list lacks',
      '{vms: [{policy: web, count: 4}, {policy: web, listed: false}]}',
      '{nothing: true, hold: {vm: web-5, reason: missing}}',
    ],
    [
      'one that it has lacked for long',
      '{offers: [OFFER], vms: [{policy: web, count: 3}, {policy: web, listed: false, since: 15m ago}]}',
      '{deploy: {count: 1}}',
    ],
    [
      'one that is stuck',
      '{offers: [OFFER], vms: [{policy: web, count: 3}, {policy: web, status: launching, age: 30m}]}',
      '{deploy: {count: 1}, delete: {vm: web-4, reason: launch-timeout}}',
    ],
    [
      'many that ended at once',
      '{offers: [OFFER], vms: [{policy: web, count: 4, status: terminated, since: now}]}',
      '{nothing: true, hold: {reason: ended-together}}',
    ],
    [
      'answers of one reap alone',
      '{vms: [{policy: web, count: 4}, {name: ci-1, idle: {reap-old: yes for 1h}}]}',
      '{hold: {vm: ci-1, reason: signal-unknown}}',
    ],
    [
      'answers that follow each other',
      '{vms: [{policy: web, count: 4}, {name: ci-1, idle: [yes for 5h, no for 1m, yes for 20m]}]}',
      '{hold: {vm: ci-1, reason: not-idle-long-enough, until: in 10m}}',
    ],
    [
      'an hour of the cloud',
      '{vms: [{policy: web, count: 4}, {name: ci-1, price: 0.02/hour, age: 57m, idle: yes for 50m}]}',
      '{delete: {vm: ci-1, boundary: in 3m, saves: 0.02}}',
      'product: cloud',
    ],
  ])('can be %s', (_, given, expected, head = '') => {
    // On the cloud a fleet's ports are asked about once a day.
    expect(differencesOf(given.replaceAll('OFFER', OFFER), expected, { head })).toEqual([]);
  });

  it('has no charges beside what a budget is said to have spent, however young its VMs are', () => {
    const given = '{spent: {team: 6.00}, vms: [{name: young, age: 5m, price: 1/day, country: FR}]}';
    const expected = '{budgets: {team: {spent: 6.00, reserved: 0, expected: 6.00}}}';
    expect(differencesOf(given, expected, { policies: BUDGETED })).toEqual([]);
  });

  it('is of the account that a budget counts where no other policy names one', () => {
    const policies = 'kind: budget\nname: team\nscope: {accounts: [prod]}\nlimit: 10/day\ntimezone: UTC\n';
    const given = '{spent: {team: 6.00}}';
    const { test, differences } = runText(given, '{budgets: {team: {spent: 6.00}}}', { policies });
    expect(test.supposed.settings.name).toBe('prod');
    expect(differences).toEqual([]);
  });

  it('tells of a budget that does not count the account that nothing is said of it', () => {
    const policies = 'kind: budget\nname: team\nscope: {accounts: [prod]}\nlimit: 10/day\ntimezone: UTC\n';
    const [difference] = differencesOf('{}', '{budgets: {team: {spent: 0}}}', { policies, head: 'account: other' });
    expect(difference).toMatchObject({ expected: 'team: spent 0.000000', got: 'none' });
  });
});
