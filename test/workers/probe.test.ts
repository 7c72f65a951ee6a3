import { beforeEach, describe, expect, it } from 'vitest';
import { createProbeHandler } from '../../workers/probe.js';
import type { ProbeTarget } from '../../src/core/plan-types.js';
import type { Evidence } from '../../src/core/types.js';
import { noteKeys } from '../../src/scheduler/engine.js';
import { HOUR, makeBooks, makeEvidence, makeReap, makeRun, MINUTE, NOON } from '../core/samples.js';
import { createMemoryEngine, makeRecord, type MemoryEngine } from '../scheduler/memory-engine.js';

let engine: MemoryEngine;

function makeTarget(name: string, policy = 'reap-ci'): ProbeTarget {
  return { policy, vm: { id: `id-${name}`, name }, publicIp: '192.0.2.7' };
}

function name(...targets: readonly ProbeTarget[]): void {
  engine.state.notes.set(noteKeys.probes('main'), JSON.stringify(targets));
}

function know(...evidence: readonly Evidence[]): void {
  engine.state.books.set('main', makeBooks({ evidence }));
}

function probe(signal = new AbortController().signal) {
  return createProbeHandler(engine)({ kind: 'probe', account: 'main' }, { signal, attempt: 'one' });
}

const askedNames = () => engine.asked.map(({ vm }) => vm.name);

beforeEach(() => {
  engine = createMemoryEngine();
  engine.state.generation = makeRecord();
  engine.policies = { ...engine.policies, reaps: [makeReap()] };
  name(makeTarget('ci-1'), makeTarget('ci-2'));
});

describe('gathering evidence', () => {
  it('asks every VM that the plan named and writes a first run of each', async () => {
    engine.answer = ({ vm }) => (vm.name === 'ci-1' ? 'yes' : 'unknown');
    expect(await probe()).toEqual({ result: 'done', text: '2 VMs asked' });
    const run = (answer: string, text: string) => [{ answer, from: NOON, to: NOON, samples: 1, text }];
    expect(engine.state.evidence).toEqual([
      { policy: 'reap-ci', vmId: 'id-ci-1', runs: run('yes', 'asked ci-1') },
      { policy: 'reap-ci', vmId: 'id-ci-2', runs: run('unknown', 'asked ci-2') },
    ]);
  });

  it('asks who was last asked three quarters of an interval ago, and nobody sooner', async () => {
    know(
      makeEvidence('id-ci-1', [makeRun('yes', NOON - HOUR, NOON - 45_001)]),
      makeEvidence('id-ci-2', [makeRun('yes', NOON - HOUR, NOON - 44_999)]),
    );
    await probe();
    expect(askedNames()).toEqual(['ci-1']);
  });

  it('asks nobody, and writes nothing, when nobody is due', async () => {
    know(
      makeEvidence('id-ci-1', [makeRun('yes', NOON - HOUR, NOON)]),
      makeEvidence('id-ci-2', [makeRun('no', NOON - HOUR, NOON)]),
    );
    expect(await probe()).toEqual({ result: 'done', text: 'nothing is due' });
    expect(engine.asked.length + engine.state.evidence.length).toBe(0);
  });

  it('goes by the interval of each reap', async () => {
    const slow = makeReap({ name: 'slow', idle: { ...makeReap().idle, everyMillis: 10 * MINUTE } });
    engine.policies = { ...engine.policies, reaps: [makeReap(), slow] };
    name(makeTarget('ci-1'), makeTarget('ci-1', 'slow'));
    const run = makeRun('yes', NOON - HOUR, NOON - 2 * MINUTE);
    know(makeEvidence('id-ci-1', [run]), makeEvidence('id-ci-1', [run], 'slow'));
    await probe();
    expect(engine.state.evidence.map(({ policy }) => policy)).toEqual(['reap-ci']);
  });

  it('lengthens a run of the same answer, and begins another when the answer turns', async () => {
    const run = makeRun('yes', NOON - HOUR, NOON - MINUTE);
    know(makeEvidence('id-ci-1', [run]), makeEvidence('id-ci-2', [run]));
    engine.answer = ({ vm }) => (vm.name === 'ci-1' ? 'yes' : 'no');
    await probe();
    const [longer, turned] = engine.state.evidence;
    expect(longer!.runs).toMatchObject([{ answer: 'yes', from: NOON - HOUR, to: NOON, samples: run.samples + 1 }]);
    expect(turned!.runs).toMatchObject([{ answer: 'yes' }, { answer: 'no', from: NOON, to: NOON, samples: 1 }]);
  });

  it('never lets a gap pass for idleness', async () => {
    know(makeEvidence('id-ci-1', [makeRun('yes', NOON - HOUR, NOON - 3 * MINUTE)]));
    await probe();
    expect(engine.state.evidence[0]!.runs.map(({ answer }) => answer)).toEqual(['yes', 'unknown', 'yes']);
  });

  it('passes over what a reap of other policies had named', async () => {
    name(makeTarget('ci-1', 'gone'), makeTarget('ci-2'));
    await probe();
    expect(askedNames()).toEqual(['ci-2']);
  });

  it('writes nothing down when it is told to stop meanwhile', async () => {
    expect(await probe(AbortSignal.abort())).toMatchObject({ result: 'retry' });
    expect(engine.state.evidence).toEqual([]);
  });

  it.each([
    ['no plan named any VM', () => engine.state.notes.clear()],
    ['no policies are in force', () => (engine.state.generation = undefined)],
  ])('has nothing to ask where %s', async (_why, change) => {
    change();
    expect(await probe()).toEqual({ result: 'done', text: 'nothing to ask' });
  });
});
