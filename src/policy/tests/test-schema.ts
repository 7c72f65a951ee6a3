// The JSON Schema of policy tests for editors; policies/test.schema.json is its printed form. It validates nothing itself.
import { printSchema } from '../policy-schema.js';
import { testFileSchema } from '../schemas/test-file.js';

/** JSON Schema 2020-12 for one document of a `*.test.yaml` file. */
export function buildTestSchema(): Record<string, unknown> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...testFileSchema,
    title: 'Purser policy tests',
    description: 'What is supposed of an account, and what the plan for it is to be.',
  };
}

/** The text of policies/test.schema.json. */
export function renderTestSchema(): string {
  return printSchema(buildTestSchema());
}
