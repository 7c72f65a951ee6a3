// Tells while `up` runs what only a person can mend, once when it begins and once when it is over: nothing of it stands in the
// ledger, since nothing is done. What `status` says under NEEDS YOU, by the same plans; the plans are read, none is made.
import type { Plan } from '../core/plan-types.js';
import type { Instant, Millis } from '../core/types.js';
import { formatMoment, formatNear } from './render/format-instant.js';
import { findNeeds } from './render/needs-you.js';
import { paint } from './render/paint.js';
import type { RenderFacts } from './render/render-facts.js';
import type { Need } from './render/status-report.js';

const MINUTE_MILLIS: Millis = 60_000;
/** What is away for less is not over: a back-off ends for each try, and begins again when that fails too. */
const OVER_AFTER: Millis = 5 * MINUTE_MILLIS;
/** A back-off that ends by itself before needs nobody. */
const LASTING: Millis = 5 * MINUTE_MILLIS;

interface Trouble {
  readonly need: Need;
  readonly since: Instant;
  readonly isTold: boolean;
  /** Set while the newest plans don't show it. */
  readonly awaySince?: Instant;
}

/** More or fewer VMs with the same trouble are the same trouble. */
function keyOf({ account, policy, code }: Need): string {
  return `${account}\0${policy ?? ''}\0${code}`;
}

function isDue({ need, since, awaySince, isTold }: Trouble, now: Instant): boolean {
  if (isTold || awaySince !== undefined) return false;
  return need.code !== 'backing-off' || now - since >= LASTING;
}

/** The troubles that stand now, those that are away just for a while among them. */
function follow(
  known: ReadonlyMap<string, Trouble>,
  plans: readonly Plan[],
  now: Instant,
): ReadonlyMap<string, Trouble> {
  const accounts = new Set(plans.map(({ account }) => account));
  const next = new Map<string, Trouble>();
  for (const need of findNeeds(plans, [], now)) {
    const key = keyOf(need);
    const { since = now, isTold = false, need: told = need } = known.get(key) ?? {};
    // What is over is called as it was when it was told.
    if (!next.has(key)) next.set(key, { need: isTold ? told : need, since, isTold });
  }
  for (const [key, trouble] of known) {
    if (next.has(key)) continue;
    // Of an account without a plan nothing new is known.
    next.set(key, accounts.has(trouble.need.account) ? { awaySince: now, ...trouble } : trouble);
  }
  return next;
}

export interface NeedsTeller {
  /** Lines for what is new in these plans, the newest of each account, and for what is over. */
  readonly hear: (plans: readonly Plan[], now: Instant, facts: Pick<RenderFacts, 'colours'>) => readonly string[];
}

export function createNeedsTeller(): NeedsTeller {
  let troubles: ReadonlyMap<string, Trouble> = new Map();
  return {
    hear(plans, now, { colours }) {
      const line = (mark: '!' | '.', { policy, account }: Need, text: string): string =>
        `${formatMoment(now)}  ${paint(mark, mark === '!' ? 'alarm' : 'faint', colours)} ${(policy ?? account).padEnd(7)}  ${text}`;
      const begun: string[] = [];
      const over: string[] = [];
      const kept = new Map<string, Trouble>();
      for (const [key, trouble] of follow(troubles, plans, now)) {
        const { need, awaySince, isTold } = trouble;
        const isNew = isDue(trouble, now);
        if (isNew) begun.push(line('!', need, `needs you: ${need.text}   ${need.remedy}`));
        if (awaySince === undefined || now - awaySince < OVER_AFTER)
          kept.set(key, { ...trouble, isTold: isTold || isNew });
        else if (isTold) over.push(line('.', need, `over since ${formatNear(awaySince, now, now)}: ${need.text}`));
      }
      troubles = kept;
      return [...begun, ...over];
    },
  };
}
