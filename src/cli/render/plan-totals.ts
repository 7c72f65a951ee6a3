// The last paragraph of a plan: what is to do, to pay and to avoid, and how to have it done. It shows, and decides nothing.
import { formatUsdc, sumMicros } from '../../core/money.js';
import type { Plan } from '../../core/plan-types.js';
import type { Instant } from '../../core/types.js';
import { formatInstant } from './format-instant.js';
import { describeLacking, listLacking } from './lacking.js';
import { countOf } from './phrase.js';
import type { RenderFacts } from './render-facts.js';

export function earliestOf(instants: readonly (Instant | undefined)[]): Instant | undefined {
  const known = instants.filter((instant) => instant !== undefined);
  return known.length === 0 ? undefined : known.reduce((first, each) => Math.min(first, each));
}

function isForecast(plans: readonly Plan[]): boolean {
  return plans.some((plan) => plan.foreseenFrom !== undefined);
}

/** A fleet that can't have what it wants is not in order. */
function describeNothing(plans: readonly Plan[]): string {
  const lacking = listLacking(plans);
  return lacking.length === 0 ? 'Nothing to do' : `Nothing can be done now: ${lacking.map(describeLacking).join(', ')}`;
}

export function describeTotals(plans: readonly Plan[], facts: RenderFacts): string {
  const totals = plans.map((plan) => plan.totals);
  const sum = (pick: (total: Plan['totals']) => number): number => totals.reduce((all, each) => all + pick(each), 0);
  const held = sum((total) => total.hold);
  const refused = plans.reduce((count, plan) => count + plan.refused.length, 0);
  const rest = [...(refused > 0 ? [`${refused} refused`] : []), ...(held > 0 ? [`${held} held`] : [])];
  const actions = plans.flatMap((plan) => plan.actions);
  const vmsOf = (kind: 'rename' | 'ports'): number =>
    actions.reduce((count, action) => count + (action.kind === kind ? action.vms.length : 0), 0);
  const keys = actions.filter((action) => action.kind === 'key').length;
  if (actions.length === 0) {
    const wake = isForecast(plans) ? undefined : earliestOf(plans.map((plan) => plan.nextWakeAt));
    const next = wake === undefined ? '' : `  Next look matters at ${formatInstant(wake, facts.now)}.`;
    const blind = plans.filter((plan) => plan.seen.state !== 'complete').map((plan) => plan.account);
    const nothing =
      blind.length === 0 ? describeNothing(plans) : `What is to be done can't be told for ${blind.join(', ')}`;
    return `${[nothing, ...rest].join(', ')}.${next}`;
  }
  const costNow = sumMicros(totals.map((total) => total.costNow));
  const savesNow = sumMicros(totals.map((total) => total.savesNow));
  const counts = [`${sum((total) => total.deploy)} to deploy`, `${sum((total) => total.delete)} to delete`];
  if (vmsOf('rename') > 0) counts.push(`${vmsOf('rename')} to name`);
  if (vmsOf('ports') > 0) counts.push(`ports of ${vmsOf('ports')} to set`);
  if (keys > 0) counts.push(`${countOf(keys, 'key')} to change`);
  if (refused > 0) counts.push(`${refused} refused`);
  const lacking = listLacking(plans).reduce((all, { vms }) => all + vms, 0);
  if (lacking > 0) counts.push(`${lacking} not to be had`);
  counts.push(`${held} held`);
  return `${counts.join(', ')}.  Pay ${isForecast(plans) ? 'then' : 'now'} ${formatUsdc(costNow)}, avoid ${formatUsdc(savesNow)}.`;
}

/** `paths`: what `plan` was given; `apply` would be given the same. */
export function describeNextStep(plans: readonly Plan[], paths: readonly string[] = []): string {
  const acting = plans.filter((plan) => plan.actions.length > 0);
  if (acting.length === 0) return '';
  return acting.some((plan) => plan.mode === 'act')
    ? ['run it: purser apply', ...paths].join(' ')
    : 'observing: nothing is carried out';
}
