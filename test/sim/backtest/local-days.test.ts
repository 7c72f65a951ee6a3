import { describe, expect, it } from 'vitest';
import { renderSimulation } from '../../../src/cli/render/render-simulation.js';
import { simulationToJson } from '../../../src/cli/render/simulation-to-json.js';
import { keepZone } from '../../../src/policy/scenario/read-span.js';
import { openZone } from '../../../src/policy/zone.js';
import { simulate } from '../../../src/sim/backtest/simulate.js';
import { DAY, HOUR } from '../../core/samples.js';
import { makeScenario, settle } from './sample-scenario.js';

describe('The days of a backtest', () => {
  it("are those of the scenario's zone, also where the clock changes", async () => {
    // Two midnights of October in Paris, between which the clock is set back: 25 hours, 1 and then 2 hours before UTC's.
    const from = Date.UTC(2026, 9, 23, 22);
    const to = Date.UTC(2026, 9, 26, 23);
    const zone = keepZone(openZone('Europe/Paris'));
    const scenario = makeScenario({ from, to, zone, product: 'cloud' });
    const { policies, settings } = settle(scenario);
    const report = await simulate({ scenario, policies, settings, isRecorded: false, stopwatch: () => 0 });
    const hours = report.purser.byDay.map(({ date, day, periods }) => [date, day, periods]);
    const running = Math.round(report.purser.periods / ((to - from) / HOUR));
    expect(running).toBeGreaterThan(0);
    expect(hours).toEqual([
      ['2026-10-24', from, 24 * running],
      ['2026-10-25', from + DAY, 25 * running],
      ['2026-10-26', from + DAY + 25 * HOUR, 24 * running],
    ]);
    expect(simulationToJson(report)).toMatchObject({ timezone: 'Europe/Paris', from: '2026-10-23T22:00:00Z' });
    expect(simulationToJson(report).cost.byDay[0]).toMatchObject({ day: '2026-10-24' });
    const text = renderSimulation(report, { width: 300, colours: false });
    expect(text).toMatch(
      /^sample {3}Sat 2026-10-24 00:00 to Tue 2026-10-27 00:00 Europe\/Paris \(Fri 2026-10-23 22:00Z to Mon 2026-10-26 23:00Z\)/,
    );
    expect(text).toMatch(/^Sat 2026-10-24 +\S/m);
    expect(text).not.toMatch(/^Fri 2026-10-23 +\S/m);
  });
});
