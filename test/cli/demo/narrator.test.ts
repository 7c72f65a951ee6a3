import { describe, expect, it } from 'vitest';
import { createNarrator } from '../../../src/cli/demo/narrator.js';
import type { FleetPolicy } from '../../../src/core/policy-types.js';
import { createCompiler } from '../../../src/policy/policies-in-force.js';
import { HOUR, NOON } from '../../core/samples.js';
import { makeEntry } from '../../queue/books-samples.js';
import { writeFleet } from '../commands/fake-context.js';

function open(fleets: readonly FleetPolicy[] = []) {
  const lines: string[] = [];
  return { lines, narrator: createNarrator(fleets, false, (line) => lines.push(line)) };
}

const parked = (at: number, vmName: string) =>
  makeEntry(at, { event: 'parked', vmName, text: 'surplus: web wants 0 and has 2' });

describe('the narrator', () => {
  it('tells equal entries of one instant as one line, in the plural', () => {
    const { lines, narrator } = open();
    const text = (name: string) => `${name} is gone 40s after the call, 7m before its boundary`;
    for (const vmName of ['web-1', 'web-2'])
      narrator.hear(makeEntry(NOON, { event: 'deleted', vmName, text: text(vmName), money: 306_980n }));
    narrator.tell(NOON);
    expect(lines).toEqual([
      'Fri 12:00:00Z  - web      web-1 and 1 more are gone 40s after the call, 7m before their boundary; avoided 0.613960',
    ]);
  });

  it('tells each entry once', () => {
    const { lines, narrator } = open();
    narrator.hear(parked(NOON, 'web-1'));
    narrator.tell(NOON);
    narrator.tell(NOON + HOUR);
    expect(lines).toEqual(['Fri 12:00:00Z  ~ web      web-1 parked: web wants 0 and has 2']);
  });

  it('passes over what another line says already', () => {
    const { lines, narrator } = open();
    for (const event of ['intent', 'charged', 'delete-called', 'active', 'doomed', 'gone'] as const)
      narrator.hear(makeEntry(NOON, { event }));
    narrator.tell(NOON);
    expect(lines).toEqual([]);
  });

  it('tells every edge of a schedule once, the first instant excluded', () => {
    const window = '{name: day, from: "0 13 * * *", to: "0 14 * * *", replicas: 5}';
    const text = writeFleet('web', 2, `schedule: {timezone: UTC, windows: [${window}]}\n`);
    const compile = createCompiler({ accounts: ['main'], installation: 'a1', protect: [] });
    const { fleets } = compile({ number: 1, hash: 'h', publishedAt: NOON, documents: [{ path: 'web.yaml', text }] });
    const { lines, narrator } = open(fleets);
    narrator.tell(NOON);
    narrator.tell(NOON + HOUR);
    narrator.tell(NOON + HOUR);
    narrator.tell(NOON + 3 * HOUR);
    expect(lines).toEqual([
      'Fri 13:00:00Z  # web: window "day" opens, 2 -> 5 wanted',
      'Fri 14:00:00Z  # web: window "day" closes, 5 -> 2 wanted',
    ]);
  });

  it('tells a rhythm twice, and sums up what went on like that at the end', () => {
    const { lines, narrator } = open();
    for (let hour = 0; hour < 5; hour += 1) {
      narrator.hear(parked(NOON + hour * HOUR, 'web-1'));
      narrator.hear(parked(NOON + hour * HOUR, 'web-2'));
      narrator.tell(NOON + hour * HOUR);
    }
    expect(lines).toHaveLength(2);
    narrator.end();
    expect(lines.at(-1)).toBe('Fri 16:00:00Z  . web      and so on: 6 VMs parked');
  });

  it('says what the script did', () => {
    const { lines, narrator } = open();
    narrator.say(NOON, 'the provider terminates web-1');
    expect(lines).toEqual(['Fri 12:00:00Z  * the provider terminates web-1']);
  });
});
