// `purser schema`: the JSON Schemas of the files that people write, for editors. The same texts as the ones that ship.
import { resolve } from 'node:path';
import { PurserError } from '../../core/errors.js';
import { joinWords } from '../../policy/placed-schema.js';
import { renderPolicySchema } from '../../policy/policy-schema.js';
import { renderScenarioSchema } from '../../policy/scenario/scenario-schema.js';
import type { CommandModule } from '../command.js';
import { renderTestSchema } from '../../policy/tests/test-schema.js';
import { writeNamedFile } from '../write-file.js';

/** By what `--of` calls them: how each is printed, and who names it in a first line. */
const schemas = {
  policy: { render: renderPolicySchema, users: 'Policies' },
  test: { render: renderTestSchema, users: 'Test files' },
  scenario: { render: renderScenarioSchema, users: 'Scenarios' },
} as const;

function findSchema(written: unknown): (typeof schemas)[keyof typeof schemas] {
  const name = typeof written === 'string' ? written : 'policy';
  if (Object.hasOwn(schemas, name)) return schemas[name as keyof typeof schemas];
  throw new PurserError(
    'option-invalid',
    `There is no schema of "${name}": --of is ${joinWords(Object.keys(schemas))}.`,
  );
}

export const command: CommandModule = {
  options: [
    ['--of <what>', `whose schema: ${joinWords(Object.keys(schemas))} (default: policy)`],
    ['--out <file>', 'where to write it (default: stdout)'],
  ],
  example: 'purser schema --out policies/policy.schema.json',
  run(context) {
    const { out } = context.options;
    const { render, users } = findSchema(context.options['of']);
    const text = render();
    if (typeof out === 'string') {
      writeNamedFile(resolve(context.cwd, out), text);
      if (context.json) context.printJson({ file: out });
      else
        context.print(`Written: ${out}. ${users} name it in their first line: # yaml-language-server: $schema=${out}`);
    } else if (context.json) context.printJson(JSON.parse(text));
    else context.print(text.trimEnd());
    return Promise.resolve(0);
  },
};
