// `purser doctor --recover`: ends `recovering` of the accounts whose store was lost. Under the lease of the reconcile, after
// three complete looks: a create that was on its way when the store was lost may turn up late.
import { setTimeout as pause } from 'node:timers/promises';
import type { Composition } from '../../compose.js';
import { PurserError } from '../../core/errors.js';
import { setEndedApart } from '../../core/ended-vms.js';
import type { Instant, Inventory } from '../../core/types.js';
import type { EngineAccount } from '../../scheduler/engine.js';
import { askPerson } from '../ask-person.js';
import { buildNote } from '../build-note.js';
import type { CommandContext } from '../command.js';
import { commitByHand, holdReconcile } from '../hold-reconcile.js';
import { requireInForce, type InForce } from '../policies-in-store.js';
import { countOf, listNames } from '../render/phrase.js';
import { renderTable } from '../render/render-table.js';
import { planRecovery, type Recovery } from './plan-recovery.js';

const LOOKS_NEEDED = 3;
/** Between the looks that are still missing; real time, whatever clock Purser goes by. */
const LOOK_PAUSE_MILLIS = 1_000;

export interface Recovered extends Omit<Recovery, 'changes'> {
  readonly account: string;
}

async function lookWhole({ cloud, settings }: EngineAccount, context: CommandContext): Promise<Inventory> {
  const inventory = await cloud.listVms({ signal: context.signal });
  if (inventory.state === 'complete') return setEndedApart(inventory, cloud.abilities).inventory;
  const why = inventory.problems.join('; ');
  throw new PurserError(
    'api-unreadable',
    `The list of account ${settings.name} is ${inventory.state} (${why}); nothing was recovered.`,
  );
}

/** The last of so many complete looks as are missing; at least one. */
async function lookEnough(context: CommandContext, account: EngineAccount, made: number): Promise<Inventory> {
  let inventory = await lookWhole(account, context);
  for (let looks = made + 1; looks < LOOKS_NEEDED; looks += 1) {
    context.progress(`Looking again at ${account.settings.name} (${looks} of ${LOOKS_NEEDED} looks) ...`);
    await pause(LOOK_PAUSE_MILLIS, undefined, { signal: context.signal });
    inventory = await lookWhole(account, context);
  }
  context.progress('');
  return inventory;
}

function describe(account: string, { adopted, left }: Omit<Recovery, 'changes'>, context: CommandContext): void {
  if (adopted.length > 0) {
    const rows = adopted.map(({ vm, policy }) => [vm.name, vm.id, vm.statusText, policy]);
    context.print(
      renderTable([{ title: 'VM' }, { title: 'ID' }, { title: 'STATUS' }, { title: 'GOES TO' }], rows, context.facts),
    );
  }
  if (left.length > 0) {
    const names = listNames(left.map(({ vm }) => vm.name));
    context.print(`${countOf(left.length, 'VM')} of fleets that are not in force stay nobody's: ${names}.`);
  }
  context.print(`Account ${account}: ${countOf(adopted.length, 'VM')} to be claimed by name.\n`);
}

async function recoverAccount(
  context: CommandContext,
  engine: Composition,
  account: EngineAccount,
  { record, set }: InForce,
): Promise<Recovered | undefined> {
  const { settings } = account;
  const { name } = settings;
  const before = await engine.store.readBooks(name);
  const made = before.notes.recovering?.looks ?? 0;
  const preview = planRecovery(before, await lookEnough(context, account, made), set, settings);
  describe(name, preview, context);
  if (!(await askPerson(context, `claim them, and let plans of account ${name} be carried out again`)))
    return undefined;
  return holdReconcile(context, engine, name, async (lease) => {
    const books = await engine.store.readBooks(name);
    const { adopted, left, changes } = planRecovery(books, await lookWhole(account, context), set, settings);
    const at: Instant = engine.clock.now();
    const ledger = adopted.map(({ vm, policy }) =>
      buildNote(name, at, `${vm.name} was claimed for ${policy} by its name (doctor --recover)`, {
        event: 'adopted',
        policy,
        vmId: vm.id,
        vmName: vm.name,
      }),
    );
    const over = buildNote(name, at, 'recovering was ended by hand (doctor --recover)');
    await commitByHand(engine, lease, { account: name, record, changes, ledger: [...ledger, over] });
    return { account: name, adopted, left };
  });
}

/** undefined: the person said no. Throws `policy-unknown` when nothing is in force, `confirmation-needed`, `api-*`. */
export async function recoverAccounts(
  context: CommandContext,
  engine: Composition,
): Promise<readonly Recovered[] | undefined> {
  const recovered: Recovered[] = [];
  const inForce = await requireInForce(engine);
  for (const account of engine.accounts.values()) {
    const { notes } = await engine.store.readBooks(account.settings.name);
    const isWhole = notes.recovering === undefined && notes.keyDoubt === undefined;
    if (isWhole && notes.lastCompleteLook !== undefined) continue;
    const done = await recoverAccount(context, engine, account, inForce);
    if (done === undefined) return undefined;
    recovered.push(done);
  }
  return recovered;
}
