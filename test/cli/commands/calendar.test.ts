import { describe, expect, it, onTestFinished } from 'vitest';
import { command } from '../../../src/cli/commands/calendar.js';
import { startSandbox } from '../../../src/sim/sandbox-server.js';
import { readWorld } from '../../../src/sim/world.js';
import { smallWorld } from '../../sim/small-market.js';
import { makeFolder, runCommand, writeFleet } from './fake-context.js';

const OFFICE = writeFleet(
  'office',
  2,
  'schedule: {timezone: Europe/Paris, windows: [{name: day, from: "0 8 * * MON-FRI", to: "0 20 * * MON-FRI", replicas: 10}]}\n',
);
const folder = () => makeFolder({ 'policies/office.yaml': OFFICE });

describe('purser calendar', () => {
  it('lists the edges in [from, to) with both clocks', async () => {
    const options = { from: '2027-03-26', to: '2027-03-29T18:00:00Z' };
    const run = await runCommand(command, { cwd: folder(), options, json: true });
    const edge = { policy: 'office', window: 'day', daylightSaving: false };
    expect(run.documents).toEqual([
      [
        { ...edge, at: '2027-03-26T07:00:00Z', local: '2027-03-26T08:00:00+01:00', edge: 'open', before: 2, after: 10 },
        {
          ...edge,
          at: '2027-03-26T19:00:00Z',
          local: '2027-03-26T20:00:00+01:00',
          edge: 'close',
          before: 10,
          after: 2,
        },
        { ...edge, at: '2027-03-29T06:00:00Z', local: '2027-03-29T08:00:00+02:00', edge: 'open', before: 2, after: 10 },
      ],
    ]);
  });

  it('lists seven days from now by default: five openings and five closings', async () => {
    // In UTC, where every week is as long as the next.
    const cwd = makeFolder({ 'policies/office.yaml': OFFICE.replace('Europe/Paris', 'UTC') });
    const run = await runCommand(command, { cwd, json: true });
    expect(run.documents[0]).toHaveLength(10);
  });

  it('prints a table', async () => {
    const options = { from: '2027-03-26', to: '2027-03-27' };
    const { printed } = await runCommand(command, { cwd: folder(), options });
    const [table, savings] = printed.split('\n\n');
    expect(table!.split('\n')).toHaveLength(3);
    expect(savings!.trimEnd()).toBe(
      'office  schedule saves 16 of 70 charges a week; only gaps longer than 24h save: Fri 2027-03-26 19:00Z to Mon 2027-03-29 06:00Z\n' +
        '        one VM fewer saves a week: 5 charges (at most 4.000000) in window "day" (10), 2 charges (at most 1.600000) outside the windows (2)',
    );
    expect(printed).toContain('Fri 2027-03-26 07:00Z');
  });

  it('advises what saves when the window is edited so, though another lies in it', async () => {
    const lunch = '{name: lunch, from: "5 12 * * MON", to: "0 14 * * MON", replicas: 0}';
    const day = '{name: day, from: "0 8 * * MON", to: "50 17 * * MON", replicas: 3}';
    const cwd = makeFolder({
      'purser.yaml': 'installation: a1\naccounts: {main: {product: cloud}}\n',
      'policies/office.yaml': writeFleet(
        'office',
        0,
        `schedule: {timezone: UTC, readyBy: buy, windows: [${day}, ${lunch}]}\n`,
      ),
    });
    const { printed } = await runCommand(command, { cwd, options: { from: '2027-03-01', to: '2027-03-08' } });
    expect(printed).toContain('window "day" opening 9m later would save 3 more; window "lunch" opening 9m earlier');
  });

  it.each([
    [{ from: '7d', to: '1d' }, /--to must lie after --from/],
    [{ from: 'soon' }, /"soon" is no instant/],
    [{ to: '2200-01-01' }, /five years/],
  ])('refuses %j', async (options, message) => {
    await expect(runCommand(command, { cwd: folder(), options })).rejects.toMatchObject({
      code: 'option-invalid',
      message: expect.stringMatching(message),
    });
  });

  it('tells the problems of policies that are wrong', async () => {
    const cwd = makeFolder({ 'policies/office.yaml': OFFICE.replace('Europe/Paris', 'Europe/Pariss') });
    await expect(runCommand(command, { cwd })).rejects.toMatchObject({ code: 'policy-invalid' });
  });

  it('goes by the time of the sandbox where that is the clock', async () => {
    const sandbox = await startSandbox({ world: readWorld(smallWorld) });
    onTestFinished(() => sandbox.close());
    const env = { FLUENCE_API_URL: sandbox.url, PURSER_CLOCK: 'sandbox' };
    const { documents } = await runCommand(command, { cwd: folder(), env, options: { to: '1d' }, json: true });
    const [[first]] = documents as [[{ at: string }]];
    const at = Date.parse(first.at);
    expect(at).toBeGreaterThanOrEqual(sandbox.now());
    expect(at).toBeLessThan(sandbox.now() + 24 * 3_600_000);
  });
});
