// Purser in a backtest: the production reckoning, planner and commit on a market in virtual time, and the workers' part of each
// intent done at once. It has no rules of its own; what workers and the store promise it mirrors (workers/, store's gate).
import { applyChanges, listChargeRecords } from '../../core/apply-commit.js';
import type { Books, Claim, DeleteTarget, Intent, Notes } from '../../core/books.js';
import { buildBoughtClaim } from '../../core/bought-claim.js';
import { buildCommit } from '../../core/build-commit.js';
import { EMPTY_NOTES } from '../../core/empty-notes.js';
import { DAY_MILLIS } from '../../core/money.js';
import { ALPHABET } from '../../core/names.js';
import { planAccount } from '../../core/plan.js';
import type { Plan, Snapshot } from '../../core/plan-types.js';
import type { PolicySet } from '../../core/policy-types.js';
import { reckonSnapshot, type Reckoned } from '../../core/reckon/reckon.js';
import type { Instant, Vm } from '../../core/types.js';
import { isRefusal } from '../refusal.js';
import { ChargeCount } from './charge-count.js';
import { findShortage } from './find-shortage.js';
import type { Follower } from './follower.js';
import { listNamed, preparePolicies } from './prepare-policies.js';
import { readEvidence } from './read-evidence.js';
import type { ShortageReason } from './report.js';
import type { BacktestSetting } from './setting.js';
import type { Stage, Watched } from './stage.js';

/** Policies stand long enough for their windows' edges to be exempt from the rails. */
const STOOD: number = 30 * DAY_MILLIS;
/** The first tick after a call's answer: workers ask for a look. */
const ANSWER_MILLIS = 1_000;

interface Leaving {
  readonly boundary: Instant;
  /** It was meant to go while there was time enough for that, or should have been: nothing came unforeseen since. */
  readonly isTimely: boolean;
}

export class PurserFollower implements Follower, Watched {
  readonly name = 'purser';
  takenBack = 0;
  /** The newest plan; undefined before the first look. */
  plan: Plan | undefined;
  /** A rail has held something back so far. */
  wasRailed = false;
  readonly #stage: Stage;
  readonly #setting: BacktestSetting;
  readonly #policies: PolicySet;
  readonly #named: ReturnType<typeof listNamed>;
  readonly #stoodSince: Readonly<Record<string, Instant>>;
  #books: Books;
  #leaving: ReadonlyMap<string, Leaving> = new Map();
  #parked: ReadonlySet<string> = new Set();
  /** By its own looks. */
  readonly counted: ChargeCount;
  #drawn = 0;

  constructor(stage: Stage, learned: Partial<Notes> = {}) {
    const { setting } = stage;
    const { from } = setting.scenario;
    this.#stage = stage;
    this.#setting = setting;
    this.#policies = preparePolicies(setting, stage);
    this.counted = new ChargeCount(this.#policies);
    this.#named = listNamed(setting);
    const { fleets, reaps, orphans } = setting.policies;
    this.#stoodSince = Object.fromEntries([...fleets, ...reaps, ...orphans].map(({ name }) => [name, from - STOOD]));
    this.#books = {
      account: setting.settings.name,
      bornAt: from - STOOD,
      claims: [],
      intents: [],
      notes: { ...EMPTY_NOTES, lastCompleteLook: { at: from - 1, vms: 0 }, ...learned },
      handles: { freeze: undefined, protect: [], approvals: [] },
      evidence: [],
    };
  }

  get isRefused(): boolean {
    return (this.plan?.refused.length ?? 0) > 0;
  }

  isLeaving(resourceId: string, boundary: Instant): boolean {
    const leaving = this.#leaving.get(resourceId);
    return leaving?.boundary === boundary && leaving.isTimely;
  }

  findShortage(fleet: string): ShortageReason {
    return findShortage(this.plan, fleet);
  }

  isParked(vmId: string): boolean {
    return this.#parked.has(vmId);
  }

  /** What a look finds before it is reckoned; the bench plans on it, too. */
  observe(): Snapshot {
    const { market } = this.#stage;
    const at = market.now();
    const vms = market.listVms();
    const leftovers = market.listLeftovers();
    return {
      account: this.#setting.settings.name,
      product: this.#setting.settings.product,
      at,
      inventory: {
        state: 'complete',
        startedAt: at,
        finishedAt: at,
        vms,
        ...(leftovers === undefined ? {} : { leftovers }),
        problems: [],
      },
      abilities: market.abilities,
      offers: market.listOffers(this.#setting.storageGb),
      ...this.#named,
      clock: { skewMillis: 0, jumpMillis: 0 },
      books: { ...this.#books, evidence: readEvidence(this.#setting, vms, at) },
      stoodSince: this.#stoodSince,
      frozenBy: undefined,
      ...this.counted.read(at),
    };
  }

  /** Plans on what was observed; writes nothing. */
  consider(observed: Snapshot): { readonly reckoned: Reckoned; readonly plan: Plan } {
    const { settings } = this.#setting;
    const reckoned = reckonSnapshot(observed, this.#policies, settings);
    return { reckoned, plan: planAccount({ snapshot: reckoned.snapshot, policies: this.#policies, settings }) };
  }

  look(): Instant | undefined {
    const observed = this.observe();
    const { vms } = observed.inventory;
    const { reckoned, plan } = this.consider(observed);
    this.plan = plan;
    this.#stage.budgets.note(plan);
    this.wasRailed ||= plan.refused.length > 0 || plan.holds.some(({ reason }) => reason.code === 'rail');
    this.#write(reckoned, plan);
    const begun = this.#books.intents.filter(({ state }) => state === 'planned');
    for (const intent of begun) this.#work(intent);
    this.#remember(plan, vms);
    return begun.length > 0 ? plan.at + ANSWER_MILLIS : plan.nextWakeAt;
  }

  #write({ snapshot, changes, ledger }: Reckoned, plan: Plan): void {
    // Everything that is begun is done at once here, so there is nothing in a queue to be tended either.
    if (plan.actions.length + plan.marks.length + changes.length + ledger.length === 0) return;
    const { commit } = buildCommit({
      plan,
      snapshot,
      settings: this.#setting.settings,
      changes,
      ledger,
      drawBody: () => this.#draw(),
    });
    for (const { event } of commit.ledger) if (event === 'taken-back') this.takenBack += 1;
    const { books, failed } = applyChanges(this.#books, commit.changes);
    if (failed.length > 0) throw new Error(`a commit right after its look failed: ${failed[0]!.kind}`);
    this.#books = books;
    this.counted.add(listChargeRecords(commit.changes));
  }

  #remember(plan: Plan, vms: readonly Vm[]): void {
    const { claims } = this.#books;
    this.#parked = new Set(claims.flatMap(({ state, vmId }) => (state === 'parked' ? [vmId] : [])));
    const { settings, scenario } = this.#setting;
    const { tickMillis } = settings;
    // Who should be up by now and isn't, or has failed, is a surprise for as long as it is listed.
    const isLate = ({ status, createdAt = plan.at }: Vm): boolean =>
      status === 'failed' ||
      ((status === 'new' || status === 'launching') && plan.at - createdAt > scenario.launch.mostMillis);
    const surprisedAt = vms.some(isLate) ? plan.at : this.#stage.surprisedAt;
    const leaving = new Map<string, Leaving>();
    for (const { fate, vm, part, at } of plan.charges) {
      if (fate !== 'delete' && fate !== 'deleting') continue;
      const id = part?.id ?? vm.id;
      const known = this.#leaving.get(id);
      // What its machine left behind comes due when that was still wanted, or ended unforeseen.
      const isLeftover = part !== undefined && vm.id === part.id;
      const wasForeseen = !isLeftover && surprisedAt + tickMillis <= at - plan.leadMillis;
      const isTimely = known?.boundary === at ? known.isTimely : at - plan.at >= plan.leadMillis || wasForeseen;
      leaving.set(id, { boundary: at, isTimely });
    }
    this.#leaving = leaving;
  }

  #draw(): string {
    this.#drawn += 1;
    const digit = (place: number) => ALPHABET[Math.floor(this.#drawn / 32 ** place) % 32]!;
    return `${digit(3)}${digit(2)}${digit(1)}${digit(0)}`.replace(/^\d{4}$/, (digits) => `x${digits.slice(1)}`);
  }

  #setIntent(intent: Intent): void {
    this.#books = {
      ...this.#books,
      intents: this.#books.intents.map((known) => (known.id === intent.id ? intent : known)),
    };
  }

  #close(intent: Intent, change: Partial<Intent>): void {
    const now = this.#stage.now();
    this.#setIntent({ ...intent, calledAt: now, closedAt: now, ...change });
  }

  #work(intent: Intent): void {
    if (intent.deploy !== undefined) this.#buy(intent, intent.deploy);
    else if (intent.delete !== undefined) this.#delete(intent, intent.delete.targets);
    else if (intent.removeParts !== undefined) this.#removeParts(intent, intent.removeParts);
    else this.#tend(intent);
  }

  #buy(intent: Intent, deploy: NonNullable<Intent['deploy']>): void {
    const { offer, cap, count, vmName: name } = deploy;
    const ids = this.#stage.create(intent.policy, { offer, cap, count, name });
    if (isRefusal(ids)) {
      const code = ids.status === 402 ? 'api-no-balance' : 'api-refused';
      this.#close(intent, { state: 'failed', error: { code, text: ids.error } });
      return;
    }
    this.#close(intent, { state: 'done', deploy: { ...deploy, vmIds: ids } });
    const now = this.#stage.now();
    this.#books = {
      ...this.#books,
      claims: [...this.#books.claims, ...ids.map((id) => buildBoughtClaim(intent, { id, name }, now))],
    };
  }

  #delete(intent: Intent, targets: readonly DeleteTarget[]): void {
    const now = this.#stage.now();
    const asked = new Set(targets.map(({ vmId }) => vmId));
    const doomed: string[] = [];
    const claims = this.#books.claims.map((claim): Claim => {
      if (!asked.has(claim.vmId)) return claim;
      if (claim.state === 'parked') {
        doomed.push(claim.vmId);
        return { ...claim, state: 'doomed', stateSince: now, deletion: { intent: intent.id, calledAt: now } };
      }
      if (claim.state === 'doomed') doomed.push(claim.vmId);
      return claim;
    });
    this.#books = { ...this.#books, claims };
    this.#stage.delete(doomed);
    const called = new Set(doomed);
    const outcomes = targets.map((target) => ({
      ...target,
      outcome: { result: called.has(target.vmId) ? ('accepted' as const) : ('kept' as const), text: '' },
    }));
    this.#close(intent, { state: 'done', delete: { targets: outcomes } });
  }

  #removeParts(intent: Intent, { targets }: NonNullable<Intent['removeParts']>): void {
    const outcomes = targets.map((target) => ({
      ...target,
      outcome: { result: this.#stage.market.removePart(target.partId), text: '' },
    }));
    this.#close(intent, { state: 'done', removeParts: { targets: outcomes } });
  }

  /** Names, ports and keys cost nothing: names are given, the rest is taken for done. */
  #tend(intent: Intent): void {
    for (const { vmId, to } of intent.rename?.targets ?? []) {
      this.#stage.market.rename(vmId, to);
      this.#stage.recorder?.rename(vmId, to);
    }
    this.#close(intent, { state: 'done' });
  }
}
