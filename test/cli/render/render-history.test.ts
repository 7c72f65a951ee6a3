import { expect, test } from 'vitest';
import type { LedgerEntry } from '../../../src/core/books.js';
import { describeEnd, historyToJson, renderHistory } from '../../../src/cli/render/render-history.js';
import { explainGoneToJson, renderGone } from '../../../src/cli/render/render-explain.js';
import { NOW, PLAIN, PRICE, at } from './sample-plans.js';

function entry(when: string, event: LedgerEntry['event'], text: string, over: Partial<LedgerEntry> = {}): LedgerEntry {
  const about = { account: 'main', policy: 'web', vmId: '0x77', vmName: 'web-1', intent: undefined };
  return { at: at(when), ...about, event, text, money: undefined, ...over };
}

const life: readonly LedgerEntry[] = [
  entry('2026-11-16T06:50', 'bought', 'bought web-1: cpu-2 in FR at 0.306980 a period'),
  entry('2026-11-16T06:51', 'charged', 'web-1 paid for its first period', { money: PRICE }),
  entry('2026-11-17T06:51', 'charged', 'web-1 paid for its next period', { money: PRICE }),
  entry('2026-11-18T06:00', 'parked', 'web-1: surplus: web wants 1 and has 2'),
  entry('2026-11-18T06:45', 'intent', 'delete web-1 before 06:51Z: surplus: web wants 1 and has 2'),
  entry('2026-11-18T06:46', 'delete-called', 'web-1: deletion accepted'),
  entry('2026-11-18T06:47', 'deleted', 'web-1 is gone 12s after the call, 4m before its boundary', { money: PRICE }),
];

test('a life is told in lines, charges in a row as one', () => {
  expect(renderHistory(life, PLAIN).join('\n')).toMatchInlineSnapshot(`
    "  Mon 2026-11-16 06:50Z  + web      bought web-1: cpu-2 in FR at 0.306980 a period
      Mon 2026-11-16 06:51Z  . web      charged 2 times, last Tue 2026-11-17 06:51Z; paid 0.613960
      Wed 2026-11-18 06:00Z  ~ web      web-1 parked: web wants 1 and has 2
      Wed 2026-11-18 06:45Z  . web      delete web-1 before 06:51Z: surplus: web wants 1 and has 2
      Wed 2026-11-18 06:46Z  - web      web-1 being deleted: deletion accepted
      Wed 2026-11-18 06:47Z  - web      web-1 is gone 12s after the call, 4m before its boundary; avoided 0.306980"
  `);
});

test('a charge that has a reason of its own is a line of its own, and says it', () => {
  const why =
    'nobody looked between 2026-11-18 06:00Z and its boundary 2026-11-18 06:51Z, so its deadline passed unseen';
  const text = `web-1 is parked and was charged again: ${why}`;
  const late = entry('2026-11-18T09:00', 'charged', text, { money: PRICE, why });
  const lines = renderHistory([...life.slice(1, 3), late], PLAIN);
  expect(lines).toHaveLength(2);
  expect(lines[1]).toContain('Wed 2026-11-18 09:00Z');
  expect(lines[1]).toContain(why);
  const again = entry('2026-11-18T10:00', 'charged', text, { money: PRICE, why: why.replaceAll('18', '19') });
  expect(renderHistory([late, again], PLAIN)).toEqual([
    expect.stringContaining('charged 2 times, last Wed 2026-11-18 10:00Z; paid 0.613960, the last time: nobody looked'),
  ]);
});

test('of a deleted VM the first thing told is who deleted it, why, and what that avoided', () => {
  expect(describeEnd(life)).toBe(
    'Deleted Wed 2026-11-18 06:47Z for web. Why: delete web-1 before 06:51Z: surplus: web wants 1 and has 2. Avoided 0.306980.',
  );
  const gone = { account: 'main', ref: { id: '0x77', name: 'web-1' }, entries: life };
  expect(renderGone(gone, PLAIN)).toMatch(/^web-1 {3}0x77 {3}not in main any more\nDeleted Wed /);
  expect(explainGoneToJson(gone, NOW)).toMatchObject({ listed: false, says: 'gone', history: { length: 7 } });
});

test('of a VM that left by itself no deletion is told, however often one was decided before', () => {
  const left = entry('2026-11-18T07:00', 'gone', 'web-1 left the list 12m ago without our doing; no longer counted');
  expect(describeEnd([...life.slice(0, 5), left])).toBe(
    'Gone since Wed 2026-11-18 07:00Z: web-1 left the list 12m ago without our doing; no longer counted.',
  );
});

test('of a machine that ended, the cause is that end', () => {
  const ended = entry('2026-11-18T05:00', 'terminated', 'web-1: the provider terminated it: record only');
  const removed = entry('2026-11-18T05:01', 'record-removed', 'the record of web-1 is gone, its reserve is free');
  expect(describeEnd([life[0]!, ended, removed])).toBe(
    'Its record was removed Wed 2026-11-18 05:01Z for web. Why: web-1: the provider terminated it: record only.',
  );
});

test('of a disk that served nobody it is told who had it removed; of a VM, not what was removed with it', () => {
  const about = { vmId: 'd1', vmName: 'old-disk', policy: 'tidy' };
  const told = [
    entry('2026-11-18T06:45', 'intent', 'remove old-disk before 06:51Z: serves nobody for 2h', about),
    entry('2026-11-18T06:45', 'delete-called', 'old-disk: removal accepted', about),
    entry('2026-11-18T06:46', 'part-removed', 'old-disk is gone 12s after the call', {
      ...about,
      part: 'data-disk',
      money: PRICE,
    }),
  ];
  expect(describeEnd(told)).toBe(
    'Deleted Wed 2026-11-18 06:46Z for tidy. Why: remove old-disk before 06:51Z: serves nobody for 2h. Avoided 0.306980.',
  );
  const disk = entry('2026-11-18T06:48', 'part-removed', 'the disk of web-1 is gone too', { part: 'data-disk' });
  expect(describeEnd([...life, disk])).toBe(describeEnd(life));
});

test('what the ledger does not know is not made up', () => {
  expect(describeEnd(life.slice(0, 4))).toContain('the ledger does not say why');
});

test('the JSON gives each entry its kind and its instant', () => {
  expect(JSON.parse(JSON.stringify(historyToJson(life.slice(1, 2))))).toEqual([
    {
      at: '2026-11-16T06:51:00Z',
      kind: 'charged',
      policy: 'web',
      vmName: 'web-1',
      text: 'web-1 paid for its first period',
      money: '0.306980',
    },
  ]);
});
