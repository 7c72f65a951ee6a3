import { beforeEach, describe, expect, it } from 'vitest';
import { confirmIdle, listSignals } from '../../workers/confirm-idle.js';
import type { DeleteTarget } from '../../src/core/books.js';
import type { HttpSignal, SignalExpression } from '../../src/core/policy-types.js';
import type { Answer } from '../../src/core/types.js';
import { makeIntent, makeReap, NOON } from '../core/samples.js';
import { createMemoryEngine, makeRecord, type MemoryEngine } from '../scheduler/memory-engine.js';

function signal(id: string): HttpSignal {
  return { kind: 'http', id, url: `http://{vm.publicIp}/${id}`, json: undefined, equals: true, timeoutMillis: 1_000 };
}

function ask(id: string): SignalExpression {
  return { op: 'signal', signal: signal(id) };
}

function makeTarget(vmName: string, over: Partial<DeleteTarget> = {}): DeleteTarget {
  return {
    vmId: `id-${vmName}`,
    vmName,
    boundary: NOON,
    price: undefined,
    recordOnly: false,
    railExempt: false,
    reaped: true,
    publicIp: '192.0.2.7',
    reason: 'idle',
    ...over,
  };
}

let engine: MemoryEngine;
/** How the signals of each VM answer, `<vm>/<signal>`. */
let answers: Record<string, Answer>;

function reapWith(expression: SignalExpression): void {
  engine.policies = {
    ...engine.policies,
    reaps: [makeReap({ idle: { forMillis: 60_000, everyMillis: 60_000, expression } })],
  };
}

async function confirm(...targets: readonly DeleteTarget[]): Promise<Record<string, string>> {
  const intent = makeIntent('k3f9x2', { kind: 'delete', policy: 'reap-ci', delete: { targets } });
  return Object.fromEntries((await confirmIdle(engine, intent, targets, new AbortController().signal)).doubts);
}

beforeEach(() => {
  engine = createMemoryEngine();
  engine.state.generation = makeRecord();
  answers = {};
  engine.answer = ({ signal: asked, vm }) => answers[`${vm.name}/${asked.id}`] ?? 'yes';
  reapWith(ask('busy'));
});

describe('asking again right before the call', () => {
  it('lets go only what answers idle, and says of every other why it is kept', async () => {
    answers = { 'ci-2/busy': 'no', 'ci-3/busy': 'unknown' };
    const doubts = await confirm(makeTarget('ci-1'), makeTarget('ci-2'), makeTarget('ci-3'));
    expect(doubts).toEqual({
      'id-ci-2': 'busy again: asked ci-2',
      'id-ci-3': 'unknown right before the call: asked ci-3',
    });
  });

  it('asks each VM at its own address, each signal once', async () => {
    reapWith({ op: 'all', parts: [ask('busy'), { op: 'any', parts: [ask('busy'), ask('jobs')] }] });
    await confirm(makeTarget('ci-1', { publicIp: '192.0.2.1' }), makeTarget('ci-2', { publicIp: undefined }));
    expect(engine.asked.map(({ signal: asked, vm }) => [asked.id, vm])).toEqual([
      ['busy', { id: 'id-ci-1', name: 'ci-1', publicIp: '192.0.2.1' }],
      ['jobs', { id: 'id-ci-1', name: 'ci-1', publicIp: '192.0.2.1' }],
      ['busy', { id: 'id-ci-2', name: 'ci-2', publicIp: undefined }],
      ['jobs', { id: 'id-ci-2', name: 'ci-2', publicIp: undefined }],
    ]);
  });

  it('gives each VM its own answers', async () => {
    reapWith({ op: 'all', parts: [ask('busy'), ask('jobs')] });
    answers = { 'ci-1/jobs': 'no', 'ci-3/busy': 'unknown' };
    const doubts = await confirm(makeTarget('ci-1'), makeTarget('ci-2'), makeTarget('ci-3'));
    expect(Object.keys(doubts)).toEqual(['id-ci-1', 'id-ci-3']);
  });

  it('asks nobody about surplus, or about a deletion that was begun already', async () => {
    answers = { 'web-1/busy': 'no', 'ci-1/busy': 'no' };
    const begun = makeTarget('ci-1', { reason: 'deletion-retry' });
    expect(await confirm(makeTarget('web-1', { reaped: false, reason: 'surplus' }), begun)).toEqual({});
    expect(engine.asked).toEqual([]);
  });

  it('keeps everything when the reap is gone from the policies, or the policies are', async () => {
    const kept = { 'id-ci-1': 'its policy is gone' };
    engine.policies = { ...engine.policies, reaps: [makeReap({ name: 'another' })] };
    expect(await confirm(makeTarget('ci-1'))).toEqual(kept);
    engine.state.generation = undefined;
    expect(await confirm(makeTarget('ci-1'))).toEqual(kept);
    expect(engine.asked).toEqual([]);
  });
});

describe('the signals of an expression', () => {
  it('are all that it asks, below `not` too, each once', () => {
    const expression: SignalExpression = {
      op: 'any',
      parts: [ask('a'), { op: 'not', part: { op: 'all', parts: [ask('b'), ask('a')] } }],
    };
    expect(listSignals(expression).map(({ id }) => id)).toEqual(['a', 'b']);
    expect(listSignals({ op: 'not', part: ask('c') }).map(({ id }) => id)).toEqual(['c']);
  });
});
