// The memory of a store as a file in the state directory, shared by the processes that use it. A file that can't be read or
// written leaves each process with what it has seen itself; nothing ever fails for it.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SeenGeneration, StoreMemory } from '../ports/store-memory.js';

const FILE = 'store-memory.json';

interface Seen {
  readonly generation: SeenGeneration | undefined;
  readonly accounts: readonly string[];
}

const NOTHING: Seen = { generation: undefined, accounts: [] };

function readSeen(path: string, installation: string): Seen {
  try {
    const { generation, accounts, ...file } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    if (file['installation'] !== installation || !Array.isArray(accounts)) return NOTHING;
    const { number, hash } = (generation ?? {}) as Record<string, unknown>;
    return {
      generation: typeof number === 'number' && typeof hash === 'string' ? { number, hash } : undefined,
      accounts: accounts.filter((account) => typeof account === 'string'),
    };
  } catch {
    return NOTHING;
  }
}

/** Who reads meanwhile sees the old file or the new one, whole. */
function writeSeen(path: string, installation: string, seen: Seen): void {
  const draft = `${path}.${process.pid}.new`;
  try {
    mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 });
    writeFileSync(draft, `${JSON.stringify({ installation, ...seen })}\n`, { mode: 0o600 });
    renameSync(draft, path);
  } catch {
    // A folder that takes no files: this process still knows.
  }
}

function chooseNewer(one: SeenGeneration | undefined, other: SeenGeneration | undefined): SeenGeneration | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one.number >= other.number ? one : other;
}

/** `installation`: what another installation left in the same folder says nothing. */
export function openStoreMemory({
  stateDir,
  installation,
}: {
  readonly stateDir: string;
  readonly installation: string;
}): StoreMemory {
  const path = join(stateDir, FILE);
  let own = NOTHING;
  // Another process of the same folder may have seen more.
  const recall = (): Seen => {
    const file = readSeen(path, installation);
    const accounts = [...new Set([...file.accounts, ...own.accounts])].sort();
    return { generation: chooseNewer(own.generation, file.generation), accounts };
  };
  const learn = (seen: Seen): void => {
    own = seen;
    writeSeen(path, installation, seen);
  };
  return {
    readGeneration: () => recall().generation,
    noteGeneration({ number, hash }) {
      const seen = recall();
      if (seen.generation !== undefined && seen.generation.number >= number) return;
      learn({ ...seen, generation: { number, hash } });
    },
    knowsAccount: (account) => recall().accounts.includes(account),
    noteAccount(account) {
      const seen = recall();
      if (seen.accounts.includes(account)) return;
      learn({ ...seen, accounts: [...seen.accounts, account] });
    },
  };
}
