// The JSON Schema of scenarios for editors, with that of policies inside, since policies may stand in a scenario;
// policies/scenarios/scenario.schema.json is its printed form. It validates nothing itself.
import { buildPolicySchema, renderSchema } from '../policy-schema.js';
import { scenarioSchema } from '../schemas/scenario.js';

/** JSON Schema 2020-12 for a scenario's file. */
function buildScenarioSchema(): Record<string, unknown> {
  const { $schema, $defs, ...policy } = buildPolicySchema();
  const { policies } = scenarioSchema.properties;
  const items = { anyOf: [{ type: 'string', minLength: 1 }, { $ref: '#/$defs/policy' }] };
  return {
    $schema,
    ...scenarioSchema,
    title: 'Purser scenario',
    description: 'What a backtest plays: a market over a span of time, the demand on it, and what befalls its VMs.',
    properties: { ...scenarioSchema.properties, policies: { ...policies, items } },
    $defs: { ...($defs as object), policy },
  };
}

/** The text of policies/scenarios/scenario.schema.json. */
export function renderScenarioSchema(): string {
  return renderSchema(buildScenarioSchema());
}
