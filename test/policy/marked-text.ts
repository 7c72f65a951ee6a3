// Texts with the expected problems written where they should be found: `replicas: <<type-wrong>>four`.

interface ExpectedProblem {
  readonly line: number;
  readonly column: number;
  readonly code: string;
}

/** Takes the marks out of a text and says where they stood. Several marks may stand at one place. */
export function readMarks(marked: string): { text: string; expected: ExpectedProblem[] } {
  const expected: ExpectedProblem[] = [];
  let text = '';
  let rest = marked;
  for (let match = /<<([a-z0-9-]+)>>/.exec(rest); match !== null; match = /<<([a-z0-9-]+)>>/.exec(rest)) {
    text += rest.slice(0, match.index);
    const lines = text.split('\n');
    expected.push({ line: lines.length, column: lines.at(-1)!.length + 1, code: match[1]! });
    rest = rest.slice(match.index + match[0].length);
  }
  return { text: text + rest, expected };
}

/** Problems as marks would say them, for comparison. */
export function listPlaces(problems: readonly ExpectedProblem[]): string[] {
  return problems.map(({ line, column, code }) => `${line}:${column} ${code}`).sort();
}
