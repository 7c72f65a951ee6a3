// The option table is sound in itself, and docs/options.md says the same, in both directions.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describeForm, formatFlag } from '../../src/config/option-row.js';
import { readOption } from '../../src/config/option-values.js';
import { listOptions } from '../../src/config/options.js';
import { readTable } from '../project/markdown-table.js';

const options = listOptions();

function toCamelCase(flag: string): string {
  return flag.replace(/^--/, '').replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

describe('the option table', () => {
  it.each(options.filter((row) => row.default !== undefined))('reads the default of $name by its own rules', (row) => {
    expect(readOption(row, row.default!)).toHaveProperty('value');
  });

  it.each(options.filter((row) => row.flag !== undefined))('names $name as commander names its flag', (row) => {
    expect(toCamelCase(row.flag!)).toBe(row.name);
    expect(formatFlag(row)).toMatch(/^--[a-z-]+( <[a-z ]+>)?$/);
  });

  it('gives no two options the same flag, variable or key', () => {
    for (const field of ['flag', 'variable', 'key'] as const) {
      const values = options.map((row) => row[field]).filter((value) => value !== undefined);
      expect(new Set(values).size).toBe(values.length);
    }
  });

  it('has no flag for the key itself', () => {
    expect(options.find((row) => row.name === 'apiKey')).toMatchObject({
      flag: undefined,
      key: undefined,
      secret: true,
    });
  });

  it('holds the promised defaults', () => {
    const defaults = Object.fromEntries(options.map((row) => [row.variable, row.default]));
    expect(defaults).toMatchObject({
      FLUENCE_API_URL: 'https://api.fluence.dev',
      FLUENCE_PRODUCT: 'marketplace',
      PURSER_STATE_DIR: '.purser',
      PURSER_TICK: '30s',
      PURSER_ACCOUNT_RATE: '5',
      PURSER_ACCOUNT_CONCURRENCY: '4',
      PURSER_ACCOUNT_MODE: 'observe',
      PURSER_RAILS_DELETES_PLAN_COUNT: '10',
      PURSER_RAILS_DELETES_PLAN_PERCENT: '34',
      PURSER_RAILS_DELETES_HOUR_COUNT: '10',
      PURSER_RAILS_DELETES_HOUR_PERCENT: '34',
      PURSER_RAILS_DEPLOYS_HOUR: '40',
      PURSER_RAILS_DEPLOYS_DAY: '100',
      PURSER_RAILS_DEPLOYS_MONEY_DAY: '50',
    });
  });
});

describe('docs/options.md', () => {
  it('lists exactly the options of the table, with the same words', () => {
    const written = readTable(readFileSync('docs/options.md', 'utf8'), 'variable');
    const expected = options.map((row) => ({
      variable: row.variable,
      flag: row.flag ?? '',
      'purser.yaml': row.key ?? '',
      value: describeForm(row),
      default: row.default ?? '',
      meaning: row.description,
    }));
    expect(written).toEqual(expected);
  });
});
