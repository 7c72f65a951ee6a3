// What all rules of one plan read: the account's own policies, who owns what, what is under way, how long things take. Plans
// nothing.
import { createLaunchOutlook } from './launch-outlook.js';
import { assignOwnership, findServiceNow, isOpenIntent, readBaseLead } from './ownership.js';
import { servesAccount } from './peers.js';
import type { Draft, PlanContext } from './plan-context.js';
import type { Snapshot } from './plan-types.js';
import type { AccountSettings, PolicySet } from './policy-types.js';

export interface PlanInput {
  readonly snapshot: Snapshot;
  readonly policies: PolicySet;
  readonly settings: AccountSettings;
  /** The id of a VM whose verdicts are wanted (`explain`). */
  readonly traced?: string;
}

function listBusyTargets(snapshot: Snapshot): ReadonlySet<string> {
  const busy = new Set<string>();
  for (const intent of snapshot.books.intents) {
    if (!isOpenIntent(intent)) continue;
    const { delete: deletion, rename, ports, removeParts } = intent;
    for (const list of [deletion, rename, ports]) for (const { vmId } of list?.targets ?? []) busy.add(vmId);
    for (const { partId } of removeParts?.targets ?? []) busy.add(partId);
  }
  return busy;
}

export function buildContext(input: PlanInput, draft: Draft): PlanContext {
  const { snapshot, settings } = input;
  const policies: PolicySet = {
    ...input.policies,
    fleets: input.policies.fleets.filter((fleet) => servesAccount(fleet, settings.name)),
    reaps: input.policies.reaps.filter((reap) => reap.account === settings.name),
    orphans: input.policies.orphans.filter((orphans) => orphans.account === settings.name),
    keys: (input.policies.keys ?? []).filter((policy) => policy.account === settings.name),
  };
  const view = assignOwnership(snapshot, policies, settings);
  draft.others.push(...view.others);
  return {
    snapshot,
    settings,
    policies,
    books: snapshot.books,
    now: snapshot.at,
    serviceNow: findServiceNow(snapshot),
    vmById: view.vmById,
    members: view.members,
    fleetOf: view.fleetOf,
    pending: view.pending,
    foreign: view.foreign,
    busyTargets: listBusyTargets(snapshot),
    baseLeadMillis: readBaseLead(snapshot, settings),
    launchOf: createLaunchOutlook(snapshot),
    traced: input.traced,
  };
}
