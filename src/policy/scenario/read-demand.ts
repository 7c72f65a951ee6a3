// What is wanted of fleets in a scenario, and what signals answer about VMs: steps that stand in it, or in a CSV beside it.
import { dirname, resolve } from 'node:path';
import type { IdleTrace, ScenarioDemand } from '../../core/scenario.js';
import type { Answer } from '../../core/types.js';
import { describeValue } from '../placed-schema.js';
import type { DocumentPath } from '../problems.js';
import { readList, readText, readValue } from '../read-value.js';
import { MOST_VMS } from '../schemas/scenario-parts.js';
import { formatMoment } from './moment.js';
import { readTrace } from './read-trace.js';
import { isMappingAt, readSteps, report } from './scenario-reading.js';
import type { ScenarioReading } from './scenario-reading.js';
import type { CellFault, TraceColumn, TraceStep } from './trace-rows.js';

/** How files are found and told: relative paths count from the scenario's folder. */
export interface ScenarioFolder {
  /** Full path of the scenario's file. */
  readonly file: string;
  readonly show: (path: string) => string;
}

export function resolvePath(folder: ScenarioFolder, path: string): string {
  return resolve(dirname(folder.file), path);
}

function readReplicas(text: string): number | CellFault {
  if (/^\d{1,6}$/.test(text) && Number(text) <= MOST_VMS) return Number(text);
  if (text === '') {
    const hint = 'Take the line out where the number stays as it was, or write 0.';
    return { message: '`replicas` is empty here.', hint };
  }
  if (/^-\d/.test(text)) return { message: `${text} is less than none.`, hint: 'Write 0 or more.' };
  if (/^\d+\.\d+$/.test(text))
    return {
      message: `${text} is not a whole number.`,
      hint: `Write ${Math.ceil(Number(text))}, or ${Math.floor(Number(text))}.`,
    };
  if (/^\d+$/.test(text)) return { message: `${text} is more than ${MOST_VMS}.`, hint: '' };
  return { message: `${describeValue(text)} is not a number.`, hint: `Write a whole number from 0 to ${MOST_VMS}.` };
}

const ANSWERS: readonly string[] = ['yes', 'no', 'unknown'] satisfies Answer[];

function readAnswer(text: string): Answer | CellFault {
  const answer = text.toLowerCase();
  if (ANSWERS.includes(answer)) return answer as Answer;
  const message = text === '' ? '`idle` is empty here.' : `${describeValue(text)} is not yes, no or unknown.`;
  return { message, hint: text === '' ? 'Write unknown, if it is.' : 'Write one of them.' };
}

const REPLICAS: TraceColumn<number> = { name: 'replicas', read: readReplicas, beginsBefore: true };
const IDLE: TraceColumn<Answer> = { name: 'idle', read: readAnswer, beginsBefore: false };

interface Source<Value> {
  readonly column: TraceColumn<Value>;
  readonly build: (entry: DocumentPath) => Value | undefined;
}

function keepDiffering<Value>(steps: readonly TraceStep<Value>[]): readonly TraceStep<Value>[] {
  return steps.filter((step, index) => index === 0 || step.value !== steps[index - 1]!.value);
}

async function readCsv<Value>(
  reading: ScenarioReading,
  folder: ScenarioFolder,
  path: DocumentPath,
  column: TraceColumn<Value>,
): Promise<readonly TraceStep<Value>[]> {
  const written = readText(reading.document, path);
  const { from, to, zone } = reading;
  if (written === undefined || written === '' || from === undefined || to === undefined) return [];
  const full = resolvePath(folder, written);
  const trace = await readTrace({ path: full, shown: folder.show(full) }, column, { from, to, zone });
  if ('steps' in trace) {
    reading.problems.push(...trace.problems);
    return trace.steps;
  }
  const words = trace.message.replace(/^This (path|file) /, 'it ');
  const hint = trace.code === 'path-missing' ? 'A relative path counts from the folder of the scenario.' : trace.hint;
  report(reading, path, [trace.code, `\`${written}\` can't be used: ${words}`, hint]);
  return [];
}

/** `steps` or `csv` of the mapping at `path`. */
async function readSource<Value>(
  reading: ScenarioReading,
  folder: ScenarioFolder,
  path: DocumentPath,
  { column, build }: Source<Value>,
): Promise<readonly TraceStep<Value>[]> {
  const has = (key: string): boolean => readValue(reading.document, [...path, key]) !== undefined;
  if (has('steps') && has('csv'))
    report(
      reading,
      [...path, 'csv'],
      ['source-keys', '`steps` and `csv` both say the same thing.', 'Keep one of them.'],
      'key',
    );
  else if (!has('steps') && !has('csv')) {
    const message = 'This says neither in steps nor in a file what holds when.';
    report(reading, [...path, 'steps'], ['key-missing', message, 'Add `steps` or `csv`.'], 'key');
  }
  if (!has('steps')) return readCsv(reading, folder, [...path, 'csv'], column);
  const steps = readSteps(reading, [...path, 'steps'], build);
  const { from, zone } = reading;
  if (column.beginsBefore && from !== undefined && steps[0] !== undefined && steps[0].at > from) {
    const message = `The scenario begins before this first time, at ${formatMoment(from, zone)}: what is wanted until then is unknown.`;
    report(reading, [...path, 'steps', 0, 'at'], ['begins-late', message, 'Leave `at` out, or begin earlier.']);
  }
  // Of what lies before the span only the last counts.
  const first = steps.findLastIndex(({ at }) => from !== undefined && at <= from);
  return keepDiffering(steps.slice(Math.max(0, first)));
}

/** `demand`: of each fleet that it names. Whether there is such a fleet isn't checked here. */
export async function readDemands(
  reading: ScenarioReading,
  folder: ScenarioFolder,
): Promise<readonly ScenarioDemand[]> {
  const demands: ScenarioDemand[] = [];
  const written = readValue(reading.document, ['demand']);
  if (!isMappingAt(reading, ['demand'])) return [];
  for (const policy of Object.keys(written as object)) {
    const path = ['demand', policy];
    if (!isMappingAt(reading, path)) continue;
    const build = (entry: DocumentPath): number | undefined => {
      const replicas = readValue(reading.document, [...entry, 'replicas']);
      return typeof replicas === 'number' ? replicas : undefined;
    };
    const steps = await readSource(reading, folder, path, { column: REPLICAS, build });
    demands.push({
      policy,
      steps: steps.map(({ at, value }) => ({ at, wanted: value, window: undefined })),
      isForeseen: readValue(reading.document, [...path, 'foreseen']) === true,
    });
  }
  return demands;
}

/** `idle`, in the listed order. */
export async function readIdle(reading: ScenarioReading, folder: ScenarioFolder): Promise<readonly IdleTrace[]> {
  const traces: IdleTrace[] = [];
  const patterns = new Map<string, number>();
  for (const index of readList(reading.document, ['idle']).keys()) {
    const path = ['idle', index];
    if (!isMappingAt(reading, path)) continue;
    const vm = readText(reading.document, [...path, 'vm']);
    const earlier = vm === undefined ? undefined : patterns.get(vm);
    if (earlier !== undefined) {
      const message = `Entry ${earlier + 1} is about \`${vm!}\` already, and the first listed counts.`;
      report(reading, [...path, 'vm'], ['value-twice', message, 'Keep one of them.']);
    } else if (vm !== undefined) patterns.set(vm, index);
    const build = (entry: DocumentPath): Answer | undefined => {
      const idle = readText(reading.document, [...entry, 'idle']);
      return idle !== undefined && ANSWERS.includes(idle) ? (idle as Answer) : undefined;
    };
    const steps = await readSource(reading, folder, path, { column: IDLE, build });
    if (vm !== undefined) traces.push({ vm, steps: steps.map(({ at, value }) => ({ at, answer: value })) });
  }
  return traces;
}
