import { expect, test } from 'vitest';
import { explainToJson, findNextChange, renderExplain } from '../../../src/cli/render/render-explain.js';
import type { Explanation } from '../../../src/cli/render/render-explain.js';
import { NOW, PLAIN, PRICE, at, charge, fridayPlan } from './sample-plans.js';
import { buildVm } from './sample-vms.js';
import { DAY_MILLIS } from '../../../src/core/money.js';

const unknown: Explanation = {
  ref: { id: '0x311e', name: 'ci-build-11' },
  account: 'main',
  at: NOW,
  vm: buildVm({ id: '0x311e', name: 'ci-build-11', paidUntil: at('2026-11-20T23:30') }),
  claim: undefined,
  charge: charge('ci-build-11', '2026-11-20T23:30', { why: 'unknown' }),
  other: 'foreign',
  fleet: undefined,
  judgedBy: 'judged by generation 17, which is in force',
  history: [],
  trace: [
    { rule: 'protect', policy: undefined, says: 'pass', text: 'no protection names it', until: undefined, won: false },
    { rule: 'freeze', policy: undefined, says: 'pass', text: 'not frozen', until: undefined, won: false },
    {
      rule: 'reap',
      policy: 'reap-ci',
      says: 'keep',
      text: 'unknown: no answer since 18:41Z; only yes deletes',
      until: at('2026-11-20T19:11'),
      won: true,
    },
  ],
};

const parked: Explanation = {
  ...unknown,
  ref: { id: '0x77', name: 'office-a1m2n3p400' },
  vm: undefined,
  other: undefined,
  charge: charge('office-a1m2n3p400', '2026-11-21T06:50', { avoidableUntil: at('2026-11-21T06:44') }),
  claim: {
    vmId: '0x77',
    vmName: 'office-a1m2n3p400',
    policy: 'office',
    origin: 'bought',
    intent: 'm2n3p4',
    claimedAt: at('2026-11-16T06:50'),
    generation: 15,
    price: { amount: PRICE, periodMillis: DAY_MILLIS },
    paidUntil: at('2026-11-21T06:50'),
    seenAt: undefined,
    activeAt: undefined,
    state: 'parked',
    stateSince: at('2026-11-20T19:00'),
    unwanted: 'surplus',
    railExempt: true,
    deletion: undefined,
    missing: undefined,
  },
  trace: [
    {
      rule: 'fleet',
      policy: 'office',
      says: 'delete',
      text: 'surplus: wanted 2, running 10',
      until: at('2026-11-21T06:44'),
      won: true,
    },
  ],
};

test('a kept VM is explained rule by rule, the winner marked', () => {
  expect(renderExplain(unknown, PLAIN)).toMatchInlineSnapshot(`
    "ci-build-11   0x311e   active in FR   cpu-2-ram-4gb-storage-25gb
    no policy of main owns it
    paid until 23:30Z, then 0.306980 a day
    judged by generation 17, which is in force

      protect       pass    no protection names it
      freeze        pass    not frozen
    > reap reap-ci  keep    unknown: no answer since 18:41Z; only yes deletes; until 19:11Z

    It is kept: reap of reap-ci decides.
    What can change it:
      19:11Z  reap of reap-ci can say something else
      23:30Z  its boundary: it is charged 0.306980"
  `);
});

test('a member that the list lacks is explained from its claim', () => {
  expect(renderExplain({ ...parked, at: NOW + 3_600_000 }, PLAIN)).toMatchInlineSnapshot(`
    "office-a1m2n3p400   0x77   not in the list of main
    as of Fri 2026-11-20 20:10Z
    parked of office for 10 m (surplus), bought under generation 15
    paid until Sat 06:50Z, then 0.306980 a day, avoidable until Sat 06:44Z
    judged by generation 17, which is in force

    > fleet office  DELETE  surplus: wanted 2, running 10; until Sat 06:44Z

    It is to be deleted: fleet of office decides.
    What can change it:
      Sat 06:44Z  its deadline: the deletion starts, unless the answer is another by then
      Sat 06:50Z  its boundary: it is charged 0.306980"
  `);
});

test('a VM that no rule looked at is kept', () => {
  expect(
    renderExplain({ ...unknown, vm: undefined, trace: [], charge: undefined }, PLAIN)
      .split('\n')
      .slice(-4),
  ).toEqual([
    'No rule looked at it.',
    '',
    'It is kept: no rule wants it deleted.',
    'The answer changes only when something about the VM or the policies does.',
  ]);
});

test('where no rule had to win, the one that says what the plan does decides', () => {
  const trace = [
    { rule: 'park-surplus', policy: 'office', says: 'delete' as const, text: 'surplus', until: undefined, won: false },
    { rule: 'reap-idle', policy: 'reap-ci', says: 'keep' as const, text: 'busy', until: undefined, won: false },
  ];
  const going = charge('office-1', '2026-11-20T19:15', { fate: 'deleting' });
  expect(explainToJson({ ...parked, trace, charge: going })).toMatchObject({ decides: 'park-surplus', says: 'delete' });
  expect(explainToJson({ ...parked, trace })).toMatchObject({ decides: 'reap-idle', says: 'keep' });
  expect(renderExplain({ ...parked, trace }, PLAIN)).toContain('\n> reap-idle reap-ci    keep    busy\n');
});

test('the next change is the earliest that still lies ahead', () => {
  expect(findNextChange(unknown)).toBe(at('2026-11-20T19:11'));
  expect(findNextChange({ ...unknown, at: at('2026-11-20T19:11') })).toBe(at('2026-11-20T23:30'));
  expect(findNextChange({ ...unknown, at: at('2026-11-20T23:30') })).toBeUndefined();
});

test('the JSON names the rule that decides and what it says', () => {
  const document: unknown = JSON.parse(JSON.stringify(explainToJson(parked)));
  expect(document).toEqual({
    at: '2026-11-20T19:10:00Z',
    account: 'main',
    vm: { id: '0x77', name: 'office-a1m2n3p400' },
    listed: false,
    policy: 'office',
    claim: { policy: 'office', state: 'parked', since: '2026-11-20T19:00:00Z', origin: 'bought', unwanted: 'surplus' },
    paidUntil: '2026-11-21T06:50:00Z',
    price: '0.306980',
    per: '24h',
    avoidableUntil: '2026-11-21T06:44:00Z',
    rules: [
      {
        rule: 'fleet',
        policy: 'office',
        says: 'delete',
        text: 'surplus: wanted 2, running 10',
        until: '2026-11-21T06:44:00Z',
        won: true,
      },
    ],
    decides: 'fleet',
    says: 'delete',
    changesAt: '2026-11-21T06:44:00Z',
    coming: [
      {
        at: '2026-11-21T06:44:00Z',
        text: 'its deadline: the deletion starts, unless the answer is another by then',
      },
      { at: '2026-11-21T06:50:00Z', text: 'its boundary: it is charged 0.306980' },
    ],
    judgedBy: 'judged by generation 17, which is in force',
    history: [],
  });
});

test("a VM whose policy is gone is nobody's, not a member", () => {
  const text = renderExplain({ ...parked, other: 'unclaimed' }, PLAIN);
  expect(text).toContain('unclaimed: office bought it and is not in force any more');
  expect(text).not.toContain('parked of office');
  expect(explainToJson({ ...parked, other: 'unclaimed' }).nobodys).toBe('unclaimed');
});

test('a change of what its fleet wants is told with its instant', () => {
  const next = { at: at('2026-11-23T07:00'), wanted: 10, window: 'day' };
  const fleet = { ...fridayPlan().fleets[0]!, policy: 'office', next };
  expect(renderExplain({ ...parked, fleet }, PLAIN)).toContain('\n  Mon 07:00Z  office wants 10');
});
