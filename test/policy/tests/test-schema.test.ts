// The schema of test files for editors.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { buildTestSchema, renderTestSchema } from '../../../src/policy/tests/test-schema.js';

const folder = fileURLToPath(new URL('../../../policies/', import.meta.url));

/** Every schema below a node that stands for a key. */
function* listKeySchemas(node: unknown, path = ''): Generator<{ path: string; schema: Record<string, unknown> }> {
  if (typeof node !== 'object' || node === null) return;
  for (const [key, child] of Object.entries(node)) {
    if (key === 'properties')
      for (const [name, schema] of Object.entries(child as Record<string, Record<string, unknown>>))
        yield { path: `${path}.${name}`, schema };
    yield* listKeySchemas(child, `${path}/${key}`);
  }
}

describe('the schema of policy tests', () => {
  it('is what policies/test.schema.json holds', () => {
    expect(readFileSync(join(folder, 'test.schema.json'), 'utf8')).toBe(renderTestSchema());
  });

  it('describes every key', () => {
    const all = [...listKeySchemas(buildTestSchema())];
    expect(all.length).toBeGreaterThan(100);
    expect(
      all.filter(({ schema }) => !('description' in schema) && !('$ref' in schema)).map(({ path }) => path),
    ).toEqual([]);
  });

  it('accepts the tests that ship and refuses slips, in any validator', () => {
    const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(
      JSON.parse(renderTestSchema()) as object,
    );
    const files = readdirSync(folder).filter((name) => name.endsWith('.test.yaml'));
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) {
      const text = readFileSync(join(folder, file), 'utf8');
      expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=./test.schema.json');
      for (const document of parseAllDocuments(text)) {
        validate(document.toJS());
        expect(validate.errors).toBe(null);
      }
    }
    const test = { name: 'x', at: '2026-11-20T19:10Z', expect: { nothing: true } };
    expect(validate({ tests: [test] })).toBe(true);
    for (const wrong of [
      {},
      { tests: [] },
      { tests: [{ ...test, x: 1 }] },
      { tests: [{ ...test, expect: { delete: { reason: 'x' } } }] },
    ])
      expect(validate(wrong)).toBe(false);
  });
});
