// `purser vms`: what the accounts have. Owners come from the books, when there are any; nothing is started for a listing.
import type { Books, ClaimState } from '../../core/books.js';
import { PurserError } from '../../core/errors.js';
import { readWholePrice } from '../../core/parts.js';
import type { VmStatus } from '../../core/types.js';
import { accountOption, chooseAccounts } from '../choose-accounts.js';
import { askClouds } from '../ask-clouds.js';
import type { CommandContext, CommandModule } from '../command.js';
import { explainEmpty, isFiltering, marketOptions, passesFilter, readMarketFilter } from '../market-filter.js';
import type { MarketFilter } from '../market-filter.js';
import { readOptionText } from '../option-text.js';
import { openProtection } from '../protection.js';
import { renderHosts, renderLeftovers, renderVms, vmsToJson, type VmRow } from '../render/render-vms.js';
import { listShown, noteGaps } from '../require-listing.js';
import { askStore } from '../with-engine.js';

const statuses: readonly VmStatus[] = [
  'new',
  'launching',
  'active',
  'small-balance',
  'insufficient-funds',
  'terminated',
  'stopped',
  'failed',
  'unknown',
];
const claimStates: readonly ClaimState[] = ['member', 'parked', 'doomed'];
const outputs = ['table', 'json', 'hosts'] as const;

function readWord<Word extends string>(
  context: CommandContext,
  name: string,
  words: readonly Word[],
): Word | undefined {
  const asked = readOptionText(context, name);
  if (asked === undefined) return undefined;
  const word = words.find((known) => known === asked);
  if (word !== undefined) return word;
  throw new PurserError('option-invalid', `--${name} must be one of ${words.join(', ')}, not "${String(asked)}".`);
}

interface Filter {
  readonly policy: string | undefined;
  readonly state: VmStatus | ClaimState | undefined;
  readonly market: MarketFilter;
}

function toThing({ vm }: VmRow) {
  return { configuration: vm.configuration, place: vm.place, price: readWholePrice(vm) ?? vm.price };
}

function matchesWords(row: VmRow, { policy, state }: Filter): boolean {
  if (policy !== undefined && row.policy !== policy) return false;
  return state === undefined || row.vm.status === state || row.claim === state;
}

/** What is said when nothing is left; `found` is what matched all but place, size and price. */
function explainNone(found: readonly VmRow[], { policy, state, market }: Filter): string {
  if (isFiltering(market) && found.length > 0) return explainEmpty('VMs', market, found.map(toThing));
  const words = [...(policy === undefined ? [] : [`of policy ${policy}`]), ...(state === undefined ? [] : [state])];
  return words.length === 0 ? 'No VMs.' : `No VMs ${words.join(' that are ')}; \`purser vms\` lists all.`;
}

interface Ownership {
  readonly books: ReadonlyMap<string, Books>;
  /** Names that a filter may ask for; undefined when nothing is known of them. */
  readonly policies: ReadonlySet<string> | undefined;
  /** Policies in force. */
  readonly standing: ReadonlySet<string>;
}

const NOBODY_KNOWN: Ownership = { books: new Map(), policies: undefined, standing: new Set() };

/** Asking by owner without the books would answer something else: that is an error. */
async function readOwnership(
  context: CommandContext,
  accounts: readonly string[],
  needed: boolean,
): Promise<Ownership> {
  const asked = await askStore(context, async (engine) => {
    const { store } = engine;
    const books = new Map<string, Books>();
    for (const account of accounts) books.set(account, await store.readBooks(account));
    const record = await store.readGeneration();
    const set = record === undefined ? undefined : engine.compile(record);
    const owners = [...books.values()].flatMap(({ claims }) => claims.map(({ policy }) => policy));
    const standing = [...(set?.fleets ?? []), ...(set?.reaps ?? []), ...(set?.orphans ?? [])].map(({ name }) => name);
    return { books, policies: new Set([...owners, ...standing]), standing: new Set(standing) };
  });
  if (asked.state === 'reached') return asked.answer;
  if (asked.state === 'failed') {
    if (needed) throw asked.problem;
    context.note(`Owners are not shown: ${asked.problem.message}`);
    return NOBODY_KNOWN;
  }
  if (needed) context.note('No policy was ever applied here, so no VM has an owner.');
  return NOBODY_KNOWN;
}

function compareRows(a: VmRow, b: VmRow): number {
  const keys = (row: VmRow) => [row.account, row.vm.name, row.vm.id];
  return keys(a).join('\n') < keys(b).join('\n') ? -1 : 1;
}

export const command: CommandModule = {
  options: [
    ['--policy <name>', 'only VMs that this policy owns'],
    ['--state <word>', `a status (${statuses.join(', ')}) or what its owner does (${claimStates.join(', ')})`],
    ...marketOptions,
    ['--output <form>', 'table, json, or hosts: one address a line', 'table'],
    accountOption,
  ],
  example: 'purser vms --policy web --state active\npurser vms --country FR --output hosts > hosts.txt',
  async run(context) {
    const accounts = chooseAccounts(context.config(), context.options);
    const output = readWord(context, 'output', outputs) ?? 'table';
    if (context.json && output === 'hosts')
      throw new PurserError('option-invalid', '--json and --output hosts ask for two forms: name one of them.');
    const filter: Filter = {
      policy: readOptionText(context, 'policy'),
      state: readWord(context, 'state', [...statuses, ...claimStates]),
      market: readMarketFilter(context),
    };
    const names = accounts.map(({ name }) => name);
    const { books, policies, standing } = await readOwnership(context, names, filter.policy !== undefined);
    if (filter.policy !== undefined && policies?.has(filter.policy) === false) {
      throw new PurserError('policy-unknown', `No policy "${filter.policy}" is in force or owns a VM.`);
    }
    const { answers: listings, isWhole } = await askClouds(context, accounts, (cloud) =>
      listShown(cloud, { signal: context.signal }),
    );
    const now = listings.at(-1)!.at;
    const isProtected = openProtection(context.config(), now);
    const whole = listings.map(({ account, answer }) => noteGaps(context, account.name, answer));
    const rows = listings.flatMap(({ account, answer }) => {
      const known = books.get(account.name);
      const claims = new Map(known?.claims.map((claim) => [claim.vmId, claim]));
      const marked = known?.handles.protect ?? [];
      return answer.vms.map((vm): VmRow => {
        const claim = claims.get(vm.id);
        const facts = { account: account.name, policy: claim?.policy, marked };
        const isUnclaimed = claim !== undefined && claim.state !== 'doomed' && !standing.has(claim.policy);
        return { ...facts, vm, claim: isUnclaimed ? 'unclaimed' : claim?.state, protected: isProtected(vm, facts) };
      });
    });
    const found = rows.filter((row) => matchesWords(row, filter)).sort(compareRows);
    const shown = found.filter((row) => passesFilter(toThing(row), filter.market));
    if (context.json || output === 'json') context.printJson(vmsToJson(shown));
    else if (output === 'table') {
      const facts = { ...context.facts, now };
      context.print(renderVms(shown, facts, explainNone(found, filter)));
      const leftovers = listings.flatMap(({ answer }) => answer.leftovers ?? []);
      if (leftovers.length > 0) context.print(renderLeftovers(leftovers, facts));
    } else if (shown.some(({ vm }) => vm.publicIp !== undefined)) context.print(renderHosts(shown));
    return isWhole && whole.every(Boolean) ? 0 : 1;
  },
};
