// The plan that a tick leaves for `status`: what is read is what was written, and it takes little room.
import { describe, expect, it } from 'vitest';
import { encodeJson } from '../../src/core/json.js';
import type { Hold, Plan } from '../../src/core/plan-types.js';
import { noteKeys } from '../../src/scheduler/engine.js';
import { readPlanNote, writePlanNote } from '../../src/scheduler/plan-note.js';

const hold: Hold = {
  account: 'main',
  policy: 'web',
  vm: { id: '0x1', name: 'web-é' },
  reason: { code: 'parked', text: 'paid until 17:55Z; deletion starts 17:49Z' },
  until: 1_000,
  boundary: 2_000,
  charge: 306_980n,
};

const plan: Plan = {
  id: 'plan-6f2c91',
  at: 500,
  generation: 17,
  account: 'main',
  product: 'marketplace',
  mode: 'act',
  actions: [],
  holds: [hold],
  refused: [],
  marks: [{ vmId: '0x1', policy: 'web', to: 'parked', reason: hold.reason, railExempt: false }],
  fleets: [],
  reaps: [],
  others: [],
  charges: [],
  probes: [{ policy: 'reap', vm: { id: '0x2', name: 'ci' }, publicIp: '192.0.2.1' }],
  seen: { vms: 1, at: 400, state: 'complete' },
  rails: { deletions: 0, deletionsLimit: 10, deploys: 0, deploysLimit: 40 },
  totals: { deploy: 0, delete: 0, hold: 1, costNow: 0n, savesNow: 0n },
  nextWakeAt: 1_000,
  nextDeadlineAt: 1_000,
  leadMillis: 210_000,
  trace: [],
};

function openNotes() {
  const notes = new Map<string, string>();
  return {
    notes,
    writeNote: async (key: string, text: string) => void notes.set(key, text),
    readNote: async (key: string) => notes.get(key),
  };
}

describe('the note of a plan', () => {
  it('gives back what was written, money and foreign letters too, without what only the tick needs', async () => {
    const store = openNotes();
    await writePlanNote(store, plan, 1_000);
    expect(await readPlanNote(store, 'main')).toEqual({ ...plan, marks: [], probes: [] });
  });

  it('is undefined for an account that nobody has planned', async () => {
    const store = openNotes();
    await writePlanNote(store, plan, 1_000);
    expect(await readPlanNote(store, 'other')).toBeUndefined();
  });

  it('takes less than a tenth of its text when ten thousand VMs are held', async () => {
    const store = openNotes();
    const holds = Array.from({ length: 10_000 }, (_, index) => {
      const id = `0x${index.toString(16).padStart(40, '0')}`;
      return { ...hold, vm: { id, name: `web-${index}` } };
    });
    await writePlanNote(store, { ...plan, holds }, 1_000);
    expect(store.notes.get(noteKeys.plan('main'))!.length * 10).toBeLessThan(encodeJson({ ...plan, holds }).length);
  });
});
