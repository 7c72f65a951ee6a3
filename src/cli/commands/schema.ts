// `purser schema`: the JSON Schema of policies, or of their tests, for editors. The same texts as policies/*.schema.json.
import { resolve } from 'node:path';
import { PurserError } from '../../core/errors.js';
import { renderPolicySchema } from '../../policy/policy-schema.js';
import type { CommandModule } from '../command.js';
import { renderTestSchema } from '../../policy/tests/test-schema.js';
import { writeNamedFile } from '../write-file.js';

const SCHEMAS = {
  policy: { what: 'Policies', render: renderPolicySchema },
  test: { what: 'Test files', render: renderTestSchema },
} as const;

function chooseSchema(of: unknown): (typeof SCHEMAS)[keyof typeof SCHEMAS] {
  if (of === 'policy' || of === 'test') return SCHEMAS[of];
  throw new PurserError('option-invalid', `--of takes ${Object.keys(SCHEMAS).join(' or ')}, not "${String(of)}".`);
}

export const command: CommandModule = {
  options: [
    ['--of <what>', 'policy, or test: of *.test.yaml files', 'policy'],
    ['--out <file>', 'where to write it (default: stdout)'],
  ],
  example: 'purser schema --out policies/policy.schema.json\npurser schema --of test --out policies/test.schema.json',
  run(context) {
    const { out, of } = context.options;
    const { what, render } = chooseSchema(of);
    const text = render();
    if (typeof out === 'string') {
      writeNamedFile(resolve(context.cwd, out), text);
      if (context.json) context.printJson({ file: out });
      else
        context.print(`Written: ${out}. ${what} name it in their first line: # yaml-language-server: $schema=${out}`);
    } else if (context.json) context.printJson(JSON.parse(text));
    else context.print(text.trimEnd());
    return Promise.resolve(0);
  },
};
