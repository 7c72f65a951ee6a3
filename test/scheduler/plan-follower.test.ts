// Who follows plans hears of each new one once, whatever the store does meanwhile.
import { expect, it } from 'vitest';
import type { Plan } from '../../src/core/plan-types.js';
import { followPlans } from '../../src/scheduler/plan-follower.js';
import { writePlanNote } from '../../src/scheduler/plan-note.js';
import { emptyPlan } from '../cli/render/sample-plans.js';

type Notes = Parameters<typeof writePlanNote>[0] & { readNote(key: string): Promise<string | undefined> };

function openNotes(): { readonly store: Notes; fails: boolean } {
  const notes = new Map<string, string>();
  const opened = {
    fails: false,
    store: {
      writeNote: (key: string, text: string) => Promise.resolve(void notes.set(key, text)),
      readNote: (key: string) =>
        opened.fails ? Promise.reject(new Error('the store is away')) : Promise.resolve(notes.get(key)),
    },
  };
  return opened;
}

it('is told once of each plan, also after the store was away', async () => {
  const notes = openNotes();
  const heard: (readonly Plan[])[] = [];
  const accounts = new Map([['main', {}]]);
  const engine = { store: notes.store, accounts } as unknown as Parameters<typeof followPlans>[0];
  const follower = followPlans(engine, (plans) => heard.push(plans));
  const poll = () => follower.catchUp();
  await poll();
  expect(heard).toEqual([]);
  await writePlanNote(notes.store, emptyPlan(), 60_000);
  await poll();
  await poll();
  notes.fails = true;
  await poll();
  notes.fails = false;
  await poll();
  expect(heard.map((plans) => plans.map(({ id }) => id))).toEqual([[emptyPlan().id]]);
  await writePlanNote(notes.store, emptyPlan({ at: emptyPlan().at + 1 }), 60_000);
  await poll();
  expect(heard).toHaveLength(2);
  await follower.stop();
});
