// Outcomes of one kind at one instant, told in one line: in the plural, with money that is the sum or says `each`.
import { expect, test } from 'vitest';
import { joinOutcomes } from '../../../src/cli/render/join-outcomes.js';
import { entry, PRICE } from './sample-plans.js';

const ended = (name: string) =>
  entry('intent', {
    vmName: name,
    vmId: name,
    text: `${name} ended: TERMINATED: record only, frees its reserve of 0.306980`,
  });

test('reserves that several records free are told as of each', () => {
  expect(joinOutcomes([ended('web-1'), ended('web-2'), ended('web-3')]).map(({ text }) => text)).toEqual([
    'web-1 and 2 more ended: TERMINATED: record only, frees their reserves of 0.306980 each',
  ]);
  expect(joinOutcomes([ended('web-1')])[0]!.text).toContain('its reserve of 0.306980');
});

test('records that are gone are told in the plural, their money summed', () => {
  const gone = (name: string) =>
    entry('record-removed', {
      vmName: name,
      vmId: name,
      text: `the record of ${name} is gone, its reserve is free`,
      money: PRICE,
    });
  expect(joinOutcomes([gone('web-1'), gone('web-2')])).toMatchObject([
    { text: 'the records of web-1 and 1 more are gone, their reserves are free', money: 2n * PRICE },
  ]);
});
