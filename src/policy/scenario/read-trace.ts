// Reads a CSV of times and values from the disk, piece by piece: a file of any length takes the memory of its steps alone.
// What its rows mean is trace-rows.ts's.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { faultOf } from '../load-policy-files.js';
import type { FileFault } from '../load-policy-files.js';
import { createLineSplitter } from './csv-lines.js';
import { createTraceReader } from './trace-rows.js';
import type { TraceColumn, TraceReader, TraceSpan } from './trace-rows.js';

const MOST_BYTES = 200_000_000;

type Trace<Value> = ReturnType<TraceReader<Value>['end']>;

async function readPieces<Value>(path: string, reader: TraceReader<Value>): Promise<void> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const lines = createLineSplitter(reader.addLine);
  try {
    // `end`: a file that grows meanwhile is not read for ever.
    for await (const piece of createReadStream(path, { highWaterMark: 1 << 18, end: MOST_BYTES }))
      if (!lines.push(decoder.decode(piece as Buffer, { stream: true }))) return;
    lines.push(decoder.decode());
    lines.end();
  } catch (error) {
    // The decoder's fault; what the file system refuses is told with the path.
    if (!(error instanceof TypeError)) throw error;
    reader.fail('file-not-utf8', 'From about here on this file is not UTF-8 text.', 'Save it as UTF-8.');
  }
}

/** Reads the file at `path`, which people know as `shown`. A fault: it can't be read at all. */
export async function readTrace<Value>(
  { path, shown }: { readonly path: string; readonly shown: string },
  column: TraceColumn<Value>,
  span: TraceSpan,
): Promise<Trace<Value> | FileFault> {
  try {
    const facts = await stat(path);
    // A pipe or a device would block in open; only what stat calls a file is opened.
    if (!facts.isFile()) return { code: 'file-unreadable', message: 'This path is no file.', hint: 'Name a CSV file.' };
    if (facts.size > MOST_BYTES) {
      const hint = 'Leave out what lies before `from` and after `to`, and lines that change nothing.';
      return { code: 'file-too-large', message: `This file is larger than ${MOST_BYTES / 1_000_000} MB.`, hint };
    }
    const reader = createTraceReader(shown, column, span);
    await readPieces(path, reader);
    return reader.end();
  } catch (error) {
    return faultOf(error);
  }
}
