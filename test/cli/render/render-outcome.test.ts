import { expect, test } from 'vitest';
import { outcomeToJson, renderOutcome } from '../../../src/cli/render/render-outcome.js';
import { NOW, PLAIN, PRICE, entry } from './sample-plans.js';

test('outcomes are one line each: when, what, whose, and the money unless the sentence has it', () => {
  const lines = [
    entry('bought', { text: 'bought 2 of web in FR, cpu-2-ram-4gb-storage-25gb', money: 2n * PRICE }),
    entry('deleted', {
      policy: 'reap-ci',
      vmName: 'ci-build-07',
      text: 'deleted ci-build-07, 6 min before its boundary; avoided 0.306980 a day',
      money: PRICE,
    }),
    entry('delete-failed', { policy: 'office', vmName: 'office-1', text: '503: try later\nplease' }),
    entry('missed-boundary', { policy: undefined, vmName: 'office-1', text: '', money: PRICE }),
    entry('parked', { policy: 'office', vmName: 'office-1', text: 'office-1: surplus; 2 wanted' }),
    entry('taken-back', { policy: 'office', vmName: 'office-1' }),
    entry('note', { text: 'generation 18 is in force', money: PRICE }),
  ];
  expect(lines.map((each) => renderOutcome({ ...each, at: NOW }, PLAIN)).join('\n')).toMatchInlineSnapshot(`
    "Fri 19:10:00Z  + web      bought 2 of web in FR, cpu-2-ram-4gb-storage-25gb; paid 0.613960
    Fri 19:10:00Z  - reap-ci  deleted ci-build-07, 6 min before its boundary; avoided 0.306980 a day
    Fri 19:10:00Z  ! office   office-1 deletion failed: 503: try later please
    Fri 19:10:00Z  ! main     office-1 missed its boundary; paid for nothing 0.306980
    Fri 19:10:00Z  ~ office   office-1 parked: surplus; 2 wanted
    Fri 19:10:00Z  + office   office-1 taken back
    Fri 19:10:00Z  . web      generation 18 is in force"
  `);
});

test('colour marks the kind of outcome', () => {
  const coloured = renderOutcome(entry('deleted', { text: 'deleted a', at: NOW }), { colours: true });
  expect(coloured).toBe('Fri 19:10:00Z  \u001b[31m-\u001b[39m web      deleted a');
});

test('an outcome in JSON has its instant and its money as text', () => {
  const document: unknown = JSON.parse(JSON.stringify(outcomeToJson(entry('charged', { at: NOW, money: PRICE }))));
  expect(document).toEqual({
    at: '2026-11-20T19:10:00Z',
    account: 'main',
    policy: 'web',
    event: 'charged',
    text: '',
    money: '0.306980',
  });
});
