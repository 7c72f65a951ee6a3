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

test('what is said of each is said of all', () => {
  const tell = (text: (name: string) => string) =>
    joinOutcomes(['web-1', 'web-2'].map((name) => entry('note', { vmName: name, vmId: name, text: text(name) })))[0]!
      .text;
  expect(tell((name) => `${name} is parked and was charged again`)).toBe(
    'web-1 and 1 more are parked and were charged again',
  );
  expect(tell((name) => `${name} ended: the provider terminated it`)).toBe(
    'web-1 and 1 more ended: the provider terminated them',
  );
});

test('disks and addresses are told by their VMs, each VM once', () => {
  const gone = (name: string, part: string) =>
    entry('part-removed', {
      vmName: name,
      vmId: name,
      text: `the ${part} of ${name} is gone too, 5m before its boundary`,
    });
  const ofOne = [gone('web-1', 'boot disk'), gone('web-1', 'public IP')];
  const ofTwo = [...ofOne, gone('web-2', 'boot disk'), gone('web-2', 'public IP')];
  const tell = (entries: typeof ofOne) => joinOutcomes(entries).map(({ text }) => text);
  expect(tell(ofOne)).toEqual(['the disks and addresses of web-1 are gone too, 5m before their boundary']);
  expect(tell(ofTwo)).toEqual(['the disks and addresses of web-1 and 1 more are gone too, 5m before their boundary']);
  expect(tell(ofOne.slice(1))).toEqual(['the public IP of web-1 is gone too, 5m before its boundary']);
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

test('notes are joined only where they say the same of each VM', () => {
  const note = (name: string, ports: string) =>
    entry('note', { vmName: name, vmId: name, text: `the ports of ${name} are set: ${ports}` });
  const tell = (...entries: readonly ReturnType<typeof note>[]) => joinOutcomes(entries).map(({ text }) => text);
  expect(tell(note('web-1', '22/tcp'), note('web-2', '22/tcp'))).toEqual([
    'the ports of web-1 and 1 more are set: 22/tcp',
  ]);
  expect(tell(note('web-1', '22/tcp'), note('db-1', '22/tcp, 5432/tcp'))).toHaveLength(2);
});
