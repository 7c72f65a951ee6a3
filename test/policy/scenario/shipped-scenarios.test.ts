// The scenarios that ship, their CSV files, their schema and their page.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as prettier from 'prettier';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { renderScenarioPage } from '../../../scripts/scenario-page.js';
import { scenarioTraces } from '../../../scripts/scenario-traces.js';
import { readScenario } from '../../../src/policy/scenario/read-scenario.js';
import { renderScenarioSchema } from '../../../src/policy/scenario/scenario-schema.js';
import { readTable } from '../../project/markdown-table.js';
import { scenarioCases, writeScenario } from './scenario-cases.js';

const baseDir = fileURLToPath(new URL('../../../', import.meta.url));
const FOLDER = 'policies/scenarios';
const names = readdirSync(`${baseDir}${FOLDER}`).filter((name) => name.endsWith('.yaml'));

function read(path: string): string {
  return readFileSync(`${baseDir}${path}`, 'utf8');
}

const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(
  JSON.parse(renderScenarioSchema()) as object,
);

describe('the shipped scenarios', () => {
  it('are those that the documentation names', () => {
    expect(names).toEqual([
      'bursty-ci.yaml',
      'every-five-minutes.yaml',
      'falling-market.yaml',
      'fixed-boundary.yaml',
      'idle-ci.yaml',
      'office-hours.yaml',
      'provider-outage.yaml',
      'seven-day-sale.yaml',
      'ten-fleets.yaml',
    ]);
  });

  it.each(names)('%s compiles without a problem, and says what it shows', async (name) => {
    const { scenario, set, problems } = await readScenario(`${FOLDER}/${name}`, { baseDir });
    expect(problems).toEqual([]);
    expect(`${scenario!.name}.yaml`).toBe(name);
    expect(set!.fleets.length + set!.reaps.length).toBeGreaterThan(0);
    expect(scenario!.description).not.toBeUndefined();
    const [first, second] = read(`${FOLDER}/${name}`).split('\n');
    expect(first).toBe('# yaml-language-server: $schema=./scenario.schema.json');
    expect(second).toMatch(new RegExp(`^# ${name}: .{30}`));
  });

  it.each(names)('%s has an offer for each of its fleets, within its price, wherever it begins', async (name) => {
    const { scenario, set } = await readScenario(`${FOLDER}/${name}`, { baseDir });
    for (const { where } of set!.fleets) {
      const fits = scenario!.offers.filter(
        ({ configuration, country, price }) =>
          where.configurations!.includes(configuration) &&
          where.countries.includes(country) &&
          price.periodMillis === where.maxPrice.periodMillis &&
          price.amount <= where.maxPrice.amount,
      );
      expect(fits).not.toEqual([]);
    }
  });

  it.each(Object.entries(scenarioTraces))('%s holds what its generator draws', (path, render) => {
    expect(read(path)).toBe(render());
  });

  it('change demand as they say', async () => {
    const restless = await readScenario(`${FOLDER}/every-five-minutes.yaml`, { baseDir });
    const steps = restless.scenario!.demands[0]!.steps;
    expect(steps).toHaveLength(576);
    expect(steps.every(({ at }, index) => at === restless.scenario!.from + index * 300_000)).toBe(true);
    const sale = await readScenario(`${FOLDER}/seven-day-sale.yaml`, { baseDir });
    const [, opens, closes] = sale.set!.fleets[0]!.demand(sale.scenario!.from, sale.scenario!.to);
    expect([opens!.wanted, closes!.wanted, closes!.at - opens!.at]).toEqual([10, 0, 7 * 86_400_000]);
  });
});

describe('the schema of scenarios', () => {
  it('is what policies/scenarios/scenario.schema.json holds', () => {
    expect(read(`${FOLDER}/scenario.schema.json`)).toBe(renderScenarioSchema());
  });

  it('accepts the shipped scenarios in any validator, and refuses slips, in inline policies too', () => {
    for (const name of names) expect([name, validate(parse(read(`${FOLDER}/${name}`)))]).toEqual([name, true]);
    for (const text of [
      writeScenario('sede: 1'),
      writeScenario('from2: 1'),
      writeScenario('offers: [{country: FR}]'),
      writeScenario().replace('web.yaml', '{kind: fleet, name: x, replica: 3}'),
      writeScenario().replace('web.yaml', '{kind: scenario, name: x}'),
    ])
      expect([text, validate(parse(text))]).toEqual([text, false]);
  });

  it('takes everything that our own check takes', () => {
    const warned = scenarioCases.map(([, text]) => text).filter((text) => !/<<(?!warning-)/.test(text));
    expect(warned.length).toBeGreaterThan(3);
    for (const text of warned) expect(validate(parse(text.replaceAll(/<<[a-z-]+>>/g, '')))).toBe(true);
  });
});

describe('docs/scenarios.md', () => {
  const page = read('docs/scenarios.md');

  it('is what its source prints', async () => {
    const options = await prettier.resolveConfig(`${baseDir}docs/scenarios.md`);
    expect(page).toBe(await prettier.format(renderScenarioPage(), { ...options, parser: 'markdown' }));
  });

  it('says of each key what it takes and what it means', () => {
    const rows = readTable(page, 'key');
    expect(rows.length).toBeGreaterThan(50);
    expect(rows.map(({ key }) => key)).toContain('demand.NAME.steps[].replicas');
    const silent = rows.filter((row) => row['value'] === '' || row['value'] === 'a mapping' || row['meaning'] === '');
    expect(silent.map(({ key }) => key)).toEqual([]);
  });
});
