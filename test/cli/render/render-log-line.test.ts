// Lines of the log among those of `up`: no JSON, nothing left out.
import { expect, it } from 'vitest';
import { renderLogLine } from '../../../src/cli/render/render-log-line.js';
import { at } from './sample-plans.js';

const NOW = at('2026-11-18T06:45');

it('is a line like the others, at the time of the others', () => {
  const record = {
    level: 40,
    time: 1,
    account: 'main',
    intent: 'ab12cd',
    outcome: 'done',
    state: 'lapsed',
    msg: 'An outcome came too late to be written; the next look settles it',
  };
  expect(renderLogLine(`${JSON.stringify(record)}\n`, NOW)).toBe(
    'Wed 06:45:00Z  ! main     An outcome came too late to be written; the next look settles it (intent ab12cd, outcome done, state lapsed)',
  );
});

it('says what an error says, keeps its stack, and takes the time of the record where no clock runs yet', () => {
  const record = {
    level: 50,
    time: NOW,
    err: { message: 'no\nroom', stack: 'Error: no room\n    at here' },
    msg: 'A job failed',
  };
  expect(renderLogLine(JSON.stringify(record))).toBe(
    'Wed 06:45:00Z  ! purser   A job failed (no room)\nError: no room\n    at here',
  );
  expect(renderLogLine(JSON.stringify({ ...record, level: 30 }))).toBe(
    'Wed 06:45:00Z  . purser   A job failed (no room)',
  );
});

it('leaves what is no record as it is', () => {
  expect(renderLogLine('worker is here\n')).toBe('worker is here');
  expect(renderLogLine('7\n')).toBe('7');
});
