// Tells while `up` runs what only a person can mend, once when it begins and once when it is over: nothing of it stands in the
// ledger, since nothing is done. What `status` says under NEEDS YOU, by the same plans; the plans are read, none is made.
import type { Plan } from '../core/plan-types.js';
import type { Instant } from '../core/types.js';
import { formatMoment } from './render/format-instant.js';
import { findNeeds } from './render/needs-you.js';
import { paint } from './render/paint.js';
import type { RenderFacts } from './render/render-facts.js';
import type { Need } from './render/status-report.js';

/** More or fewer VMs with the same trouble are the same trouble. */
function keyOf({ account, policy, code }: Need): string {
  return `${account}\0${policy ?? ''}\0${code}`;
}

export interface NeedsTeller {
  /** Lines for what is new in these plans, the newest of each account, and for what is over. */
  readonly hear: (plans: readonly Plan[], now: Instant, facts: Pick<RenderFacts, 'colours'>) => readonly string[];
}

export function createNeedsTeller(): NeedsTeller {
  let told = new Map<string, Need>();
  return {
    hear(plans, now, { colours }) {
      const accounts = new Set(plans.map(({ account }) => account));
      const present = new Map<string, Need>();
      for (const need of findNeeds(plans, [], now)) if (!present.has(keyOf(need))) present.set(keyOf(need), need);
      const line = (mark: '!' | '.', { policy, account }: Need, text: string): string =>
        `${formatMoment(now)}  ${paint(mark, mark === '!' ? 'alarm' : 'faint', colours)} ${(policy ?? account).padEnd(7)}  ${text}`;
      const begun = [...present].filter(([key]) => !told.has(key));
      // Of an account without a plan nothing new is known.
      const over = [...told].filter(([key, { account }]) => !present.has(key) && accounts.has(account));
      const kept = [...told].filter(([, { account }]) => !accounts.has(account));
      told = new Map([...kept, ...present]);
      return [
        ...begun.map(([, need]) => line('!', need, `needs you: ${need.text}   ${need.remedy}`)),
        ...over.map(([, need]) => line('.', need, `over: ${need.text}`)),
      ];
    },
  };
}
