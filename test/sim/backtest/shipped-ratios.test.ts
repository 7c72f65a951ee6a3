// The shipped scenarios, played: what Purser pays beside the lower bound and a cron job is recorded here and held.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readScenario } from '../../../src/policy/scenario/read-scenario.js';
import { attributeGap } from '../../../src/sim/backtest/attribute-gap.js';
import type { BaselineName } from '../../../src/sim/backtest/baseline-follower.js';
import { buildBoundInputs, sumForeign } from '../../../src/sim/backtest/bound-inputs.js';
import { findLowerBound } from '../../../src/sim/backtest/lower-bound.js';
import { buildSetting } from '../../../src/sim/backtest/setting.js';
import { playBaseline, playPurser } from '../../../src/sim/backtest/simulate.js';
import { makeSettings } from '../../core/samples.js';
import { periodOf } from './sample-scenario.js';

const ROOT = join(import.meta.dirname, '../../..');
const FOLDER = 'policies/scenarios';

interface Held {
  readonly toBound: number;
  readonly toImmediate: number;
}

/**
 * At most. One price and launches that take time: 1.05 of the bound. Moving prices and outages cost more, as recorded. In idle-ci the
 * cron job is cheaper because it deletes, over lunch, what is used again in the afternoon, and so does the bound.
 */
const HELD: Readonly<Record<string, Held>> = {
  'bursty-ci': { toBound: 1.01, toImmediate: 0.84 },
  'every-five-minutes': { toBound: 1.05, toImmediate: 0.48 },
  'falling-market': { toBound: 1.033, toImmediate: 0.97 },
  'fixed-boundary': { toBound: 1, toImmediate: 0.78 },
  'idle-ci': { toBound: 1.093, toImmediate: 1.034 },
  'office-hours': { toBound: 1, toImmediate: 1 },
  'provider-outage': { toBound: 1.143, toImmediate: 1 },
  'seven-day-sale': { toBound: 1, toImmediate: 1 },
  'ten-fleets': { toBound: 1, toImmediate: 0.994 },
};

async function settle(name: string) {
  const { scenario, set, problems } = await readScenario(join(FOLDER, `${name}.yaml`), { baseDir: ROOT });
  expect(problems).toEqual([]);
  const { product } = scenario!;
  const settings = makeSettings({
    product,
    tickMillis: 30_000,
    ratePerSecond: 10,
    concurrency: 8,
    periodMillis: periodOf(product),
  });
  return buildSetting(scenario!, set!, settings);
}

describe('idle-ci.yaml', () => {
  it('keeps what is used again and what never answers, and pays the bound but for what nobody could know', async () => {
    const setting = await settle('idle-ci');
    const { outcome } = playPurser(setting);
    expect(outcome).toMatchObject({ deletes: 5, shortfall: { vmMillis: 0, longestMillis: 0 } });
    const bound = sumForeign(setting).total;
    const gap = attributeGap(setting, outcome.total, bound);
    expect(gap).toMatchObject({ price: 0n, launch: 0n, readiness: 0n });
    expect(gap.lookAhead + gap.rails).toBe(outcome.total - bound);
    const play = (name: BaselineName) => playBaseline(setting, name).outcome;
    const immediate = play('immediate');
    expect(immediate.total).toBeGreaterThanOrEqual(bound);
    expect(immediate.total).toBeLessThan(outcome.total);
    // From 13:25 to 17:50.
    expect(immediate.shortfall.vmMillis).toBe(265 * 60_000);
    expect(play('lastMinutes')).toMatchObject({ deletes: 5, shortfall: { vmMillis: 0, longestMillis: 0 } });
    expect(play('lastMinutes').total).toBeGreaterThanOrEqual(bound);
    expect(play('neverDelete')).toMatchObject({ deletes: 0, shortfall: { vmMillis: 0, longestMillis: 0 } });
  });
});

describe('Each shipped scenario', () => {
  it('is recorded here', () => {
    const shipped = readdirSync(join(ROOT, FOLDER)).filter((file) => file.endsWith('.yaml'));
    expect(shipped.map((file) => file.replace('.yaml', '')).sort()).toEqual(Object.keys(HELD).sort());
  });

  it.each(Object.entries(HELD))(
    '%s keeps its ratios, and misses no boundary',
    { timeout: 120_000 },
    async (name, held) => {
      const setting = await settle(name);
      const { outcome } = playPurser(setting);
      const immediate = playBaseline(setting, 'immediate').outcome;
      const { from, to } = setting.scenario;
      const bound = (await findLowerBound(buildBoundInputs(setting), from, to)).total + sumForeign(setting).total;
      expect(outcome.missedBoundaries).toBe(0);
      expect(Number(outcome.total) / Number(bound)).toBeLessThanOrEqual(held.toBound);
      expect(Number(outcome.total) / Number(immediate.total)).toBeLessThanOrEqual(held.toImmediate);
      // It is a lower bound for whoever covers the demand; launches leave some of it uncovered, by less than a hundredth.
      expect(Number(outcome.total) / Number(bound)).toBeGreaterThan(0.99);
    },
  );
});
