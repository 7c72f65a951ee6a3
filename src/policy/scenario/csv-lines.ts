// Text that comes in pieces -> lines, and a line of CSV -> cells. Knows no columns and no file.

/** A line longer than this isn't of a table of two columns. */
export const LONGEST_LINE = 10_000;

/** `false` of `onLine` stops: nothing more is cut. */
export interface LineSplitter {
  readonly push: (piece: string) => boolean;
  /** What is left is the last line, if it has any text. */
  readonly end: () => boolean;
}

/**
 * Cuts at LF, CRLF and CR, wherever pieces end. `onLine` gets each line without its end; of one that is longer than
 * LONGEST_LINE only a beginning that is too long as well.
 */
export function createLineSplitter(onLine: (line: string) => boolean): LineSplitter {
  let rest = '';
  let endedWithReturn = false;
  let isOpen = true;
  const push = (piece: string): boolean => {
    if (!isOpen || piece === '') return isOpen;
    const text = rest + (endedWithReturn && piece.startsWith('\n') ? piece.slice(1) : piece);
    endedWithReturn = piece.endsWith('\r');
    let start = 0;
    for (const match of text.matchAll(/\r\n|\r|\n/g)) {
      isOpen = onLine(text.slice(start, match.index));
      if (!isOpen) return false;
      start = match.index + match[0].length;
    }
    rest = text.slice(start);
    if (rest.length > LONGEST_LINE) isOpen = onLine(rest);
    return isOpen;
  };
  return {
    push,
    end: () => {
      if (isOpen && rest !== '') isOpen = onLine(rest);
      return isOpen;
    },
  };
}

export interface Cell {
  /** Without quotes and the blanks around it. */
  readonly text: string;
  /** Of its first character, from 1. */
  readonly column: number;
}

function placeCell(text: string, start: number): Cell {
  const trimmed = text.trim();
  const lead = trimmed === '' ? 0 : text.length - text.trimStart().length;
  return { text: trimmed, column: start + lead + 1 };
}

/** The cells of a line; a number: the column of a quote that isn't closed, or of text after one that is. */
export function splitCells(line: string): readonly Cell[] | number {
  const cells: Cell[] = [];
  let start = 0;
  while (start <= line.length) {
    const quote = /^[ \t]*"/.exec(line.slice(start));
    if (quote === null) {
      const comma = line.indexOf(',', start);
      const end = comma === -1 ? line.length : comma;
      cells.push(placeCell(line.slice(start, end), start));
      start = end + 1;
      continue;
    }
    const opened = start + quote[0].length - 1;
    const quoted = /^"((?:[^"]|"")*)"[ \t]*(,|$)/.exec(line.slice(opened));
    if (quoted === null) return opened + 1;
    cells.push(placeCell(quoted[1]!.replaceAll('""', '"'), opened + 1));
    start = opened + quoted[0].length + (quoted[2] === ',' ? 0 : 1);
  }
  return cells;
}
