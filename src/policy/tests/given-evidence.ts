// What a test says of signals -> the evidence that reaps read: runs of equal answers that end at the instant of the plan.
import { parseDuration } from '../../core/duration.js';
import type { ReapPolicy } from '../../core/policy-types.js';
import type { Answer, Evidence, EvidenceRun, Instant } from '../../core/types.js';
import type { DocumentPath } from '../problems.js';
import type { Answers } from '../schemas/test-given.js';
import type { GivenVm } from './given-vms.js';
import type { TestReader } from './test-reader.js';

const SAID: Readonly<Record<Answer, string>> = {
  yes: 'given as idle',
  no: 'given as busy',
  unknown: 'no answer, as given',
};

interface Answered {
  readonly answer: Answer;
  /** undefined: for how long isn't said. */
  readonly from: Instant | undefined;
}

/** One text, which ends at `until`. */
function readAnswer(reader: TestReader, path: DocumentPath, text: string, until: Instant): Answered {
  const [, answer = 'unknown', word, time = ''] = /^(yes|no|unknown)(?: (for|since) (.+))?$/.exec(text) ?? [];
  const said = answer as Answer;
  if (word === undefined) return { answer: said, from: undefined };
  if (word === 'since') return { answer: said, from: Math.min(until, reader.past(path, time)) };
  const millis = parseDuration(time);
  if (millis === undefined)
    reader.tell(path, 'value-wrong', `\`${time}\` is no duration.`, 'Write such as yes for 40m.');
  return { answer: said, from: until - (millis ?? 0) };
}

/** Of one VM and one reap: the last answer ends now, each other where the next began. One without a time: one sample. */
function buildRuns(
  reader: TestReader,
  path: DocumentPath,
  answers: Answers,
  { idle: { everyMillis } }: ReapPolicy,
): readonly EvidenceRun[] {
  const texts = [answers].flat();
  const runs: EvidenceRun[] = [];
  let until = reader.at;
  for (const [index, text] of [...texts.entries()].reverse()) {
    const { answer, from: said } = readAnswer(reader, Array.isArray(answers) ? [...path, index] : path, text, until);
    const from = said ?? until;
    const samples = Math.floor((until - from) / everyMillis) + 1;
    runs.unshift({ answer, from, to: until, samples, text: SAID[answer] });
    until = from;
  }
  return runs;
}

/** The evidence of all VMs, for every reap or for those that are named. */
export function readGivenEvidence(reader: TestReader, vms: readonly GivenVm[]): readonly Evidence[] {
  const { reaps } = reader.policies;
  const evidence: Evidence[] = [];
  const read = new Set<DocumentPath>();
  for (const { vm, idle, path } of vms) {
    if (idle === undefined) continue;
    const here = [...path, 'idle'];
    const isByReap = typeof idle === 'object' && !Array.isArray(idle);
    // Of VMs that are alike each problem is told once.
    const isFirst = !read.has(path);
    read.add(path);
    if (isByReap && isFirst) for (const name of Object.keys(idle)) reader.policy([...here, name], name, 'reaps', 'key');
    const told = reader.problems.length;
    for (const reap of reaps) {
      const answers = isByReap ? (idle as Readonly<Record<string, Answers>>)[reap.name] : (idle as Answers);
      if (answers === undefined) continue;
      const runs = buildRuns(reader, isByReap ? [...here, reap.name] : here, answers, reap);
      evidence.push({ policy: reap.name, vmId: vm.id, runs });
    }
    if (!isFirst) reader.problems.splice(told);
  }
  return evidence;
}
