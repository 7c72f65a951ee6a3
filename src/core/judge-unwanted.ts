// All that a plan wants gone, with what hard budgets let go beside it, judged by the rails. Guard and rails need each other's word:
// whom a rail keeps is charged on, and in his place others are not renewed, as far as the rails let them go.
import { computeDeadlines, type Deadline } from './billing-clock.js';
import type { BudgetView } from './budgets/judge-budgets.js';
import type { Draft, PlanContext, Unwanted } from './plan-context.js';
import { judgeDeletions, type RailsVerdict } from './rails.js';
import { guardBudgets } from './rules/guard-budgets.js';
import { judgeTiming, lineSpeedOf, listDepartures } from './settle-unwanted.js';

export interface JudgedUnwanted {
  readonly deadlines: ReadonlyMap<string, Deadline>;
  readonly rails: RailsVerdict;
}

function judgeByRails(context: PlanContext, draft: Draft): JudgedUnwanted {
  const deadlines = computeDeadlines(listDepartures(context, draft), context.baseLeadMillis, lineSpeedOf(context));
  // A demand that will end is judged by the rails when its deletion is due, surplus as soon as it is found.
  for (const [index, unwanted] of draft.unwanted.entries()) {
    if (unwanted.judged || judgeTiming(context, unwanted, deadlines.get(unwanted.vm.id)) !== 'due') continue;
    draft.unwanted[index] = { ...unwanted, judged: true };
  }
  return { deadlines, rails: judgeDeletions(context, draft, deadlines) };
}

/** Returns what takes back all that guard and rails drafted since; `kept`: but for these deletions. */
function markDraft(context: PlanContext, draft: Draft): (kept: readonly Unwanted[]) => void {
  const wanted = [...draft.unwanted];
  const [holds, refused, trace] = [draft.holds.length, draft.refused.length, draft.trace.length];
  return (kept) => {
    draft.unwanted.length = 0;
    for (const each of wanted) draft.unwanted.push(each);
    for (const each of kept) draft.unwanted.push(each);
    draft.holds.length = holds;
    draft.refused.length = refused;
    if (!kept.some(({ vm }) => vm.id === context.traced)) draft.trace.length = trace;
  };
}

/**
 * What the budgets asked of a policy that a rail refuses stays refused, for a person to allow. What they ask in its place must make
 * the rails refuse nothing more: else it isn't asked of that policy. Each turn asks of fewer policies, so it ends.
 */
export function judgeUnwanted(context: PlanContext, draft: Draft, budgets: readonly BudgetView[]): JudgedUnwanted {
  const takeBack = markDraft(context, draft);
  const others = draft.unwanted.length;
  guardBudgets(context, draft, budgets);
  let judged = judgeByRails(context, draft);
  const { refused } = judged.rails;
  if (refused.size === 0 || !budgets.some(({ budget }) => budget.hard)) return judged;
  const isRefused = ({ policy, capped, railExempt, judged: isJudged }: Unwanted): boolean =>
    refused.has(policy) && capped && !railExempt && isJudged;
  const ids = new Set(draft.unwanted.filter(isRefused).map(({ vm }) => vm.id));
  const kept = draft.unwanted.slice(others).filter(isRefused);
  const policies = new Set(refused.keys());
  for (;;) {
    takeBack(kept);
    guardBudgets(context, draft, budgets, { ids, policies });
    const asking = new Set(draft.unwanted.slice(others + kept.length).map(({ policy }) => policy));
    judged = judgeByRails(context, draft);
    const blocked = [...judged.rails.refused.keys()].filter((policy) => !refused.has(policy));
    if (blocked.length === 0 || asking.size === 0) return judged;
    const blamed = blocked.filter((policy) => asking.has(policy));
    for (const policy of blamed.length > 0 ? blamed : asking) policies.add(policy);
  }
}
