// Follows the newest plan of every account, so that a command can tell what a plan holds back while it does. Reads only.
import type { Plan } from '../core/plan-types.js';
import type { Engine } from './engine.js';
import { readPlanNote } from './plan-note.js';

const POLL_MILLIS = 2_000;

export interface PlanFollower {
  /** Reads what was planned since the last call and gives it to the listener. */
  catchUp(): Promise<void>;
  stop(): Promise<void>;
}

/** `hear`: the newest plan of each account that has one, each time one of them is another. */
export function followPlans(
  engine: Pick<Engine, 'store' | 'accounts'>,
  hear: (plans: readonly Plan[]) => void,
): PlanFollower {
  let known = '';
  const poll = async (): Promise<void> => {
    const notes = await Promise.all([...engine.accounts.keys()].map((account) => readPlanNote(engine.store, account)));
    const plans = notes.filter((plan) => plan !== undefined);
    const present = plans.map(({ account, id, at }) => `${account} ${id} ${at}`).join();
    if (present === known) return;
    known = present;
    hear(plans);
  };
  let turn = Promise.resolve();
  // A store that doesn't answer now is told by those who need it.
  const catchUp = (): Promise<void> => (turn = turn.then(poll).catch(() => undefined));
  const timer = setInterval(() => void catchUp(), POLL_MILLIS);
  return {
    catchUp,
    async stop() {
      clearInterval(timer);
      await turn;
    },
  };
}
