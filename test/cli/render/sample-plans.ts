// Plans as the planner would make them, for the renderers' tests. They follow the drawing in docs: Friday evening, web lost
// a VM, the office has closed, idle CI machines are about to be charged.
import type { LedgerEntry } from '../../../src/core/books.js';
import type { FleetSummary, ReapSummary } from '../../../src/core/plan-summaries.js';
import type { ComingCharge, DeleteAction, DeployAction, Hold, OtherVm, Plan } from '../../../src/core/plan-types.js';
import { DAY_MILLIS, HOUR_MILLIS } from '../../../src/core/money.js';
import type { Instant, ReasonCode } from '../../../src/core/types.js';
import type { RenderFacts } from '../../../src/cli/render/render-facts.js';

export const NOW: Instant = Date.UTC(2026, 10, 20, 19, 10);
export const PRICE = 306_980n;
export const PLAIN: RenderFacts = { now: NOW, width: undefined, colours: false };

/** An instant from `2026-11-20T19:10`. */
export function at(text: string): Instant {
  return Date.parse(`${text}Z`);
}

export function refOf(name: string) {
  return { id: `0x${name}`, name };
}

export function deploy(over: Partial<DeployAction> = {}): DeployAction {
  return {
    kind: 'deploy',
    id: 'a1',
    account: 'main',
    policy: 'web',
    count: 1,
    offer: {
      country: 'FR',
      configuration: 'cpu-2-ram-4gb-storage-25gb',
      hardware: undefined,
      price: { amount: PRICE, periodMillis: DAY_MILLIS },
    },
    cap: { amount: 313_119n, periodMillis: DAY_MILLIS },
    cost: PRICE,
    reason: { code: 'below-replicas', text: 'the provider terminated web-a17k3f2x02 at 18:52Z' },
    ...over,
  };
}

export function deletion(name: string, over: Partial<DeleteAction> = {}): DeleteAction {
  return {
    kind: 'delete',
    id: `d-${name}`,
    account: 'main',
    policy: 'reap-ci',
    vm: refOf(name),
    deadline: at('2026-11-20T19:09'),
    boundary: at('2026-11-20T19:15'),
    recordOnly: false,
    reaped: true,
    railExempt: false,
    saves: PRICE,
    reason: { code: 'idle', text: 'idle 52m of 30m: /busy = false in 52 of 52 samples' },
    ...over,
  };
}

export function hold(code: ReasonCode, name: string | undefined, over: Partial<Hold> & { text: string }): Hold {
  const { text, ...more } = over;
  return {
    account: 'main',
    policy: 'reap-ci',
    vm: name === undefined ? undefined : refOf(name),
    reason: { code, text },
    until: undefined,
    boundary: undefined,
    charge: name === undefined ? undefined : PRICE,
    ...more,
  };
}

export function fleet(policy: string, over: Partial<FleetSummary> = {}): FleetSummary {
  return {
    account: 'main',
    policy,
    mode: 'act',
    wanted: 4,
    window: undefined,
    running: 4,
    launching: 0,
    parked: 0,
    doomed: 0,
    perDay: 4n * PRICE,
    next: undefined,
    ...over,
  };
}

export function reap(policy: string, over: Partial<ReapSummary> = {}): ReapSummary {
  return {
    account: 'main',
    policy,
    mode: 'act',
    matched: 0,
    idle: 0,
    busy: 0,
    unknown: 0,
    perDay: 0n,
    ...over,
  };
}

export function other(name: string, over: Partial<OtherVm> = {}): OtherVm {
  return {
    vm: refOf(name),
    kind: 'foreign',
    protected: false,
    price: { amount: PRICE, periodMillis: DAY_MILLIS },
    boundary: at('2026-11-21T03:00'),
    policy: undefined,
    ...over,
  };
}

export function charge(name: string, when: string, over: Partial<ComingCharge> = {}): ComingCharge {
  return {
    at: at(when),
    vm: refOf(name),
    policy: 'reap-ci',
    cost: PRICE,
    fate: 'renew',
    avoidableUntil: undefined,
    why: 'wanted',
    ...over,
  };
}

export function entry(event: LedgerEntry['event'], over: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    at: at('2026-11-20T12:00'),
    account: 'main',
    policy: 'web',
    vmId: undefined,
    vmName: undefined,
    intent: undefined,
    event,
    text: '',
    money: undefined,
    ...over,
  };
}

/** A plan with nothing in it. */
export function emptyPlan(over: Partial<Plan> = {}): Plan {
  return {
    id: 'plan-6f2c91',
    at: NOW,
    generation: 17,
    account: 'main',
    product: 'marketplace',
    mode: 'act',
    actions: [],
    holds: [],
    refused: [],
    marks: [],
    fleets: [],
    reaps: [],
    others: [],
    charges: [],
    probes: [],
    seen: { vms: 0, at: NOW - 4000, state: 'complete' },
    rails: { deletions: 0, deletionsLimit: 10, deploys: 0, deploysLimit: 40 },
    totals: { deploy: 0, delete: 0, hold: 0, costNow: 0n, savesNow: 0n },
    nextWakeAt: undefined,
    nextDeadlineAt: undefined,
    leadMillis: 6 * 60_000,
    trace: [],
    ...over,
  };
}

export const OFFICE_NAMES: readonly string[] = Array.from({ length: 8 }, (_, index) => `office-a1m2n3p40${index}`);

/** Eight of the office, parked on Friday evening until Saturday morning's boundary. */
export function parkOffice(): Hold[] {
  return OFFICE_NAMES.map((name) =>
    hold('parked', name, {
      policy: 'office',
      text: 'surplus; paid until Sat 06:50Z, deletion starts 06:44Z',
      until: at('2026-11-21T06:44'),
      boundary: at('2026-11-21T06:50'),
    }),
  );
}

/** The plan that docs draw. */
export function fridayPlan(over: Partial<Plan> = {}): Plan {
  const sold = {
    fate: 'delete' as const,
    avoidableUntil: at('2026-11-21T06:44'),
    why: 'parked',
    code: 'parked' as const,
  };
  return emptyPlan({
    actions: [
      deploy(),
      deletion('web-a17k3f2x02', {
        policy: 'web',
        recordOnly: true,
        reaped: false,
        saves: 0n,
        boundary: undefined,
        deadline: undefined,
        reason: { code: 'record-only', text: 'frees its reserve of 0.306980' },
      }),
      deletion('ci-build-07'),
    ],
    holds: [
      ...parkOffice(),
      hold('busy', 'ci-build-09', { text: '/busy = true 20 s ago', boundary: at('2026-11-20T21:05') }),
      hold('signal-unknown', 'ci-build-11', { text: 'no answer since 18:41Z; kept', boundary: at('2026-11-20T23:30') }),
    ],
    fleets: [
      fleet('web', { running: 3, perDay: 3n * PRICE }),
      fleet('office', {
        wanted: 2,
        running: 10,
        parked: 8,
        perDay: 10n * PRICE,
        next: { at: at('2026-11-23T07:00'), wanted: 10, window: 'day' },
      }),
    ],
    reaps: [reap('reap-ci', { matched: 3, idle: 1, busy: 1, unknown: 1, perDay: 3n * PRICE })],
    others: [other('db-1', { protected: true })],
    charges: [
      charge('ci-build-07', '2026-11-20T19:15', { fate: 'deleting', avoidableUntil: NOW, why: 'idle' }),
      charge('ci-build-09', '2026-11-20T21:05', { why: '/busy = true 20 s ago', code: 'busy' }),
      ...OFFICE_NAMES.map((name) => charge(name, '2026-11-21T06:50', { policy: 'office', ...sold })),
    ],
    seen: { vms: 18, at: NOW - 4000, state: 'complete' },
    rails: { deletions: 1, deletionsLimit: 10, deploys: 1, deploysLimit: 40 },
    totals: { deploy: 1, delete: 2, hold: 10, costNow: PRICE, savesNow: PRICE },
    nextWakeAt: NOW + 30_000,
    nextDeadlineAt: at('2026-11-21T06:44'),
    ...over,
  });
}

/** A thousand idle CI machines an hour apart, nine thousand busy ones, and a fleet with 200 boundaries. */
export function hugePlan(): Plan {
  const name = (index: number) => `ci-build-${String(index).padStart(5, '0')}`;
  return emptyPlan({
    actions: Array.from({ length: 1000 }, (_, index) =>
      deletion(name(index), { boundary: at('2026-11-20T19:15') + (index % 25) * 60_000 }),
    ),
    holds: [
      ...Array.from({ length: 9000 }, (_, index) =>
        hold('busy', name(1000 + index), { text: `/busy = true ${index % 60} s ago`, boundary: NOW + HOUR_MILLIS }),
      ),
      ...Array.from({ length: 200 }, (_, index) =>
        hold('parked', `web-a1aaaaaa${index}`, {
          policy: 'web',
          text: 'surplus',
          until: at('2026-11-21T00:00') + index * 60_000,
          boundary: at('2026-11-21T00:06') + index * 60_000,
        }),
      ),
    ],
    fleets: [fleet('web', { wanted: 4, running: 204, parked: 200 })],
    reaps: [reap('reap-ci', { matched: 10_000, idle: 1000, busy: 9000 })],
    others: Array.from({ length: 990 }, (_, index) => other(`db-${index}`)),
    seen: { vms: 11_194, at: NOW - 4000, state: 'complete' },
    rails: { deletions: 1000, deletionsLimit: 4000, deploys: 0, deploysLimit: 40 },
    totals: { deploy: 0, delete: 1000, hold: 9200, costNow: 0n, savesNow: 1000n * PRICE },
  });
}
