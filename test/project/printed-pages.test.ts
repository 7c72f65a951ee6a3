// The pages that are printed from schemas say what the schemas say now.
import { readFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { expect, it } from 'vitest';
import { renderPoliciesPage } from '../../scripts/policies-page.js';
import { renderScenarioPage } from '../../scripts/scenario-page.js';

it.each([
  ['docs/policies.md', renderPoliciesPage],
  ['docs/scenarios.md', renderScenarioPage],
])('%s is what `npm run docs` writes', async (path, render) => {
  const style = await resolveConfig(path);
  expect(readFileSync(path, 'utf8')).toBe(await format(render(), { ...style, parser: 'markdown' }));
});
