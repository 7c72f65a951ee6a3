// All that a test supposes -> a snapshot, policies and settings as the tick would hand them to the planner.
import type { Abilities } from '../../core/abilities.js';
import { parseDuration } from '../../core/duration.js';
import { DAY_MILLIS, HOUR_MILLIS } from '../../core/money.js';
import type { Snapshot } from '../../core/plan-types.js';
import type { AccountSettings, PolicySet, Rails } from '../../core/policy-types.js';
import type { Image, Instant, Product, SshKey } from '../../core/types.js';
import { compileExpression, type Expression } from '../expression.js';
import { placeProblem } from '../placed-yaml.js';
import type { GivenDocument, RailsDocument } from '../schemas/test-given.js';
import { readGivenBooks, type PathOf } from './given-books.js';
import { readGivenBudgets } from './given-budgets.js';
import { readGivenEvidence } from './given-evidence.js';
import { readGivenOffers } from './given-offers.js';
import { readGivenVms, type GivenVm } from './given-vms.js';
import { readMoney, type TestReader } from './test-reader.js';

/** Of names: no VM of a test bears one that leads to a purchase, unless it says so. */
const INSTALLATION = 'a1';

/** As src/config has them by default; a test compares the two. */
export const defaultSettings = {
  rails: {
    deletes: { perPlan: { count: 10, percent: 34 }, perHour: { count: 10, percent: 34 } },
    deploys: { perHour: 40, perDay: 100, moneyPerDay: 50_000_000n },
  },
  tickMillis: 30_000,
  ratePerSecond: 5,
  concurrency: 4,
} as const satisfies Partial<AccountSettings>;

const CLOUD: Abilities = {
  createsPerCall: 1,
  renamesPerCall: 1,
  deletesPerCall: 1,
  partsPerCall: 1,
  periodMillis: HOUR_MILLIS,
  deletesEndedVms: false,
};

function mergeRails({ deletes = {}, deploys = {} }: RailsDocument): Rails {
  const { rails } = defaultSettings;
  const { moneyPerDay, ...counts } = deploys;
  return {
    deletes: {
      perPlan: { ...rails.deletes.perPlan, ...deletes.perPlan },
      perHour: { ...rails.deletes.perHour, ...deletes.perHour },
    },
    deploys: {
      ...rails.deploys,
      ...counts,
      ...(moneyPerDay === undefined ? {} : { moneyPerDay: readMoney(moneyPerDay) }),
    },
  };
}

function buildSettings(given: GivenDocument, account: string, product: Product): AccountSettings {
  return {
    ...defaultSettings,
    name: account,
    product,
    mode: given.mode ?? 'act',
    rails: mergeRails(given.rails ?? {}),
    tickMillis: given.tick === undefined ? defaultSettings.tickMillis : (parseDuration(given.tick) ?? 0),
    installation: INSTALLATION,
    periodMillis: product === 'cloud' ? HOUR_MILLIS : DAY_MILLIS,
  };
}

/** `protect` of the test beside the policies; unknown is protected, as with purser.yaml. */
function addProtect(reader: TestReader, given: GivenDocument, pathOf: PathOf): PolicySet {
  const expressions = (given.protect ?? []).flatMap((text, index): Expression[] => {
    const compiled = compileExpression(text);
    if ('expression' in compiled) return [compiled.expression];
    const { code, message, hint, offset } = compiled.problem;
    const path = [...pathOf('protect'), index];
    const place = reader.document.placeInside(path, offset);
    reader.problems.push(placeProblem(reader.document, path, { code, message, hint }, place));
    return [];
  });
  const { policies } = reader;
  return {
    ...policies,
    isProtected: (vm, context) => expressions.some(({ evaluate }) => evaluate(vm, context).answer !== 'no'),
  };
}

function readStoodSince(reader: TestReader, given: GivenDocument, pathOf: PathOf): Readonly<Record<string, Instant>> {
  const { stoodSince = {} } = given;
  const path = pathOf('stoodSince');
  const standard = typeof stoodSince === 'string' ? reader.past(path, stoodSince) : reader.at - 30 * DAY_MILLIS;
  const since = Object.fromEntries(reader.names.all.map((name) => [name, standard]));
  if (typeof stoodSince === 'string') return since;
  for (const [name, text] of Object.entries(stoodSince)) {
    reader.policy([...path, name], name, 'all', 'key');
    since[name] = reader.past([...path, name], text);
  }
  return since;
}

function listImages(given: GivenDocument, { fleets }: PolicySet): readonly Image[] {
  const slugs = given.images ?? fleets.map(({ vm }) => vm.image);
  return [...new Set(slugs)].map((slug) => ({
    slug,
    name: slug,
    distribution: undefined,
    url: `https://images.example/${slug}`,
    username: undefined,
  }));
}

function listKeys(given: GivenDocument): readonly SshKey[] | undefined {
  return given.sshKeys?.map((name) => ({ name, fingerprint: `SHA256:${name}`, algorithm: undefined, publicKey: '' }));
}

/** What the planner is asked with. */
export interface Supposed {
  readonly snapshot: Snapshot;
  readonly policies: PolicySet;
  readonly settings: AccountSettings;
  /** Ids by name. */
  readonly vms: ReadonlyMap<string, GivenVm>;
}

/** `given`: the test's own over that of the file; `pathOf` says where each key of it stands. */
export function buildSupposed(
  reader: TestReader,
  given: GivenDocument,
  pathOf: PathOf,
  { account, product }: { readonly account: string; readonly product: Product },
): Supposed {
  const { at } = reader;
  const settings = buildSettings(given, account, product);
  const { periodMillis, tickMillis } = settings;
  const offers = readGivenOffers(reader, pathOf('offers'), given.offers ?? [], product);
  const vms = readGivenVms(reader, pathOf('vms'), given.vms ?? [], { offers, periodMillis, tickMillis });
  const evidence = readGivenEvidence(reader, vms);
  const budgets = readGivenBudgets(reader, given, pathOf, vms);
  const books = readGivenBooks(reader, given, pathOf, { account, offers, tickMillis, vms, evidence, budgets });
  const { list: state = 'complete' } = given;
  const listed = state === 'failed' ? [] : vms.flatMap(({ vm, isListed }) => (isListed ? [vm] : []));
  const problems = state === 'complete' ? [] : ['as given'];
  const policies = addProtect(reader, given, pathOf);
  const keys = listKeys(given);
  const snapshot: Snapshot = {
    account,
    product,
    at,
    inventory: { state, startedAt: at, finishedAt: at, vms: listed, problems },
    ...(product === 'cloud' ? { abilities: CLOUD } : {}),
    offers: given.offers === undefined ? undefined : offers,
    images: listImages(given, policies),
    clock: { skewMillis: 0, jumpMillis: 0 },
    books,
    stoodSince: readStoodSince(reader, given, pathOf),
    frozenBy: undefined,
    ...(keys === undefined ? {} : { keys }),
    ...(budgets === undefined ? {} : { budgets: budgets.spent }),
  };
  return { snapshot, policies, settings, vms: new Map(vms.map((given) => [given.vm.name, given])) };
}
