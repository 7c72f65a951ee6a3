// Heartbeats: each process leaves a note that it lives, for `status`. A process that dies is forgotten after 20 s.
import { noteKeys, type Engine } from './engine.js';

export type Role = 'up' | 'scheduler' | 'worker';

/** What a heartbeat says. */
export interface ProcessNote {
  readonly role: Role;
  readonly startedAt: number;
  readonly pid: number;
}

const BEAT_MILLIS = 5_000;
const FORGOTTEN_AFTER_MILLIS = 20_000;
/** What a process that ends in order leaves for the blink of an eye: nobody takes it for a living one. */
const GONE = '';

/** Beats until stopped, and takes leave then; a Redis that is away is survived. */
export function startHeartbeat(engine: Pick<Engine, 'store' | 'clock'>, role: Role): { stop(): void } {
  const note: ProcessNote = { role, startedAt: engine.clock.now(), pid: process.pid };
  const key = noteKeys.process(`${role}-${process.pid}-${note.startedAt}`);
  const beat = (): void => {
    void engine.store.writeNote(key, JSON.stringify(note), FORGOTTEN_AFTER_MILLIS).catch(() => undefined);
  };
  beat();
  const timer = setInterval(beat, BEAT_MILLIS);
  return {
    stop() {
      clearInterval(timer);
      void engine.store.writeNote(key, GONE, 1).catch(() => undefined);
    },
  };
}

/** The processes whose heartbeat is fresh. */
export async function listProcesses(store: Engine['store']): Promise<readonly ProcessNote[]> {
  const notes = await store.listNotes(noteKeys.process(''));
  return notes.filter(({ text }) => text !== GONE).map(({ text }) => JSON.parse(text) as ProcessNote);
}
