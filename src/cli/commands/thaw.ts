// `purser thaw`: ends a freeze, in the store and in the state directory. What the environment says it can't end, only tell.
import { openLocalHandles, writeLocalFreeze } from '../../config/local-handles.js';
import type { Composition } from '../../compose.js';
import type { CommandModule } from '../command.js';
import { buildNote } from '../build-note.js';
import { askReconcile } from '../../scheduler/ask-reconcile.js';
import { isInStore, tellReach } from '../tell-reach.js';
import { askStore } from '../with-engine.js';

/** Whether the store said frozen. */
async function thawStore(engine: Composition): Promise<boolean> {
  const { store, clock, accounts } = engine;
  const [first] = accounts.keys();
  const wasFrozen = (await store.readHandles(first!)).freeze !== undefined;
  await store.setFreeze(undefined);
  if (!wasFrozen) return false;
  for (const account of accounts.keys()) {
    await store.appendLedger(account, [buildNote(account, clock.now(), 'thawed by hand')]);
    await askReconcile(engine, account, 'thawed');
  }
  return true;
}

export const command: CommandModule = {
  example: 'purser thaw',
  async run(context) {
    const { isFrozen, stateDir } = context.config();
    const stored = await askStore(context, thawStore);
    const wasFrozenHere = openLocalHandles(stateDir, false).readFrozenBy() !== undefined;
    writeLocalFreeze(stateDir, undefined);
    const wasFrozen = wasFrozenHere || (stored.state === 'reached' && stored.answer);
    const isThawed = stored.state !== 'failed' && !isFrozen;
    if (context.json) context.printJson({ frozen: !isThawed, wasFrozen, store: isInStore(stored), stateDir });
    else if (isFrozen)
      context.print('The handles are thawed, but PURSER_FREEZE or --freeze still freezes this process.');
    else if (isThawed && !wasFrozen) context.print('It was not frozen: nothing to do.');
    else if (isThawed) context.print('Thawed: plans are carried out again, from the next look on.');
    else context.print('The file is gone. The store may still say frozen, and either saying yes is yes.');
    return tellReach(context, stored, 'purser thaw') === 0 && isThawed ? 0 : 1;
  },
};
