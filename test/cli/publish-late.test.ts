// What `up` publishes while a person sits at the prompt of `apply` or `retire` is not undone by what they decided before it.
import { expect, it } from 'vitest';
import { choosePoliciesIn } from '../../src/cli/policy-choice.js';
import { takeOutOfForce } from '../../src/cli/take-out-of-force.js';
import type { Composition } from '../../src/compose.js';
import { checkPolicies } from '../../src/policy/check-policies.js';
import { publishPolicies, type CheckedPolicies } from '../../src/scheduler/publish.js';
import { NOON } from '../core/samples.js';
import { createMemoryEngine } from '../scheduler/memory-engine.js';
import { makeFolder, writeFiles, writeFleet } from './commands/fake-context.js';

const context = { accounts: ['main'], installation: 'a1', protect: [] };

function check(files: Readonly<Record<string, string>>): CheckedPolicies {
  const documents = Object.entries(files).map(([path, text]) => ({ path, text }));
  const { hash, policyHashes } = checkPolicies(documents, { ...context, defaultAccount: 'main', now: NOON });
  return { hash, documents, policyHashes };
}

const before = { 'policies/web.yaml': writeFleet('web', 2), 'policies/office.yaml': writeFleet('office', 2) };
const meanwhile = { ...before, 'policies/office.yaml': writeFleet('office', 5) };
const late = { code: 'generation-changed', message: expect.stringContaining('nothing was published') as string };

it.each([false, true])(
  '`apply web.yaml` puts no older office.yaml back in force (replacing all: %s)',
  async (replaces) => {
    const engine = createMemoryEngine();
    await publishPolicies(engine, check(before), 'up');
    const cwd = makeFolder();
    writeFiles(cwd, { 'policies/web.yaml': writeFleet('web', 3) });
    const choose = async () =>
      choosePoliciesIn(context, ['policies/web.yaml'], {
        cwd,
        now: NOON,
        present: await engine.store.readGeneration(),
        replaces,
      });
    const chosen = await choose();
    await publishPolicies(engine, check(meanwhile), 'up');
    await expect(publishPolicies(engine, chosen.publishable!, 'apply')).rejects.toMatchObject(late);
    expect(engine.state.generation).toMatchObject({ number: 2, by: 'up' });
    const again = await choose();
    expect(await publishPolicies(engine, again.publishable!, 'apply')).toMatchObject({ record: { number: 3 } });
  },
);

it('`retire web` puts no older office.yaml back in force', async () => {
  const engine = createMemoryEngine();
  const config = { accounts: [{ name: 'main' }], hasInstallation: true, installation: 'a1', protect: [] };
  const composed = { ...engine, config } as unknown as Composition;
  const { record } = await publishPolicies(engine, check(before), 'up');
  await publishPolicies(engine, check(meanwhile), 'up');
  await expect(takeOutOfForce(composed, record, 'web')).rejects.toMatchObject(late);
  const { policies } = await takeOutOfForce(composed, engine.state.generation!, 'web');
  expect(Object.keys(policies)).toEqual(['office']);
});
