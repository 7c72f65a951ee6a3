// Why a fleet has fewer VMs than wanted, as Purser's plan says it: a budget, a rail, the market, money, or nothing but launches.
// It reads a plan and decides nothing.
import type { Plan } from '../../core/plan-types.js';
import type { ReasonCode } from '../../core/reasons.js';
import type { ShortageCause, ShortageReason } from './report.js';

const CAUSES: Readonly<Partial<Record<ReasonCode, ShortageCause>>> = {
  'no-offer': 'no-offer',
  'offers-unknown': 'no-offer',
  'no-balance': 'no-balance',
  rail: 'rails',
};

const LAUNCHES: ShortageReason = { cause: 'launches', by: undefined };

function findBudget({ budgets = [] }: Plan, policy: string, text: string): string | undefined {
  const holding = budgets.find(({ held }) => held.some((fleet) => fleet.policy === policy));
  return (holding ?? budgets.find(({ budget }) => text.includes(`budget ${budget} `)))?.budget;
}

export function findShortage(plan: Plan | undefined, policy: string): ShortageReason {
  if (plan === undefined) return LAUNCHES;
  const holds = plan.holds
    .filter((hold) => hold.vm === undefined && hold.policy === policy)
    .map(({ reason }) => reason);
  const budget = holds.find(({ code }) => code === 'budget');
  if (budget !== undefined) return { cause: 'budget', by: findBudget(plan, policy, budget.text) };
  const refused = plan.refused.find((each) => each.policy === policy && each.rail.startsWith('deploys.'));
  if (refused !== undefined) return { cause: 'rails', by: refused.rail };
  const [first] = holds;
  if (first === undefined) return LAUNCHES;
  const cause = CAUSES[first.code];
  return cause === undefined ? { cause: 'other', by: first.code } : { cause, by: undefined };
}
