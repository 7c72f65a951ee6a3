// Protects VMs by hand, or ends that: in the store and in the state directory. Works with the API, or Redis, or both away:
// what a person wants protected is written down as it was said.
import { openLocalHandles, writeLocalProtect } from '../config/local-handles.js';
import type { Books } from '../core/books.js';
import { isProtectedByHand, readProtectHandles } from '../core/ownership.js';
import type { VmRef } from '../core/plan-types.js';
import { isSameId } from '../core/vm-id.js';
import { askClouds } from './ask-clouds.js';
import { buildNote } from './build-note.js';
import { chooseAccounts } from './choose-accounts.js';
import type { CommandContext } from './command.js';
import { findVms, type FoundVm } from './find-vms.js';
import { isAboutAccount } from './note-missing.js';
import { listShown, noteGaps } from './require-listing.js';
import { askStore, type StoreAnswer } from './with-engine.js';

export interface Marked {
  /** Empty when no listed VM is meant, or no API could be asked. */
  readonly vms: readonly FoundVm[];
  /** The answer: VMs among them whose deletion had begun before; it goes on. */
  readonly stored: StoreAnswer<readonly VmRef[]>;
  /** false: it was so before, as far as could be asked. */
  readonly isNew: boolean;
}

async function lookUp(context: CommandContext, asked: string): Promise<readonly FoundVm[]> {
  try {
    const { answers } = await askClouds(context, chooseAccounts(context.config(), context.options), (cloud) =>
      listShown(cloud, { signal: context.signal }),
    );
    const listings = answers.map(({ account, answer }) => {
      noteGaps(context, account.name, answer);
      return { account: account.name, inventory: answer };
    });
    const vms = findVms(listings, asked);
    if (vms.length === 0) context.note(`No VM is listed by the id or name "${asked}".`);
    return vms;
  } catch (error) {
    if (!isAboutAccount(error, context)) throw error;
    context.note(`Whether there is such a VM could not be looked up: ${error.message}`);
    return [];
  }
}

function findDoomed({ claims }: Books, marks: ReadonlySet<string>): readonly VmRef[] {
  const handles = readProtectHandles([...marks]);
  const refs = claims.flatMap(({ vmId, vmName, state }) => (state === 'doomed' ? [{ id: vmId, name: vmName }] : []));
  return refs.filter((vm) => isProtectedByHand(vm, handles));
}

/**
 * A VM that is listed is protected by its id, since names change and may be borne by several. Ending it takes away the id,
 * the name, and what was said.
 */
export async function markProtected(context: CommandContext, asked: string, isOn: boolean): Promise<Marked> {
  const accounts = chooseAccounts(context.config(), context.options).map(({ name }) => name);
  const vms = await lookUp(context, asked);
  const ids = vms.map(({ vm }) => vm.id);
  const said = isOn && ids.length > 0 ? ids : [asked, ...ids, ...vms.map(({ vm }) => vm.name)];
  const { stateDir, isFrozen } = context.config();
  const local = openLocalHandles(stateDir, isFrozen).readProtected();
  const isKnown = (marks: readonly string[], text: string): boolean => marks.some((mark) => isSameId(mark, text));
  const isNewLocally = said.some((text) => isKnown(local, text) !== isOn);
  for (const text of new Set(said)) writeLocalProtect(stateDir, text, isOn);
  let isNew = isNewLocally;
  const stored = await askStore(context, async ({ store, clock }) => {
    const doomed: VmRef[] = [];
    for (const account of accounts) {
      const here = vms.filter((found) => found.account === account);
      const own = here.flatMap(({ vm }) => (isOn ? [vm.id] : [vm.id, vm.name]));
      const marks = new Set(isOn && vms.length > 0 ? own : [asked, ...own]);
      const before = (await store.readHandles(account)).protect;
      const isNewHere = isNewLocally || [...marks].some((mark) => isKnown(before, mark) !== isOn);
      // Written down in whatever letter case, it ends all the same.
      if (!isOn) for (const known of before) if (isKnown([...marks], known)) marks.add(known);
      for (const mark of marks) await store.setProtected(account, mark, isOn);
      const text = isOn ? 'protected by hand' : 'no longer protected by hand';
      const notes = here.map(({ vm }) =>
        buildNote(account, clock.now(), `${vm.name} is ${text}`, { vmId: vm.id, vmName: vm.name }),
      );
      if (isNewHere) isNew = true;
      if (isNewHere && notes.length > 0) await store.appendLedger(account, notes);
      // Read after it was written: what is doomed later was let through by a gate that knew.
      if (isOn) doomed.push(...findDoomed(await store.readBooks(account), marks));
    }
    return doomed;
  });
  // A store that can't be asked may have known.
  return { vms, stored, isNew: isNew || stored.state === 'failed' };
}
