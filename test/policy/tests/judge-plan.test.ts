import { describe, expect, it } from 'vitest';
import { listNames } from '../../../src/policy/schemas/test-expect.js';
import { BUDGETED, differencesOf, runText } from './run-text.js';

const OFFER = '{country: FR, configuration: cpu-2-ram-4gb-storage-25gb, price: 0.306980/day}';

/** Something for each list of a plan, at one instant. */
const GIVEN = `
      offers: [${OFFER}]
      rails: {deploys: {perHour: 1}}
      vms:
        - {policy: web, count: 1, paidUntil: 23:40}
        - {name: web-back, policy: web, state: parked, paidUntil: 23:40}
        - {name: web-shut, policy: web, ports: [22/tcp], paidUntil: 23:50}
        - {name: ci-idle, country: FR, paidUntil: 19:12, idle: yes for 40m}
        - {name: ci-busy, country: FR, paidUntil: 20:00, idle: no}
        - {name: old-1, country: FR, paidUntil: 19:12, idle: yes for 40m}`;
const GIVEN_NIGHT = `
      vms: [{policy: web, count: 4, price: 0.306980/day, paidUntil: 07:00}]`;

/** Right and wrong of every key that can be expected. */
const CASES: readonly (readonly [right: string, wrong: string, given?: string | undefined, at?: string])[] = [
  ['{deploy: web}', '{deploy: reap-ci}'],
  ['{deploy: {policy: web}}', '{deploy: {policy: reap-ci}}'],
  ['{deploy: {count: 1}}', '{deploy: {count: 2}}'],
  ['{deploy: {count: 1}}', '{deploy: {count: 0}}'],
  ['{deploy: {country: FR}}', '{deploy: {country: DE}}'],
  ['{deploy: {configuration: cpu-2-ram-4gb-storage-25gb}}', '{deploy: {configuration: cpu-4-ram-8gb-storage-25gb}}'],
  ['{deploy: {price: 0.306980/day}}', '{deploy: {price: 0.306981/day}}'],
  ['{deploy: {cap: 0.313119/day}}', '{deploy: {cap: 0.313120/day}}'],
  ['{deploy: {cost: 0.306980}}', '{deploy: {cost: 0.306979}}'],
  ['{deploy: {cost: "0.306980"}}', '{deploy: {cost: "0.30"}}'],
  ['{deploy: {reason: below-replicas}}', '{deploy: {reason: replacement}}'],
  ['{deploy: {says: 3 of 4}}', '{deploy: {says: 2 of 4}}'],
  ['{delete: ci-idle}', '{delete: ci-busy}'],
  ['{delete: [ci-idle]}', '{delete: [ci-idle, old-1]}'],
  ['{delete: {vm: ci-idle, reason: idle}}', '{delete: {vm: ci-idle, reason: surplus}}'],
  ['{delete: {count: 1}}', '{delete: {count: 2}}'],
  ['{delete: {policy: reap-ci}}', '{delete: {policy: reap-old}}'],
  ['{delete: {vm: ci-idle, boundary: 19:12}}', '{delete: {vm: ci-idle, boundary: 19:13}}'],
  ['{delete: {vm: ci-idle, deadline: 2m ago}}', '{delete: {vm: ci-idle, deadline: now}}'],
  ['{delete: {vm: ci-idle, saves: 0.306980}}', '{delete: {vm: ci-idle, saves: 0.3}}'],
  ['{delete: {vm: ci-idle, record: false}}', '{delete: {vm: ci-idle, record: true}}'],
  ['{delete: {vm: ci-idle, says: 40m of 30m}}', '{delete: {vm: ci-idle, says: 41m of 30m}}'],
  ['{hold: ci-busy}', '{hold: web-1}'],
  ['{hold: {vm: ci-busy, reason: busy}}', '{hold: {vm: ci-busy, reason: signal-unknown}}'],
  ['{hold: {policy: reap-ci, count: 1}}', '{hold: {policy: reap-ci, count: 2}}'],
  ['{hold: {vm: ci-busy, boundary: 20:00}}', '{hold: {vm: ci-busy, boundary: 20:01}}'],
  ['{hold: {vm: ci-busy, charge: 0.306980}}', '{hold: {vm: ci-busy, charge: 1}}'],
  [
    '{hold: {policy: web, reason: parked, until: in 6h26m}}',
    '{hold: {policy: web, reason: parked, until: in 6h27m}}',
    GIVEN_NIGHT.replace('07:00', '05:00'),
    '2026-11-20T22:30Z',
  ],
  ['{hold: {reason: observing}}', '{hold: {reason: frozen}}', '{mode: observe}'],
  ['{refuse: web}', '{refuse: reap-ci}', '{rails: {deploys: {perHour: 0}}, offers: [OFFER]}'],
  [
    '{refuse: {rail: deploys.perHour}}',
    '{refuse: {rail: deploys.perDay}}',
    '{rails: {deploys: {perHour: 1}}, offers: [OFFER]}',
  ],
  [
    '{refuse: {policy: web, count: 3}}',
    '{refuse: {policy: web, count: 1}}',
    '{rails: {deploys: {perHour: 1}}, offers: [OFFER]}',
  ],
  [
    '{refuse: {policy: web, count: 3}, only: true, deploy: web}',
    '{refuse: {policy: web, count: 0}}',
    '{rails: {deploys: {perHour: 1}}, offers: [OFFER]}',
  ],
  // Each of two rails refuses what the one before it left.
  [
    '{refuse: [{rail: deploys.perHour, count: 1}, {rail: deploys.perDay, count: 2}], deploy: {count: 1}}',
    '{refuse: {count: 4}}',
    '{rails: {deploys: {perHour: 3, perDay: 1}}, offers: [OFFER]}',
  ],
  ['{refuse: {policy: web, count: 0}}', '{refuse: {policy: web, count: 1}}', '{offers: [OFFER]}'],
  ['{refuse: {says: 3 of 4}}', '{refuse: {says: 4 of 4}}', '{rails: {deploys: {perHour: 1}}, offers: [OFFER]}'],
  [
    '{refuse: {rail: deletes.perPlan, count: 3}}',
    '{refuse: {rail: deletes.perPlan, count: 2}}',
    '{stoodSince: 5m ago, rails: {deletes: {perPlan: {count: 2}}}, vms: [{policy: web, count: 7}]}',
  ],
  ['{park: {policy: web, count: 3}}', '{park: {policy: web, count: 4}}', GIVEN_NIGHT, '2026-11-20T22:30Z'],
  ['{park: {policy: web, reason: surplus}}', '{park: {policy: web, reason: idle}}', GIVEN_NIGHT, '2026-11-20T22:30Z'],
  ['{takeBack: web-back}', '{takeBack: web-shut}'],
  ['{takeBack: {vm: web-back, reason: wanted-again}}', '{takeBack: {vm: web-back, reason: parked}}'],
  ['{change: {kind: ports}}', '{change: {kind: rename}}'],
  ['{change: {policy: web, count: 1}}', '{change: {policy: web, count: 2}}'],
  ['{change: {says: 80/tcp}}', '{change: {says: 81/tcp}}'],
  ['{charge: {vm: ci-busy, at: 20:00}}', '{charge: {vm: ci-busy, at: 20:10}}'],
  ['{charge: {vm: ci-busy, cost: 0.306980}}', '{charge: {vm: ci-busy, cost: 0.306981}}'],
  ['{charge: {vm: ci-idle, fate: deleting}}', '{charge: {vm: ci-idle, fate: renew}}'],
  [
    '{charge: {vm: web-1, fate: delete, avoidableUntil: 23:36}}',
    '{charge: {vm: web-1, fate: delete, avoidableUntil: 23:30}}',
    undefined,
    '2026-11-20T21:50Z',
  ],
  ['{wanted: {web: 4}}', '{wanted: {web: 1}}'],
  ['{fleets: {web: {wanted: 4}}}', '{fleets: {web: {wanted: 5}}}'],
  ['{fleets: {web: {running: 3}}}', '{fleets: {web: {running: 4}}}'],
  ['{fleets: {web: {launching: 0}}}', '{fleets: {web: {launching: 1}}}'],
  ['{fleets: {web: {parked: 0}}}', '{fleets: {web: {parked: 1}}}'],
  ['{fleets: {web: {doomed: 0}}}', '{fleets: {web: {doomed: 1}}}'],
  ['{fleets: {web: {window: none}}}', '{fleets: {web: {window: night}}}'],
  ['{fleets: {web: {window: night}}}', '{fleets: {web: {window: none}}}', undefined, '2026-11-20T23:00Z'],
  ['{fleets: {web: {perDay: 0.920940}}}', '{fleets: {web: {perDay: 0.920941}}}'],
  ['{fleets: {web: {next: {at: 22:00, wanted: 1}}}}', '{fleets: {web: {next: {at: 22:00, wanted: 2}}}}'],
  ['{fleets: {web: {next: {at: 22:00}}}}', '{fleets: {web: {next: {at: 21:59}}}}'],
  ['{reaps: {reap-ci: {matched: 2}}}', '{reaps: {reap-ci: {matched: 3}}}'],
  ['{reaps: {reap-ci: {idle: 1}}}', '{reaps: {reap-ci: {idle: 2}}}'],
  ['{reaps: {reap-ci: {busy: 1}}}', '{reaps: {reap-ci: {busy: 0}}}'],
  ['{reaps: {reap-ci: {unknown: 0}}}', '{reaps: {reap-ci: {unknown: 1}}}'],
  ['{totals: {deploy: 1}}', '{totals: {deploy: 0}}'],
  ['{totals: {delete: 1}}', '{totals: {delete: 2}}'],
  ['{totals: {hold: 2}}', '{totals: {hold: 9}}'],
  ['{totals: {costNow: 0.306980}}', '{totals: {costNow: 0.306}}'],
  ['{totals: {savesNow: 0.306980}}', '{totals: {savesNow: 0}}'],
  ['{delete: ci-idle, only: [delete]}', '{delete: none}'],
  ['{takeBack: [web-back]}', '{takeBack: []}'],
  ['{refuse: none}', '{deploy: none}'],
  ['{nothing: true}', '{nothing: true, hold: web-1}', '{vms: [{policy: web, count: 4}]}'],
  ['{delete: none}', '{nothing: true}', '{offers: [OFFER]}'],
];

/** Four of which one is wanted when they come due, and one of nobody's. Until midnight 0.30 and 1 are to come. */
const GIVEN_SPENT = `
      spent: {team: 6.00, few: 4.0}
      offers: [{country: FR, configuration: cpu-2-ram-4gb-storage-25gb, price: 0.30/day}]
      vms: [{policy: web, count: 4, price: 0.30/day, paidUntil: 22:00}, {name: ci-1, price: 1/day, paidUntil: 21:00}]`;
const GROWING = GIVEN_SPENT.replace('6.00', '7.80').replace('count: 4', 'count: 2');
const STOPPED = `${GROWING}
      held: {team: {steps: [stop-growth], had: {web: 3}}}`;
const BELOW = STOPPED.replace('7.80', '7.60');
const ENDED = STOPPED.replace('7.80', '7.40');
const SHRUNK = `${GIVEN_SPENT.replace('6.00', '8.60').replace('count: 4', 'count: 2')}
      held: {team: {steps: [stop-growth, shrink], had: {web: 4}, shrunk: {web: 3}}}`;
const LEFT = GIVEN_SPENT.replace('few: 4.0', 'few: 4.9');

/** The same of budgets. */
const BUDGET_CASES: readonly (readonly [right: string, wrong: string, given: string])[] = [
  ['{budgets: {team: {spent: 6.00}}}', '{budgets: {team: {spent: 6.01}}}', GIVEN_SPENT],
  ['{budgets: {few: {spent: "4.000000"}}}', '{budgets: {few: {spent: "4.000001"}}}', GIVEN_SPENT],
  ['{budgets: {team: {spent: 0}, few: {spent: 0}}}', '{budgets: {team: {spent: 1}}}', '{vms: [{policy: web}]}'],
  ['{budgets: {team: {forecast: 1.30}}}', '{budgets: {team: {forecast: 1.31}}}', GIVEN_SPENT],
  ['{budgets: {team: {expected: 7.30}}}', '{budgets: {team: {expected: 7.31}}}', GIVEN_SPENT],
  ['{budgets: {team: {wished: 9.40}}}', '{budgets: {team: {wished: 9.406}}}', STOPPED],
  ['{budgets: {team: {reserved: 0.306}}}', '{budgets: {team: {reserved: 0.30}}}', STOPPED],
  ['{budgets: {team: {steps: none}}}', '{budgets: {team: {steps: [notify]}}}', GIVEN_SPENT],
  ['{budgets: {team: {steps: [stop-growth, notify]}}}', '{budgets: {team: {steps: [notify]}}}', GROWING],
  ['{budgets: {team: {held: {web: 3}}}}', '{budgets: {team: {held: {web: 2}}}}', STOPPED],
  ['{deploy: {policy: web, count: 2}}', '{hold: {policy: web, reason: budget}}', GROWING],
  ['{budgets: {team: {held: {web: 3}}}, deploy: {count: 1}}', '{deploy: {count: 2}}', STOPPED],
  ['{budgets: {team: {steps: [notify, stop-growth]}}}', '{budgets: {team: {steps: [notify]}}}', BELOW],
  ['{budgets: {team: {steps: [notify]}}}', '{budgets: {team: {steps: [notify, stop-growth]}}}', ENDED],
  ['{nothing: true, budgets: {team: {held: {web: 3}}}}', '{budgets: {team: {held: {web: 4}}}}', SHRUNK],
  ['{budgets: {few: {notRenewed: 1}}}', '{budgets: {few: {notRenewed: 0}}}', LEFT],
  ['{budgets: {few: {notBought: 2}}}', '{budgets: {few: {notBought: 1}}}', LEFT.replace('count: 4', 'count: 2')],
  ['{hold: {policy: web, reason: budget, says: 3 of 4 wanted}}', '{hold: {reason: budget-hard}}', STOPPED],
];

function fill(given: string | undefined): string {
  return given === undefined ? GIVEN : given.replaceAll('OFFER', OFFER);
}

describe('what is expected', () => {
  it.each(CASES)('%s passes where %s fails', (right = '', wrong = '', given?: string, at?: string) => {
    const more = at === undefined ? {} : { at };
    expect(differencesOf(fill(given), right, more)).toEqual([]);
    expect(differencesOf(fill(given), wrong, more).length).toBeGreaterThan(0);
  });

  it.each(BUDGET_CASES)('%s passes where %s fails', (right, wrong, given) => {
    expect(differencesOf(given, right, { policies: BUDGETED })).toEqual([]);
    expect(differencesOf(given, wrong, { policies: BUDGETED }).length).toBeGreaterThan(0);
  });

  it('has a case for every list', () => {
    const lists = new Set(CASES.flatMap(([right]) => /^\{(\w+):/.exec(right)?.[1] ?? []));
    expect(listNames.filter((list) => !lists.has(list))).toEqual([]);
  });

  it('is nothing else with `only`: what is done beyond it is told, what is held is not', () => {
    const whole = '{only: true, deploy: web, delete: ci-idle, change: web}';
    expect(differencesOf(GIVEN, whole)).toEqual([]);
    const told = differencesOf(GIVEN, '{only: true, deploy: web, change: web}');
    expect(told.map(({ expected, got }) => [expected, got])).toEqual([
      ['no other deletion', 'deletion of ci-idle (idle)'],
    ]);
    const held = differencesOf(GIVEN, '{only: all, deploy: web, delete: ci-idle, change: web}');
    expect(held.map(({ got }) => got)).toContain('hold of ci-busy (busy)');
  });

  it('takes each row once, in the order of the entries', () => {
    const given = '{offers: [OFFER, {country: DE, configuration: cpu-2-ram-4gb-storage-25gb, price: 0.4/day}]}';
    const two = given.replace('OFFER', OFFER.replace('}', ', capacity: 3}'));
    expect(differencesOf(two, '{only: true, deploy: [{country: FR, count: 3}, {policy: web, count: 1}]}')).toEqual([]);
    expect(differencesOf(two, '{deploy: [{policy: web, count: 4}, {country: DE}]}')).toHaveLength(1);
  });

  it('tells what comes nearest, what of it differs, the own sentence of the plan, and where it was expected', () => {
    const [difference] = differencesOf(GIVEN, '{delete: {vm: ci-busy, reason: idle}}');
    expect(difference).toEqual({
      path: ['tests', 0, 'expect', 'delete'],
      expected: 'deletion of ci-busy (reason idle)',
      got: 'hold of ci-busy (busy)',
      fields: [],
      sentence: 'busy: given as busy 0s ago',
      vms: ['ci-busy'],
    });
    const [other] = differencesOf(GIVEN, '{hold: {vm: ci-busy, reason: busy, boundary: 20:30:15}}');
    expect(other).toMatchObject({
      got: 'hold of ci-busy (busy)',
      fields: [{ field: 'boundary', expected: 'Fri 2026-11-20 20:30:15Z', got: 'Fri 2026-11-20 20:00:00Z' }],
    });
  });

  it('counts what it found instead, and names some', () => {
    const [difference] = differencesOf(GIVEN_NIGHT, '{park: {policy: web, count: 2}}', { at: '2026-11-20T22:30Z' });
    expect(difference).toMatchObject({ expected: '2 x parking (policy web)', got: '3: web-1, web-2, web-3' });
  });

  it('gives the rules that looked at a VM, as `explain` has them, once for VMs that are alike', () => {
    const { explained } = runText(GIVEN_NIGHT, '{delete: [web-1, web-2, web-4]}');
    expect(explained.map(({ vm }) => vm)).toEqual(['web-1']);
    expect(explained[0]!.verdicts.map(({ rule }) => rule)).toEqual(['life-cycle', 'park-surplus']);
  });
});
