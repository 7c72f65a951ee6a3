// The schema of a fleet's `vm.cloudInit`.
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { describeMapping } from './parts.js';

const NAME = '^[A-Za-z_][A-Za-z0-9_]{0,63}$';

const secretSchema = describeMapping(
  {
    env: Type.Optional(
      Type.String({ pattern: NAME, description: "A variable of the worker's environment.", expects: 'a variable' }),
    ),
    file: Type.Optional(
      Type.String({
        pattern: '^/',
        maxLength: 1000,
        description: 'A file on the machine of the worker that only its user can read.',
        expects: 'an absolute path',
      }),
    ),
  },
  { minProperties: 1, maxProperties: 1, expects: 'one of {env: RUNNER_TOKEN} and {file: /run/secrets/token}' },
);

export const cloudInitSchema = describeMapping(
  {
    file: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 1000,
        description: "The file that holds the text; a relative path counts from the policy's folder.",
        expects: 'a file such as runner.cloud-init.yaml',
      }),
    ),
    text: Type.Optional(
      Type.String({ minLength: 1, maxLength: 65536, description: 'The text itself.', expects: 'a text' }),
    ),
    secrets: Type.Optional(
      Type.Unsafe<Record<string, Static<typeof secretSchema>>>({
        type: 'object',
        patternProperties: { [NAME]: secretSchema },
        additionalProperties: false,
        maxProperties: 20,
        description:
          'What stands for `${NAME}` in the text. Each is read by the worker during the call, and never stored.',
        expects: 'a mapping such as {TOKEN: {env: RUNNER_TOKEN}}',
      }),
    ),
  },
  {
    description: 'What a VM does at its first start (user data). Cloud only.',
    expects: 'a mapping with file or text, such as {file: runner.cloud-init.yaml}',
  },
);

export type CloudInitDocument = Static<typeof cloudInitSchema>;
