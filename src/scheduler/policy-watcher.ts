// Keeps the policies in force in step with a process's own files: publishes when they change while it runs, never at start
// over a different record. Files that vanish, are empty or broken leave the last good generation in force.
import type { GenerationRecord } from '../ports/store.js';
import { PurserError } from '../core/errors.js';
import type { Engine } from './engine.js';
import { publishPolicies, toPolicies, type CheckedPolicies } from './publish.js';
import { describeSetBack, noteStoreLost } from './store-trust.js';

const LOOK_MILLIS = 2_000;

/** What the files make of the policies, beside those in force from elsewhere. */
export interface WatchedFiles extends CheckedPolicies {
  /** Of these files alone: what is published from elsewhere is no change of theirs. */
  readonly filesHash: string;
}

/** Reads and checks the files. Throws `policy-unreadable` or `policy-invalid` with the places. */
export type CheckFiles = () => Promise<WatchedFiles>;

export interface PolicyWatcher {
  /** What the last look found wrong with the files; undefined: they are good. */
  problem(): string | undefined;
  stop(): Promise<void>;
}

async function publishAtStart(
  engine: Engine,
  own: CheckedPolicies,
  by: string,
  tell: (text: string) => void,
): Promise<void> {
  const present = await engine.store.readGeneration();
  if (present !== undefined && present.hash !== own.hash) {
    tell(
      `The policy files differ from generation ${present.number}, which is in force (published by ${present.by}). ` +
        'Following the generation; `purser apply` puts the files in force.',
    );
    return;
  }
  const { record, isNew } = await publishPolicies(engine, own, by);
  tell(isNew ? `Policies published as generation ${record.number}.` : `Generation ${record.number} is in force.`);
}

interface Watched {
  /** The files as they were when they could last be read; undefined: they never could. */
  filesHash: string | undefined;
  /** As the last look found them: a change counts once two looks agree, because files are replaced one after the other. */
  lastHash: string | undefined;
  /** What was in force when it was last seen. */
  record: GenerationRecord | undefined;
  /** What was told last about a store that was set back. */
  setBack: string | undefined;
}

function follow(engine: Engine, watched: Watched, record: GenerationRecord | undefined): void {
  watched.record = record;
  if (record !== undefined) engine.memory.noteGeneration(record);
}

/** The record is gone with the store: what was in force is put back, whatever the files say, and the account recovers. */
async function restoreLost(engine: Engine, watched: Watched, by: string, tell: (text: string) => void): Promise<void> {
  const present = await engine.store.readGeneration();
  if (present !== undefined || watched.record === undefined) {
    const setBack = describeSetBack(engine, present);
    if (setBack !== undefined && setBack !== watched.setBack) tell(`${setBack[0]!.toUpperCase()}${setBack.slice(1)}.`);
    watched.setBack = setBack;
    if (setBack === undefined) follow(engine, watched, present);
    return;
  }
  await noteStoreLost(engine);
  const { record } = await publishPolicies(engine, toPolicies(watched.record), by);
  watched.record = record;
  tell(`The store had lost its policies: what was in force is generation ${record.number} now.`);
}

/** One look at the record and at the files. */
async function lookOnce(
  engine: Engine,
  check: CheckFiles,
  watched: Watched,
  by: string,
  tell: (text: string) => void,
): Promise<void> {
  await restoreLost(engine, watched, by, tell);
  const { lastHash } = watched;
  watched.lastHash = undefined;
  const own = await check();
  watched.lastHash = own.filesHash;
  if (own.filesHash !== lastHash || own.filesHash === watched.filesHash) return;
  const { record, isNew } = await publishPolicies(engine, own, by);
  if (isNew) tell(`The policy files changed: generation ${record.number} is in force.`);
  watched.record = record;
  watched.filesHash = own.filesHash;
}

/**
 * Starts watching. Throws what `check` throws when the very first look fails and nothing is in force; with a generation in
 * force it says so and goes on with that.
 */
export async function startPolicyWatcher(
  engine: Engine,
  check: CheckFiles,
  by: string,
  tell: (text: string) => void,
): Promise<PolicyWatcher> {
  const watched: Watched = { filesHash: undefined, lastHash: undefined, record: undefined, setBack: undefined };
  let problem: string | undefined;
  const note = (error: unknown): void => {
    const text = error instanceof Error ? error.message : String(error);
    if (text !== problem) tell(`${text}\nThe last good generation stays in force.`);
    problem = text;
  };
  try {
    const own = await check();
    await publishAtStart(engine, own, by, tell);
    watched.filesHash = own.filesHash;
  } catch (error) {
    if (!(error instanceof PurserError) || (await engine.store.readGeneration()) === undefined) throw error;
    note(error);
  }
  await restoreLost(engine, watched, by, tell);
  let stopped = false;
  let wake: (() => void) | undefined;
  const run = async (): Promise<void> => {
    while (!stopped) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, LOOK_MILLIS);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      if (stopped) return;
      try {
        await lookOnce(engine, check, watched, by, tell);
        if (problem !== undefined) tell('The policies can be read again.');
        problem = undefined;
      } catch (error) {
        // What was published between reading the files and publishing them is read with the next look.
        if (!(error instanceof PurserError && error.code === 'generation-changed')) note(error);
      }
    }
  };
  const running = run();
  return {
    problem: () => problem,
    async stop() {
      stopped = true;
      wake?.();
      await running;
    },
  };
}
