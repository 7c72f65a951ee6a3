// The measured demand of shipped scenarios, drawn from a seed: the same figures whenever it runs. It makes texts and writes none.
import { drawInteger, drawUnit } from '../src/sim/random.js';

const SEED = 20261102;
const BEGIN = Date.parse('2026-11-02T00:00:00Z');
const MINUTE_MILLIS = 60_000;
const DAY_MINUTES = 24 * 60;

/** Lines of a CSV; `wanted` by minute, equal neighbours once. */
function writeCsv(minutes: number, wanted: (minute: number) => number): string {
  const lines = ['time,replicas'];
  let before: number | undefined;
  for (let minute = 0; minute < minutes; minute += 1) {
    const now = wanted(minute);
    if (now === before) continue;
    lines.push(`${new Date(BEGIN + minute * MINUTE_MILLIS).toISOString().slice(0, 16)}Z,${now}`);
    before = now;
  }
  return `${lines.join('\n')}\n`;
}

/** Whether people push code then: on working days from 7 to 18 UTC. */
function isBusy(minute: number): boolean {
  const day = Math.floor(minute / DAY_MINUTES) % 7;
  const hour = Math.floor((minute % DAY_MINUTES) / 60);
  return day < 5 && hour >= 7 && hour < 18;
}

/** Two weeks of builds: bursts of 2 to 9 jobs of 6 to 50 minutes, a burst an hour by day and one in some nights. */
function renderBurstyBuilds(): string {
  const minutes = 14 * DAY_MINUTES;
  const jobs = new Array<number>(minutes).fill(0);
  for (let minute = 0; minute < minutes; minute += 1) {
    if (drawUnit(SEED, `burst/${minute}`) >= (isBusy(minute) ? 1 / 60 : 1 / 900)) continue;
    const size = drawInteger(SEED, `size/${minute}`, 2, 9);
    for (let job = 0; job < size; job += 1) {
      const lasts = drawInteger(SEED, `lasts/${minute}/${job}`, 6, 50);
      for (let at = minute; at < Math.min(minutes, minute + lasts); at += 1) jobs[at]! += 1;
    }
  }
  // Twelve runners serve any queue.
  return writeCsv(minutes, (minute) => Math.min(12, jobs[minute]!));
}

/** Two days of a load that rises and falls with the day, and is never for five minutes what it was before. */
function renderRestlessLoad(): string {
  const levels: number[] = [];
  for (let step = 0; step < 2 * 288; step += 1) {
    const hour = (step % 288) / 12;
    const middle = 3 + Math.round(2 * Math.max(0, Math.sin(((hour - 6) * Math.PI) / 14)));
    const level = middle + drawInteger(SEED, `level/${step}`, -1, 1);
    levels.push(level === levels.at(-1) ? level + 1 : level);
  }
  return writeCsv(2 * DAY_MINUTES, (minute) => levels[Math.floor(minute / 5)]!);
}

/** Text by the path of its file. */
export const scenarioTraces: Readonly<Record<string, () => string>> = {
  'policies/scenarios/bursty-ci.csv': renderBurstyBuilds,
  'policies/scenarios/every-five-minutes.csv': renderRestlessLoad,
};
