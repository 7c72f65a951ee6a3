// Keeps the policies in force in step with a process's own files: publishes when they change while it runs, never at start
// over a different record. Files that vanish, are empty or broken leave the last good generation in force.
import type { GenerationRecord } from '../ports/store.js';
import { PurserError } from '../core/errors.js';
import type { Engine } from './engine.js';
import { publishPolicies, type CheckedPolicies } from './publish.js';

const LOOK_MILLIS = 2_000;

/** Reads and checks the files. Throws `policy-unreadable` or `policy-invalid` with the places. */
export type CheckFiles = () => Promise<CheckedPolicies>;

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

/** One look at the files and at the record. Returns the files' policies when they could be read. */
async function lookOnce(
  engine: Engine,
  check: CheckFiles,
  last: CheckedPolicies | undefined,
  by: string,
  tell: (text: string) => void,
): Promise<CheckedPolicies> {
  const own = await check();
  const present: GenerationRecord | undefined = await engine.store.readGeneration();
  const hasChanged = last !== undefined && own.hash !== last.hash;
  // The record is gone with the store: the last good generation is put back, and the account recovers.
  const isLost = present === undefined && last !== undefined;
  if (hasChanged || isLost) {
    const { record } = await publishPolicies(engine, own, by);
    tell(
      `${isLost ? 'The store had lost its policies' : 'The policy files changed'}: generation ${record.number} is in force.`,
    );
  }
  return own;
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
  let last: CheckedPolicies | undefined;
  let problem: string | undefined;
  const note = (error: unknown): void => {
    const text = error instanceof Error ? error.message : String(error);
    if (text !== problem) tell(`${text}\nThe last good generation stays in force.`);
    problem = text;
  };
  try {
    last = await check();
    await publishAtStart(engine, last, by, tell);
  } catch (error) {
    if (!(error instanceof PurserError) || (await engine.store.readGeneration()) === undefined) throw error;
    note(error);
  }
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
        last = await lookOnce(engine, check, last, by, tell);
        problem = undefined;
      } catch (error) {
        note(error);
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
