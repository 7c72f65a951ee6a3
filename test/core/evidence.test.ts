// Three-valued logic as tables, runs of samples, and what they say about idleness.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appendSample, evaluateExpression, judgeIdle, type SampleAnswer } from '../../src/core/evidence.js';
import type { SignalExpression } from '../../src/core/policy-types.js';
import type { Answer, EvidenceRun } from '../../src/core/types.js';
import { HOUR, makeEvidence, makeRun, MINUTE, NOON } from './samples.js';

const ANSWERS: readonly Answer[] = ['yes', 'no', 'unknown'];
/** no < unknown < yes: `all` is the least of its parts, `any` the greatest, `not` turns the order round. */
const RANK = { no: 0, unknown: 1, yes: 2 } as const;
const BY_RANK = ['no', 'unknown', 'yes'] as const;

function signal(id: string): SignalExpression {
  const facts = { url: 'http://x', json: undefined, equals: true, timeoutMillis: 1000 };
  return { op: 'signal', signal: { kind: 'http', id, ...facts } };
}

function samplesOf(answers: readonly Answer[]): ReadonlyMap<string, SampleAnswer> {
  return new Map(answers.map((answer, index) => [`s${index}`, { answer, text: `${index} ${answer}` }]));
}

describe('evaluateExpression', () => {
  it.each(ANSWERS.flatMap((a) => ANSWERS.flatMap((b) => ANSWERS.map((c) => [a, b, c] as const))))(
    'joins %s, %s and %s',
    (...answers) => {
      const parts = answers.map((_answer, index) => signal(`s${index}`));
      const ranks = answers.map((answer) => RANK[answer]);
      const samples = samplesOf(answers);
      expect(evaluateExpression({ op: 'all', parts }, samples).answer).toBe(BY_RANK[Math.min(...ranks)]);
      expect(evaluateExpression({ op: 'any', parts }, samples).answer).toBe(BY_RANK[Math.max(...ranks)]);
      expect(evaluateExpression({ op: 'not', part: parts[0]! }, samples).answer).toBe(BY_RANK[2 - ranks[0]!]);
    },
  );

  it('is unknown about a signal that was not asked', () => {
    expect(evaluateExpression(signal('other'), samplesOf(['yes']))).toEqual({ answer: 'unknown', text: 'not asked' });
  });

  it('says with the words of the part that decided', () => {
    const parts = [signal('s0'), signal('s1')];
    expect(evaluateExpression({ op: 'all', parts }, samplesOf(['yes', 'no'])).text).toBe('1 no');
    expect(evaluateExpression({ op: 'any', parts }, samplesOf(['unknown', 'yes'])).text).toBe('1 yes');
  });
});

function addAll(samples: readonly (readonly [minute: number, answer: Answer])[]): readonly EvidenceRun[] {
  let runs: readonly EvidenceRun[] = [];
  for (const [minute, answer] of samples) {
    runs = appendSample(runs, { answer, text: answer, at: NOON + minute * MINUTE }, MINUTE, 0);
  }
  return runs;
}

const minutes = (run: EvidenceRun) => [run.answer, (run.from - NOON) / MINUTE, (run.to - NOON) / MINUTE, run.samples];

describe('appendSample', () => {
  it('joins equal answers and parts different ones', () => {
    const runs = addAll([
      [0, 'yes'],
      [1, 'yes'],
      [2, 'no'],
      [3, 'yes'],
    ]);
    expect(runs.map(minutes)).toEqual([
      ['yes', 0, 1, 2],
      ['no', 2, 2, 1],
      ['yes', 3, 3, 1],
    ]);
  });

  it('bridges two intervals and makes more of a gap unknown', () => {
    expect(
      addAll([
        [0, 'yes'],
        [2, 'yes'],
      ]).map(minutes),
    ).toEqual([['yes', 0, 2, 2]]);
    expect(
      addAll([
        [0, 'yes'],
        [2.1, 'yes'],
      ]).map(minutes),
    ).toEqual([
      ['yes', 0, 0, 1],
      ['unknown', 0, 2.1, 0],
      ['yes', 2.1, 2.1, 1],
    ]);
  });

  it('ignores a sample older than the last and forgets what ended before keepFrom', () => {
    const runs = [makeRun('no', NOON - HOUR, NOON - 30 * MINUTE), makeRun('yes', NOON - MINUTE, NOON)];
    expect(appendSample(runs, { answer: 'no', text: '', at: NOON - 1 }, MINUTE, 0)).toEqual(runs);
    const setBack = appendSample(runs, { answer: 'yes', text: '', at: NOON - HOUR }, MINUTE, 0);
    expect(setBack.map((run) => run.samples)).toEqual([1]);
    expect(appendSample(runs, { answer: 'yes', text: '', at: NOON }, MINUTE, NOON - 29 * MINUTE).length).toBe(1);
  });
});

describe('judgeIdle', () => {
  const rule = { forMillis: 30 * MINUTE, everyMillis: MINUTE };
  const judge = (runs: readonly EvidenceRun[]) => judgeIdle(makeEvidence('1', runs), rule, NOON);

  it.each([
    ['nothing', [], 'unknown'],
    ['yes for long enough', [makeRun('yes', NOON - 30 * MINUTE, NOON)], 'idle'],
    ['yes for a little less', [makeRun('yes', NOON - 30 * MINUTE + 1, NOON)], 'short'],
    ['yes, the last answer two intervals old', [makeRun('yes', NOON - HOUR, NOON - 2 * MINUTE)], 'idle'],
    ['yes, the last answer older than that', [makeRun('yes', NOON - HOUR, NOON - 2 * MINUTE - 1)], 'unknown'],
    ['no', [makeRun('no', NOON - MINUTE, NOON)], 'busy'],
    ['unknown', [makeRun('unknown', NOON - MINUTE, NOON)], 'unknown'],
    [
      'yes, unknown in between',
      [
        makeRun('yes', NOON - 2 * HOUR, NOON - HOUR),
        makeRun('unknown', NOON - HOUR, NOON - MINUTE),
        makeRun('yes', NOON - MINUTE, NOON),
      ],
      'short',
    ],
    ['yes after no', [makeRun('no', NOON - 2 * HOUR, NOON - HOUR), makeRun('yes', NOON - 40 * MINUTE, NOON)], 'idle'],
  ] as const)('says of %s what it must', (_what, runs, says) => {
    expect(judge(runs).says).toBe(says);
  });

  it('is unknown without any evidence', () => {
    expect(judgeIdle(undefined, rule, NOON).says).toBe('unknown');
  });

  it('says when a short stretch will be long enough', () => {
    expect(judge([makeRun('yes', NOON - 10 * MINUTE, NOON)]).ripeAt).toBe(NOON + 20 * MINUTE);
  });

  it('calls a VM idle only when every sample of the last `for` said so, without a gap', () => {
    const answers = fc.constantFrom<Answer>('yes', 'yes', 'yes', 'yes', 'no', 'unknown');
    const gaps = fc.constantFrom(1, 1, 1, 2, 3);
    fc.assert(
      fc.property(fc.array(fc.tuple(gaps, answers), { minLength: 1, maxLength: 60 }), fc.nat(3), (steps, silence) => {
        let minute = 0;
        const samples = steps.map(([gap, answer]) => [(minute += gap), answer] as const);
        const now = NOON + (minute + silence) * MINUTE;
        const runs = addAll(samples);
        const { says } = judgeIdle(makeEvidence('1', runs), rule, now);
        // Going back from the newest sample: equal to yes and no gap, for at least half an hour.
        let since = minute;
        for (const [at, answer] of [...samples].reverse()) {
          if (answer !== 'yes' || since - at > 2) break;
          since = at;
        }
        const isFresh = silence <= 2 && samples.at(-1)![1] === 'yes';
        expect(says === 'idle').toBe(isFresh && minute - since >= 30);
      }),
      { numRuns: 500 },
    );
  });
});
