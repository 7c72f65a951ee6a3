import { describe, expect, it } from 'vitest';
import { createRhythm, type Rhythm } from '../../../src/cli/demo/rhythm.js';

const HOUR = 3_600_000;
const NOON = Date.UTC(2026, 10, 19, 12);
const MIDNIGHT = NOON + 12 * HOUR;

function hear(rhythm: Rhythm, times: number, what: string, vms?: number, policy = 'farm'): readonly boolean[] {
  return Array.from({ length: times }, (_, hour) => rhythm.isNews({ at: NOON + hour * HOUR, policy, what, vms }));
}

describe('what comes again and again', () => {
  it('is told twice, and only counted from then on', () => {
    const rhythm = createRhythm();
    expect(hear(rhythm, 4, 'parked', 3)).toEqual([true, true, false, false]);
    expect(rhythm.takeSums(undefined)).toEqual([
      { at: NOON + 3 * HOUR, policy: 'farm', text: 'and so on: 6 VMs parked' },
    ]);
  });

  it('is told apart by policy and by what it is', () => {
    const rhythm = createRhythm();
    hear(rhythm, 2, 'parked', 3);
    expect(hear(rhythm, 2, 'taken back', 3)).toEqual([true, true]);
    expect(hear(rhythm, 2, 'parked', 3, 'office')).toEqual([true, true]);
    expect(rhythm.takeSums(undefined)).toEqual([]);
  });

  it('is summed up with the edges of its schedule first', () => {
    const rhythm = createRhythm();
    hear(rhythm, 3, 'parked', 1);
    hear(rhythm, 4, 'window "round" opened');
    hear(rhythm, 3, 'window "round" closed');
    const [sum] = rhythm.takeSums(undefined);
    expect(sum!.text).toBe('and so on: window "round" opened 2 times, window "round" closed 1 time, 1 VM parked');
  });

  it('is summed up once a day has passed, each time once', () => {
    const rhythm = createRhythm();
    hear(rhythm, 3, 'parked', 1);
    expect(rhythm.takeSums(MIDNIGHT - 1)).toEqual([]);
    expect(rhythm.takeSums(MIDNIGHT)).toHaveLength(1);
    expect(rhythm.takeSums(undefined)).toEqual([]);
    expect(hear(rhythm, 1, 'parked', 1)).toEqual([false]);
    expect(rhythm.takeSums(undefined)).toHaveLength(1);
  });
});
