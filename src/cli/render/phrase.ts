// Small pieces of sentences and of layout that several renderers share. Text in, text out.
import type { Reason, ReasonCode } from '../../core/types.js';
import { widthOf } from './text-width.js';

/** `1 VM`, `18 VMs`. */
export function countOf(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

/** `a, b, c and 987 more`. */
export function listNames(names: readonly string[], most = 3): string {
  const shown = names.length <= most + 1 ? names : names.slice(0, most);
  const rest = names.length - shown.length;
  return shown.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** `purser retire a; purser retire b`: the command takes one policy. */
export function describeRetire(policies: readonly string[], most = 3): string {
  if (policies.length > most) return `purser retire NAME for each of ${listNames(policies, policies.length)}`;
  return policies.map((policy) => `purser retire ${policy}`).join('; ');
}

const LABELS: Partial<Record<ReasonCode, string>> = { 'signal-unknown': 'unknown' };

/** The word for a reason's code that people see. */
export function labelOf(code: ReasonCode): string {
  return LABELS[code] ?? code;
}

/** `busy: /busy = true 20 s ago`; a text that opens with the label already stands alone. */
export function describeReason(reason: Reason): string {
  const label = labelOf(reason.code);
  const text = oneLine(reason.text);
  if (text === '') return label;
  return text.toLowerCase().startsWith(label.replaceAll('-', ' ')) || text.startsWith(label)
    ? text
    : `${label}: ${text}`;
}

/**
 * One line without control characters. Names, statuses and error texts come from outside: an escape sequence in a VM's name
 * must not reach the terminal.
 */
export function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g, ' ').trim();
}

/** A word of a command line, as a POSIX shell reads it back. */
export function quoteWord(text: string): string {
  return /^[\w.:/@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * Breaks a text between words so that no line passes `width` (one long word may). `used` columns of the first line are taken
 * already; later lines get `indent` spaces. Without a width there is one line.
 */
export function wrapText(text: string, width: number | undefined, used: number, indent: number): string[] {
  if (width === undefined || used + widthOf(text) <= width) return [text];
  const lines: string[] = [];
  let line = '';
  let room = width - used;
  for (const word of text.split(' ')) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > room) {
      lines.push(line);
      line = '';
      room = width - indent;
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.map((wrapped, index) => (index === 0 ? wrapped : ' '.repeat(indent) + wrapped));
}

/** Joins pieces by `gap`, and goes on in a new line (indented) before a piece that would pass `width`. */
export function joinPieces(pieces: readonly string[], gap: string, width: number | undefined, indent = 2): string {
  let text = '';
  let column = 0;
  for (const piece of pieces) {
    const breaks = text !== '' && width !== undefined && column + gap.length + widthOf(piece) > width;
    text += text === '' ? piece : `${breaks ? `\n${' '.repeat(indent)}` : gap}${piece}`;
    column = breaks ? indent + widthOf(piece) : column + (column === 0 ? 0 : gap.length) + widthOf(piece);
  }
  return text;
}

/** A sentence that stands alone, broken at the terminal's width. */
export function wrapSentence(text: string, width: number | undefined): string {
  return wrapText(text, width, 0, 0).join('\n');
}
