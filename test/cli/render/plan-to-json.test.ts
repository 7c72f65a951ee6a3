import { expect, test } from 'vitest';
import { planToJson } from '../../../src/cli/render/plan-to-json.js';
import { PRICE, at, deletion, deploy, emptyPlan, fleet, fridayPlan, hold, refOf } from './sample-plans.js';

/** What a reader of the document gets. */
function parse(plans: Parameters<typeof planToJson>[0]): Record<string, unknown> {
  return JSON.parse(JSON.stringify(planToJson(plans))) as Record<string, unknown>;
}

test('the document has exactly the promised fields of a plan, and more beside them', () => {
  const document = parse([
    emptyPlan({
      actions: [
        deploy({ count: 2, cost: 2n * PRICE, reason: { code: 'below-replicas', text: '2 of 4 wanted' } }),
        deletion('ci-build-07'),
      ],
      holds: [
        hold('parked', 'web-1', {
          policy: 'web',
          text: 'surplus',
          until: at('2026-11-20T17:49'),
          boundary: at('2026-11-20T17:55'),
        }),
      ],
      refused: [
        {
          account: 'main',
          policy: 'reap-ci',
          rail: 'deletes.perPlan',
          text: 'too many',
          targets: [refOf('ci-1')],
          approve: 'plan-1',
        },
      ],
      fleets: [fleet('web', { running: 3, next: { at: at('2026-11-23T07:00:00.250'), wanted: 9, window: 'day' } })],
      totals: { deploy: 2, delete: 1, hold: 1, costNow: 2n * PRICE, savesNow: PRICE },
      nextDeadlineAt: at('2026-11-20T17:49'),
    }),
  ]);
  expect(document).toEqual({
    id: 'plan-6f2c91',
    at: '2026-11-20T19:10:00Z',
    generation: 17,
    accounts: ['main'],
    actions: [
      {
        id: 'a1',
        kind: 'deploy',
        account: 'main',
        policy: 'web',
        count: 2,
        offer: { country: 'FR', configuration: 'cpu-2-ram-4gb-storage-25gb', price: '0.306980', per: '24h' },
        reason: { code: 'below-replicas', text: '2 of 4 wanted' },
        cost: '0.613960',
        cap: '0.313119',
      },
      {
        id: 'd-ci-build-07',
        kind: 'delete',
        account: 'main',
        policy: 'reap-ci',
        vm: { id: '0xci-build-07', name: 'ci-build-07' },
        deadline: '2026-11-20T19:09:00Z',
        boundary: '2026-11-20T19:15:00Z',
        reason: { code: 'idle', text: 'idle 52m of 30m: /busy = false in 52 of 52 samples' },
        saves: '0.306980',
        recordOnly: false,
        reaped: true,
        railExempt: false,
      },
    ],
    holds: [
      {
        account: 'main',
        policy: 'web',
        vm: { id: '0xweb-1', name: 'web-1' },
        reason: { code: 'parked', text: 'surplus' },
        until: '2026-11-20T17:49:00Z',
        boundary: '2026-11-20T17:55:00Z',
        charge: '0.306980',
      },
    ],
    refused: [
      {
        account: 'main',
        policy: 'reap-ci',
        rail: 'deletes.perPlan',
        text: 'too many',
        targets: [{ id: '0xci-1', name: 'ci-1' }],
        approve: 'plan-1',
      },
    ],
    fleets: [
      {
        account: 'main',
        policy: 'web',
        mode: 'act',
        wanted: 4,
        running: 3,
        launching: 0,
        parked: 0,
        doomed: 0,
        perDay: '1.227920',
        next: { at: '2026-11-23T07:00:00.250Z', wanted: 9, window: 'day' },
      },
    ],
    totals: { deploy: 2, delete: 1, hold: 1, costNow: '0.613960', savesNow: '0.306980' },
    renames: [],
    ports: [],
    keys: [],
    keyPolicies: [],
    reaps: [],
    budgets: [],
    orphans: [],
    others: [],
    charges: [],
    views: [
      {
        account: 'main',
        id: 'plan-6f2c91',
        product: 'marketplace',
        mode: 'act',
        seen: { vms: 0, at: '2026-11-20T19:09:56Z', state: 'complete' },
        rails: { deletions: 0, deletionsLimit: 10, deploys: 0, deploysLimit: 40 },
        leadSeconds: 360,
      },
    ],
    nextDeadlineAt: '2026-11-20T17:49:00Z',
  });
});

test('several accounts become one document with summed totals', () => {
  const document = parse([fridayPlan(), fridayPlan({ account: 'spare', generation: 18, nextDeadlineAt: undefined })]);
  expect(document).toMatchObject({
    generation: 18,
    accounts: ['main', 'spare'],
    totals: { deploy: 2, delete: 4, hold: 20, costNow: '0.613960', savesNow: '0.613960' },
    nextDeadlineAt: '2026-11-21T06:44:00Z',
  });
  expect(document['actions']).toHaveLength(6);
  expect(document['holds']).toHaveLength(20);
  expect(document['charges']).toHaveLength(20);
});

test('a record without deadline leaves the field out, and renames stand apart from actions', () => {
  const rename = {
    kind: 'rename' as const,
    id: 'r1',
    account: 'main',
    policy: 'web',
    reason: { code: 'unnamed' as const, text: 'new' },
    vms: [{ id: '0x1', from: 'web-a1qqqqqq', to: 'web-a1qqqqqq00' }],
  };
  const record = deletion('web-1', { recordOnly: true, deadline: undefined, boundary: undefined, saves: 0n });
  const document = parse([emptyPlan({ actions: [rename, record] })]);
  const [only] = document['actions'] as Record<string, unknown>[];
  expect(document['actions']).toHaveLength(1);
  expect(only).not.toHaveProperty('deadline');
  expect(document['renames']).toEqual([
    { id: 'r1', account: 'main', policy: 'web', vms: rename.vms, reason: { code: 'unnamed', text: 'new' } },
  ]);
});

test('an account-wide hold has neither policy nor VM', () => {
  const document = parse([emptyPlan({ holds: [hold('frozen', undefined, { policy: undefined, text: 'by hand' })] })]);
  expect(document['holds']).toEqual([{ account: 'main', reason: { code: 'frozen', text: 'by hand' } }]);
});
