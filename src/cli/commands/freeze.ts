// `purser freeze`: nothing is bought or deleted until `thaw`. The file comes first: it needs nothing but a disk.
import { writeLocalFreeze } from '../../config/local-handles.js';
import type { Composition } from '../../compose.js';
import { buildNote } from '../build-note.js';
import type { CommandContext, CommandModule } from '../command.js';
import { formatDateTime, toIso } from '../render/format-instant.js';
import { readOptionText } from '../option-text.js';
import { isInStore, tellReach } from '../tell-reach.js';
import { askStore } from '../with-engine.js';

interface Frozen {
  readonly since: number;
  readonly why: string;
  readonly isNew: boolean;
}

/** A freeze that stands keeps its beginning, and its reason unless another is given. */
async function freezeStore({ store, clock, accounts }: Composition, given: string | undefined): Promise<Frozen> {
  const [first] = accounts.keys();
  const before = (await store.readHandles(first!)).freeze;
  const now = clock.now();
  const freeze = { since: before?.since ?? now, why: given ?? before?.why ?? '' };
  await store.setFreeze(freeze);
  const text = freeze.why === '' ? 'frozen by hand' : `frozen by hand: ${freeze.why}`;
  for (const account of accounts.keys()) {
    if (before === undefined) await store.appendLedger(account, [buildNote(account, now, text)]);
  }
  return { ...freeze, isNew: before === undefined };
}

function describe(frozen: Frozen | undefined, why: string): string {
  const reason = why === '' ? '' : ` (${why})`;
  if (frozen === undefined || frozen.isNew) {
    return `Frozen${reason}: nothing is bought or deleted until \`purser thaw\`. A call that was already sent can't be called back.`;
  }
  return `Frozen already, since ${formatDateTime(frozen.since)}${reason}. \`purser thaw\` ends it.`;
}

async function freeze(context: CommandContext): Promise<number> {
  const text = readOptionText(context, 'why')?.replace(/\s+/g, ' ').trim();
  writeLocalFreeze(context.config().stateDir, text ?? '');
  const stored = await askStore(context, (engine) => freezeStore(engine, text));
  const frozen = stored.state === 'reached' ? stored.answer : undefined;
  const why = frozen?.why ?? text ?? '';
  if (context.json) {
    const since = frozen === undefined ? {} : { since: toIso(frozen.since) };
    context.printJson({ frozen: true, ...since, why, store: isInStore(stored), stateDir: context.config().stateDir });
  } else context.print(describe(frozen, why));
  return tellReach(context, stored, 'purser freeze');
}

export const command: CommandModule = {
  options: [['--why <text>', 'shown to everybody who wonders']],
  example: 'purser freeze --why "moving the database, ask Kim"',
  run: freeze,
};
