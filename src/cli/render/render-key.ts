// `purser explain KEY`: who declares an SSH key, whether the account has it, and what comes next. Derived from a look alone.
import type { Plan, Snapshot } from '../../core/plan-types.js';
import type { PolicySet } from '../../core/policy-types.js';
import { describeReason, listNames, oneLine, wrapSentence } from './phrase.js';
import type { RenderFacts } from './render-facts.js';

export interface KeyExplanation {
  readonly account: string;
  readonly name: string;
  readonly fingerprint: string;
  readonly isThere: boolean;
  /** Policies that declare it, and the one that added it. */
  readonly declaredBy: readonly string[];
  readonly addedBy: readonly string[];
  /** What is done about it now, and why; undefined: nothing. */
  readonly next: { readonly change: 'add' | 'remove'; readonly text: string } | undefined;
  /** Why less is done than would be. */
  readonly holds: readonly string[];
}

interface Seen {
  readonly plan: Plan;
  readonly reckoned: Snapshot;
}

/** The key by its name or fingerprint, in the account or in a policy; undefined where no policy keeps the account's keys. */
export function explainKey(
  looks: readonly Seen[],
  { keys: policies = [] }: PolicySet,
  asked: string,
): KeyExplanation | undefined {
  for (const { plan, reckoned } of looks) {
    const own = policies.filter(({ account }) => account === plan.account);
    const present = reckoned.keys?.find(({ name, fingerprint }) => name === asked || fingerprint === asked);
    const wanted = own
      .flatMap(({ keys }) => keys)
      .find(({ name, fingerprint }) => name === asked || fingerprint === asked);
    const key = wanted ?? present;
    if (own.length === 0 || key === undefined) continue;
    const { name, fingerprint } = key;
    const isSame = (each: { readonly fingerprint: string }): boolean => each.fingerprint === fingerprint;
    const added = Object.entries(reckoned.books.notes.addedKeys ?? {});
    const [action] = plan.actions.flatMap((each) => (each.kind === 'key' && isSame(each.key) ? [each] : []));
    return {
      account: plan.account,
      name,
      fingerprint,
      isThere: reckoned.keys?.some(isSame) ?? false,
      declaredBy: own.filter(({ keys }) => keys.some(isSame)).map((policy) => policy.name),
      addedBy: added.filter(([, known]) => known.includes(fingerprint)).map(([policy]) => policy),
      next: action && { change: action.change, text: describeReason(action.reason) },
      holds: plan.holds
        .filter(({ policy, reason }) => own.some((each) => each.name === policy) && reason.text.includes(`"${name}"`))
        .map(({ reason }) => describeReason(reason)),
    };
  }
  return undefined;
}

export function renderKey(key: KeyExplanation, { width }: Pick<RenderFacts, 'width'>): string {
  const { declaredBy, addedBy, next } = key;
  const whose = declaredBy.length === 0 ? 'no policy declares it' : `declared by ${listNames(declaredBy)}`;
  const by = addedBy.length === 0 ? '' : `, added by ${listNames(addedBy)}`;
  return [
    `SSH key ${oneLine(key.name)} (${key.fingerprint}) of account ${key.account}`,
    `${key.isThere ? 'It is there' : 'The account does not have it'}; ${whose}${by}.`,
    ...(next === undefined ? [] : [`To ${next.change}: ${next.text}.`]),
    ...key.holds.map((text) => `Held: ${text}.`),
    ...(next === undefined && key.holds.length === 0 ? ['Nothing is done about it.'] : []),
    'VMs keep the keys that they were made with.',
  ]
    .map((line) => wrapSentence(line, width))
    .join('\n');
}
