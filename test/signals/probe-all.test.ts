// Many probes: bounded, in order, and quickly over once stopped.
import { describe, expect, it } from 'vitest';
import type { HttpSignal } from '../../src/core/policy-types.js';
import type { Sample, SignalProbe } from '../../src/ports/signals.js';
import { probeAll } from '../../src/signals/probe-all.js';

const signal: HttpSignal = {
  kind: 'http',
  id: 's1',
  url: 'http://{vm.publicIp}/',
  json: undefined,
  equals: true,
  timeoutMillis: 1000,
};
const questions = Array.from({ length: 20 }, (_unused, index) => ({
  signal,
  vm: { id: `0x${index}`, name: `vm-${index}`, publicIp: '154.42.3.7' },
}));

function buildProbe(onAsk: () => void = () => undefined) {
  let running = 0;
  const seen = { most: 0 };
  const probe: SignalProbe = {
    async probe(_signal, vm, abort): Promise<Sample> {
      if (abort.aborted) return { at: 0, answer: 'unknown', text: 'not asked: stopped' };
      running += 1;
      seen.most = Math.max(seen.most, running);
      onAsk();
      // Later ones answer earlier, so that the order is not that of the answers.
      for (let turn = Number(vm.name.slice(3)); turn < 30; turn += 1) await Promise.resolve();
      running -= 1;
      return { at: 0, answer: 'yes', text: vm.name };
    },
    close: () => Promise.resolve(),
  };
  return { probe, seen };
}

describe('asking many VMs', () => {
  it.each([
    [1, 1],
    [4, 4],
    [100, 20],
    [0, 1],
  ])('with %i allowed asks %i at a time, and answers in order', async (parallel, most) => {
    const { probe, seen } = buildProbe();
    const samples = await probeAll(probe, questions, { parallel, abort: new AbortController().signal });
    expect(samples.map((sample) => sample.text)).toEqual(questions.map((question) => question.vm.name));
    expect(seen.most).toBe(most);
  });

  it('answers nothing for nothing', async () => {
    expect(await probeAll(buildProbe().probe, [], { parallel: 4, abort: new AbortController().signal })).toEqual([]);
  });

  it('answers the rest as unknown once it is stopped', async () => {
    const stop = new AbortController();
    let asked = 0;
    const { probe } = buildProbe(() => {
      asked += 1;
      if (asked === 3) stop.abort();
    });
    const samples = await probeAll(probe, questions, { parallel: 1, abort: stop.signal });
    expect(samples).toHaveLength(20);
    expect(samples.filter((sample) => sample.answer === 'yes')).toHaveLength(3);
    expect(samples.at(-1)).toMatchObject({ answer: 'unknown', text: 'not asked: stopped' });
  });
});
