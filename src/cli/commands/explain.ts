// `purser explain VM`: every rule that looked at this VM, which won, and when the answer changes next. Changes nothing.
import { composeEngine, type Composition } from '../../compose.js';
import { PurserError } from '../../core/errors.js';
import type { Look } from '../../scheduler/look.js';
import type { CommandModule } from '../command.js';
import { lookAtAccounts } from '../look-at-accounts.js';
import { parseInstant } from '../parse-instant.js';
import { choosePolicies, type ChosenPolicies } from '../policy-choice.js';
import { explainToJson, renderExplain, type Explanation } from '../render/render-explain.js';
import { createTickMemory } from '../../scheduler/tick.js';
import { lookAtAccount } from '../../scheduler/look.js';

/** The VM by id or name, in the listing or in the books. */
function findVm(looks: readonly Look[], asked: string): { look: Look; id: string; name: string } | undefined {
  for (const look of looks) {
    const vm = look.reckoned.inventory.vms.find((known) => known.id === asked || known.name === asked);
    if (vm !== undefined) return { look, id: vm.id, name: vm.name };
    const claim = look.reckoned.books.claims.find((known) => known.vmId === asked || known.vmName === asked);
    if (claim !== undefined) return { look, id: claim.vmId, name: claim.vmName };
  }
  return undefined;
}

async function explain(
  engine: Composition,
  policies: ChosenPolicies,
  look: Look,
  vm: { id: string; name: string },
  at: number | undefined,
): Promise<Explanation> {
  const account = engine.accounts.get(look.plan.account)!;
  const traced = await lookAtAccount(engine, account, {
    ...createTickMemory(engine),
    policies: policies.set,
    record: policies.record,
    traced: vm.id,
    ...(at === undefined ? {} : { at }),
  });
  return {
    ref: { id: vm.id, name: vm.name },
    account: look.plan.account,
    at: traced.plan.at,
    vm: traced.reckoned.inventory.vms.find((known) => known.id === vm.id),
    claim: traced.reckoned.books.claims.find((known) => known.vmId === vm.id),
    trace: traced.plan.trace,
    charge: traced.plan.charges.find((charge) => charge.vm.id === vm.id),
  };
}

export const command: CommandModule = {
  operands: '<vm> [path...]',
  options: [['--at <instant>', 'as if it were this instant (ISO 8601, or a duration from now such as 6h)']],
  example: 'purser explain ci-build-11\npurser explain web-a17k3f2x02 --at 2026-11-21T06:45:00Z',
  async run(context) {
    const [asked, ...paths] = context.operands;
    const engine = await composeEngine(context.config(), {
      actsWhereUntold: true,
      isQuiet: true,
      isUnnamedAllowed: true,
    });
    try {
      const now = engine.clock.now();
      const at = parseInstant(context.options['at'], now);
      const present = await engine.store.readGeneration();
      const policies = await choosePolicies(context.config(), paths, { cwd: context.cwd, now, present });
      const looks = await lookAtAccounts(context, engine, policies, at === undefined ? {} : { at });
      const found = findVm(looks, asked!);
      if (found === undefined) throw new PurserError('vm-unknown', `No account has a VM "${asked}", by id or by name.`);
      const explanation = await explain(engine, policies, found.look, found, at);
      if (context.json) context.printJson(explainToJson(explanation));
      else context.print(renderExplain(explanation, { ...context.facts, now }));
      return 0;
    } finally {
      await engine.close();
    }
  },
};
