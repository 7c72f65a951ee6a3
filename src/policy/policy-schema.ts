// The one JSON Schema for editors, made from the schemas of the kinds; policies/policy.schema.json is its printed form.
// It validates nothing itself.
import { budgetSchema } from './schemas/budget.js';
import { fleetSchema } from './schemas/fleet.js';
import { holidaysSchema } from './schemas/holidays.js';
import { keysSchema } from './schemas/keys.js';
import { orphansSchema } from './schemas/orphans.js';
import { reapSchema, reapSchemaWithParts } from './schemas/reap.js';
import { signalSchema } from './schemas/signal.js';

/** The schema that each kind is checked against. To add a kind, add it here. */
export const kindSchemas = {
  fleet: fleetSchema,
  reap: reapSchemaWithParts,
  holidays: holidaysSchema,
  orphans: orphansSchema,
  keys: keysSchema,
  budget: budgetSchema,
} as const;

export type PolicyKind = keyof typeof kindSchemas;

export const policyKinds = Object.keys(kindSchemas) as PolicyKind[];

/** JSON Schema 2020-12 for one document of any kind. */
export function buildPolicySchema(): Record<string, unknown> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Purser policy',
    description: 'One YAML document is one policy; --- separates several in a file.',
    type: 'object',
    required: ['kind', 'name'],
    properties: { kind: { enum: policyKinds, description: 'What this document declares.' } },
    allOf: policyKinds.map((kind) => ({
      if: { properties: { kind: { const: kind } }, required: ['kind'] },
      then: { $ref: `#/$defs/${kind}` },
    })),
    $defs: {
      fleet: fleetSchema,
      reap: reapSchema,
      holidays: holidaysSchema,
      orphans: orphansSchema,
      keys: keysSchema,
      budget: budgetSchema,
      signal: signalSchema,
    },
  };
}

/** For our own messages alone: they stay out of what editors read. */
const OUR_WORDS = new Set(['expects', 'comes']);

/** A schema as editors read it. */
export function renderSchema(schema: object): string {
  const withoutOurs = (key: string, value: unknown): unknown => (OUR_WORDS.has(key) ? undefined : value);
  return `${JSON.stringify(schema, withoutOurs, 2)}\n`;
}

/** The text of policies/policy.schema.json. */
export function renderPolicySchema(): string {
  return renderSchema(buildPolicySchema());
}
