// Drives the core against the small world as the engine does: look, reckon, plan, commit, and then the workers' part of each
// intent, with faults where a test wants them. It mirrors what the store's gate and the workers promise, nothing more.
import type { Abilities } from '../../src/core/abilities.js';
import { applyChanges, listChargeRecords } from '../../src/core/apply-commit.js';
import type { Books, Claim, DeleteTarget, Intent, LedgerEntry } from '../../src/core/books.js';
import type { ChargeRecord } from '../../src/core/charge-records.js';
import { sumTallies } from '../../src/core/budgets/read-spent.js';
import { buildBoughtClaim } from '../../src/core/bought-claim.js';
import { buildCommit } from '../../src/core/build-commit.js';
import { ALPHABET } from '../../src/core/names.js';
import { planAccount } from '../../src/core/plan.js';
import type { Plan, Snapshot } from '../../src/core/plan-types.js';
import type { AccountSettings, PolicySet } from '../../src/core/policy-types.js';
import { reckonSnapshot } from '../../src/core/reckon/reckon.js';
import { tallyByPolicy } from '../../src/core/tallies.js';
import type { Instant, Millis, Vm } from '../../src/core/types.js';
import { DAY, makeBooks, makeNotes, makePolicies, makeSettings, makeSnapshot, NO_RAILS } from './samples.js';
import type { World } from './world.js';

/**
 * What befalls a worker with one intent. idle: it dies before the gate. dies: after the gate, before the call. mute: after the
 * call, before writing. lost: the answer is lost, the call took effect. void: the answer is lost, it took none. late: it takes
 * effect some minutes later. fails: refused by the service.
 */
export type Fault = 'none' | 'idle' | 'dies' | 'mute' | 'lost' | 'void' | 'late' | 'fails';

export interface DriverOptions {
  readonly world: World;
  readonly policies: Partial<PolicySet>;
  readonly settings?: Partial<AccountSettings>;
  readonly fault?: (intent: Intent) => Fault;
  /** How long after the call a `late` create takes effect. */
  readonly lateMillis?: Millis;
  /** What a look shows instead of what there is. */
  readonly distort?: (vms: readonly Vm[]) => readonly Vm[];
  readonly abilities?: Abilities;
  /** The longest time between two looks. */
  readonly lookEvery?: Millis;
}

export class Driver {
  readonly world: World;
  readonly settings: AccountSettings;
  policies: PolicySet;
  books: Books;
  stoodSince: Record<string, Instant> = {};
  readonly plans: Plan[] = [];
  readonly ledger: LedgerEntry[] = [];
  readonly charges: ChargeRecord[] = [];
  /** VMs whose deletion was called for again: it had begun in time. */
  readonly retried = new Set<string>();
  readonly #options: DriverOptions;
  #drawn = 0;

  constructor(options: DriverOptions) {
    this.#options = options;
    this.world = options.world;
    this.policies = makePolicies(options.policies);
    const { periodMillis } = options.world.options.price;
    this.settings = makeSettings({
      rails: NO_RAILS,
      tickMillis: 1,
      ratePerSecond: 1000,
      concurrency: 1000,
      periodMillis,
      ...options.settings,
    });
    // Deletions were measured to be quick, so that leads are short: a tick, a request, and the margin of a minute.
    const deletionMillis = new Array<number>(20).fill(1);
    this.books = makeBooks({
      notes: makeNotes({ lastCompleteLook: { at: this.world.now, vms: 0 }, deletionMillis, launchMillis: [0] }),
    });
    for (const fleet of this.policies.fleets) this.stoodSince[fleet.name] = this.world.now - 30 * DAY;
  }

  look(): Snapshot {
    const { offers } = this.world.options;
    const { books, stoodSince } = this;
    const { distort = (vms) => vms, abilities } = this.#options;
    const over = {
      at: this.world.now,
      offers,
      stoodSince,
      ...(abilities === undefined ? {} : { abilities }),
      ...this.#countSpent(),
    };
    const seen = makeSnapshot(distort(this.world.list()), books, over);
    const leftovers = this.world.listLeftovers();
    return leftovers === undefined ? seen : { ...seen, inventory: { ...seen.inventory, leftovers } };
  }

  /** What the store has counted of each budget. */
  #countSpent(): Pick<Snapshot, 'budgets'> {
    const { budgets, fleets } = this.policies;
    if (budgets === undefined) return {};
    const spent = budgets.map((budget) => {
      const { from, to } = budget.periodAt(this.world.now);
      const tallies = tallyByPolicy(this.charges, from, to);
      return [budget.name, sumTallies(budget, fleets, from, [{ tallies, meteredSince: undefined }])] as const;
    });
    return { budgets: Object.fromEntries(spent) };
  }

  /** Looks and plans; writes and does nothing. */
  preview(): Plan {
    const { snapshot } = reckonSnapshot(this.look(), this.policies, this.settings);
    return planAccount({ snapshot, policies: this.policies, settings: this.settings });
  }

  /** One reconcile, and what the workers make of it. Returns the plan. */
  step(): Plan {
    const { snapshot, changes, ledger } = reckonSnapshot(this.look(), this.policies, this.settings);
    const { policies, settings } = this;
    const plan = planAccount({ snapshot, policies, settings });
    const { commit } = buildCommit({ plan, snapshot, settings, changes, ledger, drawBody: () => this.#draw() });
    const { books, failed } = applyChanges(this.books, commit.changes);
    if (failed.length > 0) throw new Error(`a commit right after its look failed: ${JSON.stringify(failed[0]!.kind)}`);
    this.books = books;
    this.ledger.push(...commit.ledger);
    this.charges.push(...listChargeRecords(commit.changes));
    this.plans.push(plan);
    for (const intent of this.books.intents) {
      if (intent.state === 'planned' || intent.state === 'calling') this.#work(intent.id);
    }
    return plan;
  }

  /** Steps until `until`: at every instant that plans ask for, at every one that the world has, and at the longest interval. */
  run(until: Instant, watch: (plan: Plan) => void = () => undefined): void {
    const { lookEvery = 6 * 3_600_000 } = this.#options;
    while (this.world.now < until) {
      const plan = this.step();
      watch(plan);
      // A worker wakes a reconcile when it has closed an intent.
      const last = plan.actions.length > 0 ? this.step() : plan;
      if (last !== plan) watch(last);
      const next = [until, this.world.now + lookEvery, last.nextWakeAt, this.world.nextEventAt()];
      this.world.advance(Math.min(...next.filter((at) => at !== undefined)));
    }
  }

  #draw(): string {
    this.#drawn += 1;
    const digit = (place: number) => ALPHABET[Math.floor(this.#drawn / 32 ** place) % 32]!;
    return `x${digit(2)}${digit(1)}${digit(0)}`;
  }

  #setIntent(intent: Intent): void {
    this.books = {
      ...this.books,
      intents: this.books.intents.map((known) => (known.id === intent.id ? intent : known)),
    };
  }

  #work(id: string): void {
    const intent = this.books.intents.find((known) => known.id === id)!;
    const fault = this.#options.fault?.(intent) ?? 'none';
    if (fault === 'idle') return;
    if (intent.state === 'calling' && intent.deploy !== undefined) {
      // The gate: a create that was begun and never answered is not begun again.
      this.#setIntent({ ...intent, state: 'unknown' });
      return;
    }
    const calling: Intent = { ...intent, state: 'calling', calledAt: this.world.now };
    this.#setIntent(calling);
    if (intent.deploy !== undefined) this.#buy(calling, fault);
    else if (intent.delete !== undefined) this.#remove(calling, fault);
    else if (intent.removeParts !== undefined) this.#removeParts(calling, fault);
    else this.#rename(calling, fault);
  }

  #buy(intent: Intent, fault: Fault): void {
    const { world } = this;
    const deploy = intent.deploy!;
    const close = (state: Intent['state'], vmIds: readonly string[], code?: string): void => {
      const error = code === undefined ? undefined : { code, text: 'it went wrong' };
      const closedAt = state === 'unknown' ? undefined : world.now;
      this.#setIntent({ ...intent, state, closedAt, error, deploy: { ...deploy, vmIds } });
    };
    if (fault === 'dies') return;
    if (fault === 'fails') return close('failed', [], 'api-refused');
    if (fault === 'void') return close('unknown', [], 'api-timeout');
    if (fault === 'late') {
      world.createLater(deploy.vmName, deploy.count, this.#options.lateMillis ?? 0);
      return close('unknown', [], 'api-timeout');
    }
    const vmIds = world.create(deploy.vmName, deploy.count);
    if (fault === 'mute') return;
    if (fault === 'lost') return close('unknown', [], 'api-timeout');
    close('done', vmIds);
    const known = new Set(this.books.claims.map((claim) => claim.vmId));
    const bought = vmIds
      .filter((vmId) => !known.has(vmId))
      .map((id) => buildBoughtClaim(intent, { id, name: deploy.vmName }, world.now));
    this.books = { ...this.books, claims: [...this.books.claims, ...bought] };
  }

  #remove(intent: Intent, fault: Fault): void {
    const { world } = this;
    const targets = intent.delete!.targets;
    for (const target of targets) if (target.reason === 'deletion-retry') this.retried.add(target.vmId);
    const asked = new Set(targets.filter((target) => !isPast(target, world.now)).map((target) => target.vmId));
    const doomed = new Set<string>();
    const claims = this.books.claims.map((claim): Claim => {
      const isMine = claim.state === 'doomed' && claim.deletion?.intent === intent.id;
      if (isMine && !asked.has(claim.vmId)) return { ...claim, state: 'parked', deletion: undefined };
      if (!asked.has(claim.vmId) || !(claim.state === 'parked' || isMine)) return claim;
      doomed.add(claim.vmId);
      return isMine ? claim : { ...claim, state: 'doomed', deletion: { intent: intent.id, calledAt: world.now } };
    });
    this.books = { ...this.books, claims };
    if (fault === 'dies') return;
    if (fault !== 'fails' && fault !== 'void') world.delete([...doomed]);
    if (fault === 'mute') return;
    const result = fault === 'fails' || fault === 'void' ? 'failed' : 'accepted';
    const outcomes = targets.map((target) => ({
      ...target,
      outcome: { result: doomed.has(target.vmId) ? result : ('kept' as const), text: '' } as const,
    }));
    this.#setIntent({ ...intent, state: 'done', closedAt: world.now, delete: { targets: outcomes } });
  }

  #removeParts(intent: Intent, fault: Fault): void {
    if (fault === 'dies') return;
    const isSent = fault !== 'fails' && fault !== 'void';
    const targets = intent.removeParts!.targets.map((target) => {
      const result = isSent ? this.world.removePart(target.partId) : 'failed';
      return { ...target, outcome: { result, text: '' } };
    });
    if (fault === 'mute') return;
    this.#setIntent({ ...intent, state: 'done', closedAt: this.world.now, removeParts: { targets } });
  }

  #rename(intent: Intent, fault: Fault): void {
    if (fault === 'dies') return;
    if (fault !== 'fails' && fault !== 'void') {
      for (const { vmId, to } of intent.rename!.targets) this.world.rename(vmId, to);
    }
    if (fault === 'mute') return;
    this.#setIntent({ ...intent, state: fault === 'fails' ? 'failed' : 'done', closedAt: this.world.now });
  }
}

/** The worker keeps what is paid again meanwhile; a deletion that has begun goes on. */
function isPast(target: DeleteTarget, now: Instant): boolean {
  return target.boundary !== undefined && target.reason !== 'deletion-retry' && target.boundary <= now;
}
