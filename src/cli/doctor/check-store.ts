// Redis and what the store holds: whether it can lose the books, what is in force, what freezes, and VMs that nobody looks after.
import type { Composition } from '../../compose.js';
import type { Config } from '../../config/load-config.js';
import { openLocalHandles } from '../../config/local-handles.js';
import { errorTable } from '../../core/errors.js';
import { formatUsdc, sumMicros } from '../../core/money.js';
import { assignOwnership } from '../../core/ownership.js';
import type { OtherVm } from '../../core/plan-types.js';
import type { AccountSettings, PolicySet } from '../../core/policy-types.js';
import type { Books, Handles } from '../../core/books.js';
import type { Inventory } from '../../core/types.js';
import { servesAccount } from '../../core/peers.js';
import type { GenerationRecord } from '../../ports/store.js';
import { checkRedis, type RedisFacts } from '../../compose/tools.js';
import type { CommandContext } from '../command.js';
import { countOf, listNames } from '../render/phrase.js';
import { askStore } from '../with-engine.js';
import { tellNote, tellOk, tellProblem, type Finding } from './finding.js';

/** One finding for each setting that could lose the books, with its own mend; one if all is well. */
export function judgeRedis(facts: RedisFacts): readonly Finding[] {
  const { address, version, appendonly, maxmemoryPolicy, durability } = facts;
  if (!facts.reachable)
    return [
      tellProblem('redis', facts.problem ?? `${address} can't be reached.`, errorTable['redis-unreachable'].remedy),
    ];
  const where = `${address}${version === undefined ? '' : `, version ${version}`}`;
  const wrong: Finding[] = [];
  if (appendonly === false)
    wrong.push(
      tellProblem(
        'redis log',
        `${where}: its append-only file is off, so a restart loses the books.`,
        'Set `appendonly yes` in redis.conf, and at once: redis-cli CONFIG SET appendonly yes',
      ),
    );
  if (maxmemoryPolicy !== undefined && maxmemoryPolicy !== 'noeviction')
    wrong.push(
      tellProblem(
        'redis memory',
        `${where}: maxmemory-policy ${maxmemoryPolicy} may throw books away.`,
        'Set `maxmemory-policy noeviction` in redis.conf, and at once: redis-cli CONFIG SET maxmemory-policy noeviction',
      ),
    );
  if (wrong.length > 0) return wrong;
  // Of a machine that loses power; a purchase that Redis forgets is made again.
  if (durability === 'late') {
    const text = `${where}: a crash may lose its last second, and with it a purchase that was just begun.`;
    return [tellNote('redis', text, 'Set appendfsync always, or use Redis 7.2 or newer.')];
  }
  return [tellOk('redis', `${where}, append-only file ${appendonly === true ? 'on' : 'not told'}, no eviction`)];
}

/** As a plan sees them, with an empty market. */
function listNobodys(
  settings: AccountSettings,
  books: Books,
  inventory: Inventory,
  policies: PolicySet,
): readonly OtherVm[] {
  const snapshot = {
    account: settings.name,
    product: settings.product,
    at: inventory.finishedAt,
    inventory,
    offers: undefined,
    images: undefined,
    clock: { skewMillis: undefined, jumpMillis: 0 },
    books,
    stoodSince: {},
    frozenBy: undefined,
  };
  const fleets = policies.fleets.filter((fleet) => servesAccount(fleet, settings.name));
  return assignOwnership(snapshot, { ...policies, fleets }, settings).others;
}

function judgeNobodys(account: string, others: readonly OtherVm[], isRecovering: boolean): readonly Finding[] {
  const told = (kind: OtherVm['kind']): { text: string; count: number } => {
    const vms = others.filter((other) => other.kind === kind);
    const each = sumMicros(vms.map(({ price }) => price?.amount ?? 0n));
    const names = listNames(vms.map(({ vm }) => vm.name).sort());
    return {
      count: vms.length,
      text: `${countOf(vms.length, 'VM')} (${names}), ${formatUsdc(each)} a round of charges`,
    };
  };
  const unclaimed = told('unclaimed');
  const byName = told('known-by-name');
  const hint = '`purser adopt VM --policy P` gives one to a fleet; else end it in the console.';
  return [
    ...(unclaimed.count === 0
      ? []
      : [tellNote(`unclaimed in ${account}`, `The policy of ${unclaimed.text} is gone; they run on.`, hint)]),
    ...(byName.count === 0 || isRecovering
      ? []
      : [
          tellNote(
            `known by name in ${account}`,
            `${byName.text}: the names are ours, the books don't know them.`,
            hint,
          ),
        ]),
  ];
}

async function judgeBooks(
  engine: Composition,
  inventories: ReadonlyMap<string, Inventory>,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const record = await engine.store.readGeneration();
  const policies = record === undefined ? undefined : engine.compile(record);
  for (const { settings } of engine.accounts.values()) {
    const books = await engine.store.readBooks(settings.name);
    const { recovering } = books.notes;
    if (recovering !== undefined) {
      findings.push(
        tellProblem(
          `books of ${settings.name}`,
          `The store is new and knows no VM of ours (${Math.min(recovering.looks, 3)} of 3 complete looks): they are counted by name, nothing is deleted.`,
          'Once the list of VMs is right: purser doctor --recover',
        ),
      );
    }
    const inventory = inventories.get(settings.name);
    if (inventory === undefined || policies === undefined) continue;
    const others = listNobodys(settings, books, inventory, policies);
    findings.push(...judgeNobodys(settings.name, others, recovering !== undefined));
  }
  return findings;
}

/** `stored`: what the store says, where it could be asked. */
function judgeFreeze({ stateDir, isFrozen }: Config, stored: Handles['freeze']): Finding {
  const here = openLocalHandles(stateDir, isFrozen).readFrozenBy();
  if (stored === undefined && here === undefined) return tellOk('freeze', 'not frozen');
  const why = stored === undefined ? `by ${here}` : `by hand${stored.why === '' ? '' : `: ${stored.why}`}`;
  return tellNote('freeze', `Frozen ${why}. Nothing is bought or deleted.`, '`purser thaw` when it may go on');
}

export interface CheckedStore {
  readonly findings: readonly Finding[];
  /** undefined: nothing is in force, or nobody could be asked. */
  readonly inForce: GenerationRecord | undefined;
}

async function askEngine(
  engine: Composition,
  given: RedisFacts | undefined,
  inventories: ReadonlyMap<string, Inventory>,
): Promise<CheckedStore> {
  const [first] = engine.accounts.keys();
  const { freeze } = await engine.store.readHandles(first!);
  const redis = judgeRedis(given ?? (await checkRedis(engine.redisUrl)));
  const books = await judgeBooks(engine, inventories);
  const inForce = await engine.store.readGeneration();
  return { findings: [...redis, judgeFreeze(engine.config, freeze), ...books], inForce };
}

/** Starts no Redis that was never used. */
export async function checkStore(
  context: CommandContext,
  config: Config,
  inventories: ReadonlyMap<string, Inventory>,
): Promise<CheckedStore> {
  const url = config.readRedisUrl();
  const given = url === undefined ? undefined : await checkRedis(url);
  const withoutStore = (...redis: readonly Finding[]): CheckedStore => ({
    findings: [...redis, judgeFreeze(config, undefined)],
    inForce: undefined,
  });
  if (given?.reachable === false) return withoutStore(...judgeRedis(given));
  const asked = await askStore(context, (engine) => askEngine(engine, given, inventories));
  if (asked.state === 'reached') return asked.answer;
  if (asked.state === 'failed') {
    const { code, message } = asked.problem;
    return withoutStore(tellProblem('redis', message, errorTable[code].remedy));
  }
  if (given !== undefined) return withoutStore(...judgeRedis(given));
  return withoutStore(tellOk('redis', 'a private one is started when it is first needed'));
}
