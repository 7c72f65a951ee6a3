// Plays the demo: steps virtual time from instant to instant. Time stands while any job waits or runs, then jumps to the next
// reconcile or cue. Everything that acts is production code; this driver only moves the clock and the world.
import { setTimeout as pause } from 'node:timers/promises';
import type { DemoStage, DemoWorker } from '../../compose/demo-stage.js';
import type { LedgerEntry } from '../../core/books.js';
import type { Instant } from '../../core/types.js';
import { followLedger } from '../../scheduler/ledger-follower.js';
import { createSchedulerRounds } from '../../scheduler/scheduler.js';
import { cues, DEMO_END, DEMO_START } from './demo-script.js';
import type { Narrator } from './narrator.js';
import { isTrapSprung, killInMidCall, playCue, type CueFacts } from './play-cues.js';

const POLL_MILLIS = 3;
/** An instant whose jobs take longer is a fault of Purser, not of the machine. */
const LONGEST_INSTANT_MILLIS = 60_000;

export interface DemoRun {
  readonly ledger: readonly LedgerEntry[];
  readonly workersKilled: number;
  readonly instants: number;
}

interface Play {
  readonly stage: DemoStage;
  readonly facts: CueFacts;
  killed: number;
}

/** Waits until no job waits or runs. Springs the trap when a worker hangs in it. */
async function untilQuiet(play: Play, signal: AbortSignal): Promise<void> {
  const startedAt = performance.now();
  for (;;) {
    const { waiting, active, delayed } = await play.stage.engine.queue.counts();
    if (waiting + active + delayed === 0) return;
    signal.throwIfAborted();
    if (play.killed === 0 && isTrapSprung(play.facts)) {
      await killInMidCall(play.facts);
      play.killed += 1;
    }
    if (performance.now() - startedAt > LONGEST_INSTANT_MILLIS) {
      throw new Error(
        `Jobs of one instant did not end within a minute: ${waiting} wait, ${active} run, ${delayed} are delayed.`,
      );
    }
    await pause(POLL_MILLIS);
  }
}

function findNext(now: Instant, reconcileAt: Instant, nextCue: Instant | undefined): Instant {
  return Math.max(now + 1, Math.min(reconcileAt, nextCue ?? DEMO_END, DEMO_END));
}

/** Plays from start to end. `narrate` hears everything as it happens; aborting ends the play with an error. */
export async function runDemo(
  stage: DemoStage,
  workers: DemoWorker[],
  narrator: Narrator,
  signal: AbortSignal,
  progress: (now: Instant) => void,
): Promise<DemoRun> {
  const ledger: LedgerEntry[] = [];
  const follower = await followLedger(stage.engine, (entry) => {
    ledger.push(entry);
    narrator.hear(entry);
  });
  const rounds = createSchedulerRounds(stage.engine);
  const facts: CueFacts = { stage, workers, say: (text) => narrator.say(stage.engine.clock.now(), text) };
  const play: Play = { stage, facts, killed: 0 };
  const pending = [...cues];
  let now = DEMO_START;
  let instants = 0;
  try {
    while (now < DEMO_END) {
      await rounds.run();
      await untilQuiet(play, signal);
      await follower.catchUp();
      narrator.tell(now);
      while (pending[0] !== undefined && pending[0].at <= now) await playCue(pending.shift()!, facts);
      now = findNext(now, await rounds.run(), pending[0]?.at);
      await stage.setTime(now);
      instants += 1;
      progress(now);
    }
    await rounds.run();
    await untilQuiet(play, signal);
  } finally {
    await follower.stop();
    narrator.tell(now);
    narrator.end();
  }
  return { ledger, workersKilled: play.killed, instants };
}
