// `purser schema`: the JSON Schema of policies, for editors. The same text as policies/policy.schema.json.
import { resolve } from 'node:path';
import { renderPolicySchema } from '../../policy/policy-schema.js';
import type { CommandModule } from '../command.js';
import { writeNamedFile } from '../write-file.js';

export const command: CommandModule = {
  options: [['--out <file>', 'where to write it (default: stdout)']],
  example: 'purser schema --out policies/policy.schema.json',
  run(context) {
    const { out } = context.options;
    const text = renderPolicySchema();
    if (typeof out === 'string') {
      writeNamedFile(resolve(context.cwd, out), text);
      if (context.json) context.printJson({ file: out });
      else
        context.print(`Written: ${out}. Policies name it in their first line: # yaml-language-server: $schema=${out}`);
    } else if (context.json) context.printJson(JSON.parse(text));
    else context.print(text.trimEnd());
    return Promise.resolve(0);
  },
};
