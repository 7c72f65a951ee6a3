// Schedules that are the same each week, compiled as policies are, for the tests of what is advised about them. Holds no expectations.
import type { Demand } from '../../src/core/policy-types.js';
import { readCron, type CronTimes } from '../../src/policy/cron.js';
import { compileDemand } from '../../src/policy/demand.js';
import { compileWindow } from '../../src/policy/windows.js';
import { openZone } from '../../src/policy/zone.js';

const DAYS = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'];
const UTC = openZone('UTC');

/** Minutes since Monday, midnight; what goes beyond the week comes in the next. */
export interface WeekWindow {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly wanted: number;
  /** The same so many days later; absent: just that. */
  readonly days?: readonly number[];
}

function readMinute(minute: number, after: readonly number[]): CronTimes {
  const week = ((minute % 10_080) + 10_080) % 10_080;
  const first = Math.floor(week / 1440);
  const days = after.map((day) => DAYS[(first + day + 7) % 7]);
  const read = readCron(`${week % 60} ${Math.floor((week % 1440) / 60)} * * ${days.join(',')}`);
  if ('problem' in read) throw new Error(read.problem.message);
  return read.cron;
}

/** `base` outside of the windows; of those that are open the last counts. */
export function scheduleWeek(base: number, windows: readonly WeekWindow[]): Demand {
  return compileDemand({
    zone: UTC,
    replicas: base,
    windows: windows.map(({ name, from, to, wanted, days = [0] }) => {
      const span = { kind: 'crons', from: readMinute(from, days), to: readMinute(to, days) } as const;
      return { name, replicas: wanted, window: compileWindow(span, UTC) };
    }),
  });
}
