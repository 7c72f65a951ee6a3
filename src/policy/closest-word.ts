// Finds what a person probably meant by a misspelt word. Compares words; knows no schema.

/** Edits (insert, delete, replace, swap of neighbours) from one word to another. */
function countEdits(left: string, right: string): number {
  const rows = Array.from({ length: left.length + 1 }, (_, row) =>
    Array.from({ length: right.length + 1 }, (__, column) => (row === 0 ? column : column === 0 ? row : 0)),
  );
  for (let row = 1; row <= left.length; row += 1) {
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[row - 1] === right[column - 1];
      let best = Math.min(
        rows[row - 1]![column]! + 1,
        rows[row]![column - 1]! + 1,
        rows[row - 1]![column - 1]! + (same ? 0 : 1),
      );
      const swapped =
        row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (swapped) best = Math.min(best, rows[row - 2]![column - 2]! + 1);
      rows[row]![column] = best;
    }
  }
  return rows[left.length]![right.length]!;
}

/** The candidate nearest to `word`, when it is near enough to be what was meant; undefined otherwise. */
export function findClosestWord(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > 60) return undefined;
  const wanted = word.toLowerCase();
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  let best: { text: string; edits: number } | undefined;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) > 3 && plain(candidate) !== plain(word)) continue;
    const edits = plain(candidate) === plain(word) ? 0 : countEdits(wanted, candidate.toLowerCase());
    const most = Math.max(1, Math.floor(Math.max(word.length, candidate.length) / 3));
    if (edits <= most && (best === undefined || edits < best.edits)) best = { text: candidate, edits };
  }
  return best?.text;
}

/** `Did you mean \`x\`?`, or the fallback. */
export function suggestWord(word: string, candidates: Iterable<string>, fallback: string): string {
  const closest = findClosestWord(word, candidates);
  return closest === undefined ? fallback : `Did you mean \`${closest}\`?`;
}
