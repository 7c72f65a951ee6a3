// Reads the tables of a documentation page, so that tests can compare them with the code.

function readCells(line: string): string[] {
  return (
    line
      .trim()
      .replace(/^\||\|$/g, '')
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim().replaceAll('\\|', '|'))
      // A cell that is one code span is compared by its content.
      .map((cell) => (/^`[^`]+`$/.test(cell) ? cell.slice(1, -1) : cell))
  );
}

/** The rows of every table whose first heading is `first`, in the order of the page, by heading. */
export function readTable(page: string, first: string): Record<string, string>[] {
  const rows: Record<string, string>[] = [];
  let headings: string[] | undefined;
  for (const line of page.split('\n')) {
    if (!line.trim().startsWith('|')) {
      headings = undefined;
      continue;
    }
    const cells = readCells(line);
    if (headings === undefined) headings = cells;
    else if (headings[0] === first && !cells.every((cell) => /^:?-+:?$/.test(cell)))
      rows.push(Object.fromEntries(headings.map((heading, index) => [heading, cells[index] ?? ''])));
  }
  return rows;
}
