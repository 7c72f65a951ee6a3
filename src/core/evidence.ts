// Evidence about one VM: runs of equal answers, three-valued logic, and what they say about "idle for so long".
// Only `yes` throughout ever lets a VM be deleted; a gap or an unknown answer keeps it.
import type { SignalExpression } from './policy-types.js';
import { formatDuration } from './duration.js';
import type { Answer, Evidence, EvidenceRun, Instant, Millis } from './types.js';

export interface SampleAnswer {
  readonly answer: Answer;
  readonly text: string;
}

/** Three-valued: `all` is no as soon as one part is no, `any` is yes as soon as one is yes; else unknown where one is. */
export function evaluateExpression(
  expression: SignalExpression,
  samples: ReadonlyMap<string, SampleAnswer>,
): SampleAnswer {
  switch (expression.op) {
    case 'signal':
      return samples.get(expression.signal.id) ?? { answer: 'unknown', text: 'not asked' };
    case 'not': {
      const part = evaluateExpression(expression.part, samples);
      const answer = part.answer === 'yes' ? 'no' : part.answer === 'no' ? 'yes' : 'unknown';
      return { answer, text: part.text };
    }
    case 'all':
    case 'any': {
      const parts = expression.parts.map((part) => evaluateExpression(part, samples));
      const deciding = expression.op === 'all' ? 'no' : 'yes';
      const other = expression.op === 'all' ? 'yes' : 'no';
      const found = parts.find((part) => part.answer === deciding) ?? parts.find((part) => part.answer === 'unknown');
      return found ?? { answer: other, text: parts.map((part) => part.text).join(', ') };
    }
  }
}

/**
 * Adds a sample to the runs. A gap of more than two intervals since the last one becomes a run of `unknown` without
 * samples, so that silence never reads as idleness. Runs that ended before `keepFrom` are dropped.
 */
export function appendSample(
  runs: readonly EvidenceRun[],
  sample: SampleAnswer & { readonly at: Instant },
  everyMillis: Millis,
  keepFrom: Instant,
): readonly EvidenceRun[] {
  const kept = runs.filter((run) => run.to >= keepFrom);
  const last = kept.at(-1);
  const next: EvidenceRun = { answer: sample.answer, from: sample.at, to: sample.at, samples: 1, text: sample.text };
  if (last === undefined) return [next];
  // Samples from the future are those of a clock that was set back since: they prove nothing, and all begins anew.
  if (sample.at < last.to) return last.to - sample.at <= everyMillis ? kept : [next];
  if (sample.at - last.to > 2 * everyMillis) {
    return [...kept, { answer: 'unknown', from: last.to, to: sample.at, samples: 0, text: 'not asked' }, next];
  }
  if (last.answer !== sample.answer) return [...kept, next];
  return [...kept.slice(0, -1), { ...last, to: sample.at, samples: last.samples + 1, text: sample.text }];
}

export interface IdleVerdict {
  /** yes: idle throughout. no: busy now or within `for`. unknown: no fresh answer, or a gap. short: idle, not long enough. */
  readonly says: 'idle' | 'short' | 'busy' | 'unknown';
  readonly text: string;
  /** Since when the present answer stands. */
  readonly since: Instant | undefined;
  /** short: when it will be idle long enough if nothing changes. */
  readonly ripeAt: Instant | undefined;
}

/** What the evidence says at `now`. Without a sample in the last two intervals the answer is unknown. */
export function judgeIdle(
  evidence: Evidence | undefined,
  rule: { readonly forMillis: Millis; readonly everyMillis: Millis },
  now: Instant,
): IdleVerdict {
  const last = evidence?.runs.at(-1);
  if (last === undefined) return { says: 'unknown', text: 'not asked yet', since: undefined, ripeAt: undefined };
  if (last.to - now > rule.everyMillis) {
    return { says: 'unknown', text: 'its samples are from the future', since: undefined, ripeAt: undefined };
  }
  if (now - last.to > 2 * rule.everyMillis) {
    const text = `no sample for ${formatDuration(now - last.to)}`;
    return { says: 'unknown', text, since: last.to, ripeAt: undefined };
  }
  if (last.answer === 'unknown') return { says: 'unknown', text: last.text, since: last.from, ripeAt: undefined };
  if (last.answer === 'no') {
    return {
      says: 'busy',
      text: `${last.text} ${formatDuration(now - last.to)} ago`,
      since: last.from,
      ripeAt: undefined,
    };
  }
  const length = last.to - last.from;
  const text =
    `idle ${formatDuration(length)} of ${formatDuration(rule.forMillis)}: ${last.text} in ` +
    `${last.samples} of ${last.samples} samples`;
  if (length >= rule.forMillis) return { says: 'idle', text, since: last.from, ripeAt: undefined };
  return { says: 'short', text, since: last.from, ripeAt: last.from + rule.forMillis };
}

/** Only what was answered since `since`: samples that an earlier wording of a policy gathered answer another question. */
export function clipEvidence(evidence: Evidence | undefined, since: Instant | undefined): Evidence | undefined {
  if (evidence === undefined || since === undefined) return evidence;
  const runs = evidence.runs
    .filter((run) => run.to >= since)
    .map((run) => (run.from >= since ? run : { ...run, from: since }));
  return { ...evidence, runs };
}
