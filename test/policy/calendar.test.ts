// The calendar of edges, and the words about changes of the clock.
import { describe, expect, it } from 'vitest';
import { listEdges } from '../../src/policy/calendar.js';
import { checkText, writeScheduled } from './policy-texts.js';

const at = (text: string): number => Date.parse(text);

function listWarnings(zone: string, window: string): string[] {
  const { problems } = checkText(writeScheduled(zone, [window]));
  return problems.filter(({ code }) => code === 'warning-daylight-saving').map(({ message }) => message);
}

describe('listEdges', () => {
  it('lists every edge with the local clock and the numbers before and after', () => {
    const text = writeScheduled('Europe/Paris', [
      '{name: day, from: "0 8 * * *", to: "0 20 * * *", replicas: 10}',
      '{name: sale, from: 2027-01-08T20:00, to: 2027-01-08T22:00, replicas: 15}',
    ]);
    const fleets = checkText(text).set!.fleets;
    const edges = listEdges(fleets, at('2027-01-08T00:00Z'), at('2027-01-09T00:00Z'));
    expect(
      edges.map(({ local, window, edge, before, after }) => `${local} ${window} ${edge} ${before} ${after}`),
    ).toEqual([
      '2027-01-08T08:00:00+01:00 day open 4 10',
      '2027-01-08T20:00:00+01:00 day close 10 15',
      '2027-01-08T20:00:00+01:00 sale open 10 15',
      '2027-01-08T22:00:00+01:00 sale close 15 4',
    ]);
    expect(edges[0]).toEqual({
      policy: 'web',
      at: at('2027-01-08T07:00Z'),
      local: '2027-01-08T08:00:00+01:00',
      window: 'day',
      edge: 'open',
      before: 4,
      after: 10,
      daylightSaving: false,
    });
  });

  it('counts from inclusive and to exclusive', () => {
    const fleets = checkText(writeScheduled('UTC', ['{name: day, from: "0 8 * * *", to: "0 20 * * *", replicas: 10}']))
      .set!.fleets;
    expect(listEdges(fleets, at('2027-01-08T08:00Z'), at('2027-01-08T20:00Z'))).toHaveLength(1);
  });

  it('marks edges that a change of the clock moved or made unique, and no others', () => {
    const fleets = checkText(
      writeScheduled('Europe/Paris', [
        '{name: gap, from: "30 2 * * *", to: "0 5 * * *", replicas: 5}',
        '{name: plain, from: "0 3 * * *", to: "0 6 * * *", replicas: 6}',
      ]),
    ).set!.fleets;
    const marked = [
      ...listEdges(fleets, at('2027-03-26T00:00Z'), at('2027-03-31T00:00Z')),
      ...listEdges(fleets, at('2027-10-29T00:00Z'), at('2027-11-02T00:00Z')),
    ].filter(({ daylightSaving }) => daylightSaving);
    expect(marked.map(({ local, window, edge }) => `${local} ${window} ${edge}`)).toEqual([
      '2027-03-28T03:00:00+02:00 gap open',
      '2027-10-31T02:30:00+02:00 gap open',
    ]);
  });
});

describe('the warnings about daylight saving', () => {
  it('say what happens in the coming year, and only for edges that the clock hits', () => {
    expect(listWarnings('Europe/Paris', '{name: n, from: "30 2 * * *", to: "45 2 * * SAT", replicas: 5}')).toEqual([
      'On 2027-03-28 the clock in Europe/Paris goes from 02:00 on to 03:00: window "n" opens at 03:00 instead of 02:30.',
      'On 2027-10-31 the clock in Europe/Paris goes from 03:00 back to 02:00: window "n" opens at the first 02:30 of two, and once.',
    ]);
    expect(listWarnings('Europe/Paris', '{name: n, from: "10 2 * * SUN", to: "50 2 * * *", replicas: 5}')[0]).toBe(
      'On 2027-03-28 the clock in Europe/Paris goes from 02:00 on to 03:00: window "n" begins and ends within the missing time and does not open.',
    );
    expect(listWarnings('Australia/Lord_Howe', '{name: n, from: "15 2 * * *", for: 1h, replicas: 5}')).toEqual([
      'On 2027-10-03 the clock in Australia/Lord_Howe goes from 02:00 on to 02:30: window "n" opens at 02:30 instead of 02:15.',
    ]);
    expect(listWarnings('Europe/Paris', '{name: n, from: "0 22 * * *", to: "0 6 * * *", replicas: 5}')).toEqual([]);
    expect(listWarnings('Asia/Kathmandu', '{name: n, from: "30 2 * * *", to: "0 6 * * *", replicas: 5}')).toEqual([]);
  });
});
