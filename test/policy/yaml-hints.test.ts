// Text that is no YAML: each slip that people make is one problem, with a remedy in words.
import { expect, it } from 'vitest';
import { readPlacedYaml } from '../../src/policy/placed-yaml.js';

it.each([
  ['a missing colon', 'kind: fleet\nname web\nreplicas: 3\n', 2, /a colon and a space/],
  ['a missing colon at the end', 'kind: fleet\nname web\n', 2, /a colon and a space/],
  ['a missing space', 'kind:fleet\nname: web\n', 1, /a colon and a space/],
  ['a line that is too deep', 'kind: fleet\nname: web\n  replicas: 3\n', 2, /indent this line/],
  ['a line that is too shallow', 'where:\n  countries: [FR]\n maxPrice: 3\n', 3, /the same indentation/],
  ['a tab', 'where:\n\tcountries: [FR]\n', 2, /with spaces/],
  ['an open quote', 'kind: fleet\nname: "web\nreplicas: 3\n', 4, /Close the quote/],
  ['an open bracket', 'where: {countries: [FR\nreplicas: 3\n', 2, /Close the bracket that is still open/],
  ['a missing comma', 'where: {a: 1 b: 2}\n', 1, /a comma/],
  ['a colon within a text', 'name: this: that\n', 1, /Quote a text that holds ": "/],
  ['a character that begins no text', 'name: @web\n', 1, /Quote the text/],
  ['what looks like a tag', 'name: !web\n', 1, /begins with !/],
  ['a cron that is not quoted', 'from: * 8 * * *\n', 1, /"\*\/5 \* \* \* \*"/],
  ['a backslash', 'name: "a\\d"\n', 1, /backslash twice/],
  ['text behind a quote', 'name: "a" b\n', 1, /Quote the whole text/],
])('%s', (_what, text, line, hint) => {
  const { problems, documents } = readPlacedYaml('p.yaml', text);
  expect(documents).toEqual([]);
  expect(problems[0]).toMatchObject({ code: 'yaml-broken', line, hint: expect.stringMatching(hint) });
  // One slip, one place once.
  const places = problems.map((problem) => `${problem.line}:${problem.column}`);
  expect(new Set(places).size).toBe(places.length);
});
