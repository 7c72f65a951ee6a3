// The JSON Schema of policy tests for editors; policies/test.schema.json is its printed form. It validates nothing itself.
import { renderSchema } from '../policy-schema.js';
import { testFileSchema } from '../schemas/test-file.js';

/** Keys that mean the same wherever they stand, so that they are printed once. */
const SHARED = new Set(['given', 'reason', 'configuration', 'idle']);

function share(node: unknown, shared: Map<string, unknown>): unknown {
  if (Array.isArray(node)) return node.map((each) => share(each, shared));
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, child]: [string, unknown]) => {
      if (key !== 'properties' || typeof child !== 'object' || child === null) return [key, share(child, shared)];
      const properties = Object.entries(child).map(([name, schema]: [string, unknown]) => {
        if (!SHARED.has(name)) return [name, share(schema, shared)];
        const text = JSON.stringify(schema);
        const known = [...shared].find(([, other]) => JSON.stringify(other) === text)?.[0];
        const label = known ?? (shared.has(name) ? `${name}-${shared.size}` : name);
        shared.set(label, schema);
        return [name, { $ref: `#/$defs/${label}` }];
      });
      return [key, Object.fromEntries(properties)];
    }),
  );
}

/** JSON Schema 2020-12 for one document of a `*.test.yaml` file. */
export function buildTestSchema(): Record<string, unknown> {
  const shared = new Map<string, unknown>();
  const root = share(testFileSchema, shared) as Record<string, unknown>;
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...root,
    title: 'Purser policy tests',
    description: 'What is supposed of an account, and what the plan for it is to be.',
    $defs: Object.fromEntries(shared),
  };
}

/** The text of policies/test.schema.json. */
export function renderTestSchema(): string {
  return renderSchema(buildTestSchema());
}
